"""What reads otherwise since a position: acts, and the cells of programmes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ledger.ids import split_stream
from ledger.timeline import Answer
from projections.acts_in_doubt import mark_acts
from projections.cells import Cell, read_cells
from projections.diff import Point
from projections.doubtful import Doubtful, mark_entries, read_doubtful
from projections.reading import Blocked, Reading
from projections.records import read_act
from projections.state import hash_of, nest

Row = dict[str, Any]
FEW_ENTRIES: Final = 64  # a reader that keeps up asks of so many, and most programmes are not among them


class ActsMoved(NamedTuple):
    """more: whether other acts changed after the last of these."""

    items: list[Row]
    more: bool


def read_acts_changed(reading: Reading, start: int, *, limit: int) -> ActsMoved:
    """Acts whose record or doubt changed in [start, the reading's position), by their last change.

    Those that one entry changed come together, though they be more than the limit: a position in the log
    does not lie between them.
    """
    query = (
        "SELECT id, MAX(changed) FROM ("
        "SELECT id, known_from AS changed FROM records INDEXED BY acts_changed "
        "WHERE space='act' AND known_from>:a AND known_from<=:b "
        "UNION ALL SELECT act, known_from FROM doubts "
        "WHERE act IS NOT NULL AND known_from>:a AND known_from<=:b "
        "UNION ALL SELECT act, known_to FROM doubts WHERE act IS NOT NULL AND known_to>:a AND known_to<=:b"
        ") AS found GROUP BY id ORDER BY 2, 1"
    )
    rows = reading.connection.execute(query, {"a": start, "b": reading.position}).fetchall()
    page = [row for row in rows if row[1] <= rows[:limit][-1][1]]
    acts = [read_act(reading, act) for act, _ in page]
    mark_entries(reading, acts)
    mark_acts(reading, acts)
    items = [{"index": changed - 1, "act": act} for (_, changed), act in zip(page, acts, strict=True)]
    return ActsMoved(items, len(page) < len(rows))


def programmes_moved(reading: Reading, start: Point, end: Point, *, only: str | None = None) -> Iterator[str]:
    """Programmes that may read otherwise at the end than at the start, by id. Raises Blocked.

    Of one that cannot be kept up it is not known whether it does: what is told beside it would look whole.
    only: just this one.
    """
    for programme, index in sorted(reading.blocked.items()):
        if index < end.position and only in (None, programme):
            raise Blocked(programme, index)
    if only is None and start.as_of == end.as_of and end.position - start.position <= FEW_ENTRIES:
        named = sorted(_concerned(reading, start.position, end.position))
        within, ids = reading.connection.among(named)
        query = f"SELECT id FROM programmes WHERE id IN {within} AND adopted_from<? ORDER BY id"
        yield from (row[0] for row in reading.rows(query, [ids, end.position]))
        return
    touched = "EXISTS (SELECT 1 FROM concerns WHERE programme=one.id AND leaf_index>=:a AND leaf_index<:b)"
    where: Row = {"a": start.position, "b": end.position}
    if start.as_of != end.as_of:  # what holds from a day on begins to hold anywhere
        touched, where = "1=1", {"b": end.position}
    if only is not None:
        touched, where = f"id=:only AND {touched}", where | {"only": only}
    query = f"SELECT id FROM programmes AS one WHERE adopted_from<:b AND {touched} ORDER BY id"
    for row in reading.connection.execute(query, where).fetchall():
        yield row[0]


def _concerned(reading: Reading, start: int, end: int) -> set[str]:
    """The programmes that the entries of a span are of, and those that others of them concern.

    Of a few entries this is told without asking each programme that there is.
    """
    if start >= end:
        return set()
    streams = (split_stream(entry.stream) for entry in reading.log.entries(start, end - start))
    own = {name for family, name in streams if family == "programme"}
    query = "SELECT DISTINCT programme FROM concerns WHERE slot IS NULL AND leaf_index>=? AND leaf_index<?"
    return own | {row[0] for row in reading.rows(query, [start, end])}


class Moved(NamedTuple):
    """A programme at the end: the cells that read otherwise than at the start, and the whole state's hash."""

    cells: list[Row]
    state_hash: str


def read_moved(reading: Reading, programme: str, start: Point, end: Point) -> Moved:
    """By path. Raises Blocked."""
    old = _read(reading, programme, start).told if start.position else {}
    new = _read(reading, programme, end)
    gone = {path: _none(programme, path) for path in old if path not in new.told}
    found = new.told | gone
    moved = [found[path] for path in sorted(found) if found[path] != old.get(path)]
    return Moved(moved, hash_of(nest(new.cells)))


class _Side(NamedTuple):
    cells: list[Cell]
    told: dict[str, Row]  # path → what is told of it


def _read(reading: Reading, programme: str, point: Point) -> _Side:
    """Every cell with a value, or removed; and those that what is in doubt took away."""
    at = reading.at(point.position)
    cells = list(read_cells(at, programme, point.as_of))
    doubtful = read_doubtful(at, programme)
    told = {path: _told(programme, path, answer, doubtful, point.as_of) for path, answer in cells}
    for path, word in doubtful.gone(point.as_of, told).items():
        told[path] = _none(programme, path) | {"doubt": word}
    return _Side(cells, told)


def _told(programme: str, path: str, answer: Answer, doubtful: Doubtful, day: str) -> Row:
    return {
        "programme": programme,
        "path": path,
        "cell": "removed" if answer.removed else "value",
        "value": answer.value,
        "event": answer.last.event,
        "index": answer.last.entry,
        "from": answer.last.rank[0],
        "doubt": doubtful.of(path, day, answer),
    }


def _none(programme: str, path: str) -> Row:
    empty = dict.fromkeys(("value", "event", "index", "from", "doubt"))
    return {"programme": programme, "path": path, "cell": "none", **empty}
