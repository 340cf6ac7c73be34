"""Records of consent: proposals, and how each event stood to what was proposed and asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from ledger.authority import owner_of
from ledger.consent import DIFFERENCES_MAX, Proposal, content_of, differences, members_of
from ledger.door import notice
from ledger.doubt import day_of
from ledger.enactment import Consent, consent_of
from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.governing import adopter_of, policies_for
from ledger.ids import split_stream
from ledger.kinds import kind_of
from ledger.policy import Policy, rules_of
from ledger.programme import Programme
from ledger.voices import Tally
from ledger.world import World
from projections.recording import Doc, Row, Told


def change_proposed(told: Told) -> Iterator[Row]:
    proposal = told.after.programmes[told.name].proposals[told.stated.slot]
    doc = {
        "programme": told.name,
        "subject": told.event.subject,
        "kind": proposal.kind,
        "schema": proposal.members["schema"],
        "content": proposal.content,
        "change": dict(proposal.members),
        "note": told.data.note,
        "paths": list(proposal.paths),
        "proposers": [{"person": one.person, "office": one.office} for one in proposal.signers],
        "voices": [],
        "closed": None,
        "closed_by": None,
        **told.source,
        **told.moment,
    }
    yield told.row("proposal", proposal.slot, told.event.subject, doc)


def change_spoken(told: Told) -> Iterator[Row]:
    """After change.endorsed or change.refused: the voices of this event."""
    data = told.data
    doc = told.shelf.last("proposal", data.proposal)
    proposal = told.after.programmes[told.name].proposals.get(data.proposal)
    if doc is None or proposal is None:  # the door refuses it
        return
    endorses = told.event.kind == "change.endorsed"
    voices = [
        {
            "office": voice.office,
            "person": voice.person,
            "kid": voice.kid,
            "endorses": voice.endorses,
            "event": voice.event,
            "index": voice.index,
            "words": data.note if endorses else data.reason,
        }
        for voice in proposal.voices
        if voice.event == told.event.id
    ]
    doc["voices"] = [*doc["voices"], *voices]
    yield told.row("proposal", data.proposal, told.event.subject, doc)


def proposal_closed(told: Told) -> Iterator[Row]:
    """After an event that withdraws a proposal, or enacts one."""
    enacts = told.event.relations.enacts
    withdrawn = told.event.kind == "change.withdrawn"
    named = told.data.proposal if withdrawn else enacts.proposal if enacts is not None else None
    proposal = told.after.programmes[told.name].proposals.get(named) if named is not None else None
    if proposal is None or proposal.closed_by != told.event.id:
        return
    doc = told.shelf.last("proposal", proposal.slot)
    if doc is not None:
        doc |= {"closed": proposal.closed, "closed_by": proposal.closed_by}
        yield told.row("proposal", proposal.slot, told.event.subject, doc)


def consent_given(told: Told) -> Iterator[Row]:
    """How a programme's event stood to proposals and policies."""
    found = consent_at(told.before, told.stated, batch_start=told.batch_start)
    if found is not None:
        doc = {"programme": told.name, "kind": told.event.kind, **found, **told.source}
        yield told.row("consent", told.event.id, told.event.subject, doc)


def consent_at(world: World, stated: Stated, *, batch_start: Callable[[], int]) -> Doc | None:
    """By the world just before the event; None if nothing was proposed, and nothing is asked for.

    batch_start: first leaf index of the event's batch; asked only where it matters.
    """
    event = stated.event
    family, name = split_stream(event.subject)
    if family != "programme" or kind_of(event.kind).registrar:
        return None
    today = day_of(world, stated.recorded_at)
    policies = policies_for(world, event, owner_of(world, event, today), today)
    if event.relations.enacts is None and not policies:
        return None
    programme = world.programmes.get(name) or Programme(name)
    found = consent_of(world, programme, policies, event, today)
    silent = _silent(world, policies, stated, batch_start)
    if found.proposal is None and not found.tallies and not silent:
        return None
    return _doc(event, found) | {"silent": silent}


def may_be_judged_silently(world: World, event: Common) -> bool:
    """Does a policy of any day want something recorded without being asked? It takes the whole programme."""
    above = (world.bodies[name] for name in world.root.lineage(adopter_of(world, event)))
    stated = chain(world.root.policies, *(body.policies for body in above))
    return any(rule.silent for _, rule in rules_of(stated, event.kind))


def _silent(
    world: World, policies: tuple[Policy, ...], stated: Stated, batch_start: Callable[[], int]
) -> list[str]:
    """What a policy wanted recorded without being asked: found again, as the door found it then."""
    if not any(rule.silent for _, rule in rules_of(policies, stated.event.kind)):
        return []
    today = day_of(world, stated.recorded_at)
    try:
        found, _ = notice(world, stated, today, batch_start=batch_start())
    except Refusal:  # it is in the log, whatever the rules say now: what was found then is not made up
        return []
    return sorted({one.code for one in found if one.silent})


def _doc(event: Common, found: Consent) -> Doc:
    """met: null where no policy asks for anything; lacking: endorsements that are still needed."""
    proposal, tallies = found.proposal, found.tallies
    return {
        "proposal": proposal.slot if proposal is not None else None,
        "same_text": found.same_text if proposal is not None else None,
        **_differences(proposal, event, same_text=found.same_text),
        "acknowledges": list(event.acknowledges),
        "met": all(one.met for one in tallies) if tallies else None,
        "lacking": sum(max(0, one.asked.needed - len(one.counted)) for one in tallies),
        "tallies": [tally_doc(one) for one in tallies],
        "proposer_persons": sorted(proposal.proposers) if proposal is not None else [],
        "signer_persons": sorted({signer.person for signer in event.signers}),
    }


def _differences(proposal: Proposal | None, event: Common, *, same_text: bool) -> Doc:
    """Where what is stated differs from what was proposed: the first places, and how many there are."""
    if proposal is None or same_text:
        return {"differences": [], "differences_total": 0}
    found = list(differences(proposal.members, content_of(members_of(event))))
    return {"differences": found[:DIFFERENCES_MAX], "differences_total": len(found)}


def tally_doc(one: Tally) -> Doc:
    """What one policy asks for, whose endorsement counts and why another's does not.

    doubt: what counts stands in none; who shows it later marks it as it stands then.
    """
    asked = one.asked
    return {
        "policy": one.policy.event,
        "offices": list(asked.offices),
        "needed": asked.needed,
        "ordered": asked.ordered,
        "other_persons": asked.other_persons,
        "shortfall": asked.shortfall,
        "counted": [
            {"office": v.office, "person": v.person, "event": v.event, "index": v.index, "doubt": None}
            for v in one.counted
        ],
        "lacking": [{"office": office, "why": why} for office, why in one.lacking.items()],
        "met": one.met,
    }
