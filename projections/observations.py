"""Observations as known at a position."""

from __future__ import annotations

from itertools import islice

from projections.reading import Reading
from projections.recording import Doc
from projections.records import scan_records
from projections.unavailable import check_stream, told


def read_observations(
    reading: Reading, *, stream: str | None, is_open: bool | None, after: str, limit: int
) -> list[Doc]:
    """By id, which is by time, after an id. is_open: only those that wait for an answer, or that do not."""
    streams = None if stream is None else [stream]
    check_stream(reading, stream)
    rows = told(reading, scan_records(reading, "observation", bodies=streams, after=after), "stream")
    return list(islice((row for row in rows if is_open is None or row["open"] is is_open), limit))
