"""The CSV twin of findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.csv_table import to_csv
from api.tables import Rows

FINDINGS = (
    "id", "code", "key", "theme", "severity", "status", "sentence_uk", "sentence_en", "since", "cells",
    "events", "indexes", "quotes", "fingerprint", "accepted_by", "accepted_index", "accepted_reason",
    "accepted_current", "observations", "resolved_by", "doubt",
)  # fmt: skip


def findings(rows: Rows) -> bytes:
    return to_csv(FINDINGS, [_finding(row) for row in rows])


def _finding(row: Mapping[str, Any]) -> dict[str, Any]:
    acceptance, resolved = row["acceptance"], row.get("resolved")
    return {
        **row,
        "sentence_uk": row["sentence"]["uk"],
        "sentence_en": row["sentence"]["en"],
        "cells": [cell["path"] for cell in row["cells"]] or None,
        "events": [event["event"] for event in row["events"]] or None,
        "indexes": [str(event["index"]) for event in row["events"]] or None,
        "quotes": [f"{quote['at']}: {quote['text']}" for quote in row["quotes"]] or None,
        "accepted_by": [one["person"] for one in acceptance["signers"]] if acceptance else None,
        "accepted_index": acceptance["index"] if acceptance else None,
        "accepted_reason": acceptance["reason"] if acceptance else None,
        "accepted_current": acceptance["current"] if acceptance else None,
        "observations": [one["observation"] for one in row["observations"]] or None,
        "resolved_by": resolved["event"] if resolved else None,
    }
