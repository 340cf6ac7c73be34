"""What was removed stays in its years, and what is not whole is not judged: worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from projections.evaluation.figures import bare, figures_of
from tests.projections.findings.living import Life

pytestmark = pytest.mark.thorough

QUARTERS = ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4")
QUARTERLY = {"kinds": ["actual.reported"], "period": "quarter", "months": 1, "day": 5, "shift": "next"}


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """Targets of 2025: i-1 (flow) 10, i-2 Так, i-3 (stock) 80%; of 2026: i-1 12, i-3 90%."""
    with Life(tmp_path) as life:
        life.on("2026-01-05")
        yield life


def section(life: Life, day: str, *, year: int = 2025, name: str = "indicators") -> Any:
    return figures_of(life.case(day), year)[name]


def row(life: Life, indicator: str, day: str, *, year: int = 2025) -> Any:
    return next(one for one in section(life, day, year=year)["rows"] if one["key"] == indicator)


def verdict(life: Life, indicator: str, day: str) -> tuple[str, str]:
    found = row(life, indicator, day)
    return found["reached_then"], found["reached_now"]


def take_away(life: Life, prefix: str, since: str) -> str:
    """Every cell below a path, by an act of the day."""
    before = life.case(since)
    paths = [path for path in before.under(prefix) if before.value(path) is not None]
    life.act(f"gone-{since}", since)
    return life.remove(*paths, act=f"gone-{since}", since=since)


def report_year(life: Life, *values: str) -> None:
    for period, value in zip(QUARTERS, values, strict=False):
        life.report("i-1", period, value)
    life.report("i-3", "2025", "85")


# -- removed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("since", ["2025-12-01", "2025-12-31", "2026-01-04"])
def test_to_remove_a_failing_indicator_improves_no_share(life: Life, since: str) -> None:
    """i-1 came to 2 of 10, i-3 was reached: one of two, whenever i-1 is removed."""
    report_year(life, "1", "0", "1", "0")
    before = section(life, "2026-01-05")["totals"]
    assert before["against_target_now"] == {"yes": 1, "no": 1, "undetermined": 1, "share": "0.5000"}
    gone = take_away(life, "/indicators/i-1", since)
    after = section(life, "2026-01-05")["totals"]
    assert after == before | {"removed": 1}
    found = row(life, "i-1", "2026-01-05")
    assert (found["actual"], found["target_now"], found["reached_now"]) == ("2", "removed", "no")
    assert (found["removed"]["since"], found["removed"]["target"]) == (since, "10")
    assert found["removed"]["events"] == [gone]
    assert gone in found["events"]
    assert (found["name"], found["unit"]) == ("Кількість", "одиниць")  # as they were last
    assert row(life, "i-3", "2026-01-05")["removed"] is None


def test_the_quarters_after_its_removal_are_not_waited_for(life: Life) -> None:
    """Else to remove it before the fourth quarter's report would make a missed target an unknown one."""
    report_year(life, "1", "0", "1")
    assert verdict(life, "i-1", "2026-01-05") == ("undetermined", "undetermined")
    take_away(life, "/indicators/i-1", "2025-12-01")
    assert verdict(life, "i-1", "2026-01-05") == ("no", "no")


def test_a_target_alone_that_was_taken_away_counts_as_it_last_was(life: Life) -> None:
    report_year(life, "1", "0", "1", "0")
    life.act("a-4", "2025-11-01")
    life.remove("/indicators/i-1/targets/2025", act="a-4", since="2025-11-01")
    assert verdict(life, "i-1", "2026-01-05") == ("no", "no")
    assert row(life, "i-1", "2026-01-05")["removed"]["cells"] == ["/indicators/i-1/targets/2025"]


@pytest.mark.parametrize("printed", ["-", "—", ""])
def test_to_cross_a_target_out_is_to_take_it_away(life: Life, printed: str) -> None:
    report_year(life, "1", "0", "1", "0")
    life.act("a-4", "2025-11-01")
    life.target("i-1", "2025", printed, act="a-4", since="2025-11-01")
    found = row(life, "i-1", "2026-01-05")
    assert (found["target_now"], found["removed"]["target"], found["reached_now"]) == (printed, "10", "no")


def test_a_target_that_was_a_dash_from_the_first_is_no_removal(life: Life) -> None:
    life.act("a-4", "2025-11-01")
    life.target("i-2", "2026", "-", act="a-4", since="2025-11-01")
    found = row(life, "i-2", "2026-12-31", year=2026)
    assert (found["removed"], found["reached_now"]) == (None, "undetermined")


def test_it_is_no_indicator_of_a_year_before_which_it_was_gone(life: Life) -> None:
    assert section(life, "2026-12-31", year=2026)["totals"]["indicators"] == 2
    take_away(life, "/indicators/i-1", "2025-12-01")
    later = section(life, "2026-12-31", year=2026)
    assert [one["key"] for one in later["rows"]] == ["i-3"]
    assert section(life, "2025-12-31")["totals"]["indicators"] == 3


def test_one_that_was_there_for_a_part_of_the_year_is_of_that_year(life: Life) -> None:
    take_away(life, "/indicators/i-1", "2025-12-01")
    life.act("a-5", "2026-02-01")
    life.target("i-1", "2026", "4", act="a-5", since="2026-02-01")
    take_away(life, "/indicators/i-1", "2026-03-01")
    found = row(life, "i-1", "2026-12-31", year=2026)
    assert (found["removed"]["since"], found["removed"]["target"]) == ("2026-03-01", "4")


def test_a_falling_target_stays_undetermined_when_its_base_is_removed_with_it(life: Life) -> None:
    base = {"id": "i-3", "measure": "1.2", "name": "Частка", "kind": "stock", "unit": "%", "base": "95%"}
    life.act("a-2", "2025-02-01")
    life.say("programme.amended", {"indicators": [base]}, act="a-2", effective="2025-02-01")
    life.report("i-3", "2025", "70")
    assert verdict(life, "i-3", "2026-01-05") == ("undetermined", "undetermined")
    take_away(life, "/indicators/i-3", "2025-12-01")
    assert verdict(life, "i-3", "2026-01-05") == ("undetermined", "undetermined")
    assert row(life, "i-3", "2026-01-05")["base"] == "95%"


def test_of_a_removal_the_figures_hold_its_day_and_not_its_event(life: Life) -> None:
    """A conclusion binds figures: the same removal, stated anew, is the same figure."""
    report_year(life, "1", "0", "1", "0")
    take_away(life, "/indicators/i-1", "2025-12-01")
    shown = bare(section(life, "2026-01-05"))["rows"]["i-1"]["removed"]
    assert shown == {"since": "2025-12-01", "target": "10"}


def test_a_removed_measure_stays_beside_the_money_that_was_paid_for_it(life: Life) -> None:
    life.spend("60.00", "2025-Q2")
    life.say("progress.reported", {"measure": "1.1", "period": "2025-Q2", "status": "stopped"})
    gone = take_away(life, "/tree/1.1", "2025-11-01")
    found = section(life, "2025-12-31", name="projects")
    (stopped,) = [one for one in found["rows"] if one["key"] == "1.1"]
    assert (stopped["status"], stopped["done"], stopped["removed"]["since"]) == (
        "stopped",
        "no",
        "2025-11-01",
    )
    assert gone in stopped["events"]
    assert found["totals"]["done"] == {"yes": 0, "no": 1, "undetermined": 1, "share": "0.0000"}
    money = section(life, "2025-12-31", name="money")["totals"]
    assert money["paid"] == "60.00"
    assert section(life, "2025-10-31", name="projects")["totals"]["removed"] == 0


def test_an_act_that_came_into_force_late_puts_a_measure_into_the_year_too(life: Life) -> None:
    """It says 1 January, counts from 1 March, and what it brought is removed in October."""
    new = [{"id": "1.3", "level": "measure", "parent": "1", "title": "Третій"}]
    life.act("a-2", "2025-01-01", in_force="2025-03-01")
    life.say("programme.amended", {"tree": new}, act="a-2", effective="2025-01-01")
    take_away(life, "/tree/1.3", "2025-10-01")
    assert "1.3" in [one["key"] for one in section(life, "2025-12-31", name="projects")["rows"]]
    assert "1.3" not in [one["key"] for one in section(life, "2025-02-28", name="projects")["rows"]]


# -- not whole ----------------------------------------------------------------------------------------


def test_while_the_year_is_not_over_nothing_was_missed_and_nothing_met(life: Life) -> None:
    report_year(life, "2", "3", "4", "1")
    life.report("i-2", "2025-Q1", "Так")
    for day in ("2025-04-30", "2025-12-30"):
        assert section(life, day)["totals"]["against_target_now"]["undetermined"] == 3
    assert verdict(life, "i-1", "2025-12-31") == ("yes", "yes")
    assert verdict(life, "i-2", "2025-12-31") == ("yes", "yes")
    assert verdict(life, "i-3", "2025-12-31") == ("yes", "yes")


@pytest.mark.parametrize(
    ("periods", "whole"),
    [
        (["2025-Q1", "2025-Q2", "2025-Q3"], False),
        (["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"], True),
        (["2025-Q1", "2025-Q2", "2025-H2"], True),
        (["2025-Q2"], False),
        (["2025-H1"], False),
        (["2025"], True),
        ([f"2025-{month:02}" for month in range(1, 13)], True),
        ([f"2025-{month:02}" for month in range(1, 12)], False),
        ([f"2025-{month:02}" for month in range(2, 13)], False),
    ],
)
def test_of_a_flow_every_period_is_waited_for(life: Life, periods: list[str], whole: bool) -> None:
    for period in periods:
        life.report("i-1", period, "0")
    said = "no" if whole else "undetermined"
    assert verdict(life, "i-1", "2026-01-05") == (said, said)


def test_year_to_date_is_whole_at_the_years_end_and_not_before(life: Life) -> None:
    life.report("i-1", "2025-Q3", "9", mode="ytd")
    assert verdict(life, "i-1", "2026-01-05")[1] == "undetermined"
    life.report("i-1", "2025-Q4", "1")  # by period: it does not count beside a year-to-date one
    assert verdict(life, "i-1", "2026-01-05")[1] == "undetermined"
    life.report("i-1", "2025-Q4", "10", mode="ytd")
    assert verdict(life, "i-1", "2026-01-05")[1] == "yes"


def test_the_periods_are_those_in_which_the_deadlines_ask(life: Life) -> None:
    """One half is not the year though a year's report alone would be: the policy asks for quarters."""
    life.rule(start="2026-01-05", deadlines=[QUARTERLY])  # asks for the fourth quarter of 2025
    life.report("i-1", "2025-Q4", "3")
    assert verdict(life, "i-1", "2026-01-05")[1] == "undetermined"  # nobody knows of the first three
    life.report("i-1", "2025-H1", "3")
    life.report("i-1", "2025-Q3", "3")
    assert verdict(life, "i-1", "2026-01-05")[1] == "no"


def test_of_an_indicator_that_came_in_autumn_only_its_own_quarters_are_waited_for(life: Life) -> None:
    new = {"id": "i-4", "measure": "1.1", "name": "Нове", "kind": "flow", "unit": "одиниць"}
    life.act("a-2", "2025-10-01")
    data = {"indicators": [new | {"targets": {"2025": "2"}}]}
    life.say("programme.amended", data, act="a-2", effective="2025-10-01")
    life.report("i-4", "2025-Q4", "2")
    assert verdict(life, "i-4", "2026-01-05") == ("yes", "yes")


def test_a_stock_stands_as_last_reported(life: Life) -> None:
    life.report("i-3", "2025-Q2", "79")
    assert verdict(life, "i-3", "2025-12-30") == ("undetermined", "undetermined")
    assert verdict(life, "i-3", "2025-12-31") == ("no", "no")
