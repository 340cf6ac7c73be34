"""Where the money's rules look: each cell's known writes in their order, with the days on which they count.

The tables and a timeline (ledger/timeline.py) answer alike. A write that counts on no day is not among them:
an act that has not come into force, or was quashed from its first day, gives and takes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import orjson

from ledger.timeline import ALWAYS, Answer, Placed, Rank, Stretch, Timeline, fold
from projections.reading import Reading


class Standing(NamedTuple):
    """A known write, and the days on which it counts: at least one stretch."""

    placed: Placed
    stretches: tuple[Stretch, ...]

    @property
    def since(self) -> str:
        return self.placed.rank[0]

    def counts(self, day: str) -> bool:
        """Does its act count on the day? Its own first day is not asked."""
        return any(start <= day < end for start, end in self.stretches)


class Books(Protocol):
    """One programme's cells as known at one position."""

    def under(self, prefix: str) -> Iterable[str]:
        """The cells at or below a path that have such a write, by path."""

    def writes(self, path: str) -> Sequence[Standing]:
        """Of one cell, in the order of their ranks."""


def answer_of(writes: Sequence[Standing], day: str, below: Rank | None = None) -> Answer | None:
    """The cell on a day, by the writes of lower rank; None if no counting one has touched it."""
    chain: list[Placed] = []
    for one in reversed(writes):
        if one.since > day or not one.counts(day) or (below is not None and one.placed.rank >= below):
            continue
        chain.append(one.placed)
        if one.placed.op != "add":
            break
    return fold(chain)


class TimelineBooks:
    """A timeline's own."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline

    def under(self, prefix: str) -> Iterable[str]:
        return sorted(path for path in self._timeline.under(prefix) if self.writes(path))

    def writes(self, path: str) -> Sequence[Standing]:
        row = self._timeline.cells.get(path, ())
        found = (Standing(placed, self._stretches(placed)) for placed in row if placed.op != "restate")
        return [one for one in found if one.stretches]

    def _stretches(self, placed: Placed) -> tuple[Stretch, ...]:
        return ALWAYS if placed.act is None else self._timeline.acts[placed.act].stretches


_LIVES = (
    "SELECT path, said, counts_from, counts_to FROM cells JOIN lives ON lives.cell=cells.id "
    "WHERE programme=:p AND (path=:x OR (path>:x||'/' AND path<:x||'0')) "
    "AND known_from<=:k AND known_to>:k "
    "ORDER BY path, since, act_date, act_order, slot, line, counts_from"
)


class TableBooks:
    """The tables', read below one path at a time. Raises Blocked."""

    def __init__(self, reading: Reading, programme: str) -> None:
        reading.check(programme)
        self._reading, self._programme = reading, programme
        self._read: dict[str, list[str]] = {}
        self._writes: dict[str, list[Standing]] = {}

    def under(self, prefix: str) -> Iterable[str]:
        if prefix not in self._read:
            self._read[prefix] = self._load(prefix)
        return self._read[prefix]

    def writes(self, path: str) -> Sequence[Standing]:
        if path not in self._writes:
            self._load(path)
        return self._writes.get(path, ())

    def _load(self, prefix: str) -> list[str]:
        where = {"p": self._programme, "x": prefix, "k": self._reading.position}
        found: dict[str, list[Standing]] = {}
        for path, said, start, end in self._reading.connection.execute(_LIVES, where):
            row, placed, stretch = found.setdefault(path, []), _placed(said), Stretch(start, end)
            if row and row[-1].placed == placed:
                row[-1] = Standing(placed, (*row[-1].stretches, stretch))
            else:
                row.append(Standing(placed, (stretch,)))
        self._writes |= found
        return list(found)


def _placed(said: str) -> Placed:
    """As projections/cells.py reads a row; the slot is not stored in it, and left empty."""
    since, act_date, act_order, slot, line, op, value, event, entry, act = orjson.loads(said)
    return Placed((since, act_date, act_order, slot, line), op, value, "", event, entry, act)
