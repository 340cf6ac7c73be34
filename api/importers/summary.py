"""What came of a file, counted, as the HTTP door and `--json` tell it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from api.importers.rows import Taken


def summary_of(taken: Taken) -> dict[str, Any]:
    """changes, moved: only of files that are compared with a state."""
    found: dict[str, Any] = {
        "rows": taken.rows,
        "skipped": taken.skipped,
        "events": len(taken.made),
        "totals": [
            {"name": one.name, "printed": one.printed, "counted": one.counted, "agrees": one.agrees}
            for one in taken.totals
        ],
    }
    if taken.changes is not None:
        found["changes"] = asdict(taken.changes)
    if taken.moved is not None:
        found["moved"] = {**asdict(taken.moved), "balanced": taken.moved.balanced}
    return found
