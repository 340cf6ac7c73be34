"""Which position a question means: a number, an instant, or a day.

A position inside a batch rounds down to the batch's start. Envelopes of one batch, and
only they, share a recorded_at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ledger.clock import end_of_local_day, format_instant, local_date, parse_instant
from ledger.store.base import LogReader


@dataclass(frozen=True, slots=True)
class Known:
    """A position, and when its last entry was recorded ("" before the first)."""

    position: int
    recorded_at: str


def at_position(log: LogReader, position: int) -> Known:
    """Round a position down to the start of the batch that it would cut."""
    if position <= 0:
        return Known(0, "")
    rows = log.entries(position - 1, 2)
    if len(rows) == 2 and rows[0].recorded_at == rows[1].recorded_at:
        return at_position(log, _batch_start(log, position, rows[0].recorded_at))
    return Known(position, rows[0].recorded_at)


def _batch_start(log: LogReader, position: int, recorded_at: str) -> int:
    """The leaf index of the first entry of the batch that `position` cuts."""
    start = max(0, position - 256)
    for entry in log.entries(start, position - start):
        if entry.recorded_at == recorded_at:
            return entry.index
    return position


def at_instant(log: LogReader, moment: datetime, head: int) -> Known:
    """The position of the entries recorded at or before an instant. head: of what is applied."""
    limit = format_instant(moment)
    return _after_last(log, head, lambda recorded_at: recorded_at <= limit)


def at_day(log: LogReader, day: str, zone: ZoneInfo, head: int) -> Known:
    """The position at the end of a local day (every entry recorded before the next day)."""
    end = format_instant(end_of_local_day(datetime.fromisoformat(day).date(), zone))
    return _after_last(log, head, lambda recorded_at: recorded_at < end)


def _after_last(log: LogReader, head: int, in_time: Callable[[str], bool]) -> Known:
    """After the last entry that is in time (binary search); a head may cut a batch."""
    low, high = 0, head
    while low < high:
        middle = (low + high) // 2
        if in_time(log.entries(middle, 1)[0].recorded_at):
            low = middle + 1
        else:
            high = middle
    return at_position(log, low)


def day_of(recorded_at: str, zone: ZoneInfo) -> str:
    """The local day on which an entry was recorded."""
    return local_date(parse_instant(recorded_at), zone).isoformat()
