"""The CSV twin of a programme's reports: one row a statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.csv_table import to_csv

REPORTS = (
    "report", "event", "index", "kind", "indicator", "measures", "period", "phase", "accumulation", "value",
    "numerator", "denominator", "state", "current", "replaced_by", "status", "remarks", "reviewed_by",
    "review_doubt", "persons", "offices", "reason", "evidence", "recorded_at", "example", "cells",
    "cells_total", "doubt",
)  # fmt: skip


def reports(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return to_csv(REPORTS, [{**row, **_flat(row)} for row in rows])


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Empty lists and texts as null: here nothing was left blank in a source."""
    return {
        "measures": row["measures"] or None,
        "persons": [signer["person"] for signer in row["signers"]],
        "offices": [signer["office"] for signer in row["signers"]],
        "reason": row["reason"] or None,
        "cells": [cell["path"] for cell in row["cells"]] or None,
    }
