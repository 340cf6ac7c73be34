"""The list of programmes on the record."""

from __future__ import annotations

from typing import Any

from projections.cells import read_cell
from projections.reading import Reading
from projections.state import last_concern


def read_programmes(reading: Reading, as_of: str, *, after: str, limit: int) -> list[dict[str, Any]]:
    """Programmes adopted by the position, by id, after an id."""
    query = "SELECT id, body, adopted_from FROM programmes WHERE id>? AND adopted_from<? ORDER BY id LIMIT ?"
    rows = reading.rows(query, [after, reading.position, limit])
    return [_programme(reading, as_of, *row) for row in rows]


def _programme(reading: Reading, as_of: str, programme: str, body: str, index: int) -> dict[str, Any]:
    def value(path: str) -> Any:
        answer = read_cell(reading, programme, path, as_of)
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
    }
