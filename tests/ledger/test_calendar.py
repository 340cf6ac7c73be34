"""Working days and due days: cases worked out by hand, and a day-by-day oracle."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.calendar import SEARCH_DAYS_MAX, Calendar, CalendarError, Shift
from ledger.deadlines import Due, PeriodKind, due_day, periods, periods_due_between, periods_reportable
from ledger.errors import LedgerError
from ledger.values import period_end

pytestmark = pytest.mark.thorough

PLAIN = Calendar()
KINDS: tuple[PeriodKind, ...] = ("month", "quarter", "half", "year")
SHIFTS: tuple[Shift, ...] = ("none", "next", "previous")


@dataclass(frozen=True)
class Rule:
    months: int
    day: int
    shift: Shift = "none"


def days(*names: str) -> frozenset[str]:
    return frozenset(names)


def stretch(first: str, count: int) -> frozenset[str]:
    """So many days in a row from the first on."""
    start = date.fromisoformat(first)
    return frozenset((start + timedelta(days=n)).isoformat() for n in range(count))


# Wednesday 2025-12-31 to Wednesday 2026-01-07 off, but Saturday the 3rd was moved to work.
NEW_YEAR = Calendar(stretch("2025-12-31", 8), days("2026-01-03"))


# Which days are working days


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-01-02", True),  # Friday
        ("2026-01-03", False),
        ("2026-01-04", False),
        ("2026-01-05", True),
        ("2024-02-29", True),  # Thursday
        ("2032-02-29", False),  # Sunday
    ],
)
def test_weekends_are_off_and_other_days_are_not(day: str, working: bool) -> None:
    assert PLAIN.is_working(day) is working


def test_a_holiday_is_off() -> None:
    assert not Calendar(holidays=days("2026-01-05")).is_working("2026-01-05")


def test_a_moved_weekend_day_is_worked() -> None:
    calendar = Calendar(working=days("2026-01-10"))
    assert calendar.is_working("2026-01-10")
    assert not calendar.is_working("2026-01-11")


@pytest.mark.parametrize("day", ["2026-01-05", "2026-01-10"])
def test_a_moved_day_wins_over_a_holiday(day: str) -> None:
    assert Calendar(days(day), days(day)).is_working(day)


# Shifts


@pytest.mark.parametrize(
    ("calendar", "day", "next_day", "previous_day"),
    [
        (PLAIN, "2026-01-05", "2026-01-05", "2026-01-05"),  # Monday stays
        (PLAIN, "2026-01-03", "2026-01-05", "2026-01-02"),
        (PLAIN, "2026-01-04", "2026-01-05", "2026-01-02"),
        (PLAIN, "2026-01-31", "2026-02-02", "2026-01-30"),  # over a month's end
        (PLAIN, "2026-02-01", "2026-02-02", "2026-01-30"),
        (PLAIN, "2023-01-01", "2023-01-02", "2022-12-30"),  # over a year's end
        (PLAIN, "2022-12-31", "2023-01-02", "2022-12-30"),
        (PLAIN, "2020-02-29", "2020-03-02", "2020-02-28"),  # a leap Saturday
        (Calendar(days("2026-01-05")), "2026-01-03", "2026-01-06", "2026-01-02"),
        (Calendar(days("2026-01-02")), "2026-01-03", "2026-01-05", "2026-01-01"),
        (Calendar(working=days("2026-01-04")), "2026-01-03", "2026-01-04", "2026-01-02"),
        (NEW_YEAR, "2026-01-01", "2026-01-03", "2025-12-30"),
        (NEW_YEAR, "2026-01-03", "2026-01-03", "2026-01-03"),
        (NEW_YEAR, "2026-01-04", "2026-01-08", "2026-01-03"),
        (Calendar(NEW_YEAR.holidays), "2026-01-01", "2026-01-08", "2025-12-30"),
        (Calendar(NEW_YEAR.holidays), "2026-01-07", "2026-01-08", "2025-12-30"),
    ],
)
def test_a_day_off_moves_the_way_the_rule_says(
    calendar: Calendar, day: str, next_day: str, previous_day: str
) -> None:
    assert calendar.shift(day, "none") == day
    assert calendar.shift(day, "next") == next_day
    assert calendar.shift(day, "previous") == previous_day


def test_the_search_finds_a_working_day_a_year_away_and_no_further() -> None:
    # Both ends are worked days of the middle of a week; all between them are off.
    first = "2026-01-07"
    last = (date.fromisoformat(first) + timedelta(days=SEARCH_DAYS_MAX)).isoformat()
    just = Calendar(stretch(first, SEARCH_DAYS_MAX), days(last))
    assert just.shift(first, "next") == last
    assert just.working_days_after("2026-01-06", 1) == last

    over = Calendar(stretch(first, SEARCH_DAYS_MAX + 1))
    with pytest.raises(CalendarError, match="no working day between 2026-01-07 and 2027-01-08"):
        over.shift(first, "next")
    with pytest.raises(CalendarError):
        over.working_days_after("2026-01-06", 1)

    back = Calendar(stretch(first, SEARCH_DAYS_MAX + 1), days(first))
    assert back.shift(last, "previous") == first
    with pytest.raises(CalendarError):
        over.shift(last, "previous")
    assert over.shift(first, "none") == first


@pytest.mark.parametrize(
    "ask",
    [
        lambda: Calendar(days("9999-12-31")).shift("9999-12-31", "next"),
        lambda: Calendar(days("0001-01-01")).shift("0001-01-01", "previous"),
        lambda: PLAIN.working_days_after("9999-12-30", 2),
        lambda: PLAIN.working_days_after("9990-12-30", 10**9),
        lambda: due_day("9999", Rule(1, 5), PLAIN),
        lambda: due_day("0000", Rule(1, 5, "previous"), Calendar(stretch("0001-01-01", 5))),
        lambda: due_day("0000-01", Rule(1, 5), PLAIN),
    ],
)
def test_beyond_the_first_and_the_last_year_there_is_no_day(ask: Callable[[], str]) -> None:
    with pytest.raises(CalendarError):
        ask()


@pytest.mark.parametrize(
    "day", ["~", "", "2026-02-29", "20260105", "2026-W02-1", "2026-1-5", "2026-01-05T00"]
)
def test_what_is_not_a_day_is_an_error_and_never_an_answer(day: str) -> None:
    for ask in (
        lambda: PLAIN.is_working(day),
        lambda: PLAIN.shift(day, "none"),
        lambda: PLAIN.shift(day, "next"),
        lambda: PLAIN.working_days_after(day, 1),
        lambda: Calendar(holidays=days(day)),
        lambda: Calendar(working=days(day)),
    ):
        with pytest.raises(CalendarError):
            ask()
    assert issubclass(CalendarError, LedgerError)


# Counting working days


@pytest.mark.parametrize(
    ("calendar", "day", "n", "expected"),
    [
        (PLAIN, "2026-01-05", 1, "2026-01-06"),
        (PLAIN, "2026-01-05", 3, "2026-01-08"),
        (PLAIN, "2026-01-08", 3, "2026-01-13"),  # Thursday: Friday, Monday, Tuesday
        (PLAIN, "2026-01-09", 1, "2026-01-12"),
        (PLAIN, "2026-01-10", 1, "2026-01-12"),  # from a day off as from the Friday before
        (PLAIN, "2026-01-11", 3, "2026-01-14"),
        (Calendar(working=days("2026-01-10")), "2026-01-09", 1, "2026-01-10"),
        (NEW_YEAR, "2025-12-30", 3, "2026-01-09"),  # Saturday the 3rd, then the 8th and the 9th
        (PLAIN, "2024-02-28", 2, "2024-03-01"),
    ],
)
def test_working_days_are_counted_from_the_day_after(
    calendar: Calendar, day: str, n: int, expected: str
) -> None:
    assert calendar.working_days_after(day, n) == expected


@pytest.mark.parametrize("n", [0, -1])
def test_no_working_days_cannot_be_counted(n: int) -> None:
    with pytest.raises(CalendarError):
        PLAIN.working_days_after("2026-01-05", n)


# Due days


@pytest.mark.parametrize(
    ("period", "rule", "expected"),
    [
        ("2025", Rule(1, 5), "2026-01-05"),  # «до 05 числа місяця, наступного за звітним періодом»
        ("2025", Rule(1, 31), "2026-01-31"),  # «до 31 січня»
        ("2025", Rule(1, 31, "next"), "2026-02-02"),
        ("2025", Rule(1, 31, "previous"), "2026-01-30"),
        ("2025", Rule(12, 31), "2026-12-31"),
        ("2025-Q1", Rule(1, 5), "2025-04-05"),
        ("2025-Q1", Rule(1, 5, "next"), "2025-04-07"),
        ("2025-Q1", Rule(1, 5, "previous"), "2025-04-04"),
        ("2025-Q4", Rule(2, 31), "2026-02-28"),
        ("2025-H1", Rule(1, 15), "2025-07-15"),
        ("2025-H2", Rule(2, 30), "2026-02-28"),
        ("2025-01", Rule(1, 31), "2025-02-28"),
        ("2024-01", Rule(1, 31), "2024-02-29"),
        ("2024-01", Rule(1, 29), "2024-02-29"),
        ("2023-12", Rule(2, 30), "2024-02-29"),
        ("2099", Rule(2, 29), "2100-02-28"),  # a century that is no leap year
        ("1999", Rule(2, 29), "2000-02-29"),
        ("2024-02", Rule(12, 31), "2025-02-28"),
        ("2025-03", Rule(1, 31), "2025-04-30"),
        ("2025-11", Rule(1, 1), "2025-12-01"),
        ("2025-12", Rule(1, 1), "2026-01-01"),
        ("2025-10", Rule(2, 31), "2025-12-31"),
        ("2025-10", Rule(3, 31), "2026-01-31"),
        ("2022-11", Rule(1, 31, "next"), "2023-01-02"),  # Saturday, over the year's end
        ("2022", Rule(1, 1, "previous"), "2022-12-30"),  # Sunday: back into the period itself
    ],
)
def test_a_report_is_due_on_the_day_of_the_nth_month(period: str, rule: Rule, expected: str) -> None:
    assert due_day(period, rule, PLAIN) == expected


def test_a_due_day_moves_past_the_new_year_holidays() -> None:
    assert due_day("2025", Rule(1, 1, "next"), NEW_YEAR) == "2026-01-03"
    assert due_day("2025", Rule(1, 5, "next"), NEW_YEAR) == "2026-01-08"
    assert due_day("2025", Rule(1, 5, "previous"), NEW_YEAR) == "2026-01-03"
    assert due_day("2025", Rule(1, 2, "previous"), NEW_YEAR) == "2025-12-30"
    assert due_day("2025-11", Rule(1, 31, "next"), NEW_YEAR) == "2026-01-03"


def test_a_due_day_past_the_last_year_is_named_as_such() -> None:
    assert due_day("9998", Rule(12, 31), PLAIN) == "9999-12-31"
    with pytest.raises(CalendarError, match="year 10000"):
        due_day("9999", Rule(1, 5), PLAIN)


# Periods


def test_the_periods_of_the_years_come_in_order() -> None:
    assert periods("year", 2025, 2027) == ["2025", "2026", "2027"]
    assert periods("half", 2025, 2026) == ["2025-H1", "2025-H2", "2026-H1", "2026-H2"]
    assert periods("quarter", 2025, 2025) == ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"]
    assert periods("month", 2025, 2025)[::11] == ["2025-01", "2025-12"]
    assert periods("month", 2025, 2024) == []


def test_due_between_includes_both_days() -> None:
    quarter = Rule(1, 5, "next")
    dues = [
        Due("2025-Q1", "2025-04-07"),
        Due("2025-Q2", "2025-07-07"),
        Due("2025-Q3", "2025-10-06"),
        Due("2025-Q4", "2026-01-05"),
    ]

    def between(from_day: str, to_day: str) -> list[Due]:
        return periods_due_between("quarter", 2025, 2025, quarter, PLAIN, from_day=from_day, to_day=to_day)

    assert between("2025-01-01", "2026-12-31") == dues
    assert between("2025-04-07", "2025-10-06") == dues[:3]
    assert between("2025-04-08", "2025-10-05") == dues[1:2]
    assert between("2025-07-07", "2025-07-07") == dues[1:2]
    assert between("2025-07-08", "2025-07-07") == []


def test_a_period_is_reportable_from_the_day_after_its_end() -> None:
    def reportable(today: str) -> list[Due]:
        return periods_reportable("year", 2025, 2027, Rule(1, 31, "next"), PLAIN, today=today)

    assert reportable("2025-12-31") == []
    assert reportable("2026-01-01") == [Due("2025", "2026-02-02")]
    assert reportable("2027-01-01") == [Due("2025", "2026-02-02"), Due("2026", "2027-02-01")]
    assert len(reportable("2040-01-01")) == 3


def test_a_period_is_reportable_when_its_early_due_day_comes() -> None:
    def reportable(today: str) -> list[str]:
        dues = periods_reportable("month", 2025, 2025, Rule(1, 1, "previous"), PLAIN, today=today)
        return [due.period for due in dues]

    # 1 June 2025 is a Sunday: the report about May is due on Friday, 30 May.
    assert reportable("2025-05-29")[-1] == "2025-04"
    assert reportable("2025-05-30")[-1] == "2025-05"


def test_a_calendar_that_is_broken_later_does_not_spoil_today() -> None:
    broken = Calendar(stretch("2030-01-01", 800))
    rule = Rule(1, 5, "next")
    assert len(periods_reportable("year", 2025, 2035, rule, broken, today="2027-06-01")) == 2
    between = periods_due_between(
        "year", 2025, 2035, rule, broken, from_day="2026-01-01", to_day="2027-12-31"
    )
    assert len(between) == 2
    with pytest.raises(CalendarError):
        periods_reportable("year", 2025, 2035, rule, broken, today="2030-06-01")


# Against an oracle that walks day by day and shares no code with the calendar


def naive_working(day: date, calendar: Calendar) -> bool:
    name = f"{day.year:04}-{day.month:02}-{day.day:02}"
    if name in calendar.working:
        return True
    return name not in calendar.holidays and day.strftime("%w") not in ("6", "0")


def naive_shift(day: date, rule: Shift, calendar: Calendar) -> date:
    if rule == "none":
        return day
    return next(
        moved
        for away in range(2000)
        if naive_working(moved := day + timedelta(days=away if rule == "next" else -away), calendar)
    )


def naive_due(period: str, rule: Rule, calendar: Calendar) -> date:
    """Walk from the period's last day through the months, one day at a time."""
    moment = date.fromisoformat(period_end(period))
    for _ in range(rule.months):
        moment += timedelta(days=1)
        moment = moment.replace(day=monthrange(moment.year, moment.month)[1])
    return naive_shift(moment.replace(day=min(rule.day, moment.day)), rule.shift, calendar)


moments = st.dates(date(2023, 11, 1), date(2025, 3, 31))
names = st.sets(moments.map(date.isoformat), max_size=40).map(frozenset)
rests = st.builds(lambda first, count: stretch(first.isoformat(), count), moments, st.integers(0, 60))
calendars = st.builds(lambda off, rest, on: Calendar(off | rest, on), names, rests, names)
rules = st.builds(Rule, st.integers(1, 12), st.integers(1, 31), st.sampled_from(SHIFTS))
years = st.integers(2022, 2026)


@given(moments, calendars)
def test_working_days_and_shifts_are_what_a_walk_finds(day: date, calendar: Calendar) -> None:
    assert calendar.is_working(day.isoformat()) == naive_working(day, calendar)
    for rule in SHIFTS:
        assert calendar.shift(day.isoformat(), rule) == naive_shift(day, rule, calendar).isoformat()


@given(moments, calendars, st.integers(1, 40))
def test_n_working_days_lie_between_a_day_and_the_answer(day: date, calendar: Calendar, n: int) -> None:
    answer = date.fromisoformat(calendar.working_days_after(day.isoformat(), n))
    assert naive_working(answer, calendar)
    walked = [day + timedelta(days=away) for away in range(1, (answer - day).days + 1)]
    assert sum(naive_working(moment, calendar) for moment in walked) == n


@given(moments, moments, calendars, st.sampled_from(SHIFTS))
def test_a_shift_keeps_the_order_of_days(one: date, other: date, calendar: Calendar, rule: Shift) -> None:
    assume(one <= other)
    assert calendar.shift(one.isoformat(), rule) <= calendar.shift(other.isoformat(), rule)


@given(moments, calendars, st.sampled_from(SHIFTS))
def test_a_shifted_day_stays_where_it_is(day: date, calendar: Calendar, rule: Shift) -> None:
    shifted = calendar.shift(day.isoformat(), rule)
    assert calendar.shift(shifted, rule) == shifted


@given(st.sampled_from(KINDS), years, rules, calendars)
def test_due_days_are_what_a_walk_finds(kind: PeriodKind, year: int, rule: Rule, calendar: Calendar) -> None:
    for period in periods(kind, year, year):
        assert due_day(period, rule, calendar) == naive_due(period, rule, calendar).isoformat()


@given(st.sampled_from(KINDS), years, years, rules, calendars, moments, moments)
def test_the_lists_hold_each_period_that_fits_and_no_other(
    kind: PeriodKind, first: int, last: int, rule: Rule, calendar: Calendar, start: date, stop: date
) -> None:
    dues = [(period, naive_due(period, rule, calendar)) for period in periods(kind, first, last)]
    between = periods_due_between(
        kind, first, last, rule, calendar, from_day=start.isoformat(), to_day=stop.isoformat()
    )
    assert between == [Due(period, day.isoformat()) for period, day in dues if start <= day <= stop]
    reportable = periods_reportable(kind, first, last, rule, calendar, today=stop.isoformat())
    assert reportable == [
        Due(period, day.isoformat())
        for period, day in dues
        if date.fromisoformat(period_end(period)) < stop or day <= stop
    ]


@given(st.sampled_from(KINDS), years)
def test_the_periods_of_a_year_end_one_after_another_and_the_last_with_the_year(
    kind: PeriodKind, year: int
) -> None:
    ends = [period_end(period) for period in periods(kind, year, year)]
    assert ends == sorted(set(ends))
    assert ends[-1] == f"{year}-12-31"
