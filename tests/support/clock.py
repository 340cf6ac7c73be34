"""A clock that stands until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2025, 9, 1, 9, 0, tzinfo=UTC)


def utc(text: str) -> datetime:
    """`2025-09-01T09:00:00` as an aware instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class FrozenClock:
    """Implements ledger.clock.Clock; wall and monotonic time move together.

    The ledger stops appending when a clock goes back by more than five minutes, so a test
    that needs another day starts its ledger on the earliest and moves on from there.
    """

    def __init__(self, start: datetime = START) -> None:
        self.start = start
        self.moment = start

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return (self.moment - self.start).total_seconds()

    def set(self, moment: datetime) -> None:
        self.moment = moment

    def advance(self, **by: float) -> None:
        """As timedelta: advance(days=1), advance(seconds=0.5)."""
        self.moment += timedelta(**by)
