"""The CSV twin of a programme in time: its entries, then adoption, sessions and years."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from api.csv_table import to_csv

PASSAGE = (
    "part", "day", "index", "event", "kind", "recorded_at", "title_uk", "title_en", "acts", "example",
    "doubt",
)  # fmt: skip


def passage(content: Mapping[str, Any]) -> bytes:
    """part: entry, adopted, session or year. day: the one from which an entry counts, or the part's own."""
    return to_csv(PASSAGE, _rows(content))


def _rows(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for row in content["items"]:
        titles = {"title_uk": row["title"]["uk"], "title_en": row["title"]["en"]}
        yield {**row, **titles, "part": "entry", "day": row["effective"]}
    adopted = content["adopted"]
    act = adopted["act"]
    yield {**adopted, "part": "adopted", "day": adopted["effective"], "acts": [act["id"]] if act else None}
    for session in content["sessions"]:
        yield {"part": "session", "day": session["date"], "acts": [one["id"] for one in session["acts"]]}
    for day in content["years"]:
        yield {"part": "year", "day": day}
