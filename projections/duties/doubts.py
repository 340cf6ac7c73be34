"""Statements in doubt that those may re-affirm who might state them anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from ledger.doubt import REAFFIRMED
from ledger.entry import Entry
from ledger.ids import LeafIndex
from ledger.kinds import REPORTS, kind_of
from ledger.kinds.entry_reaffirmed import OWN_WORD
from ledger.policy import executor_of
from projections.duties.desk import Desk, Office, Owned
from projections.duties.duty import About, Duty, Pair, kind_words

_WORDS: dict[str, Pair] = {
    "suspect": ("ключ під підозрою", "the key is suspect"),
    "undetermined": (
        "підписано до кінця повноважень, записано після",
        "signed before the mandate's end, recorded after it",
    ),
}


@dataclass(frozen=True, slots=True)
class Doubted:
    """A statement in force that stands in doubt since the entry `since` (leaf index) was recorded.

    behind: the entries that it states, which are others only for a re-affirmation.
    """

    stream: str
    slot: str
    event: str
    kind: str
    doubt: str
    index: int
    since: int
    behind: tuple[Entry, ...]

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(one.stated().event.kind for one in self.behind)


def doubted(desk: Desk) -> list[Doubted]:
    """All that may be lifted. Where there is any, its stream is read once, to tell what was corrected."""
    query = (
        "SELECT stream, leaf_index, doubt, known_from FROM doubts WHERE known_from<=? AND known_to>? "
        "AND doubt IN ('suspect','undetermined') ORDER BY stream, leaf_index"
    )
    position = desk.reading.position
    found, newest = [], dict[str, dict[str, int]]()
    for stream, index, doubt, known_from in desk.reading.rows(query, [position, position]):
        if stream not in newest:
            newest[stream] = _corrected(desk, stream)
        entry = desk.reading.entry(LeafIndex(index))
        members = orjson.loads(entry.payload)
        slot, kind = _corrects(members) or members["id"], members["kind"]
        if newest[stream].get(slot, index) == index:
            behind = tuple(_behind(desk, entry))
            found.append(Doubted(stream, slot, members["id"], kind, doubt, index, known_from - 1, behind))
    return found


def _corrected(desk: Desk, stream: str) -> dict[str, int]:
    """Slot → leaf index of its newest correction."""
    found = {}
    for entry in desk.reading.log.stream(stream):
        if entry.index < desk.reading.position and b'"corrects"' in entry.payload:
            slot = _corrects(orjson.loads(entry.payload))
            if slot is not None:
                found[slot] = int(entry.index)
    return found


def _corrects(members: dict[str, Any]) -> str | None:
    corrects = (members.get("relations") or {}).get("corrects")
    return str(corrects["event"]) if corrects else None


def _behind(desk: Desk, entry: Entry) -> Iterator[Entry]:
    """The entry, or what a re-affirmation says anew; each once."""
    waiting, seen = [entry], set[int]()
    query = "SELECT event FROM reaffirmations WHERE leaf_index=?"
    while waiting:
        one = waiting.pop()
        if one.index in seen:
            continue
        seen.add(one.index)
        if orjson.loads(one.payload)["kind"] != REAFFIRMED:
            yield one
            continue
        named = [row[0] for row in desk.reading.rows(query, [one.index])]
        found = desk.reading.log.events(named).values()
        waiting += [desk.reading.entry(LeafIndex(index)) for index in found]


def doubting(desk: Desk, office: Office) -> Iterator[Duty]:
    """One duty for each entry. What registrars stated no office may re-affirm."""
    for one in desk.once("doubts", doubted):
        owned = desk.owned.get(one.stream)
        if owned is None or not desk.may_sign(office, REAFFIRMED, owned, behind=one.kinds):
            continue
        if not all(_is_executor(desk, office, owned, entry) for entry in one.behind):
            continue
        if not all(_is_author(office, entry) for entry in one.behind):
            continue
        said, words = kind_words(one.kind), _WORDS[one.doubt]
        yield Duty(
            "reaffirm",
            office.id,
            About(kind=one.kind, event=one.slot),
            (f"{said[0]} ({words[0]})", f"{said[1]} ({words[1]})"),
            f"/v1/events/{one.event}",
            programme=owned.programme,
            since=desk.recorded_at(one.since),
            event=one.event,
            index=one.index,
            shared=True,
        )


def _is_author(office: Office, entry: Entry) -> bool:
    """What was said on a proposal is re-affirmed by the office that said it."""
    event = entry.stated().event
    return event.kind not in OWN_WORD or any(signer.office == office.id for signer in event.signers)


def _is_executor(desk: Desk, office: Office, owned: Owned, entry: Entry) -> bool:
    """A report is re-affirmed by the office that reports about it, where a policy names one."""
    stated = entry.stated()
    kind = stated.event.kind
    if kind not in REPORTS or owned.programme is None:
        return True
    plan, policies = desk.plan(owned.programme), desk.policies(owned)
    writes = kind_of(kind).writes_of(stated.event, stated.slot)
    named = [executor_of(policies, plan, kind, write.path.split("/")[2]) for write in writes]
    return all(found is None or found[1] == office.id for found in named)
