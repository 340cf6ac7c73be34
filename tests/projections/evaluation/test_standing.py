"""Which reports of a year count on a day.

Source: time.md: "Year-to-date values are kept as reported; a flow's year is the last year-to-date value if
there is any, else the sum of its periods"; reports hold from the period's last day; docs/evaluation.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.evaluation.figures import figures_of
from projections.evaluation.standing import Standings, standings
from tests.projections.obligations.telling import MONTHLY, OWES, Telling
from tests.support.town import PROGRAMME, Payload
from tests.support.waiting import EXECUTOR, actual, set_policy

YEAR_END = "2025-12-31"


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[Telling]:
    built = Telling(tmp_path)
    yield built
    built.close()


def spend(
    telling: Telling, period: str, mode: str, *measures: str, amount: str = "5.00", phase: str = "paid"
) -> str:
    rows = [
        {"measure": one, "year": 2025, "source": "local", "amount": amount} for one in measures or ["1.1"]
    ]
    data: Payload = {"phase": phase, "period": period, "accumulation": mode, "lines": rows}
    return telling.town.submit("spending.reported", PROGRAMME, data, by=EXECUTOR).event


def progress(telling: Telling, period: str, status: str = "in-progress") -> str:
    data = {"measure": "1.1", "period": period, "status": status}
    return telling.town.submit("progress.reported", PROGRAMME, data, by=EXECUTOR).event


def states(telling: Telling, day: str = YEAR_END, year: int = 2025) -> dict[str, str]:
    """Period → the state of its one report."""
    return {row["period"]: row["state"] for row in standings(telling.case(day), year)}


def test_of_several_year_to_date_reports_only_the_last_counts_and_none_before_its_day(
    telling: Telling,
) -> None:
    for period in ("2025-Q1", "2025-Q2", "2025-Q3", "2025"):
        spend(telling, period, "ytd")
    q1, q2, q3, year = "2025-Q1", "2025-Q2", "2025-Q3", "2025"
    assert states(telling) == {q1: "superseded", q2: "superseded", q3: "superseded", year: "current"}
    assert states(telling, "2025-06-30") == {
        q1: "superseded", q2: "current", q3: "not-yet", year: "not-yet",
    }  # fmt: skip
    assert states(telling, "2025-06-29") == {
        q1: "current", q2: "not-yet", q3: "not-yet", year: "not-yet",
    }  # fmt: skip
    assert states(telling, year=2026) == {}


def test_reports_by_period_count_together_until_one_to_date_takes_their_place(telling: Telling) -> None:
    spend(telling, "2025-Q1", "period")
    spend(telling, "2025-Q2", "period")
    assert states(telling) == {"2025-Q1": "current", "2025-Q2": "current"}
    spend(telling, "2025-H1", "ytd")
    assert states(telling) == {"2025-Q1": "superseded", "2025-Q2": "superseded", "2025-H1": "current"}
    # The day before the half-year ends its report does not hold, and the first quarter's stands again.
    assert states(telling, "2025-06-29") == {
        "2025-Q1": "current", "2025-Q2": "not-yet", "2025-H1": "not-yet",
    }  # fmt: skip


def test_of_two_reports_of_one_period_the_later_counts(telling: Telling) -> None:
    first, second = spend(telling, "2025-Q1", "period"), spend(telling, "2025-Q1", "period", amount="6.00")
    found = {row["key"]: row["state"] for row in standings(telling.case(YEAR_END), 2025)}
    assert found == {first: "superseded", second: "current"}


def test_a_balance_and_a_state_of_progress_stand_as_last_reported(telling: Telling) -> None:
    spend(telling, "2025-Q1", "period", phase="payable")
    spend(telling, "2025-Q2", "period", phase="payable")
    assert states(telling) == {"2025-Q1": "superseded", "2025-Q2": "current"}
    progress(telling, "2025-07")
    progress(telling, "2025-08")
    assert (states(telling)["2025-07"], states(telling)["2025-08"]) == ("superseded", "current")
    assert states(telling, "2025-07-31")["2025-07"] == "current"


@pytest.mark.parametrize(
    ("indicator", "value", "first"), [("i-1", "3", "current"), ("i-2", "Так", "superseded")]
)
def test_an_indicators_flow_adds_up_and_what_is_no_number_stands_as_last_reported(
    telling: Telling, indicator: str, value: str, first: str
) -> None:
    actual(telling.town, "2025-Q1", indicator=indicator, value=value)
    actual(telling.town, "2025-Q2", indicator=indicator, value=value)
    assert states(telling) == {"2025-Q1": first, "2025-Q2": "current"}


def test_a_report_of_which_one_line_was_replaced_counts_in_part(telling: Telling) -> None:
    both = spend(telling, "2025-Q1", "period", "1.1", "1.2")
    one = spend(telling, "2025-Q1", "period", "1.1", amount="6.00")
    found = {row["key"]: (row["state"], row["items"]) for row in standings(telling.case(YEAR_END), 2025)}
    assert found == {both: ("partly", ["1.1", "1.2"]), one: ("current", ["1.1"])}


def test_a_report_that_was_taken_back_is_none_and_a_corrected_one_stands_once(telling: Telling) -> None:
    gone, kept = actual(telling.town, "2025-Q1"), actual(telling.town, "2025-Q2")
    telling.correct(gone)
    corrected = telling.correct(kept, value="4")
    case = telling.case(YEAR_END)
    assert Standings(case).of(gone) is None
    (row,) = standings(case, 2025)
    assert (row["key"], row["state"], row["events"]) == (kept, "current", [corrected])


def test_what_was_accepted_and_then_corrected_is_submitted_again(telling: Telling) -> None:
    report = actual(telling.town, "2025-08")
    telling.judge(report)
    (row,) = standings(telling.case(YEAR_END), 2025)
    assert row["review"] == "accepted"
    # On a day before the acceptance nobody had judged it.
    (row,) = standings(telling.case("2025-08-31"), 2025)
    assert (row["state"], row["review"]) == ("current", "submitted")
    telling.correct(report, value="4")
    (row,) = standings(telling.case(YEAR_END), 2025)
    assert row["review"] == "submitted"


def test_the_state_of_a_report_says_of_what_the_years_money_is_made(telling: Telling) -> None:
    """Whatever counts adds up to the figure that stands beside it."""
    spend(telling, "2025-Q1", "period", amount="7.00")
    spend(telling, "2025-Q2", "ytd", amount="9.00")
    spend(telling, "2025-08", "period", amount="2.00")
    amounts = {"2025-Q1": 7, "2025-Q2": 9, "2025-08": 2}
    for day in ("2025-03-31", "2025-06-30", "2025-08-31", YEAR_END):
        counts = sum(amounts[period] for period, state in states(telling, day).items() if state == "current")
        assert figures_of(telling.case(day), 2025)["money"]["totals"]["paid"] == f"{counts}.00"


# -- a year about which nobody asks ------------------------------------------------------------------


def test_a_year_about_which_no_deadline_asks_has_no_counts_and_lists_what_was_reported(
    telling: Telling,
) -> None:
    """A policy of September 2026 asks for nothing about 2025: that is unknown, and no zero."""
    report = actual(telling.town, "2025-Q1")
    telling.wait_until("2026-09-01")
    set_policy(telling.town, OWES | {"deadlines": [MONTHLY]})
    case = telling.case("2026-09-01")
    found = figures_of(case, 2025)["results"]
    assert found["configured"] is False
    assert set(found["totals"].values()) == {None}
    assert found["rows"] == []
    assert [(row["key"], row["state"], row["review"]) for row in found["reports"]] == [
        (report, "current", "submitted")
    ]
    asked = figures_of(case, 2026)["results"]
    assert asked["configured"] is True
    assert asked["totals"]["asked"] > 0
    assert asked["reports"] == []


def test_a_year_that_was_asked_and_in_which_nothing_came_has_zeros(telling: Telling) -> None:
    set_policy(telling.town, OWES)
    found = figures_of(telling.case(), 2025)["results"]
    assert (found["totals"]["on_time"], found["totals"]["late"], found["totals"]["accepted"]) == (0, 0, 0)
