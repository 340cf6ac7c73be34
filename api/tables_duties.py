"""The CSV twins of obligations and of a year's evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.csv_table import to_csv

Rows = Sequence[Mapping[str, Any]]

OBLIGATIONS = (
    "due", "status", "reminder", "kind", "indicator", "measure", "period", "title_uk", "title_en", "office",
    "office_name", "body", "succeeded", "persons", "policy", "report", "event", "index", "day", "recorded_at",
    "on_time", "corrected", "corrected_event", "review", "reviewed_event", "cells", "doubt",
)  # fmt: skip


def obligations(rows: Rows) -> bytes:
    return to_csv(OBLIGATIONS, [{**row, **_flat(row)} for row in rows])


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    corrected, reviewed = row["corrected"] or {}, row["reviewed"] or {}
    return {
        "title_uk": row["title"]["uk"],
        "title_en": row["title"]["en"],
        "persons": row["persons"] or None,
        "corrected": corrected.get("day"),
        "corrected_event": corrected.get("event"),
        "reviewed_event": reviewed.get("event"),
        "cells": row["cells"] or None,
    }


EVALUATION = ("direction", "part", "row", "figure", "value", "cells", "events", "doubt")
_BESIDE = ("key", "cells", "events", "doubt")


def evaluation(sections: Mapping[str, Any]) -> bytes:
    """One row a figure: of a direction's rows, then of its totals."""
    return to_csv(EVALUATION, [row for name, section in sections.items() for row in _figures(name, section)])


def _figures(direction: str, section: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for part, value in section.items():
        for row in (
            value if isinstance(value, list) else [value if isinstance(value, dict) else {part: value}]
        ):
            about = {"direction": direction, "part": part, "row": row.get("key"), "doubt": row.get("doubt")}
            evidence = {name: row.get(name) or None for name in ("cells", "events")}
            for figure, one in _leaves(row):
                yield {**about, **evidence, "figure": figure, "value": one}


def _leaves(row: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{name}.")
        elif name not in _BESIDE:
            yield f"{prefix}{name}", value
