"""The CSV twins of what is told of one event."""

from __future__ import annotations

from typing import Any, Final

from api.csv_table import to_csv

CHECKS: Final = ("code", "outcome", "reason", "about", "title_uk", "title_en", "text_uk", "text_en")
WRITES: Final = (
    "path", "from", "op", "old", "old_doubt", "new", "result", "delta", "unit", "previous_event",
    "previous_index",
)  # fmt: skip


def checks_table(rows: list[dict[str, Any]]) -> bytes:
    return to_csv(CHECKS, [{**row, **_words(row, "title"), **_words(row, "text")} for row in rows])


def _words(row: dict[str, Any], part: str) -> dict[str, str]:
    return {f"{part}_{language}": text for language, text in row[part].items()}
