"""The state of a programme's cells on a day, as known at a position: index range reads.

Each cell's lives are read downwards from the day until a `set` or `unset` that counts and
is known; only then, for `add`, the chain below is folded (ledger.timeline.fold).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from ledger.timeline import Answer, Placed, Rank, fold
from projections.reading import Reading

# A state makes some six hundred named tuples: their own constructor takes three times as long.
_new = tuple.__new__
SAID_PARTS = 10  # of what a row says
KNOWN = "known_from<=:k AND known_to>:k"
_HOLDS = f"{KNOWN} AND counts_from<=:d AND counts_to>:d"
_RANKED = "ORDER BY since DESC, act_date DESC, act_order DESC, slot DESC, line DESC"
_TOP = (
    "SELECT path, id, (SELECT said FROM lives "
    f"WHERE cell=cells.id AND since<=:d AND {_HOLDS} {_RANKED} LIMIT 1) FROM cells WHERE programme=:p"
)
_CHAIN = f"SELECT said FROM lives WHERE cell=:c AND since<=:d AND {_HOLDS} {_RANKED}"


class Cell(NamedTuple):
    """A cell's answer with its path."""

    path: str
    answer: Answer


def read_cells(reading: Reading, programme: str, day: str, prefix: str = "") -> Iterator[Cell]:
    """Every cell (under a path) that some counting write has touched by the day, by path. Raises Blocked."""
    reading.check(programme)
    if reading.shared is None:
        return _select_cells(reading, programme, day, prefix)
    point = (programme, day, reading.position)
    known: list[Cell] | None = reading.shared.get(point)
    if known is None:
        found = _select_cells(reading, programme, day, prefix)
        if prefix:
            return found
        known = reading.shared[point] = list(found)
    return (cell for cell in known if not prefix or f"{cell.path}/".startswith(f"{prefix}/"))


def _select_cells(reading: Reading, programme: str, day: str, prefix: str) -> Iterator[Cell]:
    query, where = _TOP, {"p": programme, "d": day, "k": reading.position}
    if prefix:
        query += " AND (path=:prefix OR (path>:prefix||'/' AND path<:prefix||'0'))"
        where["prefix"] = prefix
    rows = [row for row in reading.connection.execute(query + " ORDER BY path", where) if row[2] is not None]
    for (path, cell, _), said in zip(rows, _said_of([row[2] for row in rows]), strict=True):
        since, act_date, act_order, slot, line, op, value, event, entry, act = said
        if op == "add":
            answer = _fold_cell(reading, cell, day)
        else:
            rank = (since, act_date, act_order, slot, line)
            placed = _new(Placed, (rank, op, value, "", event, entry, act))
            answer = _new(Answer, (value if op == "set" else None, op == "unset", placed, (placed,)))
        yield _new(Cell, (path, answer))


def read_cell(reading: Reading, programme: str, path: str, day: str) -> Answer | None:
    """One cell; None if no counting write has touched it."""
    cell = cell_id(reading, programme, path)
    return _fold_cell(reading, cell, day, none=True) if cell is not None else None


def cell_id(reading: Reading, programme: str, path: str) -> int | None:
    """Raises Blocked, as every reading of a programme's cells."""
    reading.check(programme)
    rows = reading.rows("SELECT id FROM cells WHERE programme=? AND path=?", [programme, path])
    return int(rows[0][0]) if rows else None


def _fold_cell(reading: Reading, cell: int, day: str, *, none: bool = False) -> Any:
    chain: list[Placed] = []
    for row in reading.connection.execute(_CHAIN, {"c": cell, "d": day, "k": reading.position}):
        placed = _placed(row[0])
        chain.append(placed)
        if placed.op != "add":
            break
    answer = fold(chain)
    assert none or answer is not None
    return answer


def read_chain(reading: Reading, cell: int, day: str, *, below: Rank | None, limit: int) -> list[Placed]:
    """All counting writes of a cell by a day, newest rank first, below a rank."""
    query, where = _CHAIN, {"c": cell, "d": day, "k": reading.position, "limit": limit}
    if below is not None:
        query = query.replace(
            "ORDER BY", "AND (since, act_date, act_order, slot, line) < (:r0, :r1, :r2, :r3, :r4) ORDER BY"
        )
        where.update({f"r{n}": part for n, part in enumerate(below)})
    return placed_of([row[0] for row in reading.connection.execute(query + " LIMIT :limit", where)])


def read_below(reading: Reading, programme: str, path: str, rank: Rank) -> Answer | None:
    """The fold just below a rank on the rank's own day: the value that a write found."""
    cell = cell_id(reading, programme, path)
    if cell is None:
        return None
    chain: list[Placed] = []
    below, limit = rank, 1  # nearly always a `set`, which ends it
    while True:
        part = read_chain(reading, cell, rank[0], below=below, limit=limit)
        for placed in part:
            chain.append(placed)
            if placed.op != "add":
                return fold(chain)
        if len(part) < limit:
            return fold(chain)
        below, limit = part[-1].rank, 16


def _placed(said: str) -> Placed:
    """Read a row's JSON array: the five parts of the rank, op, value, event, entry, act.

    Raises sqlite3.DatabaseError, as SQLite does of a rotten page, if it is none: rot can hit a text alone.
    """
    (placed,) = placed_of([said])
    return placed


def placed_of(texts: list[str]) -> list[Placed]:
    """As _placed, of many rows at once."""
    return [
        _new(Placed, ((since, act_date, act_order, slot, line), op, value, "", event, entry, act))
        for since, act_date, act_order, slot, line, op, value, event, entry, act in _said_of(texts)
    ]


def _said_of(texts: list[str]) -> list[list[Any]]:
    """What rows say, read at once: a state has some two hundred short texts. Raises as _placed."""
    try:
        found: list[list[Any]] = orjson.loads(f"[{','.join(texts)}]")
        if len(found) == len(texts) and {*map(len, found)} <= {SAID_PARTS}:
            return found
    except (ValueError, TypeError):
        pass
    raise sqlite3.DatabaseError("a row of the projections is not what was written")
