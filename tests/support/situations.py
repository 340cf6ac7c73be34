"""Which of the situations that docs/authority.md speaks of an entry is: so that they can be counted."""

from __future__ import annotations

from collections.abc import Iterator

from tests.oracle.consent import endorsers, proposal_of
from tests.oracle.doubt import Doubts, endorsements_of, own_doubts
from tests.oracle.policies import demands, policies_for
from tests.oracle.registry import (
    acts_for,
    body_of,
    body_of_office,
    is_registry,
    managers,
    owner_of,
    stands_for,
    succession,
)
from tests.oracle.said import ROOT, Log, Said, in_force

ELSEWHERE = "endorsed or refused by an office that does not act for the body"
BY_PREDECESSORS_POLICY = "judged by a policy of a predecessor"
MANAGED_FROM_ABOVE = "managed by the registrars of a body above"
FROM_BELOW = "signed by an office of a body below"
SUSPECT_BY_ENDORSEMENT = "an enactment suspect by an endorsement alone"
CONSENT_REAFFIRMED = "a statement on a proposal re-affirmed"
TWICE_ENDORSED = "endorsed by a person whose other endorsement counts no more"
OWN_REPORT = "accepted by who reported"
SITUATIONS = (
    ELSEWHERE,
    BY_PREDECESSORS_POLICY,
    MANAGED_FROM_ABOVE,
    FROM_BELOW,
    SUSPECT_BY_ENDORSEMENT,
    CONSENT_REAFFIRMED,
    TWICE_ENDORSED,
    OWN_REPORT,
)


def situations(before: Log, said: Said) -> Iterator[str]:
    """Of an entry that was recorded after these."""
    day, owner = said.day, owner_of(before, said.subject)
    if is_registry(said):
        if said.subject != ROOT and managers(before, said.subject, day).stream not in (
            ROOT,
            said.subject,
            f"body:{stands_for(before, body_of(said.subject), day)}",
        ):
            yield MANAGED_FROM_ABOVE
        return
    for signer in said.signers:
        body = body_of_office(before, signer["office"])
        if body is not None and owner is not None and not acts_for(before, body, owner, day):
            yield ELSEWHERE
        elif body != owner and owner is not None and succession(before, owner, day) is None:
            yield FROM_BELOW
    if said.kind == "entry.reaffirmed":
        named = [in_force(before, one["event"]) for one in said.data["entries"]]
        if any(one is not None and one.kind.startswith("change.") for one in named):
            yield CONSENT_REAFFIRMED
    if said.kind == "change.endorsed" and endorsed_before(before, said):
        yield TWICE_ENDORSED
    if said.kind == "report.accepted" and "own-report" in said.payload.get("acknowledges", []):
        yield OWN_REPORT


def under_a_predecessors_policy(before: Log, subject: str, day: str) -> bool:
    """Whether a policy that a succeeded body left judges what is said about a subject."""
    over = policies_for(before, subject, day)
    return any(one.subject != ROOT and succession(before, body_of(one.subject), day) for one in over)


def endorsed_before(before: Log, said: Said) -> bool:
    """Whether its signer endorsed for another office, where other persons are asked."""
    proposal = proposal_of(before, said.subject, said.data["proposal"])
    if proposal is None:
        return False
    (signer,) = said.signers
    theirs = {office for office, person in endorsers(before, proposal).items() if person == signer["person"]}
    asked = demands(before, said.subject, proposal.data["change"]["kind"], said.day)
    offices = [
        {*one["offices"]} for one in asked if one["other_persons"] and signer["office"] in one["offices"]
    ]
    return any(among & theirs - {signer["office"]} for among in offices)


def suspect_by_an_endorsement(log: Log, doubts: Doubts) -> list[Said]:
    """The enactments that nothing but an endorsement makes suspect."""
    return [
        said
        for said in log
        if said.enacts is not None
        and said.index in doubts
        and not own_doubts(log, said)
        and endorsements_of(log[: said.index], said) & {*doubts}
    ]
