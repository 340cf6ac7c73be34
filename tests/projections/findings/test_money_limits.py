"""Need, appropriation and schedule against each other: what raises a finding, and what nearly does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.findings import limits
from tests.projections.findings.living import Life, row

ABOVE = tuple(rule for rule in limits.RULES if rule.code == "FIN-ABOVE")
APART = tuple(rule for rule in limits.RULES if rule.code == "FIN-APART")
DAY = "2025-03-10"
ONE, OTHER = "0217520", "0217530"


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """100.00 are planned for 1.1 in 2025; the budget's act is b-1."""
    with Life(tmp_path) as life:
        life.on("2025-03-12")
        life.act("b-1", DAY, number="77")
        yield life


def codes(life: Life) -> None:
    """The plan of 1.1 by two КПКВК, 60.00 and 40.00."""
    life.act("a-2", "2025-03-05")
    rows = (
        row(None, op="unset"),
        row("60.00", kpkvk=ONE, fund="general"),
        row("40.00", kpkvk=OTHER, fund="special"),
    )
    life.plan(*rows, act="a-2", since="2025-03-05")


def test_a_plan_above_the_appropriation_tells_the_limit_its_act_and_by_how_much(life: Life) -> None:
    life.appropriate(row("80.00"), act="b-1", since=DAY)
    hit = life.one(ABOVE, "FIN-ABOVE")
    assert (hit.key, hit.day) == ("1.1/2025", DAY)
    assert hit.cells == ("/financing/1.1/2025/local", "/appropriation/1.1/2025/local")
    assert (hit.words["plan"], hit.words["appropriation"], hit.words["above"]) == ("100.00", "80.00", "20.00")
    assert hit.words["acts"] == [("акт № 77 від 2025-03-10", "act № 77 of 2025-03-10")]
    assert hit.words["acknowledged"] == ("ніхто не підтверджував", "nobody")


def test_who_raised_the_plan_knowing_the_limit_is_named(life: Life) -> None:
    life.appropriate(row("100.00"), act="b-1", since=DAY)
    assert life.found(ABOVE) == {}
    life.act("a-2", "2025-03-11")
    raised = life.plan(row("100.01"), act="a-2", since="2025-03-11")
    hit = life.one(ABOVE, "FIN-ABOVE")
    assert hit.words["acknowledged"] == ["p-secretary"]
    assert hit.day == "2025-03-11"
    assert set(life.index(raised)) < set(hit.entries)


def test_no_appropriation_is_no_limit_of_zero(life: Life) -> None:
    assert life.found(ABOVE) == {}
    life.appropriate(row("-"), act="b-1", since=DAY)
    assert life.found(ABOVE) == {}


def test_an_appropriation_of_zero_is_a_limit(life: Life) -> None:
    life.appropriate(row("0.00"), act="b-1", since=DAY)
    assert life.found(ABOVE) == {"FIN-ABOVE": ["1.1/2025"]}


def test_an_appropriation_by_several_sources_is_one_limit(life: Life) -> None:
    life.appropriate(row("80.00"), row("20.00", source="oblast"), act="b-1", since=DAY)
    assert life.found(ABOVE) == {}


def test_before_the_appropriation_holds_the_plan_is_not_above_it(life: Life) -> None:
    life.appropriate(row("80.00"), act="b-1", since="2025-04-01")
    assert life.found(ABOVE, "2025-03-31") == {}
    assert life.found(ABOVE, "2025-04-01") == {"FIN-ABOVE": ["1.1/2025"]}


def test_a_code_above_its_own_limit_is_found_though_the_total_fits(life: Life) -> None:
    codes(life)
    granted = (row("55.00", kpkvk=ONE, fund="general"), row("45.00", kpkvk=OTHER, fund="special"))
    life.appropriate(*granted, act="b-1", since=DAY)
    assert life.found(ABOVE) == {"FIN-ABOVE": ["1.1/2025/kpkvk/0217520", "1.1/2025/fund/general"]}
    assert life.hits(ABOVE)[0][1].words["above"] == "5.00"


def test_codes_within_their_limits_are_not(life: Life) -> None:
    codes(life)
    granted = (row("60.00", kpkvk=ONE, fund="general"), row("40.00", kpkvk=OTHER, fund="special"))
    life.appropriate(*granted, act="b-1", since=DAY)
    assert life.found(ABOVE) == {}


def test_an_appropriation_that_names_no_code_limits_no_code(life: Life) -> None:
    codes(life)
    life.appropriate(row("100.00"), act="b-1", since=DAY)
    assert life.found(ABOVE) == {}


def test_a_code_for_which_nothing_was_granted_has_a_limit_of_nothing(life: Life) -> None:
    codes(life)
    life.appropriate(row("100.00", kpkvk=ONE, fund="general"), act="b-1", since=DAY)
    assert life.found(ABOVE) == {"FIN-ABOVE": ["1.1/2025/kpkvk/0217530", "1.1/2025/fund/special"]}


def test_what_the_special_fund_gives_to_the_development_budget_is_not_guessed(life: Life) -> None:
    life.act("a-2", "2025-03-05")
    life.plan(row(None, op="unset"), row("60.00", fund="development"), act="a-2", since="2025-03-05")
    life.appropriate(row("60.00", fund="special"), act="b-1", since=DAY)
    assert life.found(ABOVE) == {}


# -- apart ------------------------------------------------------------------------------------


def test_an_appropriation_above_the_need_is_noted(life: Life) -> None:
    life.appropriate(row("120.00"), act="b-1", since=DAY)
    hit = life.one(APART, "FIN-APART")
    assert (hit.key, hit.words["difference"]) == ("1.1/2025/need", "20.00")


def test_an_appropriation_below_the_need_is_another_finding(life: Life) -> None:
    life.appropriate(row("80.00"), act="b-1", since=DAY)
    assert life.found(APART) == {}


def test_a_schedule_that_is_not_the_appropriation_is_noted(life: Life) -> None:
    life.appropriate(row("100.00"), act="b-1", since=DAY)
    assert life.found(APART) == {}
    life.schedule(row("60.00", kekv="2210"), row("30.00", kekv="2240"), since=DAY)
    hit = life.one(APART, "FIN-APART")
    assert (hit.key, hit.words["difference"]) == ("1.1/2025/schedule", "-10.00")
    assert (hit.words["first"], hit.words["second"]) == ("90.00", "100.00")


def test_a_schedule_spread_over_other_lines_is_the_same_money(life: Life) -> None:
    life.appropriate(row("100.00"), act="b-1", since=DAY)
    life.schedule(row("60.00", kekv="2210"), row("40.00", kekv="2240"), since=DAY)
    assert life.found(APART) == {}


def test_a_schedule_without_an_appropriation_has_nothing_to_be_apart_from(life: Life) -> None:
    life.schedule(row("90.00"), since=DAY)
    assert life.found(APART) == {}
