"""The CSV twin of the inbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.csv_table import to_csv

INBOX = (
    "due", "task", "reminder", "overdue", "title_uk", "title_en", "office", "programme", "kind",
    "about_event", "indicator", "measure", "period", "since", "acknowledge", "policy", "event", "index",
    "doubt", "link",
)  # fmt: skip


def inbox(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return to_csv(INBOX, [_flat(row) for row in rows])


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    about = row["about"]
    return {
        **row,
        **{name: about[name] for name in ("kind", "indicator", "measure", "period")},
        "about_event": about["event"],
        "title_uk": row["title"]["uk"],
        "title_en": row["title"]["en"],
        "acknowledge": row["acknowledge"] or None,
    }
