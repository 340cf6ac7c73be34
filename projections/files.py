"""The files that logged events name, by hash."""

from __future__ import annotations

from typing import NamedTuple

from projections.reading import Reading


class FileNamed(NamedTuple):
    """What one event says of a file. entry: the event's leaf index."""

    name: str
    media_type: str
    size: int
    access: str
    entry: int


def read_named(reading: Reading, sha256: str) -> list[FileNamed]:
    """Everything that logged events say of a file, oldest first; empty if none names it."""
    query = (
        "SELECT name, media_type, size, access, leaf_index FROM files "
        "WHERE sha256=? AND leaf_index<? ORDER BY leaf_index, place"
    )
    return [FileNamed(*row) for row in reading.rows(query, [sha256, reading.position])]
