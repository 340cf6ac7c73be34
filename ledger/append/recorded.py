"""recorded_at: when the ledger took something, never going backwards."""

from __future__ import annotations

from datetime import datetime, timedelta

from ledger.clock import Clock
from ledger.errors import Stopped

SKEW_MAX = timedelta(minutes=5)
TICK = timedelta(microseconds=1)


class RecordingClock:
    """Gives each submission an instant later than the one before.

    All envelopes of a batch share one, so that equal neighbours mark a batch in the log.
    A clock up to five minutes behind the last entry is waited out; beyond that, or when
    wall and monotonic clocks part by more, appends stop.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wall = clock.now()
        self._monotonic = clock.monotonic()

    def check(self, last: datetime | None) -> datetime:
        """The wall clock's time if it can be trusted. Raises Stopped."""
        wall = self._clock.now()
        passed = timedelta(seconds=self._clock.monotonic() - self._monotonic)
        if abs((wall - self._wall) - passed) > SKEW_MAX:
            raise Stopped("the machine's clock jumped: set it right and restart")
        if last is not None and last - wall > SKEW_MAX:
            raise Stopped(f"the machine's clock is behind the last entry of {last.isoformat()}")
        return wall

    def after(self, last: datetime | None) -> datetime:
        """The instant for the next submission. Raises Stopped."""
        wall = self.check(last)
        return wall if last is None or wall > last else last + TICK
