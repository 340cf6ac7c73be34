"""The only place that asks the machine for the time.

Instants are UTC and written with six digits, `2026-02-01T09:00:00.000000Z`;
dates are calendar dates in the ledger's time zone.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Where the time comes from; tests and demos pass their own."""

    def now(self) -> datetime:
        """The wall clock, UTC, aware."""

    def monotonic(self) -> float:
        """Seconds that never go backwards."""


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # the one place that may

    def monotonic(self) -> float:
        # The boot clock goes on while the machine sleeps, as the wall clock does.
        boot = getattr(time, "CLOCK_BOOTTIME", None)
        return time.clock_gettime(boot) if boot is not None else time.monotonic()


def format_instant(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_instant(text: str) -> datetime:
    """Read what format_instant wrote, or whole seconds. Raises ValueError."""
    if len(text) not in (len("2026-02-01T09:00:00Z"), len("2026-02-01T09:00:00.000000Z")) or text[-1] != "Z":
        raise ValueError(f"not an instant of ours: {text!r}")
    return datetime.fromisoformat(text)


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar date of an instant in the ledger's time zone."""
    return moment.astimezone(zone).date()


def end_of_local_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant after a local day (exclusive end)."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=zone).astimezone(UTC)
