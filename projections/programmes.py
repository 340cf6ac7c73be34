"""The list of programmes on the record."""

from __future__ import annotations

from typing import Any

from projections.cells import read_cell
from projections.doubtful import read_doubtful, worst_of
from projections.reading import Reading
from projections.records import Bodies, of_bodies
from projections.state import last_concern

SHOWN = ("/title", "/term/from", "/term/to", "/currency", "/closed")


def read_programmes(
    reading: Reading, as_of: str, *, bodies: Bodies = None, after: str, limit: int
) -> list[dict[str, Any]]:
    """Programmes adopted by the position, by id, after an id."""
    where, words = of_bodies(bodies)
    query = (
        f"SELECT id, body, adopted_from FROM programmes WHERE id>? AND adopted_from<? {where}"
        "ORDER BY id LIMIT ?"
    )
    rows = reading.rows(query, [after, reading.position, *words, limit])
    return [_programme(reading, as_of, *row) for row in rows]


def read_ids(reading: Reading, *, bodies: Bodies = None, after: str = "", limit: int) -> list[str]:
    """The ids alone of the programmes adopted by the position, in their order, after an id."""
    where, words = of_bodies(bodies)
    query = f"SELECT id FROM programmes WHERE id>? AND adopted_from<? {where}ORDER BY id LIMIT ?"
    return [row[0] for row in reading.rows(query, [after, reading.position, *words, limit])]


def read_programme(reading: Reading, as_of: str, programme: str) -> dict[str, Any] | None:
    """One of them; None if it was not on the record by the position."""
    query = "SELECT id, body, adopted_from FROM programmes WHERE id=? AND adopted_from<?"
    rows = reading.rows(query, [programme, reading.position])
    return _programme(reading, as_of, *rows[0]) if rows else None


def _programme(reading: Reading, as_of: str, programme: str, body: str, index: int) -> dict[str, Any]:
    if reading.is_blocked(programme):
        return _unavailable(programme, body, index)
    answers = {path: read_cell(reading, programme, path, as_of) for path in SHOWN}
    doubtful = read_doubtful(reading, programme)

    def value(path: str) -> Any:
        answer = answers[path]
        return answer.value if answer is not None else None

    title = value("/title")
    return {
        "id": programme,
        "title": title,
        "body": body,
        "term": {"from": value("/term/from"), "to": value("/term/to")},
        "currency": value("/currency"),
        "status": "not-in-force" if title is None else ("closed" if value("/closed") else "in-force"),
        "adopted_index": index,
        "last_index": last_concern(reading, programme),
        "doubt": worst_of(doubtful.of(path, as_of, answer) for path, answer in answers.items()),
    }


def _unavailable(programme: str, body: str, index: int) -> dict[str, Any]:
    """Of a programme that cannot be kept up nothing is told but that it is there."""
    return {
        "id": programme,
        "title": None,
        "body": body,
        "term": {"from": None, "to": None},
        "currency": None,
        "status": "unavailable",
        "adopted_index": index,
        "last_index": None,
        "doubt": None,
    }


def body_of(reading: Reading, programme: str) -> str:
    """The body that adopted a programme; "" for what nobody adopted."""
    rows = reading.rows("SELECT body FROM programmes WHERE id=?", [programme])
    return str(rows[0][0]) if rows else ""
