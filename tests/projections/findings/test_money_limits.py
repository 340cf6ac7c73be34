"""Need, appropriation and schedule against each other: what raises a finding, and what nearly does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.findings import limits
from projections.findings.words import fill
from tests.projections.findings.living import Life, row
from tests.projections.findings.raised import check_sentences

BOTH = tuple(rule for rule in limits.RULES if rule.code == "FIN-ABOVE")
ABOVE = tuple(rule for rule in BOTH if rule.topic == "measure")
IN_ALL = tuple(rule for rule in BOTH if rule.topic == "programme")
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


def test_the_sentence_says_whose_whole_it_is(life: Life) -> None:
    life.appropriate(row("80.00"), act="b-1", since=DAY)
    said = [fill(rule.uk, hit.words, "uk") for rule, hit in life.hits(BOTH)]
    assert said[0].startswith("Програма, 2025 рік, усього за всіма заходами: план 150.00 більший")
    assert said[1].startswith("Захід 1.1, 2025 рік, усього за заходом: план 100.00 більший")
    check_sentences(life.hits(BOTH))


def test_it_names_the_lines_that_make_the_two_amounts_and_no_others(life: Life) -> None:
    """A dash and a line of another year add nothing."""
    life.act("a-2", "2025-03-05")
    life.plan(row("-", kpkvk=ONE), row("9.00", year=2026), act="a-2", since="2025-03-05")
    life.appropriate(row("80.00"), row("-", kpkvk=ONE), act="b-1", since=DAY)
    hit = life.one(ABOVE, "FIN-ABOVE")
    assert hit.cells == ("/financing/1.1/2025/local", "/appropriation/1.1/2025/local")


def test_an_amount_that_was_added_to_rests_on_both_decisions(life: Life) -> None:
    granted = life.appropriate(row("50.00"), act="b-1", since=DAY)
    life.act("b-2", "2025-03-11")
    added = life.appropriate(row("30.00", op="add"), act="b-2", since="2025-03-11")
    assert set(life.index(granted, added)) < set(life.one(ABOVE, "FIN-ABOVE").entries)


def test_it_is_true_since_an_act_that_gave_more_fell_away(life: Life) -> None:
    """150.00 are planned from April on; 200.00 were granted in March, and that is quashed from June on."""
    life.appropriate(row("100.00"), act="b-1", since=DAY)
    life.act("b-2", "2025-03-11")
    life.appropriate(row("200.00"), act="b-2", since="2025-03-11")
    life.on("2025-04-05")
    life.act("a-3", "2025-04-01")
    life.plan(row("150.00"), act="a-3", since="2025-04-01")
    life.on("2025-06-05")
    life.say_status("b-2", "quashed", "2025-06-01")
    assert life.found(ABOVE, "2025-05-31") == {}
    assert life.one(ABOVE, "FIN-ABOVE", "2025-06-02").day == "2025-06-01"


def test_a_raise_of_what_was_already_above_leaves_the_day_since_when_it_is_so(life: Life) -> None:
    life.appropriate(row("80.00"), act="b-1", since=DAY)
    life.act("a-2", "2025-03-11")
    life.plan(row("130.00"), act="a-2", since="2025-03-11")
    assert life.one(ABOVE, "FIN-ABOVE").day == DAY


# -- the programme's year -----------------------------------------------------------------------


def test_in_all_a_measure_without_an_appropriation_counts_with_its_need(life: Life) -> None:
    """1.1 has what it needs; 1.2 needs 50.00, and nothing was granted to it."""
    granted = life.appropriate(row("100.00"), act="b-1", since=DAY)
    assert life.found(ABOVE) == {}
    hit = life.one(IN_ALL, "FIN-ABOVE")
    assert (hit.key, hit.day) == ("all/2025", DAY)
    assert (hit.words["plan"], hit.words["appropriation"], hit.words["above"]) == (
        "150.00",
        "100.00",
        "50.00",
    )
    plans = ("/financing/1.1/2025/local", "/financing/1.2/2025/local")
    assert hit.cells == (*plans, "/appropriation/1.1/2025/local")
    assert set(life.index(granted)) < set(hit.entries)


def test_in_all_one_measure_may_have_more_than_it_needs_and_another_less(life: Life) -> None:
    life.appropriate(row("120.00"), row("30.00", measure="1.2"), act="b-1", since=DAY)
    assert life.found(IN_ALL) == {}
    assert life.found(ABOVE) == {"FIN-ABOVE": ["1.2/2025"]}


def test_in_all_a_year_without_an_appropriation_has_no_limit(life: Life) -> None:
    life.appropriate(row("-"), act="b-1", since=DAY)
    assert life.found(IN_ALL) == {}


def test_what_rests_on_one_measure_alone_is_told_once(life: Life) -> None:
    life.act("a-2", "2025-03-05")
    life.plan(row(None, op="unset", measure="1.2"), act="a-2", since="2025-03-05")
    life.appropriate(row("80.00"), act="b-1", since=DAY)
    assert life.found(BOTH) == {"FIN-ABOVE": ["1.1/2025"]}


def test_a_code_is_added_up_over_the_measures(life: Life) -> None:
    """Each measure is granted its sum, but of one code 10.00 less than all need, and more of another."""
    life.act("a-2", "2025-03-05")
    needs = (
        row(None, op="unset"),
        row(None, op="unset", measure="1.2"),
        row("100.00", kpkvk=ONE),
        row("40.00", measure="1.2", kpkvk=ONE),
        row("10.00", measure="1.2", kpkvk=OTHER),
    )
    life.plan(*needs, act="a-2", since="2025-03-05")
    granted = (
        row("100.00", kpkvk=ONE),
        row("30.00", measure="1.2", kpkvk=ONE),
        row("20.00", measure="1.2", kpkvk=OTHER),
    )
    life.appropriate(*granted, act="b-1", since=DAY)
    hit = life.one(IN_ALL, "FIN-ABOVE")
    assert (hit.key, hit.words["above"]) == (f"all/2025/kpkvk/{ONE}", "10.00")
    assert life.found(ABOVE) == {"FIN-ABOVE": [f"1.2/2025/kpkvk/{ONE}"]}


def test_a_code_of_one_measure_is_not_told_again_of_the_programme(life: Life) -> None:
    life.act("a-2", "2025-03-05")
    needs = (row(None, op="unset"), row(None, op="unset", measure="1.2"))
    coded = (row("100.00", kpkvk=ONE), row("50.00", measure="1.2", kpkvk=OTHER))
    life.plan(*needs, *coded, act="a-2", since="2025-03-05")
    granted = (row("90.00", kpkvk=ONE), row("60.00", measure="1.2", kpkvk=OTHER))
    life.appropriate(*granted, act="b-1", since=DAY)
    assert life.found(BOTH) == {"FIN-ABOVE": ["1.1/2025", f"1.1/2025/kpkvk/{ONE}"]}


def test_the_programmes_fund_is_limited_too(life: Life) -> None:
    life.act("a-2", "2025-03-05")
    needs = (row(None, op="unset"), row(None, op="unset", measure="1.2"))
    coded = (row("100.00", fund="special"), row("50.00", measure="1.2", fund="special"))
    life.plan(*needs, *coded, act="a-2", since="2025-03-05")
    life.appropriate(row("150.00", fund="general"), act="b-1", since=DAY)
    assert life.found(IN_ALL) == {"FIN-ABOVE": ["all/2025/fund/special"]}


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


def test_it_is_apart_since_an_act_that_made_it_fit_fell_away(life: Life) -> None:
    life.appropriate(row("120.00"), act="b-1", since=DAY)
    life.act("a-2", "2025-03-11")
    life.plan(row("120.00"), act="a-2", since="2025-03-11")
    life.on("2025-06-05")
    life.say_status("a-2", "quashed", "2025-06-01")
    assert life.one(APART, "FIN-APART", "2025-03-10").day == DAY
    assert life.found(APART, "2025-05-31") == {}
    assert life.one(APART, "FIN-APART").day == "2025-06-01"


def test_a_code_is_above_its_limit_since_the_act_that_gave_more_fell_away(life: Life) -> None:
    codes(life)
    life.appropriate(row("55.00", kpkvk=ONE), row("45.00", kpkvk=OTHER), act="b-1", since=DAY)
    life.act("b-2", "2025-03-11")
    life.appropriate(row("60.00", kpkvk=ONE), act="b-2", since="2025-03-11")
    life.on("2025-06-05")
    life.say_status("b-2", "quashed", "2025-06-01")
    assert life.found(ABOVE, "2025-05-31") == {}
    hit = life.one(ABOVE, "FIN-ABOVE")
    assert (hit.key, hit.day) == (f"1.1/2025/kpkvk/{ONE}", "2025-06-01")


def test_a_schedule_spread_over_other_lines_is_the_same_money(life: Life) -> None:
    life.appropriate(row("100.00"), act="b-1", since=DAY)
    life.schedule(row("60.00", kekv="2210"), row("40.00", kekv="2240"), since=DAY)
    assert life.found(APART) == {}


def test_a_schedule_without_an_appropriation_has_nothing_to_be_apart_from(life: Life) -> None:
    life.schedule(row("90.00"), since=DAY)
    assert life.found(APART) == {}
