"""When the report about a period is due, and which reports have come to be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import dropwhile, takewhile
from typing import Literal, Protocol

from ledger.calendar import Calendar, CalendarError, Shift
from ledger.values import period_end

PeriodKind = Literal["month", "quarter", "half", "year"]

_PARTS: dict[PeriodKind, tuple[str, ...]] = {
    "month": tuple(f"-{month:02}" for month in range(1, 13)),
    "quarter": ("-Q1", "-Q2", "-Q3", "-Q4"),
    "half": ("-H1", "-H2"),
    "year": ("",),
}


class Deadline(Protocol):
    """Day `day` of the `months`-th month after the period's end, moved to a working day by `shift`.

    months: 1 to 12. day: 1 to 31, clipped to the month's last day.
    «До 05 числа місяця, наступного за звітним періодом» is months 1, day 5.
    """

    @property
    def months(self) -> int: ...
    @property
    def day(self) -> int: ...
    @property
    def shift(self) -> Shift: ...


@dataclass(frozen=True)
class Due:
    """The report about a period, and the last day on which it is on time."""

    period: str
    day: str


def due_day(period: str, deadline: Deadline, calendar: Calendar) -> str:
    """The last day on which a report about the period is on time.

    A shift to the previous working day may lead back into the period. Raises CalendarError.
    """
    end = period_end(period)
    year, month = divmod(int(end[:4]) * 12 + int(end[5:7]) - 1 + deadline.months, 12)
    if year > date.max.year:
        raise CalendarError(f"no day is due in the year {year}")
    due_month = f"{year:04}-{month + 1:02}"
    # Days of one month sort as their numbers do, so the smaller text is the clipped day.
    return calendar.shift(min(f"{due_month}-{deadline.day:02}", period_end(due_month)), deadline.shift)


def periods(kind: PeriodKind, first_year: int, last_year: int) -> list[str]:
    """The periods of the years in order; both years inclusive, none if they are the wrong way round."""
    return [f"{year:04}{part}" for year in range(first_year, last_year + 1) for part in _PARTS[kind]]


def periods_due_between(
    kind: PeriodKind,
    first_year: int,
    last_year: int,
    deadline: Deadline,
    calendar: Calendar,
    *,
    from_day: str,
    to_day: str,
) -> list[Due]:
    """The periods of the years whose due day lies from from_day to to_day, both inclusive, in order.

    Raises CalendarError, but not for what the calendar lacks after the first day due past to_day.
    """
    due = dropwhile(lambda due: due.day < from_day, _dues(kind, first_year, last_year, deadline, calendar))
    return list(takewhile(lambda due: due.day <= to_day, due))


def periods_reportable(
    kind: PeriodKind,
    first_year: int,
    last_year: int,
    deadline: Deadline,
    calendar: Calendar,
    *,
    today: str,
) -> list[Due]:
    """The periods of the years that were over before today, or whose due day has come, in order.

    The due day alone counts too, because a shift to the previous working day may put it before the
    period's end: nobody's report may be due before the inbox shows it. Raises CalendarError.
    """
    dues = _dues(kind, first_year, last_year, deadline, calendar)
    return list(takewhile(lambda due: period_end(due.period) < today or due.day <= today, dues))


def _dues(
    kind: PeriodKind, first_year: int, last_year: int, deadline: Deadline, calendar: Calendar
) -> Iterator[Due]:
    """In order of the periods. Their due days never go back, so who has seen enough may stop."""
    for period in periods(kind, first_year, last_year):
        yield Due(period, due_day(period, deadline, calendar))
