"""Blame: the chain of one cell — each write, who signed it, by which act, what it found."""

from __future__ import annotations

from typing import Any

from ledger.timeline import Placed, Rank
from projections.cells import cell_id, read_below, read_chain
from projections.diff import cause
from projections.doubtful import Doubtful, read_doubtful
from projections.reading import Reading

Row = dict[str, Any]


def read_blame(
    reading: Reading, programme: str, path: str, as_of: str, *, below: Rank | None, limit: int
) -> list[tuple[Rank, Row]]:
    """The counting writes of a cell by a day, the one in force first, each with its rank."""
    cell = cell_id(reading, programme, path)
    if cell is None:
        return []
    chain = read_chain(reading, cell, as_of, below=below, limit=limit)
    doubtful = read_doubtful(reading, programme)
    return [(placed.rank, _row(reading, programme, path, placed, doubtful)) for placed in chain]


def _row(reading: Reading, programme: str, path: str, placed: Placed, doubtful: Doubtful) -> Row:
    found = read_below(reading, programme, path, placed.rank)
    return {
        "op": placed.op,
        "value": placed.value,
        "from": placed.rank[0],
        "old": None if found is None else ("removed" if found.removed else found.value),
        "old_doubt": doubtful.below(found, placed.rank[0]),
        "act_date": placed.rank[1],
        **cause(reading, placed.entry),
    }
