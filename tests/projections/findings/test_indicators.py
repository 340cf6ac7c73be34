"""Targets beside what was reached: what raises a finding, and what nearly does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.findings import indicators
from projections.findings.words import fill
from tests.projections.findings.living import DATA, Life
from tests.projections.findings.raised import check_sentences
from tests.support.town import ACT, ADOPTED_FROM

LOWERED = tuple(rule for rule in indicators.RULES if rule.code == "IND-LOWERED")
REMOVED = tuple(rule for rule in indicators.RULES if rule.code == "IND-REMOVED")
TARGET = "/indicators/i-1/targets/2025"


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """i-1 shall reach 10 in 2025; a quarter's 2 are reported on 10 April."""
    with Life(tmp_path) as life:
        life.on("2025-04-10")
        life.report("i-1", "2025-Q1", "2")
        yield life


def test_a_target_that_is_lowered_after_an_actual_shows_both_and_the_result(life: Life) -> None:
    life.on("2026-01-20")
    life.report("i-1", "2025-Q4", "6")
    life.act("a-2", "2026-01-18", number="12")
    slot = life.target("i-1", "2025", "8", act="a-2", since="2025-12-01")
    hit = life.one(LOWERED, "IND-LOWERED")
    assert (hit.key, hit.day) == (f"{TARGET}/{slot}", "2026-01-18")
    words = {name: hit.words[name] for name in ("before", "after", "actual")}
    assert words == {"before": "10", "after": "8", "actual": "8"}
    assert (hit.words["was"][1], hit.words["now"][1]) == ("not met", "met")
    assert hit.words["act"] == ("акт № 12 від 2026-01-18", "act № 12 of 2026-01-18")
    assert hit.cells[0] == TARGET
    assert set(life.index(slot)) < set(hit.entries)


def test_a_target_lowered_before_any_actual_of_its_year_is_not(life: Life) -> None:
    life.act("a-2", "2025-04-09")
    life.target("i-1", "2026", "1", act="a-2", since="2025-04-09")
    assert life.found(LOWERED) == {}


def test_a_target_lowered_after_the_period_but_before_its_first_report_is_not(life: Life) -> None:
    """The decision is after the year's quarter, yet no actual of the indicator was on the record."""
    life.act("a-2", "2025-04-05")
    life.target("i-3", "2025", "60%", act="a-2", since="2025-04-05")
    life.report("i-3", "2025-Q1", "70")
    assert life.found(LOWERED) == {}


def test_a_raised_target_is_not(life: Life) -> None:
    life.act("a-2", "2025-04-09")
    life.target("i-1", "2025", "11", act="a-2", since="2025-04-09")
    assert life.found(LOWERED) == {}


def test_a_raise_that_is_followed_by_a_lower_target_is_not_the_lowering(life: Life) -> None:
    life.act("a-2", "2025-04-08")
    life.target("i-1", "2025", "12", act="a-2", since="2025-04-08")
    life.act("a-3", "2025-04-09")
    lowering = life.target("i-1", "2025", "5", act="a-3", since="2025-04-09")
    hit = life.one(LOWERED, "IND-LOWERED")
    assert (hit.key, hit.words["before"], hit.words["after"]) == (f"{TARGET}/{lowering}", "12", "5")


def test_nine_is_below_ten_and_not_above_it(life: Life) -> None:
    life.act("a-2", "2025-04-09")
    life.target("i-1", "2025", "9", act="a-2", since="2025-04-09")
    assert list(life.found(LOWERED)) == ["IND-LOWERED"]


def test_a_decision_of_a_day_within_the_period_came_before_the_fact(life: Life) -> None:
    """It was registered after the report, as every act arrives days after its date."""
    life.act("a-2", "2025-03-31")
    life.target("i-1", "2025", "8", act="a-2", since="2025-03-31")
    assert life.found(LOWERED) == {}


def test_a_percentage_and_a_yes_are_compared_too(life: Life) -> None:
    life.report("i-2", "2025-Q1", "Ні")
    life.report("i-3", "2025-Q1", "70")
    life.act("a-2", "2025-04-09")
    life.target("i-2", "2025", "Ні", act="a-2", since="2025-04-09")
    life.target("i-3", "2025", "79,5%", act="a-2", since="2025-04-09")
    keys = [key.split("/")[2] for key in life.found(LOWERED)["IND-LOWERED"]]
    assert keys == ["i-2", "i-3"]


def test_a_target_that_was_raised_again_is_no_longer_lowered(life: Life) -> None:
    life.act("a-2", "2025-04-09")
    life.target("i-1", "2025", "8", act="a-2", since="2025-04-09")
    life.on("2025-06-10")
    life.act("a-3", "2025-06-09")
    life.target("i-1", "2025", "10", act="a-3", since="2025-06-09")
    assert life.found(LOWERED) == {}
    assert list(life.found(LOWERED, "2025-06-08")) == ["IND-LOWERED"]


def test_a_decision_that_was_quashed_lowers_nothing(life: Life) -> None:
    life.act("a-2", "2025-04-09")
    life.target("i-1", "2025", "8", act="a-2", since="2025-04-09")
    life.say_status("a-2", "quashed", "2025-04-09")
    assert life.found(LOWERED) == {}


def test_a_correction_that_lowers_a_target_after_the_fact_is_found_too(life: Life) -> None:
    (adopted,) = life.case().slots_of("programme.adopted")
    data = DATA | {"indicators": [one | {"targets": {"2025": "0"}} for one in DATA["indicators"][:1]]}
    life.say("programme.adopted", data, act=ACT, effective=ADOPTED_FROM, corrects=adopted)
    hit = life.one(LOWERED, "IND-LOWERED")
    assert (hit.words["before"], hit.words["after"]) == ("10", "0")


def test_a_correction_of_something_else_lowers_nothing(life: Life) -> None:
    life.act("a-2", "2025-02-01")
    slot = life.target("i-1", "2026", "11", act="a-2", since="2025-02-01")
    assert life.found(LOWERED) == {}
    row = DATA["indicators"][0] | {"targets": {"2026": "11"}, "unit": "шт."}
    data = {"indicators": [row]}
    life.say("programme.amended", data, act="a-2", effective="2025-02-01", corrects=slot)
    assert life.found(LOWERED) == {}


def test_history_that_is_older_than_the_ledger_is_ordered_by_its_days(tmp_path: Path) -> None:
    """Entered in any order when the council starts: the decision's day is before the period's end."""
    with Life(tmp_path) as life:
        life.report("i-1", "2025-Q1", "2")
        life.act("a-0", "2024-12-21")
        life.target("i-1", "2025", "8", act="a-0", since="2025-01-01")
        assert life.found(LOWERED) == {}


# -- in several steps ---------------------------------------------------------------------------


def missed(life: Life) -> None:
    """The year 2025 reached 5 of 10; the acts of January 2026 come after that is recorded."""
    life.on("2026-01-10")
    life.report("i-1", "2025", "5", mode="ytd")
    life.on("2026-01-20")
    for name, day in (("a-2", "2026-01-12"), ("a-3", "2026-01-14")):
        life.act(name, day)


def test_a_target_that_is_removed_and_set_lower_days_later_is_lowered(life: Life) -> None:
    missed(life)
    life.remove(TARGET, act="a-2", since="2026-01-12")
    slot = life.target("i-1", "2025", "4", act="a-3", since="2026-01-14")
    hit = life.one(LOWERED, "IND-LOWERED")
    assert (hit.key, hit.words["before"], hit.words["after"]) == (f"{TARGET}/{slot}", "10", "4")
    assert life.found(REMOVED) == {}
    assert life.found(REMOVED, "2026-01-13") == {"IND-REMOVED": [TARGET]}


@pytest.mark.parametrize("empty", ["-", ""])
def test_a_dash_or_a_blank_between_hides_nothing(life: Life, empty: str) -> None:
    missed(life)
    life.target("i-1", "2025", empty, act="a-2", since="2026-01-12")
    hit = life.one(REMOVED, "IND-REMOVED")
    assert (hit.key, hit.words["target"], hit.day) == (TARGET, "10", "2026-01-12")
    assert life.found(LOWERED) == {}
    life.target("i-1", "2025", "4", act="a-3", since="2026-01-14")
    assert life.one(LOWERED, "IND-LOWERED").words["before"] == "10"
    assert life.found(REMOVED) == {}


def test_a_new_edition_that_leaves_a_target_out_and_an_act_of_the_same_day_that_lowers_it(life: Life) -> None:
    missed(life)
    life.act("a-4", "2026-01-12", order=2)
    life.remove(TARGET, act="a-2", since="2026-01-12")
    life.target("i-1", "2025", "4", act="a-4", since="2026-01-12")
    assert life.one(LOWERED, "IND-LOWERED").words["before"] == "10"
    assert life.found(REMOVED, "2026-01-12") == {}


def test_a_target_that_comes_back_as_it_was_on_the_same_day_is_neither(life: Life) -> None:
    missed(life)
    life.act("a-4", "2026-01-12", order=2)
    life.remove(TARGET, act="a-2", since="2026-01-12")
    life.target("i-1", "2025", "10", act="a-4", since="2026-01-12")
    assert life.found((*LOWERED, *REMOVED)) == {}


def test_it_is_lower_since_the_act_that_raised_it_again_fell_away(life: Life) -> None:
    missed(life)
    life.target("i-1", "2025", "4", act="a-2", since="2026-01-12")
    life.target("i-1", "2025", "10", act="a-3", since="2026-01-14")
    life.on("2026-03-02")
    life.say_status("a-3", "quashed", "2026-03-01")
    assert life.one(LOWERED, "IND-LOWERED", "2026-01-13").day == "2026-01-12"
    assert life.found(LOWERED, "2026-02-28") == {}
    assert life.one(LOWERED, "IND-LOWERED").day == "2026-03-01"


def test_in_two_steps_each_is_held_against_the_target_of_the_fact(life: Life) -> None:
    missed(life)
    life.target("i-1", "2025", "9", act="a-2", since="2026-01-12")
    life.target("i-1", "2025", "4", act="a-3", since="2026-01-14")
    said = [(hit.words["before"], hit.words["after"]) for _, hit in life.hits(LOWERED)]
    assert said == [("10", "9"), ("10", "4")]


def test_a_step_upwards_after_a_lowering_is_no_lowering_of_its_own(life: Life) -> None:
    missed(life)
    first = life.target("i-1", "2025", "3", act="a-2", since="2026-01-12")
    life.target("i-1", "2025", "4", act="a-3", since="2026-01-14")
    assert life.found(LOWERED) == {"IND-LOWERED": [f"{TARGET}/{first}"]}


def test_lowered_and_then_removed_it_is_held_against_the_target_of_the_fact(life: Life) -> None:
    missed(life)
    life.target("i-1", "2025", "4", act="a-2", since="2026-01-12")
    life.remove(TARGET, act="a-3", since="2026-01-14")
    hit = life.one(REMOVED, "IND-REMOVED")
    assert (hit.words["target"], hit.words["actual"]) == ("10", "5")


def test_a_target_that_was_taken_away_before_the_fact_is_not_what_a_later_one_lowers(tmp_path: Path) -> None:
    with Life(tmp_path) as life:
        life.on("2025-04-10")
        life.act("a-2", "2025-01-20")
        life.target("i-1", "2025", "-", act="a-2", since="2025-01-20")
        missed_later(life)
        assert life.found((*LOWERED, *REMOVED)) == {}


def missed_later(life: Life) -> None:
    life.report("i-1", "2025-Q1", "5")
    life.on("2026-01-20")
    life.act("a-3", "2026-01-14")
    life.target("i-1", "2025", "7", act="a-3", since="2026-01-14")


def test_the_reports_that_make_the_actual_are_named_and_no_others(life: Life) -> None:
    life.on("2026-01-10")
    life.report("i-1", "2025-Q2", "1")
    life.report("i-3", "2025-Q1", "50")
    life.report("i-3", "2025-Q2", "60")
    gone(life, TARGET, "/indicators/i-3/targets/2025")
    cells = {hit.words["indicator"]: hit.cells for _, hit in life.hits(REMOVED)}
    assert cells["i-1"] == (TARGET, "/actuals/i-1/2025-Q1/period", "/actuals/i-1/2025-Q2/period")
    assert cells["i-3"] == ("/indicators/i-3/targets/2025", "/actuals/i-3/2025-Q2/period")


def test_it_is_gone_since_the_act_that_brought_it_back_fell_away(life: Life) -> None:
    missed(life)
    life.remove(TARGET, act="a-2", since="2026-01-12")
    life.target("i-1", "2025", "10", act="a-3", since="2026-01-14")
    life.on("2026-03-02")
    life.say_status("a-3", "quashed", "2026-03-01")
    assert life.one(REMOVED, "IND-REMOVED", "2026-01-13").day == "2026-01-12"
    assert life.found(REMOVED, "2026-02-28") == {}
    assert life.one(REMOVED, "IND-REMOVED").day == "2026-03-01"


def test_the_sentence_says_what_is_gone(life: Life) -> None:
    missed(life)
    life.target("i-1", "2025", "-", act="a-2", since="2026-01-12")
    ((rule, hit),) = life.hits(REMOVED)
    said = fill(rule.uk, hit.words, "uk")
    assert said.startswith("Індикатор i-1: замість цілі на 2025 рік поставлено «-» (акт")
    check_sentences([(rule, hit)])


# -- a failing indicator is gone --------------------------------------------------------------


def gone(life: Life, *paths: str) -> str:
    life.on("2026-02-20")
    life.act("a-9", "2026-02-18")
    return life.remove(*paths, act="a-9", since="2026-02-18")


ALL = ("/indicators/i-1/name", TARGET, "/indicators/i-1/targets/2026")


def test_a_failing_indicator_that_was_removed_is_found_with_its_last_figures(life: Life) -> None:
    life.on("2026-01-20")
    life.report("i-1", "2025-Q4", "7")
    slot = gone(life, *ALL)
    hit = life.one(REMOVED, "IND-REMOVED")
    assert (hit.key, hit.day) == ("/indicators/i-1", "2026-02-18")
    words = {name: hit.words[name] for name in ("year", "target", "actual", "period")}
    assert words == {"year": "2025", "target": "10", "actual": "9", "period": "2025-Q4"}
    assert set(life.index(slot)) < set(hit.entries)
    assert life.found(REMOVED, "2026-02-17") == {}


def test_an_indicator_that_reached_its_target_may_go(life: Life) -> None:
    life.on("2026-01-20")
    life.report("i-1", "2025-Q4", "8")
    gone(life, *ALL)
    assert life.found(REMOVED) == {}


def test_an_indicator_without_any_actual_may_go(life: Life) -> None:
    gone(life, "/indicators/i-2/name", "/indicators/i-2/targets/2025")
    assert life.found(REMOVED) == {}


def test_an_indicator_that_went_before_anything_was_known_of_it_may_go(life: Life) -> None:
    """Decided on 20 March; that the quarter fell short was reported after the removal was recorded."""
    life.act("a-9", "2025-03-20")
    life.remove("/indicators/i-3/name", act="a-9", since="2025-03-20")
    life.report("i-3", "2025-Q1", "70")
    assert life.found(REMOVED) == {}


def test_a_failing_indicator_that_stays_is_not_found(life: Life) -> None:
    assert life.found(REMOVED) == {}


def test_the_last_year_that_has_both_decides(life: Life) -> None:
    life.on("2026-02-10")
    life.report("i-3", "2025", "85")
    life.report("i-3", "2026-Q1", "89")
    gone(life, "/indicators/i-3/name")
    assert life.one(REMOVED, "IND-REMOVED").words["year"] == "2026"


def test_a_target_that_is_removed_alone_is_found_as_itself(life: Life) -> None:
    gone(life, TARGET)
    hit = life.one(REMOVED, "IND-REMOVED")
    assert (hit.key, hit.words["target"]) == (TARGET, "10")


def test_an_indicator_that_came_back_is_not_gone(life: Life) -> None:
    gone(life, *ALL)
    life.act("a-10", "2026-02-19")
    life.target("i-1", "2025", "10", act="a-10", since="2026-02-19")
    assert life.found(REMOVED) == {}
