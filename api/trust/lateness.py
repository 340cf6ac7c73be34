"""Since when rounds have failed, and who did not answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from api.trust.round import Outcome
from ledger.clock import format_instant


class Lateness:
    """Written by one thread, read by all. limit: how long rounds may fail before it is a reason."""

    def __init__(self, limit: timedelta) -> None:
        self._limit = limit
        self._failing: tuple[datetime, str] | None = None
        self._silent: dict[str, datetime] = {}

    def note(self, outcome: Outcome, now: datetime) -> None:
        """What came of the newest round. One that lacks a stamp alone has been witnessed."""
        if outcome.state != "quiet":
            self._silent = {name: self._silent.get(name, now) for name in outcome.silent}
        if outcome.settled or outcome.state == "partly":
            self._failing = None
        else:
            self._failing = (self._failing[0] if self._failing else now, outcome.words)

    def reasons(self, now: datetime) -> list[str]:
        """In words for an operator; none while rounds have not failed for long."""
        failing, silent = self._failing, self._silent
        if failing is None or now - failing[0] < self._limit:
            return []
        since, words = failing
        absent = [
            f"{name} has not cosigned since {format_instant(moment)}" for name, moment in silent.items()
        ]
        return ["; ".join([f"the log is not witnessed since {format_instant(since)}: {words}", *absent])]
