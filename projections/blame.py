"""Blame: the chain of one cell — each write, who signed it, by which act, what it found."""

from __future__ import annotations

from typing import Any

from ledger.timeline import Rank
from projections.causes import read_causes
from projections.cells import cell_id
from projections.chains import Written, read_written
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
    chain = read_written(reading, cell, as_of, below=below, limit=limit)
    doubtful = read_doubtful(reading, programme)
    causes = read_causes(reading, [one.placed.entry for one in chain])
    return [
        (one.placed.rank, {**_row(one, doubtful), **cause}) for one, cause in zip(chain, causes, strict=True)
    ]


def _row(one: Written, doubtful: Doubtful) -> Row:
    placed, found = one
    return {
        "op": placed.op,
        "value": placed.value,
        "from": placed.rank[0],
        "old": None if found is None else ("removed" if found.removed else found.value),
        "old_doubt": doubtful.below(found, placed.rank[0]),
        "act_date": placed.rank[1],
    }
