"""Which periods dated policies ask for: nothing from before they began, nothing lost when they change."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.policy import Deadline, Policy, PolicySet
from projections.duties.owed import asked_by, owed, period_start

YEARS = (2025, 2026)


def policy(index: int, start: str, *deadlines: Deadline, name: str = "p", **more: Any) -> Policy:
    said = PolicySet(policy=name, title="Правило", start=start, deadlines=deadlines, **more)
    return Policy("root", f"event-{index}", index, said)


def monthly(day: int = 5, **more: Any) -> Deadline:
    return Deadline(kinds=("actual.reported",), period="month", months=1, day=day, **more)


def rest(index: int, start: str, *holidays: str, name: str = "days") -> Policy:
    return policy(index, start, name=name, calendar={"holidays": holidays})


def dues(today: str, *stated: Policy) -> dict[str, tuple[str, str]]:
    found = owed(stated, "a-programme", YEARS, today)
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
    found = asked_by([stated], "a-programme", YEARS, "2025-09-10")
    periods = [period for _, period in sorted(found)]
    assert (periods[0], periods[-1], len(periods)) == ("2025-08", "2026-12", 17)
    assert found["actual.reported", "2026-12"].day == "2027-01-05"
    assert asked_by([stated], "a-programme", YEARS, "2025-08-31") == {}


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


def test_no_period_falls_between_two_statements_and_none_is_made_late_by_the_newer() -> None:
    """By the old one due on the 20th; the new one, from the 10th on, would have asked for it on the 5th."""
    old, new = policy(1, "2025-09-01", monthly(20)), policy(2, "2025-10-10", monthly(5))
    found = dues("2025-11-06", old, new)
    assert (found["2025-09"], found["2025-10"]) == (("2025-10-20", "event-1"), ("2025-11-05", "event-2"))


def test_a_policy_that_has_ended_asks_for_nothing_more_and_what_had_come_due_stays() -> None:
    """What is owed stays owed; what was to come is asked for by nobody."""
    august = {"2025-07": ("2025-08-05", "event-1"), "2025-08": ("2025-09-05", "event-1")}
    old, ended = policy(1, "2025-08-01", monthly()), policy(2, "2025-09-20")
    assert dues("2025-09-19", old, ended) == august
    assert dues("2026-12-31", old, ended) == august
    elsewhere = policy(2, "2025-09-20", monthly(), programme="another")
    assert dues("2026-12-31", old, elsewhere) == august
    on_its_due_day = policy(2, "2025-09-05")
    assert set(dues("2026-12-31", old, on_its_due_day)) == {"2025-07"}


def test_it_is_all_one_whether_a_policy_is_stated_anew_or_replaced_by_another() -> None:
    old, ended = policy(1, "2025-08-01", monthly(5)), policy(2, "2025-10-03")
    other = policy(3, "2025-10-03", monthly(20), name="q")
    assert dues("2025-10-10", old, ended, other) == {
        "2025-07": ("2025-08-05", "event-1"),
        "2025-08": ("2025-09-05", "event-1"),
        "2025-09": ("2025-10-20", "event-3"),
    }


def test_a_calendar_of_the_next_year_leaves_this_years_due_days() -> None:
    asks = policy(1, "2025-09-01", monthly(shift="next"))
    first = rest(2, "2025-09-01", "2025-10-06", "2025-10-07")
    again = rest(3, "2026-01-02", "2026-01-05")
    for stated in ((asks, first), (asks, first, again), (asks, first, rest(3, "2026-01-02"))):
        assert dues("2026-02-10", *stated)["2025-09"] == ("2025-10-08", "event-1")
    assert dues("2026-02-10", asks, first, again)["2025-12"] == ("2026-01-06", "event-1")


def test_a_holiday_that_is_named_too_late_makes_nothing_timely() -> None:
    asks, late = policy(1, "2025-09-01", monthly(shift="next")), rest(2, "2025-12-01", "2025-10-06")
    assert dues("2025-12-02", asks, late)["2025-09"] == ("2025-10-06", "event-1")
    on_the_day = rest(2, "2025-10-06", "2025-10-06")
    assert dues("2025-12-02", asks, on_the_day)["2025-09"] == ("2025-10-07", "event-1")


def test_a_holiday_that_is_taken_back_makes_nothing_late() -> None:
    """Due on the 8th, for the 6th and the 7th are off; on the 8th itself they are working days again."""
    asks = policy(1, "2025-09-01", monthly(shift="next"))
    first, back = rest(2, "2025-09-01", "2025-10-06", "2025-10-07"), rest(3, "2025-10-08")
    assert dues("2025-12-02", asks, first, back)["2025-09"] == ("2025-10-08", "event-1")
    in_time = rest(3, "2025-10-06")
    assert dues("2025-12-02", asks, first, in_time)["2025-09"] == ("2025-10-06", "event-1")


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
    assert dues("2025-10-01", *calendars, policy(9, "2025-09-01", monthly(shift=shift))) == {
        "2025-08": ("2025-09-05", "event-9"),
        "2025-09": (due, "event-9"),
    }


def test_a_calendar_without_working_days_leaves_the_day_where_it_is() -> None:
    from datetime import date, timedelta

    off = [str(date(2025, 9, 1) + timedelta(days=n)) for n in range(800)]
    calendars = [rest(n, "2025-09-01", *off[n * 400 :][:400], name=f"c{n}") for n in (0, 1)]
    found = dues("2025-10-01", *calendars, policy(2, "2025-09-01", monthly(shift="next")))
    assert found["2025-09"] == ("2025-10-05", "event-2")


@pytest.mark.parametrize(
    ("period", "day"),
    [("2025", "2025-01-01"), ("2025-H2", "2025-07-01"), ("2025-Q4", "2025-10-01"), ("2025-02", "2025-02-01")],
)
def test_where_a_period_starts(period: str, day: str) -> None:
    assert period_start(period) == day
