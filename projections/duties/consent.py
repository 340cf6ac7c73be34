"""What proposals wait for: endorsements that policies ask for, then the proposer's next step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from ledger.consent import Proposal, Voice
from ledger.event import Signer
from ledger.policy import rules_of
from ledger.voices import Tally, count
from projections.duties.desk import Desk, Office, Owned
from projections.duties.duty import About, Duty, Task, kind_words
from projections.proposals import read_proposals
from projections.reading import Reading
from projections.recording import Doc

STANDING = ("open", "refused")  # states in which a proposal takes statements
ALL = 1 << 30


@dataclass(frozen=True, slots=True)
class Standing:
    """An open proposal, how policies count its endorsements today, and whether its cells changed since."""

    doc: Doc
    proposal: Proposal
    owned: Owned
    tallies: tuple[Tally, ...]
    changed: bool


def standing(desk: Desk) -> list[Standing]:
    """Every proposal that still takes statements. Looks at all that were ever made."""
    rows = read_proposals(desk.reading, desk.today, programme=None, state=None, after="", limit=ALL)
    return [_standing(desk, row) for row in rows if row["state"] in STANDING]


def _standing(desk: Desk, doc: Doc) -> Standing:
    proposal = Proposal(
        slot=doc["id"],
        index=doc["index"],
        recorded_at=doc["recorded_at"],
        signers=tuple(Signer.model_construct(kid="", **one) for one in doc["proposers"]),
        content=doc["content"],
        members=doc["change"],
        paths=tuple(doc["paths"]),
        voices=tuple(_voice(one) for one in doc["voices"]),
    )
    owned = desk.owned[doc["subject"]]
    void = partial(desk.void, doc["programme"])
    tallies = tuple(
        count(proposal, policy, rule.endorsements, void, same_text=True)
        for policy, rule in rules_of(desk.policies(owned), proposal.kind)
        if rule.endorsements is not None
    )
    return Standing(doc, proposal, owned, tallies, _is_changed(desk.reading, doc))


def _voice(doc: Doc) -> Voice:
    return Voice(doc["office"], doc["person"], doc["kid"], doc["endorses"], doc["event"], doc["index"])


def consenting(desk: Desk, office: Office) -> Iterator[Duty]:
    """What the office is asked to endorse, and what is its to enact or to withdraw."""
    for one in desk.once("proposals", standing):
        yield from _to_endorse(desk, office, one)
        yield from _to_conclude(desk, office, one)


def _to_endorse(desk: Desk, office: Office, one: Standing) -> Iterator[Duty]:
    """Asked by a policy that is not met yet, and in an ordered one when it is the office's turn."""
    asking = [tally for tally in one.tallies if office.id in tally.asked.offices]
    wanting = [tally for tally in asking if not tally.met and _wants(tally, office.id)]
    if not wanting or not all(_is_turn(one.proposal, tally, office.id) for tally in asking):
        return
    if not desk.may_sign(office, "change.endorsed", one.owned):
        return
    barred = frozenset(person for tally in asking for person in _barred(one.proposal, tally, office.id))
    yield _duty("endorse", office, one, policy=wanting[0].policy.event, barred=barred)


def _wants(tally: Tally, office: str) -> bool:
    """Has it not spoken, or does what it said count no more? A refusal is its answer."""
    return office in tally.lacking and tally.lacking[office] != "refused"


def _is_turn(proposal: Proposal, tally: Tally, office: str) -> bool:
    """Did every earlier office endorse, as its newest word? Whether that still counts is not asked here."""
    before = tally.asked.offices[: tally.asked.offices.index(office)]
    endorsed = {voice.office for voice in proposal.newest() if voice.endorses}
    return not tally.asked.ordered or endorsed.issuperset(before)


def _barred(proposal: Proposal, tally: Tally, office: str) -> Iterator[str]:
    """Who may not endorse for the office where other persons are asked for."""
    if tally.asked.other_persons:
        yield from proposal.proposers
        yield from (voice.person for voice in tally.counted if voice.office != office)


def _to_conclude(desk: Desk, office: Office, one: Standing) -> Iterator[Duty]:
    """Everything that is asked for is there; or it cannot be, because it was refused."""
    newest = one.proposal.newest()
    refused = not one.tallies and any(not voice.endorses for voice in newest)
    task: Task | None = None
    if refused or any(_is_blocked(tally) for tally in one.tallies):
        task = "withdraw"
    elif all(tally.met for tally in one.tallies):
        task = "enact"
    if task is None or not _concludes(desk, office, one, task):
        return
    last = max(newest, key=lambda voice: voice.index, default=None)
    yield _duty(
        task,
        office,
        one,
        policy=one.tallies[0].policy.event if one.tallies else None,
        asked_by=last,
        since=desk.recorded_at(last.index) if last is not None else None,
        shared=True,
    )


def _concludes(desk: Desk, office: Office, one: Standing, task: Task) -> bool:
    """The proposer's; but who enacts must be one who may state the change itself."""
    proposers = {proposer["office"] for proposer in one.doc["proposers"]}
    if task == "withdraw":
        return office.id in proposers
    able = any(_may_enact(desk, desk.office(name), one) for name in proposers)
    return _may_enact(desk, office, one) and (office.id in proposers or not able)


def _may_enact(desk: Desk, office: Office | None, one: Standing) -> bool:
    return office is not None and desk.may_sign(office, one.proposal.kind, one.owned)


def _is_blocked(tally: Tally) -> bool:
    """Can it not be met unless an office that refused thinks again?"""
    offices = tally.asked.offices
    refusing = [place for place, name in enumerate(offices) if tally.lacking.get(name) == "refused"]
    if tally.met or not refusing:
        return False
    left = refusing[0] if tally.asked.ordered else len(offices) - len(refusing)
    return left < tally.asked.needed


def _duty(
    task: Task,
    office: Office,
    one: Standing,
    *,
    policy: str | None,
    asked_by: Voice | None = None,
    since: str | None = None,
    barred: frozenset[str] = frozenset(),
    shared: bool = False,
) -> Duty:
    """asked_by: what was said last, if not the proposal; due: the last day on which it stands."""
    doc, lapses = one.doc, one.doc["lapses"]
    changed = task != "withdraw" and one.changed
    return Duty(
        task,
        office.id,
        About(kind=one.proposal.kind, event=doc["id"]),
        kind_words(one.proposal.kind, doc["note"]),
        f"/v1/proposals/{doc['id']}",
        programme=doc["programme"],
        since=since or doc["recorded_at"],
        due=lapses["day"] if lapses is not None else None,
        policy=policy,
        event=asked_by.event if asked_by is not None else doc["id"],
        index=asked_by.index if asked_by is not None else doc["index"],
        barred=barred,
        shared=shared,
        acknowledge=("changed-since-proposed",) if changed else (),
    )


def _is_changed(reading: Reading, doc: Doc) -> bool:
    """Did a write of its cells come or go since it was proposed? Of what counts on no day the draft tells."""
    within, paths = reading.connection.among(doc["paths"])
    query = (
        "SELECT 1 FROM cells JOIN lives ON lives.cell=cells.id WHERE programme=? "
        f"AND path IN {within} "
        "AND (known_from>? AND known_from<=? OR known_to>? AND known_to<=?) LIMIT 1"
    )
    then, now = doc["index"] + 1, reading.position
    rows = reading.rows(query, [doc["programme"], paths, then, now, then, now])
    return bool(rows)
