"""The clock of an invented story: it starts some days ago, and days pass when the story says so."""

from __future__ import annotations

from datetime import datetime, timedelta

from ledger.clock import SystemClock


class StoryClock:
    """Implements ledger.clock.Clock. lead: how long ago the story starts."""

    def __init__(self, lead: timedelta) -> None:
        self._real = SystemClock()
        self._behind = lead
        self._passed = timedelta(0)

    def now(self) -> datetime:
        return self._real.now() - self._behind + self._passed

    def monotonic(self) -> float:
        return self._real.monotonic() + self._passed.total_seconds()

    def wait(self, days: int) -> None:
        """Let days pass; a story waits no longer than its lead."""
        self._passed += timedelta(days=days)
