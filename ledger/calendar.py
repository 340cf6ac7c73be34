"""Working days: weekends, holidays, and the days that a government's decision moved.

No holiday is known here: they come from the policies in force (docs/authority.md, Policies).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from ledger.errors import LedgerError

Shift = Literal["none", "next", "previous"]

SEARCH_DAYS_MAX = 366  # a calendar whose next working day is further away is a mistake, not a rest

_STEP_DAYS: dict[Shift, int] = {"none": 0, "next": 1, "previous": -1}
_SATURDAY = 5


class CalendarError(LedgerError):
    """There is no such day: no working day within a year, not a date, or outside years 1 to 9999."""


@dataclass(frozen=True)
class Calendar:
    """Saturdays, Sundays and `holidays` are days off; a day in `working` never is.

    All days, here and in what is asked and answered, are real ones in the form 2026-01-05; what
    is not raises CalendarError, already when the calendar is made.
    """

    holidays: frozenset[str] = frozenset()
    working: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for day in self.holidays | self.working:
            _parsed(day)

    def is_working(self, day: str) -> bool:
        return self._works(_parsed(day))

    def shift(self, day: str, rule: Shift) -> str:
        """The day itself if it is a working day or the rule is "none", else the nearest one that way.

        Raises CalendarError if none is found within SEARCH_DAYS_MAX days.
        """
        start = _parsed(day)
        step = _STEP_DAYS[rule]
        return (self._nearest(start, step) if step else start).isoformat()

    def working_days_after(self, day: str, n: int) -> str:
        """The n-th working day after a day, which does not count itself.

        n: from 1. Raises CalendarError if two working days are over SEARCH_DAYS_MAX days apart.
        Cost: one look at each day on the way.
        """
        if n < 1:
            raise CalendarError(f"working days are counted from 1, not {n}")
        found = _parsed(day)
        for _ in range(n):
            found = self._nearest(_moved(found, 1), 1)
        return found.isoformat()

    def _works(self, moment: date) -> bool:
        day = moment.isoformat()
        return day in self.working or (moment.weekday() < _SATURDAY and day not in self.holidays)

    def _nearest(self, start: date, step_days: int) -> date:
        """The first working day from start on (inclusive), at most SEARCH_DAYS_MAX days away."""
        moment = start
        for _ in range(SEARCH_DAYS_MAX):
            if self._works(moment):
                return moment
            moment = _moved(moment, step_days)
        if self._works(moment):
            return moment
        raise CalendarError(f"no working day between {start} and {moment}")


def _parsed(day: str) -> date:
    try:
        moment = date.fromisoformat(day)
    except ValueError as error:
        raise CalendarError(f"not a day: {day!r}") from error
    # Python reads 20260105 and 2026-W02-1 too, which no set of days would be found to hold.
    if moment.isoformat() != day:
        raise CalendarError(f"not a day as we write it: {day!r}")
    return moment


def _moved(moment: date, days: int) -> date:
    try:
        return moment + timedelta(days=days)
    except OverflowError as error:
        raise CalendarError(f"the calendar ends at {moment}") from error
