"""What policies and consent ask of an event: who may sign it, whose endorsement it needs.

Source: docs/authority.md, policies and consent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ledger.consent import (
    DIFFERENCES_MAX,
    Proposal,
    content_hash,
    content_of,
    differences,
    members_of,
)
from ledger.doubt import REAFFIRMED
from ledger.errors import Refusal
from ledger.ids import split_stream
from ledger.kinds import REPORTS, Discrepancy, View
from ledger.kinds.proposals import changed_since, open_proposal
from ledger.policy import Policy, Rule, executor_of, rules_of
from ledger.programme import Programme
from ledger.reach import managing
from ledger.remedy import holders_of
from ledger.voices import Tally, tally

if TYPE_CHECKING:
    from ledger.event import Common
    from ledger.world import World


@dataclass(frozen=True, slots=True)
class Consent:
    """How an event stands to what was proposed and asked for."""

    proposal: Proposal | None
    same_text: bool
    tallies: tuple[Tally, ...]


def check_signers(view: View, event: Common, kinds: Iterable[str]) -> None:
    """Refuse an office that a policy does not let sign this kind, or what is re-affirmed."""
    asked = dict.fromkeys((event.kind, *kinds))
    for policy, rule in (found for kind in asked for found in rules_of(view.policies, kind)):
        for place, signer in enumerate(event.signers):
            if rule.offices is not None and signer.office not in rule.offices:
                instead = holders_of(view.world, rule.offices, view.today)
                at = f"/signers/{place}/office"
                raise Refusal("policy-office", at, signer.office, policy=policy.event, instead=instead)


def check_executors(view: View, event: Common) -> None:
    """Refuse a report about what is another office's to report; so is what voids or re-affirms one."""
    if view.before is None:
        return
    for kind, item, at in _reported(view.before, event, view.slot):
        found = executor_of(view.policies, view.before, kind, item)
        if found is None:
            continue
        policy, office = found
        if any(signer.office != office for signer in event.signers):
            instead = holders_of(view.world, (office,), view.today)
            raise Refusal("not-the-executor", at, item, policy=policy.event, office=office, instead=instead)


def _reported(programme: Programme, event: Common, slot: str) -> Iterator[tuple[str, str, str]]:
    """What a report is about: its kind, an indicator or a row of the tree, and where it says so."""
    if event.kind == REAFFIRMED:
        for place, one in enumerate(event.data.entries):
            yield from _written(programme, one.event, f"/data/entries/{place}")
        return
    if event.kind in REPORTS:  # what a correction takes away is another's to take away, too
        yield from _written(programme, slot, "/relations/corrects")
    if event.data is None:
        return
    if event.kind == "actual.reported":
        yield event.kind, event.data.indicator, "/data/indicator"
    elif event.kind == "progress.reported":
        yield event.kind, event.data.measure, "/data/measure"
    elif event.kind == "spending.reported":
        for place, line in enumerate(event.data.lines):
            yield event.kind, line.measure, f"/data/lines/{place}/measure"


def _written(programme: Programme, slot: str, at: str) -> Iterator[tuple[str, str, str]]:
    """The same of a report that stands; its cells are named /phase/item/…"""
    known = programme.timeline.slots.get(slot)
    if known is not None and known.kind in REPORTS:
        for item in dict.fromkeys(write.path.split("/")[2] for write in known.writes):
            yield known.kind, item, at


def consent_of(
    world: World, programme: Programme, policies: tuple[Policy, ...], event: Common, today: str
) -> Consent:
    """What was proposed, and how each endorsement that a policy in force asks for stands today."""
    enacts = event.relations.enacts
    proposal = programme.proposals.get(enacts.proposal) if enacts is not None else None
    same = proposal is not None and content_hash(members_of(event)) == proposal.content
    tallies = tuple(
        tally(world, programme, proposal, policy, rule.endorsements, today, same_text=same)
        for policy, rule in rules_of(policies, event.kind)
        if rule.endorsements is not None
    )
    return Consent(proposal, same, tallies)


def consent(view: View, event: Common) -> Iterator[Discrepancy]:
    """What consent finds about an event that changes a programme. Raises Refusal."""
    if view.before is None:
        yield from _without_programme(view, event)
        return
    enacts = event.relations.enacts
    if enacts is not None:
        proposal = open_proposal(view, enacts.proposal, "/relations/enacts/proposal")
        _check_kind(proposal, event)
        yield from _other_text(proposal, event)
        paths = (write.path for write in view.after.timeline.slots[view.slot].writes) if view.after else ()
        yield from changed_since(
            view.programme, proposal, paths, view.batch_start, "/relations/enacts/proposal"
        )
    elif not any(rule.endorsements for _, rule in rules_of(view.policies, event.kind)):
        return
    for one in consent_of(view.world, view.before, view.policies, event, view.today).tallies:
        yield from _shortfall(view, one)


def _without_programme(view: View, event: Common) -> Iterator[Discrepancy]:
    """An adoption: nothing can have been proposed in a programme that is not there yet."""
    nobody = Programme(view.subject.partition(":")[2])
    for one in consent_of(view.world, nobody, view.policies, event, view.today).tallies:
        yield from _shortfall(view, one)


def _check_kind(proposal: Proposal, event: Common) -> None:
    if event.kind != proposal.kind:
        raise Refusal("enacts-other-kind", "/kind", event.kind, proposed=proposal.kind)
    mine = content_of(members_of(event)).get("relations")
    if mine != proposal.members.get("relations"):
        raise Refusal("other-relations", "/relations", None, proposal=proposal.slot)


def _other_text(proposal: Proposal, event: Common) -> Iterator[Discrepancy]:
    members = members_of(event)
    if content_hash(members) == proposal.content:
        return
    found = list(differences(proposal.members, content_of(members)))
    details = {"proposal": proposal.slot, "differences": found[:DIFFERENCES_MAX], "total": len(found)}
    yield Discrepancy("other-text", "/relations/enacts/proposal", details)


def _shortfall(view: View, one: Tally) -> Iterator[Discrepancy]:
    if one.met:
        return
    details = {
        "policy": one.policy.event,
        "needed": one.asked.needed,
        "counted": len(one.counted),
        "lacking": [{"office": office, "why": why} for office, why in one.lacking.items()],
        "instead": holders_of(view.world, tuple(one.lacking), view.today),
    }
    if one.asked.shortfall == "refuse":
        raise Refusal("endorsements-missing", "/relations/enacts", None, **details)
    yield Discrepancy(
        "endorsements-missing", "/relations/enacts", details, silent=one.asked.shortfall == "record"
    )


def _setters(view: View, policy: Policy) -> list[str]:
    """The registrars who could set a policy anew, where the finding itself names nobody else."""
    family, name = split_stream(policy.stream)
    registry = managing(view.world, name, view.today) if family == "body" else view.root
    return sorted({one.person for one in registry.registrars.values()})


def judged(view: View, event: Common, found: list[Discrepancy]) -> list[Discrepancy]:
    """The discrepancies after the policies: some may not be acknowledged, some need not be."""
    for policy, rule in rules_of(view.policies, event.kind):
        for one in found:
            if one.code in rule.forbidden:
                details = {"instead": _setters(view, policy), **one.details, "policy": policy.event}
                raise Refusal("policy-forbids", one.pointer, one.code, **details)
        found = [replace(one, silent=True) if _silences(policy, rule, one) else one for one in found]
    return found


def _silences(policy: Policy, rule: Rule, one: Discrepancy) -> bool:
    """No policy lifts what another asks: lacking endorsements are silent by the one that asks for them."""
    other_asks = one.code == "endorsements-missing" and one.details["policy"] != policy.event
    return one.code in rule.silent and not other_asks
