"""Reading doubt: which entries of a programme stand in it at a position, and the word for a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from ledger.doubt import WORST, Name
from ledger.timeline import Answer
from projections.reading import Reading

Doubtful = Mapping[int, Name]  # leaf index → the worst doubt in which the entry stands

_KNOWN = "known_from<=? AND known_to>?"


def read_doubtful(reading: Reading, programme: str) -> Doubtful:
    """The entries of a programme that stand in doubt at the position; nearly always none."""
    query = f"SELECT leaf_index, doubt FROM doubts WHERE stream=? AND {_KNOWN}"
    where = [f"programme:{programme}", reading.position, reading.position]
    return dict(reading.rows(query, where))


def read_doubts(reading: Reading, stream: str, index: int) -> list[dict[str, Any]]:
    """All that stands against one entry at the position."""
    query = f"SELECT causes FROM doubts WHERE stream=? AND leaf_index=? AND {_KNOWN}"
    rows = reading.rows(query, [stream, index, reading.position, reading.position])
    members = ("doubt", "kid", "person", "office", "because")
    return [dict(zip(members, cause, strict=True)) for row in rows for cause in orjson.loads(row[0])]


def read_doubt(reading: Reading, stream: str, index: int) -> Name | None:
    """The word that stands beside one entry at the position."""
    query = f"SELECT doubt FROM doubts WHERE stream=? AND leaf_index=? AND {_KNOWN}"
    rows = reading.rows(query, [stream, index, reading.position, reading.position])
    word: Name | None = rows[0][0] if rows else None
    return word


def mark_entries(reading: Reading, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows: whatever in them names its entry by event and index has its doubt beside it."""
    query = f"SELECT leaf_index, doubt FROM doubts WHERE {_KNOWN}"
    doubtful: Doubtful = dict(reading.rows(query, [reading.position, reading.position]))
    for row in rows:
        _mark(row, doubtful)
    return rows


def _mark(part: Any, doubtful: Doubtful) -> None:
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _mark(inner, doubtful)
    if isinstance(part, dict) and isinstance(part.get("index"), int) and "event" in part:
        part["doubt"] = doubtful.get(part["index"])


def doubt_of(doubtful: Doubtful, *answers: Answer | None) -> Name | None:
    """The word beside a value: the worst of the statements that make it up, the sums' parts included."""
    if not doubtful:
        return None
    entries = (placed.entry for answer in answers if answer is not None for placed in answer.chain)
    return worst_of(doubtful.get(entry) for entry in entries)


def worst_of(words: Iterable[Name | None]) -> Name | None:
    found = set(words)
    return next((word for word in WORST if word in found), None)
