"""Questions 8, 9, 11, 12: failing indicators, lowered targets, early payments, spending above plan."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.projections.findings.living import Life, row
from tests.projections.questions.telling import ask, decided, events, lacking
from tests.support.town import ACT

D = "2026-12-31"
LINE = "1.1/2025/local"


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """Targets of 2025: i-1 10, i-2 Так, i-3 80%."""
    with Life(tmp_path) as life:
        life.on("2025-10-10")
        yield life


# -- 8 ----------------------------------------------------------------------------------


def test_8_a_failing_indicator_that_was_removed_with_its_last_target_and_actual(life: Life) -> None:
    life.report("i-1", "2025-Q3", "4")
    life.on("2025-11-02")
    life.act("a-4", "2025-11-01", number="44")
    gone = life.remove("/indicators/i-1/name", act="a-4", since="2025-11-01")
    answer = ask(life, 8, D)
    assert (answer["verdict"], answer["figures"]["failing"]) == ("yes", 1)
    (item,) = answer["items"]
    assert (item["values"]["indicator"], item["values"]["target"], item["values"]["actual"]) == (
        "i-1",
        "10",
        "4",
    )
    assert gone in events(item)
    assert item["act"] == "a-4"
    # It is still in its year's total.
    (year,) = [one for one in item["values"]["years"] if one["year"] == 2025]
    assert year["actual"] == "4"
    assert (year["removed"]["since"], year["removed"]["target"]) == ("2025-11-01", "10")
    assert year["removed"]["events"] == [gone]
    assert year["reached_now"] == "undetermined"  # no other quarter was reported


def test_8_one_that_is_gone_with_its_targets_counts_in_its_year_with_the_last_of_them(life: Life) -> None:
    life.on("2026-01-10")
    life.report("i-1", "2025", "4")
    life.act("a-4", "2026-01-08")
    case = life.case("2026-01-08")
    paths = [path for path in case.under("/indicators/i-1") if case.value(path) is not None]
    life.remove(*paths, act="a-4", since="2026-01-08")
    (item,) = ask(life, 8, D)["items"]
    years = {one["year"]: one for one in item["values"]["years"]}
    assert (years[2025]["reached_then"], years[2025]["reached_now"]) == ("no", "no")
    assert (years[2025]["target_now"], years[2025]["removed"]["target"]) == ("removed", "10")
    # It was there in the first week of 2026, of which nobody reported.
    assert (years[2026]["removed"]["target"], years[2026]["reached_now"]) == ("12", "undetermined")


def test_8_one_that_went_before_the_year_is_none_of_it(life: Life) -> None:
    life.report("i-1", "2025-Q3", "4")
    life.on("2025-12-05")
    life.act("a-4", "2025-12-01")
    life.remove("/indicators/i-1/name", act="a-4", since="2025-12-01")
    (item,) = ask(life, 8, D)["items"]
    assert [one["year"] for one in item["values"]["years"]] == [2025]


@pytest.mark.parametrize("reached", ["10", "13"])
def test_8_what_met_an_earlier_years_target_is_no_answer_to_a_later_one(life: Life, reached: str) -> None:
    """i-1, a flow: 10 for 2025, and 12 for 2026, of which nobody reported; it went in May 2026."""
    life.on("2026-01-03")
    life.report("i-1", "2025", reached)
    life.on("2026-05-03")
    life.act("a-4", "2026-05-01")
    life.remove("/indicators/i-1/name", act="a-4", since="2026-05-01")
    answer = ask(life, 8, D)
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"actual.reported"})
    (item,) = answer["items"]
    values = item["values"]
    assert (values["target_year"], values["target"]) == ("2026", "12")
    assert (values["period"], values["actual"]) == ("2025", reached)
    assert f"last target: 12 (2026); last actual: {reached} (2025)" in item["sentence"]["en"]


@pytest.mark.parametrize(("last", "verdict"), [("91", "no"), ("90", "no"), ("85", "undetermined")])
def test_8_a_stock_that_had_met_the_later_target_already_did_not_fail(
    life: Life, last: str, verdict: str
) -> None:
    """i-3: 80% for 2025 and 90% for 2026; a stock stands as it was last reported."""
    life.on("2026-01-03")
    life.report("i-3", "2025", last)
    life.on("2026-05-03")
    life.act("a-4", "2026-05-01")
    life.remove("/indicators/i-3/name", act="a-4", since="2026-05-01")
    assert ask(life, 8, D)["verdict"] == verdict


def test_8_an_indicator_that_met_its_target_may_go(life: Life) -> None:
    life.report("i-1", "2025-Q3", "10")
    life.on("2025-11-02")
    life.act("a-4", "2025-11-01")
    life.remove("/indicators/i-1/name", act="a-4", since="2025-11-01")
    answer = ask(life, 8, D)
    assert (answer["verdict"], answer["figures"]["removed"]) == ("no", 1)


def test_8_of_one_that_never_had_an_actual_it_is_not_known_whether_it_failed(life: Life) -> None:
    life.on("2025-11-02")
    life.act("a-4", "2025-11-01")
    life.remove("/indicators/i-1/name", act="a-4", since="2025-11-01")
    answer = ask(life, 8, D)
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"actual.reported"})
    assert answer["items"][0]["values"]["indicator"] == "i-1"


def test_8_of_one_whose_target_is_no_number_it_is_not_known_either(life: Life) -> None:
    life.act("a-3", "2025-10-05")
    life.target("i-1", "2025", "за потребою", act="a-3", since="2025-10-05")
    life.report("i-1", "2025-Q3", "4")
    life.on("2025-11-02")
    life.act("a-4", "2025-11-01")
    life.remove("/indicators/i-1/name", act="a-4", since="2025-11-01")
    assert ask(life, 8, D)["verdict"] == "undetermined"


def test_8_before_the_removal_nothing_is_gone(life: Life) -> None:
    life.report("i-1", "2025-Q3", "4")
    life.on("2025-11-02")
    life.act("a-4", "2025-11-01")
    life.remove("/indicators/i-1/name", act="a-4", since="2025-11-01")
    assert ask(life, 8, "2025-10-31")["verdict"] == "no"


# -- 9 ----------------------------------------------------------------------------------


def test_9_both_targets_and_the_result_against_each(life: Life) -> None:
    reported = life.report("i-1", "2025-Q3", "6")
    life.on("2025-11-02")
    life.act("a-4", "2025-11-01")
    lowered = life.target("i-1", "2025", "5", act="a-4", since="2025-11-01")
    answer = ask(life, 9, D)
    assert (answer["verdict"], answer["figures"]["lowered"]) == ("yes", 1)
    (item,) = answer["items"]
    values = item["values"]
    assert (values["before"], values["after"], values["actual"]) == ("10", "5", "6")
    assert (values["was"]["en"], values["now"]["en"]) == ("not met", "met")
    assert {reported, lowered} <= events(item)


def test_9_a_target_that_was_raised_is_not_lowered(life: Life) -> None:
    life.report("i-1", "2025-Q3", "6")
    life.on("2025-11-02")
    life.act("a-4", "2025-11-01")
    life.target("i-1", "2025", "11", act="a-4", since="2025-11-01")
    assert ask(life, 9, D)["verdict"] == "no"


def test_9_a_target_lowered_before_any_fact_is_lawful_planning(life: Life) -> None:
    life.act("a-3", "2025-10-05")
    life.target("i-1", "2025", "5", act="a-3", since="2025-10-05")
    life.on("2025-10-20")
    life.report("i-1", "2025-Q3", "6")
    assert ask(life, 9, D)["verdict"] == "no"


def test_9_a_target_that_is_no_number_cannot_be_compared(life: Life) -> None:
    life.report("i-1", "2025-Q3", "6")
    life.on("2025-11-02")
    life.act("a-4", "2025-11-01")
    life.target("i-1", "2025", "за потребою", act="a-4", since="2025-11-01")
    answer = ask(life, 9, D)
    assert (answer["verdict"], answer["figures"]["incomparable"]) == ("undetermined", 1)
    assert (answer["items"][0]["values"]["before"], answer["items"][0]["values"]["after"]) == (
        "10",
        "за потребою",
    )


def test_9_without_a_fact_nothing_is_said(life: Life) -> None:
    answer = ask(life, 9, D)
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"actual.reported"})


# -- 11 ---------------------------------------------------------------------------------


def granted(life: Life, since: str = "2025-04-01") -> str:
    life.act("b-1", since)
    return life.appropriate(row("100.00"), act="b-1", since=since)


def test_11_a_payment_before_the_appropriation_names_the_days_and_the_predecessor(life: Life) -> None:
    decision = granted(life)
    paid = life.spend("9.00", "2025-Q1")
    answer = ask(life, 11, D)
    assert (answer["verdict"], answer["figures"]["early"]) == ("yes", 1)
    assert answer["figures"]["predecessor"] == {
        "title": "Програма «Місто»",
        "number": "641",
        "date": "2022-09-19",
    }
    (item,) = answer["items"]
    assert {decision, paid} < events(item)
    assert (item["values"]["day"], item["values"]["amount"]) == ("2025-03-31", "9.00")
    assert item["values"]["in_force"] == {"financing": "2025-01-01", "appropriation": "2025-04-01"}
    assert item["finding"] == f"FIN-EARLY:/paid/{LINE}/2025-Q1/period"
    assert "Програма «Місто»" in answer["sentence"]["uk"]


def test_11_a_payment_of_a_period_that_ends_in_force_is_not_early(life: Life) -> None:
    granted(life)
    life.spend("9.00", "2025-Q2")
    answer = ask(life, 11, D)
    assert (answer["verdict"], answer["figures"]["payments"]) == ("no", 1)
    assert answer["items"][0]["finding"] is None


def test_11_without_an_appropriation_on_record_it_is_undetermined(life: Life) -> None:
    life.spend("9.00", "2025-Q2")
    answer = ask(life, 11, D)
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"appropriation.set"})


def test_11_without_payments_nothing_is_said(life: Life) -> None:
    assert lacking(ask(life, 11, D)) == {"spending.reported"}


def test_11_a_payment_that_is_not_yet_known_is_not_counted(life: Life) -> None:
    granted(life)
    known = life.town.position
    life.spend("9.00", "2025-Q1")
    assert ask(life, 11, D, known=known)["verdict"] == "undetermined"


def test_11_what_was_paid_while_the_appropriation_was_suspended_is_named_with_the_stretch(life: Life) -> None:
    granted(life, "2025-01-01")
    life.say_status("b-1", "suspended", "2025-01-05")
    life.say_status("b-1", "resumed", "2025-04-01")
    life.send("10.00", "2025-02-10")
    answer = ask(life, 11, D)
    assert (answer["verdict"], answer["figures"]["not_in_force"]) == ("yes", 1)
    (item,) = answer["items"]
    assert item["values"]["not_in_force"]["appropriation"] == [{"from": "2025-02-10", "to": "2025-02-10"}]
    assert (item["values"]["held"], item["finding"]) == ("no", None)


@pytest.mark.parametrize(("day", "verdict"), [("2025-01-31", "no"), ("2025-02-01", "yes")])
def test_11_what_was_paid_after_the_appropriation_was_removed_is_named(
    life: Life, day: str, verdict: str
) -> None:
    granted(life, "2025-01-01")
    life.act("b-2", "2025-02-01")
    life.appropriate(row(None, op="unset"), act="b-2", since="2025-02-01")
    life.send("10.00", day)
    assert ask(life, 11, D)["verdict"] == verdict


def test_11_a_plan_whose_adoption_was_suspended_on_the_day_did_not_hold(life: Life) -> None:
    granted(life, "2025-01-01")
    life.send("10.00", "2025-02-01")
    life.say_status(ACT, "suspended", "2025-01-05")
    life.say_status(ACT, "resumed", "2025-02-02")
    answer = ask(life, 11, D)
    assert (answer["verdict"], answer["items"][0]["values"]["by_limit"]) == (
        "yes",
        {"financing": "no", "appropriation": "yes"},
    )


def test_11_a_limit_that_begins_inside_the_period_leaves_the_day_open(life: Life) -> None:
    granted(life, "2025-02-15")
    life.spend("9.00", "2025-Q1")
    answer = ask(life, 11, D)
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"spending.reported"})
    (item,) = answer["items"]
    assert item["values"]["held"] == "partly"
    assert item["values"]["not_in_force"]["appropriation"] == [{"from": "2025-01-01", "to": "2025-02-14"}]
    assert "2025-02-14" in answer["missing"][0]["uk"]


def test_11_a_suspension_inside_the_period_leaves_the_day_open(life: Life) -> None:
    granted(life, "2025-01-01")
    life.say_status("b-1", "suspended", "2025-02-05")
    life.say_status("b-1", "resumed", "2025-02-07")
    life.spend("9.00", "2025-Q1")
    answer = ask(life, 11, D)
    assert answer["verdict"] == "undetermined"
    stretch = [{"from": "2025-02-05", "to": "2025-02-06"}]
    assert answer["items"][0]["values"]["not_in_force"] == {"financing": [], "appropriation": stretch}


def test_11_a_sum_from_the_years_beginning_was_paid_since_the_report_before_it(life: Life) -> None:
    granted(life)
    life.spend("0.00", "2025-Q1", mode="ytd")
    life.spend("9.00", "2025-H1", mode="ytd")
    answer = ask(life, 11, D)
    assert answer["verdict"] == "no"
    assert [item["values"]["start"] for item in answer["items"]] == ["2025-01-01", "2025-04-01"]


def test_11_a_sum_from_the_years_beginning_without_a_report_before_it_leaves_the_day_open(life: Life) -> None:
    granted(life)
    life.spend("9.00", "2025-H1", mode="ytd")
    assert ask(life, 11, D)["verdict"] == "undetermined"


def test_11_without_a_plan_of_the_source_nobody_can_say_that_it_was_in_force(life: Life) -> None:
    life.act("b-1", "2025-01-01")
    life.appropriate(row("5.00", source="oblast"), act="b-1", since="2025-01-01")
    life.spend("1.00", "2025-Q1", axes={"source": "oblast"})
    answer = ask(life, 11, D)
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"financing.changed"})


# -- 12 ---------------------------------------------------------------------------------


def test_12_a_source_above_its_plan_is_named_though_the_total_fits(life: Life) -> None:
    life.act("a-3", "2025-02-01")
    life.plan(row("60.00"), row("40.00", source="oblast"), act="a-3", since="2025-02-01")
    life.spend("50.00", "2025-Q1")
    paid = life.spend("75.00", "2025-H1", mode="ytd")
    answer = ask(life, 12, D)
    assert answer["verdict"] == "yes"
    item = answer["items"][0]
    assert (item["values"]["source"], item["values"]["plan"], item["values"]["day"]) == (
        "local",
        "60.00",
        "2025-06-30",
    )
    assert (item["values"]["total"], item["values"]["above"]) == ("75.00", "15.00")
    assert paid in events(item)


def test_12_against_the_plan_in_force_on_the_payments_day(life: Life) -> None:
    """70.00 by March fits the plan of March, which was raised to 100.00 before: it is lowered only in May."""
    life.spend("70.00", "2025-Q1")
    life.act("a-3", "2025-05-01")
    life.plan(row("60.00"), act="a-3", since="2025-05-01")
    answer = ask(life, 12, D)
    assert (answer["verdict"], answer["figures"]["sources"]) == ("no", 1)


def test_12_where_the_plan_states_no_amount_it_is_undetermined(life: Life) -> None:
    """The plan of 1.1 begins in April; what was paid by March is early, and above no plan."""
    life.act("a-3", "2025-04-01")
    life.act("a-3b", "2025-01-01")
    life.plan(row("-"), act="a-3b", since="2025-01-01")
    life.plan(row("60.00"), act="a-3", since="2025-04-01")
    life.spend("0.00", "2025-Q1")
    assert ask(life, 12, D)["verdict"] == "no"  # nothing was paid


def test_12_without_payments_nothing_is_said(life: Life) -> None:
    assert lacking(ask(life, 12, D)) == {"spending.reported"}


def test_12_what_is_sent_is_spending_too(life: Life) -> None:
    life.send("120.00", "2025-05-01")
    answer = ask(life, 12, D)
    assert answer["verdict"] == "yes"
    assert decided(answer)[0]["values"]["above"] == "20.00"
