"""The last day on which a programme's state became another one by itself, without a new entry."""

from __future__ import annotations

from typing import Final

from projections.reading import Reading

_MOVED: Final = tuple(
    f"SELECT MAX({column}) FROM lives JOIN cells ON cells.id=lives.cell "
    f"WHERE programme=? AND known_from<=? AND known_to>? AND {column}<=?"
    for column in ("since", "counts_from", "counts_to")
)


def last_moved(reading: Reading, programme: str, day: str) -> str:
    """The newest day, up to a day, from which something holds or ceases to; "" if none. Raises Blocked."""
    reading.check(programme)
    where = [programme, reading.position, reading.position, day]
    return max(str(reading.rows(query, where)[0][0] or "") for query in _MOVED)
