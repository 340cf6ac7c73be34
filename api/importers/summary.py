"""What came of a file, counted, as the HTTP door and `--json` tell it."""

from __future__ import annotations

from typing import Any

from api.importers.rows import Taken


def summary_of(taken: Taken) -> dict[str, Any]:
    return {
        "rows": taken.rows,
        "skipped": taken.skipped,
        "events": len(taken.made),
        "totals": [
            {"name": one.name, "printed": one.printed, "counted": one.counted, "agrees": one.agrees}
            for one in taken.totals
        ],
    }
