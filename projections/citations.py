"""Which programmes cite an act."""

from __future__ import annotations

from projections.reading import Reading


def programmes_citing(reading: Reading, act: str) -> list[str]:
    """By id; as of the newest entry that the generation holds."""
    rows = reading.rows("SELECT programme FROM citations WHERE act=? ORDER BY programme", [act])
    return [row[0] for row in rows]
