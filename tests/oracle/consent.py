"""Proposals, endorsements and enactments, by docs/authority.md alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.oracle.doubt import doubts
from tests.oracle.policies import (
    codes_of,
    demands,
    endorsements_of,
    lapse_days,
    policies_for,
    rules_of,
)
from tests.oracle.registry import body_of_office, holding, is_revoked, succession
from tests.oracle.said import (
    Log,
    Payload,
    Said,
    content_hash,
    days_between,
    in_force,
    of_kind,
    without_enacts,
)

CONSENT_KINDS = ("change.proposed", "change.endorsed", "change.refused", "change.withdrawn")
MISSING = "endorsements-missing"
CONSENT_CODES = frozenset({"other-text", "changed-since-proposed", MISSING})


@dataclass
class Judged:
    """faults: why it is refused. found: discrepancies to acknowledge. recorded: discrepancies just shown.

    perhaps: discrepancies of which the document is not clear.
    """

    faults: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)
    recorded: set[str] = field(default_factory=set)
    perhaps: set[str] = field(default_factory=set)


def proposal_of(log: Log, subject: str, event: str) -> Said | None:
    """A proposal about a subject."""
    proposed = [said for said in of_kind(log, "change.proposed") if said.subject == subject]
    return next((said for said in proposed if said.id == event), None)


def proposed_hash(proposal: Said) -> str:
    return content_hash(proposal.subject, proposal.data["change"])


def is_closed(log: Log, proposal: Said, day: str) -> bool:
    """Whether a proposal was withdrawn, enacted, or has lapsed."""
    withdrawn = any(said.data["proposal"] == proposal.id for said in of_kind(log, "change.withdrawn"))
    enacted = any(said.enacts == proposal.id for said in log)
    days = lapse_days(log[: proposal.index], proposal.subject, proposal.day)
    return withdrawn or enacted or (days is not None and days_between(proposal.day, day) > days)


def persons(said: Said) -> set[str]:
    return {signer["person"] for signer in said.signers}


def standing(log: Log, proposal: Said) -> dict[str, tuple[Said, Payload]]:
    """office → its newest statement on a proposal, with the signer of that office."""
    newest: dict[str, tuple[Said, Payload]] = {}
    for said in of_kind(log, "change.endorsed", "change.refused"):
        if said.data["proposal"] == proposal.id:
            newest |= {signer["office"]: (said, signer) for signer in said.signers}
    return newest


def endorsers(log: Log, proposal: Said) -> dict[str, str]:
    """office → the person who endorsed for it, where that is its newest statement."""
    newest = standing(log, proposal)
    return {
        office: signer["person"]
        for office, (said, signer) in newest.items()
        if said.kind == "change.endorsed"
    }


def counting(log: Log, proposal: Said, content: str, day: str) -> dict[str, str]:
    """office → the person whose endorsement of this content counts today."""
    doubtful = doubts(log)
    return {
        office: signer["person"]
        for office, (said, signer) in standing(log, proposal).items()
        if said.kind == "change.endorsed"
        and said.data["content"] == content
        and said.index not in doubtful
        and holding(log, signer["person"], office, day)
        and not is_revoked(log, signer["kid"], f"body:{body_of_office(log, office)}")
    }


def is_asked_to_speak(log: Log, stated: Said, office: str, day: str) -> bool:
    """Whether a policy in force asks an office to endorse a change, so that it may endorse and refuse it.

    Of whatever body it is; but an office of a succeeded body acts for nothing.
    """
    if stated.kind not in ("change.endorsed", "change.refused"):
        return False
    body, proposal = body_of_office(log, office), proposal_of(log, stated.subject, stated.data["proposal"])
    if body is None or proposal is None or succession(log, body, day) is not None:
        return False
    asked = demands(log, proposal.subject, proposal.data["change"]["kind"], day)
    return any(office in one["offices"] for one in asked)


# Cells that changed


def cells(subject: str, kind: str, data: Payload | None) -> set[tuple[object, ...]]:
    """The cells of money that an event writes; other kinds are not looked at."""
    if kind not in ("financing.changed", "appropriation.set") or data is None:
        return set()
    return {(subject, kind, line["measure"], line["year"], line["source"]) for line in data["lines"]}


def written(log: Log, said: Said) -> set[tuple[object, ...]]:
    """The cells whose writes an entry changed: its own, and those of the statement that it replaced."""
    own = cells(said.subject, said.kind, said.data or None)
    if said.slot == said.id:
        return own
    old = in_force(log[: said.index], said.slot)
    return own | (cells(old.subject, old.kind, old.data or None) if old is not None else set())


def changed_since(log: Log, proposal: Said, said: Said) -> Judged:
    """Whether another event wrote a cell since the change was proposed: its own, or those enacted."""
    change = proposal.data["change"]
    stated = written(log, said)
    if said.enacts is None:
        stated = cells(proposal.subject, change["kind"], change.get("data"))
    judged = Judged()
    for later in log[proposal.index + 1 :]:
        if stated & written(log, later):
            judged.found.add("changed-since-proposed")
    return judged


# Statements on a proposal


def judge_consent(log: Log, said: Said) -> Judged:
    """A statement on a proposal; a proposal itself has nothing to be judged by here."""
    if said.kind == "change.proposed":
        return Judged()
    proposal = proposal_of(log, said.subject, said.data["proposal"])
    if proposal is None:
        return Judged({"unknown-proposal"})
    judged = Judged()
    if is_closed(log, proposal, said.day):
        judged.faults.add("proposal-closed")
    if said.kind == "change.withdrawn":
        judged.faults |= withdrawal_faults(proposal, said)
    elif said.data["content"] != proposed_hash(proposal):
        judged.faults.add("other-content")
    if said.kind == "change.endorsed":
        judged.faults |= endorsement_faults(log, proposal, said)
        since = changed_since(log, proposal, said)
        judged.found |= since.found
        judged.perhaps |= since.perhaps
    return judged


def withdrawal_faults(proposal: Said, said: Said) -> set[str]:
    offices = {signer["office"] for signer in proposal.signers}
    return {"not-the-proposer" for signer in said.signers if signer["office"] not in offices}


def endorsement_faults(log: Log, proposal: Said, said: Said) -> set[str]:
    """Who may not endorse, by the policies in force for the kind of the change."""
    faults = set()
    endorsed = endorsers(log, proposal)
    counts = counting(log, proposal, proposed_hash(proposal), said.day)
    for asked in demands(log, proposal.subject, proposal.data["change"]["kind"], said.day):
        for signer in said.signers:
            office, person = signer["office"], signer["person"]
            if asked.get("other_persons"):
                if person in persons(proposal):
                    faults.add("self-endorsement")
                others = {other for other, by in counts.items() if by == person} - {office}
                if office in asked["offices"] and others & {*asked["offices"]}:
                    faults.add("same-person")
            if asked.get("ordered") and office in asked["offices"]:
                earlier = asked["offices"][: asked["offices"].index(office)]
                if any(other not in endorsed for other in earlier):
                    faults.add("out-of-order")
    return faults


# Enactment


def counted(log: Log, asked: Payload, proposal: Said, said: Said) -> int:
    """How many endorsements of a proposal count towards what one rule asks, today."""
    counts = counting(log, proposal, content_hash(said.subject, said.payload), said.day)
    found = {office: person for office, person in counts.items() if office in asked["offices"]}
    if not asked.get("other_persons"):
        return len(found)
    # Freedom: where other persons are asked, a proposer who endorsed before that was asked does not count.
    return len({*found.values()} - persons(proposal))


def judge_enactment(log: Log, said: Said) -> Judged:
    """What is wrong between an event, the proposal that it enacts, and what the policies ask of its kind."""
    judged, proposal = Judged(), None
    if said.enacts is not None:
        proposal = proposal_of(log, said.subject, said.enacts)
        if proposal is None:
            return Judged({"unknown-proposal"})
        judged = changed_since(log, proposal, said)
        judged.faults |= proposal_faults(log, proposal, said)
        if content_hash(said.subject, said.payload) != proposed_hash(proposal):
            judged.found.add("other-text")
    for policy in policies_for(log, said.subject, said.day):
        for asked in endorsements_of([policy], said.kind):
            have = counted(log, asked, proposal, said) if proposal is not None else 0
            if have < asked["needed"]:
                consequence(judged, asked, silent_in(policy, said.kind)).add(MISSING)
    return judged


def consequence(judged: Judged, asked: Payload, silent: set[str]) -> set[str]:
    """Where a shortfall belongs. silent: what the policy that asks for endorsements wants just recorded."""
    if asked["shortfall"] == "refuse":
        return judged.faults
    return judged.recorded if asked["shortfall"] == "record" or MISSING in silent else judged.found


def silent_in(policy: Said, kind: str) -> set[str]:
    """What one policy wants recorded without being asked."""
    return {code for rule in rules_of([policy], kind) for code in rule.get("silent") or []}


def proposal_faults(log: Log, proposal: Said, said: Said) -> set[str]:
    """Why an event may not enact a proposal at all."""
    change, faults = proposal.data["change"], set()
    if is_closed(log, proposal, said.day):
        faults.add("proposal-closed")
    if change["kind"] != said.kind:
        faults.add("enacts-other-kind")
    if without_enacts(change.get("relations") or {}) != without_enacts(said.relations):
        faults.add("other-relations")
    return faults


def settle(log: Log, said: Said, judged: Judged) -> tuple[set[str], set[str]]:
    """By `forbidden` and `silent`: what refuses, and what is asked."""
    forbidden = codes_of(log, said.subject, said.kind, said.day, "forbidden")
    # Lacking endorsements only the policy that asks for them makes silent: judge_enactment did it.
    silent = codes_of(log, said.subject, said.kind, said.day, "silent") - {MISSING}
    # Freedom: where one policy forbids what another lets pass, it is forbidden: all apply together.
    return (judged.found | judged.recorded) & forbidden, judged.found - forbidden - silent
