"""Which periods dated policies ask for: nothing from before they began, nothing lost when they change."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.calendar import Calendar
from ledger.policy import Deadline, Policy, PolicySet
from projections.duties.owed import asked, calendar_of, owed, period_start

YEARS = (2025, 2026)
WEEKENDS = Calendar()


def policy(index: int, start: str, *deadlines: Deadline, name: str = "p", **more: Any) -> Policy:
    said = PolicySet(policy=name, title="Правило", start=start, deadlines=deadlines, **more)
    return Policy("root", f"event-{index}", index, said)


def monthly(day: int = 5, **more: Any) -> Deadline:
    return Deadline(kinds=("actual.reported",), period="month", months=1, day=day, **more)


def dues(today: str, *stated: Policy, calendar: Calendar = WEEKENDS) -> dict[str, tuple[str, str]]:
    found = owed(stated, "a-programme", calendar, YEARS, today)
    return {period: (one.day, one.policy) for (_, period), one in found.items()}


def test_a_policy_asks_for_nothing_that_was_due_before_it_began() -> None:
    assert dues("2025-09-10", policy(1, "2025-08-06", monthly())) == {"2025-08": ("2025-09-05", "event-1")}
    assert dues("2025-08-05", policy(1, "2025-08-05", monthly())) == {"2025-07": ("2025-08-05", "event-1")}
    yearly = Deadline(kinds=("actual.reported",), period="year", months=1, day=31)
    assert dues("2026-01-10", policy(1, "2026-01-10", yearly)) == {"2025": ("2026-01-31", "event-1")}


def test_a_policy_asks_for_nothing_before_its_first_day() -> None:
    assert dues("2025-09-10", policy(1, "2025-09-11", monthly(30))) == {}


def test_a_period_is_asked_for_once_it_is_over() -> None:
    stated = policy(1, "2025-09-01", monthly(20))
    assert "2025-09" not in dues("2025-09-30", stated)
    assert dues("2025-10-01", stated)["2025-09"] == ("2025-10-20", "event-1")


def test_what_is_due_within_a_week_is_shown_though_its_period_is_not_over() -> None:
    stated = policy(1, "2025-09-01", monthly())
    assert "2025-09" not in dues("2025-09-27", stated)
    assert dues("2025-09-28", stated)["2025-09"] == ("2025-10-05", "event-1")


def test_what_is_asked_for_goes_to_the_end_of_the_programmes_years() -> None:
    stated = policy(1, "2025-09-01", monthly())
    found = asked([stated], "a-programme", WEEKENDS, YEARS, "2025-09-10")
    periods = [period for _, period in sorted(found)]
    assert (periods[0], periods[-1], len(periods)) == ("2025-08", "2026-12", 17)
    assert found["actual.reported", "2026-12"].day == "2027-01-05"
    assert asked([stated], "a-programme", WEEKENDS, YEARS, "2025-08-31") == {}


def test_a_policy_stated_anew_leaves_what_was_due_and_moves_what_is_not() -> None:
    old, new = policy(1, "2025-08-01", monthly(5)), policy(2, "2025-10-03", monthly(20))
    assert dues("2025-10-10", old, new) == {
        "2025-07": ("2025-08-05", "event-1"),
        "2025-08": ("2025-09-05", "event-1"),
        "2025-09": ("2025-10-20", "event-2"),
    }


def test_a_statement_that_a_newer_one_replaced_before_it_began_asks_for_nothing() -> None:
    """The newest statement in force replaces the older ones, whichever of them names the later day."""
    first, replaced = policy(1, "2025-08-01", monthly(5)), policy(2, "2025-10-03", monthly(20))
    newest = policy(3, "2025-09-10", monthly(10))
    assert dues("2025-11-01", first, replaced, newest) == {
        "2025-07": ("2025-08-05", "event-1"),
        "2025-08": ("2025-09-05", "event-1"),
        "2025-09": ("2025-10-10", "event-3"),
        "2025-10": ("2025-11-10", "event-3"),
    }


def test_no_period_falls_between_two_statements() -> None:
    """By the old one due on the 20th, by the new one, from the 10th on, on the 5th already."""
    old, new = policy(1, "2025-09-01", monthly(20)), policy(2, "2025-10-10", monthly(5))
    assert dues("2025-10-10", old, new)["2025-09"] == ("2025-10-05", "event-2")


def test_a_policy_that_has_ended_asks_for_nothing() -> None:
    old, ended = policy(1, "2025-08-01", monthly()), policy(2, "2025-09-20")
    assert dues("2025-10-10", old, ended) == {}
    assert set(dues("2025-09-19", old, ended)) == {"2025-07", "2025-08"}
    elsewhere = policy(2, "2025-09-20", monthly(), programme="another")
    assert dues("2025-10-10", old, elsewhere) == {}


def test_of_several_policies_the_earliest_day_counts() -> None:
    early, late = policy(1, "2025-09-01", monthly(5)), policy(2, "2025-09-01", monthly(20), name="q")
    assert dues("2025-10-01", early, late)["2025-09"] == ("2025-10-05", "event-1")
    both = policy(1, "2025-09-01", monthly(20), monthly(5))
    assert dues("2025-10-01", both)["2025-09"] == ("2025-10-05", "event-1")


@pytest.mark.parametrize(
    ("shift", "holidays", "working", "due"),
    [
        ("none", (), (), "2025-10-05"),  # a Sunday
        ("next", (), (), "2025-10-06"),
        ("next", ("2025-10-06",), (), "2025-10-07"),
        ("previous", (), (), "2025-10-03"),
        ("previous", ("2025-10-03",), (), "2025-10-02"),
        ("previous", (), ("2025-10-04",), "2025-10-04"),
    ],
)
def test_a_due_day_is_shifted_by_the_calendars_of_all_policies(
    shift: Any, holidays: tuple[str, ...], working: tuple[str, ...], due: str
) -> None:
    days = {"calendar": {"holidays": holidays, "working": ()}}, {"calendar": {"working": working}}
    calendars = [policy(n, "2025-09-01", name=f"c{n}", **one) for n, one in enumerate(days)]
    calendar = calendar_of(calendars)
    assert dues("2025-10-01", policy(9, "2025-09-01", monthly(shift=shift)), calendar=calendar) == {
        "2025-08": ("2025-09-05", "event-9"),
        "2025-09": (due, "event-9"),
    }


def test_a_calendar_without_working_days_leaves_the_day_where_it_is() -> None:
    from datetime import date, timedelta

    off = frozenset(str(date(2025, 1, 1) + timedelta(days=n)) for n in range(1000))
    found = dues("2025-10-01", policy(1, "2025-09-01", monthly(shift="next")), calendar=Calendar(off))
    assert found["2025-09"] == ("2025-10-05", "event-1")


@pytest.mark.parametrize(
    ("period", "day"),
    [("2025", "2025-01-01"), ("2025-H2", "2025-07-01"), ("2025-Q4", "2025-10-01"), ("2025-02", "2025-02-01")],
)
def test_where_a_period_starts(period: str, day: str) -> None:
    assert period_start(period) == day
