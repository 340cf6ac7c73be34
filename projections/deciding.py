"""What decides a cell besides its own statements: acts in doubt, and what a doubtful correction replaced.

Source: docs/authority.md, the doubt of a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ledger.doubt import Name
from ledger.ids import LeafIndex
from ledger.kinds import kind_of
from ledger.timeline import Answer, Op, Placed, Rank
from projections.acts_in_doubt import ActTold, Causes, read_act_told, read_acts_in_doubt
from projections.reading import Reading

Entries = Mapping[int, Name]  # leaf index → the worst doubt in which the entry stands
ADOPTED = "programme.adopted"


class Written(NamedTuple):
    """A write that might decide a cell. replaced: what took it away, where that is in doubt."""

    rank: Rank
    act: str | None
    kind: str
    replaced: Causes


class _Statement(NamedTuple):
    """entry, slot: leaf indexes, of the statement and of its slot's first event."""

    entry: int
    slot: int
    act: str | None


@dataclass(slots=True)
class Deciding:
    """acts: those in doubt, and those of the writes; writes: by cell, in no order."""

    acts: dict[str, ActTold] = field(default_factory=dict)
    writes: dict[str, list[Written]] = field(default_factory=dict)

    def causes(self, path: str, day: str, answer: Answer | None) -> Causes:
        """The entries in doubt that decide a cell on a day, besides those of its own statements."""
        found: Causes = {}
        for placed in answer.chain if answer is not None else ():
            found |= self._of_placed(placed, day)
        for write in self.writes.get(path, ()):
            if write.rank[0] <= day and write.rank > _base(answer):
                found |= self._of_write(write, day)
        return found

    def original(self, path: str) -> Causes:
        """Of what the adoption states of a cell."""
        found: Causes = {}
        for write in self.writes.get(path, ()):
            if write.kind == ADOPTED:
                found |= write.replaced
        return found

    def _of_placed(self, placed: Placed, day: str) -> Causes:
        told = self.acts.get(placed.act) if placed.act is not None else None
        return {**told.on(day).causes, **told.moved} if told is not None else {}

    def _of_write(self, write: Written, day: str) -> Causes:
        """What took it away; if nothing did, its act's counting and what gave its act another place."""
        if write.act is None:
            return write.replaced
        told = self.acts[write.act]
        counting = told.on(day)
        if not counting.counts and not counting.causes:
            return {}
        return {**(write.replaced or counting.causes), **told.moved}


_BOTTOM: Rank = ("", "", 0, 0, 0)


def _base(answer: Answer | None) -> Rank:
    """Where the reading downwards ends: what ranks lower decides nothing."""
    return answer.chain[0].rank if answer is not None and answer.chain[0].op != "add" else _BOTTOM


def read_deciding(reading: Reading, programme: str, entries: Entries) -> Deciding:
    """entries: those of the programme that stand in doubt. Nearly always there is nothing to read."""
    found = Deciding({act: read_act_told(reading, act) for act in read_acts_in_doubt(reading, programme)})
    slots = _corrected(reading, programme, entries)
    statements = _of_slots(reading, programme, slots) + _citing(reading, programme, found.acts)
    for slot, told in _by_slot(statements).items():
        if told[0].act is not None and told[0].act not in found.acts:
            found.acts[told[0].act] = read_act_told(reading, told[0].act)
        for path, write in _writes(reading, slot, told, entries, found.acts):
            found.writes.setdefault(path, []).append(write)
    return found


def _corrected(reading: Reading, programme: str, entries: Entries) -> list[int]:
    """The slots of which a statement in doubt is a correction or a void."""
    if not entries:
        return []
    within, indexes = reading.connection.among(list(entries))
    query = (
        "SELECT DISTINCT slot FROM concerns WHERE programme=? AND slot<>leaf_index "
        f"AND leaf_index IN {within}"
    )
    return [row[0] for row in reading.rows(query, [programme, indexes])]


def _of_slots(reading: Reading, programme: str, slots: list[int]) -> list[_Statement]:
    return _statements(reading, programme, "slot", slots) if slots else []


def _citing(reading: Reading, programme: str, acts: Iterable[str]) -> list[_Statement]:
    named = list(acts)
    return _statements(reading, programme, "act", named) if named else []


def _statements(
    reading: Reading, programme: str, column: str, values: list[int] | list[str]
) -> list[_Statement]:
    within, named = reading.connection.among(values)
    query = (
        "SELECT leaf_index, slot, act FROM concerns WHERE programme=? AND leaf_index<? "
        f"AND slot IS NOT NULL AND {column} IN {within}"
    )
    return [_Statement(*row) for row in reading.rows(query, [programme, reading.position, named])]


def _by_slot(statements: Iterable[_Statement]) -> dict[int, list[_Statement]]:
    """The statements of each slot, the one in force first."""
    found: dict[int, list[_Statement]] = {}
    for one in sorted(set(statements), reverse=True):
        found.setdefault(one.slot, []).append(one)
    return found


def _writes(
    reading: Reading, slot: int, told: list[_Statement], entries: Entries, acts: Mapping[str, ActTold]
) -> Iterator[tuple[str, Written]]:
    """What a slot writes or, as far as its statement in force is in doubt, wrote before it."""
    newest = told[0].entry
    word = entries.get(newest)
    for one in told:
        replaced: Causes = {newest: word} if one.entry != newest and word is not None else {}
        for path, op, rank, kind in _stated(reading, slot, one, acts):
            if op != "restate":
                yield path, Written(rank, one.act, kind, replaced)
        if one.entry not in entries:
            break


def _stated(
    reading: Reading, slot: int, one: _Statement, acts: Mapping[str, ActTold]
) -> Iterator[tuple[str, Op, Rank, str]]:
    """The writes of one statement, at each place that its act might have."""
    stated = reading.entry(LeafIndex(one.entry)).stated()
    for line, write in enumerate(kind_of(stated.event.kind).writes_of(stated.event, stated.slot)):
        for date, order in acts[one.act].places if one.act is not None else [(write.since, 0)]:
            yield write.path, write.op, (write.since, date, order, slot, line), stated.event.kind
