"""The writes of one cell, each with what it found, read downwards together.

What a write found is the fold just below its rank on its own day. That is nearly always the next write
of the chain, but for what counts on the one day and not on the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ledger.timeline import Answer, Placed, Rank, fold
from projections.cells import KNOWN, placed_of
from projections.reading import Reading

_ORDER = "since, act_date, act_order, slot, line, counts_from"
# Lives that count on the day, or on that of a write above them.
_LIVES = (
    f"SELECT said, counts_from, counts_to FROM lives WHERE cell=:c AND since<=:d AND {KNOWN} "
    "AND counts_from<=:d AND counts_to>since"
)
_BELOW = f" AND ({_ORDER}) < (:r0, :r1, :r2, :r3, :r4, :r5)"
_NEWEST = f" ORDER BY {_ORDER.replace(',', ' DESC,')} DESC LIMIT :n"


class Written(NamedTuple):
    """A write, and what it found: None if there was nothing."""

    placed: Placed
    found: Answer | None


class _Life(NamedTuple):
    placed: Placed
    counts_from: str
    counts_to: str

    def counts(self, day: str) -> bool:
        return self.counts_from <= day < self.counts_to


def read_written(reading: Reading, cell: int, day: str, *, below: Rank | None, limit: int) -> list[Written]:
    """The counting writes of a cell by a day, newest rank first, below a rank."""
    chain: list[tuple[Placed, list[Placed]]] = []  # each with what lies below it, as far as it was read
    waiting: list[tuple[Placed, list[Placed]]] = []  # those whose fold goes on below
    for life in _downwards(reading, cell, day, below, limit + 1):
        waiting = [one for one in waiting if not _ends(*one, life)]
        if len(chain) < limit and life.counts(day):
            chain.append((life.placed, []))
            waiting.append(chain[-1])
        elif len(chain) == limit and not waiting:
            break
    return [Written(placed, fold(found)) for placed, found in chain]


def _ends(placed: Placed, found: list[Placed], life: _Life) -> bool:
    """Note a life of a lower rank, if it counts on the write's own day. Does it end the fold?"""
    if life.placed.rank == placed.rank or not life.counts(placed.rank[0]):
        return False
    found.append(life.placed)
    return life.placed.op != "add"


def _downwards(reading: Reading, cell: int, day: str, below: Rank | None, size: int) -> Iterator[_Life]:
    """size: of each look, which is nearly always the only one."""
    where: dict[str, Any] = {"c": cell, "d": day, "k": reading.position, "n": size}
    place = (*below, "") if below is not None else None
    while True:
        query = _LIVES
        if place is not None:
            query += _BELOW
            where.update({f"r{n}": part for n, part in enumerate(place)})
        rows = reading.connection.execute(query + _NEWEST, where).fetchall()
        placed = placed_of([row[0] for row in rows])
        yield from (_Life(one, *row[1:]) for one, row in zip(placed, rows, strict=True))
        if len(rows) < size:
            return
        place = (*placed[-1].rank, rows[-1][1])
