"""Paid above the plan of its source, on the last day of the period: what raises it, and what nearly does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.findings import money
from projections.findings.life import fingerprint
from tests.projections.findings.living import Life, row

RULES = tuple(rule for rule in money.RULES if rule.code == "FIN-OVER")


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """100.00 are planned for 1.1 in 2025, all of them local."""
    with Life(tmp_path) as life:
        life.on("2025-12-10")
        yield life


def test_a_source_above_its_plan_is_found_though_the_total_fits(life: Life) -> None:
    life.act("a-2", "2025-03-01")
    life.plan(row("500.00", source="oblast"), act="a-2", since="2025-03-01")
    life.spend("60.00", "2025-Q1")
    second = life.spend("40.01", "2025-Q2")
    hit = life.one(RULES, "FIN-OVER")
    assert (hit.key, hit.day) == ("1.1/2025/local/paid/2025-06-30", "2025-06-30")
    assert hit.words["total"] == "100.01"
    assert (hit.words["plan"], hit.words["above"]) == ("100.00", "0.01")
    assert "/financing/1.1/2025/local" in hit.cells
    assert set(life.index(second)) < set(hit.entries)


def test_exactly_the_plan_is_not_above_it(life: Life) -> None:
    life.spend("60.00", "2025-Q1")
    life.spend("40.00", "2025-Q2")
    assert life.found(RULES) == {}


def test_year_to_date_is_not_added_up(life: Life) -> None:
    life.spend("60.00", "2025-Q1", mode="ytd")
    life.spend("100.00", "2025-Q2", mode="ytd")
    assert life.found(RULES) == {}


def test_the_plan_that_counts_is_that_of_the_period_s_last_day(life: Life) -> None:
    life.act("a-2", "2025-07-01")
    life.plan(row("200.00"), act="a-2", since="2025-07-01")
    life.spend("150.00", "2025-Q2")
    life.spend("10.00", "2025-Q3")
    assert life.found(RULES) == {"FIN-OVER": ["1.1/2025/local/paid/2025-06-30"]}


def test_a_plan_that_sinks_below_what_was_paid_before_is_not_found(life: Life) -> None:
    """Nothing was paid since: the payments were within the plan of their own days."""
    life.spend("90.00", "2025-Q1")
    life.spend("0.00", "2025-Q3")
    life.act("a-2", "2025-07-01")
    life.plan(row("50.00"), act="a-2", since="2025-07-01")
    assert life.found(RULES) == {}
    life.spend("1.00", "2025-Q4")
    assert life.found(RULES) == {"FIN-OVER": ["1.1/2025/local/paid/2025-12-31"]}


def test_a_plan_that_was_raised_to_cover_an_excess_may_be_overrun_again(life: Life) -> None:
    life.act("a-2", "2025-05-01")
    life.plan(row("115.00"), act="a-2", since="2025-05-01")
    life.spend("110.00", "2025-Q1")
    life.spend("5.00", "2025-Q2")
    life.spend("3.00", "2025-Q3")
    keys = ["1.1/2025/local/paid/2025-03-31", "1.1/2025/local/paid/2025-09-30"]
    assert life.found(RULES) == {"FIN-OVER": keys}


def test_each_payment_above_the_plan_is_a_finding_of_its_own(life: Life) -> None:
    for period, amount in (("2025-Q1", "110.00"), ("2025-Q2", "5.00"), ("2025-Q3", "0.00")):
        life.spend(amount, period)
    keys = ["1.1/2025/local/paid/2025-03-31", "1.1/2025/local/paid/2025-06-30"]
    assert life.found(RULES) == {"FIN-OVER": keys}
    assert life.found(RULES, "2025-03-31") == {"FIN-OVER": keys[:1]}


def test_the_same_excess_a_quarter_later_is_not_told_again(life: Life) -> None:
    life.spend("110.00", "2025-Q1", mode="ytd")
    life.spend("110.00", "2025-Q2", mode="ytd")
    assert life.found(RULES) == {"FIN-OVER": ["1.1/2025/local/paid/2025-03-31"]}


def test_budget_axes_of_a_report_do_not_hide_the_plan_of_its_source(life: Life) -> None:
    life.spend("60.00", "2025-Q1", axes={"kpkvk": "0217520", "kekv": "2240"})
    assert life.found(RULES) == {}
    life.spend("60.00", "2025-Q2", axes={"kpkvk": "0217520", "kekv": "2210"})
    assert life.found(RULES) == {"FIN-OVER": ["1.1/2025/local/paid/2025-06-30"]}


def test_a_source_for_which_nothing_was_planned_is_told_so(life: Life) -> None:
    life.spend("1.00", "2025-Q1", axes={"source": "oblast"})
    hit = life.one(RULES, "FIN-OVER")
    assert (hit.key, hit.words["plan"]) == ("1.1/2025/oblast/paid/2025-03-31", None)


def test_a_printed_dash_is_no_plan_and_stays_a_dash(life: Life) -> None:
    life.on("2026-12-10")
    life.spend("1.00", "2026-Q1", axes={"measure": "1.2"})
    assert life.one(RULES, "FIN-OVER").words["plan"] == "-"


def test_a_source_below_the_planned_one_spends_its_plan(life: Life) -> None:
    life.act("a-2", "2025-01-02")
    sources = [{"id": "city", "name": "районний у місті бюджет", "parent": "local"}]
    life.say("programme.amended", {"sources": sources}, act="a-2", effective="2025-01-02")
    life.spend("60.00", "2025-Q1")
    life.spend("40.00", "2025-Q1", axes={"source": "city"})
    assert life.found(RULES) == {}
    life.spend("1.00", "2025-Q2", axes={"source": "city"})
    assert life.found(RULES) == {"FIN-OVER": ["1.1/2025/local/paid/2025-06-30"]}


def test_transfers_are_asked_about_apart_and_what_came_back_is_not_out(life: Life) -> None:
    sent = life.send("90.00", "2025-02-01")
    life.take_back("20.00", "2025-03-01", sent)
    life.send("30.00", "2025-04-01")
    life.spend("100.00", "2025-Q2")
    assert life.found(RULES) == {}
    life.send("0.01", "2025-05-01")
    assert life.found(RULES) == {"FIN-OVER": ["1.1/2025/local/transfers/2025-05-01"]}


def test_a_corrected_report_is_no_longer_above(life: Life) -> None:
    report = life.spend("110.00", "2025-Q1")
    assert life.found(RULES) != {}
    life.spend("11.00", "2025-Q1", corrects=report)
    assert life.found(RULES) == {}


def accepted(life: Life, day: str) -> str:
    """The fingerprint of the only finding: what an acceptance binds."""
    case = life.case(day)
    return fingerprint(case, "FIN-OVER", life.one(RULES, "FIN-OVER", day))


def test_a_line_of_the_plan_that_begins_later_is_no_part_of_the_figure(life: Life) -> None:
    life.spend("150.00", "2025-Q1")
    before = accepted(life, "2025-12-31")
    life.act("a-2", "2025-07-01")
    life.plan(row("70.00", kpkvk="0217520"), act="a-2", since="2025-07-01")
    assert life.one(RULES, "FIN-OVER").cells == (
        "/paid/1.1/2025/local/2025-Q1/period",
        "/financing/1.1/2025/local",
    )
    assert accepted(life, "2025-12-31") == before


def test_a_year_to_date_report_that_is_followed_by_another_is_no_part_of_its_figure(life: Life) -> None:
    first = life.spend("90.00", "2025-Q1", mode="ytd")
    second = life.spend("160.00", "2025-H1", mode="ytd")
    before = accepted(life, "2025-12-31")
    hit = life.one(RULES, "FIN-OVER")
    assert hit.cells == ("/paid/1.1/2025/local/2025-H1/ytd", "/financing/1.1/2025/local")
    life.spend("89.00", "2025-Q1", mode="ytd", corrects=first)
    assert accepted(life, "2025-12-31") == before
    life.spend("161.00", "2025-H1", mode="ytd", corrects=second)
    assert accepted(life, "2025-12-31") != before


def test_a_suspended_plan_leaves_it_open(life: Life) -> None:
    """On the period's last day nobody can say what the plan was: the act was suspended."""
    life.act("a-2", "2026-01-05")
    life.plan(row("40.00", year=2026), act="a-2", since="2026-01-05")
    life.on("2026-04-10")
    life.say_status("a-2", "suspended", "2026-03-20", to="2026-04-05")
    life.spend("30.00", "2026-Q1")
    assert life.found(RULES) == {}
