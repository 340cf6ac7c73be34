"""Questions 5, 6, 17: the plan above the appropriation, changes in parts, and four kinds of nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.projections.findings.living import Life, row
from tests.projections.questions.telling import apart, ask, decided, events, lacking
from tests.support.people import FINANCIER

D = "2025-12-31"
ONE, OTHER = "0217520", "0217530"
SECOND = {"measure": "1.2"}


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """The plan of 2025: 100.00 for 1.1 and 50.00 for 1.2; a budget decision of December 2024 is at hand."""
    with Life(tmp_path) as life:
        life.on("2025-01-10")
        life.act("b-1", "2024-12-24", number="5")
        yield life


# -- 5 ----------------------------------------------------------------------------------


def test_5_which_limit_by_which_act_by_how_much_and_who_acknowledged_it(life: Life) -> None:
    granted = life.appropriate(row("100.00"), row("50.00", **SECOND), act="b-1", since="2025-01-01")
    life.on("2025-05-20")
    life.act("a-2", "2025-05-18")
    raised = life.plan(row("130.00"), act="a-2", since="2025-05-18")  # the door asks, and it is acknowledged
    answer = ask(life, 5, D)
    assert (answer["verdict"], answer["figures"]["above"]) == ("yes", 2)
    whole, item = decided(answer)
    assert (whole["finding"], item["finding"]) == ("FIN-ABOVE:all/2025", "FIN-ABOVE:1.1/2025")
    assert (whole["values"]["plan"], whole["values"]["appropriation"]) == ("180.00", "150.00")
    words = {name: item["values"][name] for name in ("plan", "appropriation", "above", "acknowledged")}
    assert words == {
        "plan": "130.00",
        "appropriation": "100.00",
        "above": "30.00",
        "acknowledged": ["p-secretary"],
    }
    assert {granted, raised} <= events(item)
    (signed,) = apart(answer)
    assert (signed["finding"], events(signed)) == (f"GOV-ACKNOWLEDGED:{raised}/over-appropriation", {raised})


def test_5_a_plan_that_is_just_the_appropriation_is_not_above_it(life: Life) -> None:
    life.appropriate(row("100.00"), row("50.00", **SECOND), act="b-1", since="2025-01-01")
    answer = ask(life, 5, D)
    assert (answer["verdict"], answer["items"]) == ("no", [])
    assert answer["figures"]["with_appropriation"] == answer["figures"]["planned"] == 2


def test_5_in_total_a_measure_without_an_appropriation_counts_with_its_need(life: Life) -> None:
    life.appropriate(row("100.00"), act="b-1", since="2025-01-01")
    answer = ask(life, 5, D)
    assert (answer["verdict"], lacking(answer)) == ("yes", {"appropriation.set"})
    (item,) = decided(answer)
    assert (item["finding"], item["values"]["above"]) == ("FIN-ABOVE:all/2025", "50.00")


def test_5_in_total_by_measure_by_code_and_by_fund_are_told_in_this_order(life: Life) -> None:
    coded(life)
    granted = (row("55.00", kpkvk=ONE, fund="general"), row("40.00", kpkvk=OTHER, fund="special"))
    more = row("1.00", kpkvk=ONE, fund="general", **SECOND)
    life.appropriate(*granted, more, act="b-1", since="2025-01-01")
    answer = ask(life, 5, D)
    named = [str(item["finding"]).removeprefix("FIN-ABOVE:") for item in decided(answer)]
    codes = [f"{who}/2025/{code}" for code in (f"kpkvk/{ONE}", "fund/general") for who in ("all", "1.1")]
    assert named == ["all/2025", "1.1/2025", *codes]
    counts = {name: answer["figures"][name] for name in ("in_total", "by_measure", "by_kpkvk", "by_fund")}
    assert counts == {"in_total": 1, "by_measure": 1, "by_kpkvk": 2, "by_fund": 2}


def test_5_a_measure_without_an_appropriation_leaves_it_undetermined(life: Life) -> None:
    """In total there is room, since another measure was granted more than it needs."""
    life.appropriate(row("150.00"), act="b-1", since="2025-01-01")
    answer = ask(life, 5, D)
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"appropriation.set"})
    assert "1.2, 2025" in answer["missing"][0]["uk"]
    assert answer["figures"]["with_appropriation"] == 1


def test_5_a_budget_of_a_year_to_come_is_not_asked_for_yet(life: Life) -> None:
    life.appropriate(row("100.00"), row("50.00", **SECOND), act="b-1", since="2025-01-01")
    life.act("a-3", "2025-01-09")
    life.plan(row("70.00", year=2026), act="a-3", since="2025-01-09")
    assert ask(life, 5, D)["verdict"] == "no"
    assert ask(life, 5, "2026-01-01")["verdict"] == "undetermined"


def coded(life: Life) -> None:
    """60.00 of 1.1 under one КПКВК and fund, 40.00 under another; 1.2 is out of the plan."""
    life.act("a-2", "2025-01-05")
    lines = (
        row(None, op="unset"),
        row(None, op="unset", **SECOND),
        row("60.00", kpkvk=ONE, fund="general"),
        row("40.00", kpkvk=OTHER, fund="special"),
    )
    life.plan(*lines, act="a-2", since="2025-01-05")


def test_5_by_code_and_fund_it_is_above_though_the_total_fits(life: Life) -> None:
    coded(life)
    granted = (row("55.00", kpkvk=ONE, fund="general"), row("45.00", kpkvk=OTHER, fund="special"))
    life.appropriate(*granted, act="b-1", since="2025-01-01")
    answer = ask(life, 5, D)
    assert answer["verdict"] == "yes"
    found = {item["finding"]: item["values"]["above"] for item in decided(answer)}
    assert found == {"FIN-ABOVE:1.1/2025/kpkvk/0217520": "5.00", "FIN-ABOVE:1.1/2025/fund/general": "5.00"}


def test_5_codes_within_their_limits_are_not_above(life: Life) -> None:
    coded(life)
    granted = (row("60.00", kpkvk=ONE, fund="general"), row("40.00", kpkvk=OTHER, fund="special"))
    life.appropriate(*granted, act="b-1", since="2025-01-01")
    assert ask(life, 5, D)["verdict"] == "no"


def test_5_limits_by_code_over_a_plan_that_names_none_are_undetermined(life: Life) -> None:
    granted = (row("100.00", kpkvk=ONE, fund="general"), row("50.00", kpkvk=ONE, fund="general", **SECOND))
    life.appropriate(*granted, act="b-1", since="2025-01-01")
    answer = ask(life, 5, D)
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"axes.kpkvk", "axes.fund"})


# -- 6 ----------------------------------------------------------------------------------


def change(life: Life, amount: str, day: str, **common: object) -> str:
    life.act(f"o-{day}", day, kind="order")
    return life.plan(row(amount, op="add"), act=f"o-{day}", since=day, **common)


@pytest.fixture
def ruled(tmp_path: Path) -> Iterator[Life]:
    """More than 50.00 within 30 days goes to the session."""
    with Life(tmp_path) as life:
        life.on("2025-01-02")
        life.rule(start="2025-01-02", session={"amount": "50.00", "days": 30})
        life.on("2025-06-30")
        yield life


def test_6_changes_that_together_are_above_the_threshold_are_named(ruled: Life) -> None:
    slots = {change(ruled, "20.00", day) for day in ("2025-03-01", "2025-03-10", "2025-03-30")}
    answer = ask(ruled, 6, D)
    assert answer["verdict"] == "yes"
    (item,) = answer["items"]
    assert events(item) == slots
    assert (item["values"]["person"], item["values"]["sum"], item["values"]["threshold"]) == (
        "p-secretary",
        "60.00",
        "50.00",
    )
    (threshold,) = answer["figures"]["thresholds"]
    assert (threshold["amount"], threshold["days"]) == ("50.00", 30)


def test_6_just_the_threshold_or_two_persons_are_no_splitting(ruled: Life) -> None:
    change(ruled, "30.00", "2025-03-01")
    change(ruled, "20.00", "2025-03-10")
    change(ruled, "30.00", "2025-03-20", by=FINANCIER)
    answer = ask(ruled, 6, D)
    assert (answer["verdict"], answer["items"]) == ("no", [])
    assert answer["figures"]["changes"] == 3


def test_6_without_a_policy_it_is_not_configured(life: Life) -> None:
    for day in ("2025-03-01", "2025-03-10", "2025-03-30"):
        change(life, "20.00", day)
    answer = ask(life, 6, D)
    assert (answer["verdict"], lacking(answer)) == ("not-configured", {"policy.session"})


def test_6_before_the_policys_first_day_it_is_not_configured(ruled: Life) -> None:
    assert ask(ruled, 6, "2025-01-01")["verdict"] == "not-configured"
    assert ask(ruled, 6, "2025-01-02")["verdict"] == "no"


def test_6_a_threshold_judges_nothing_that_was_recorded_before_it(life: Life) -> None:
    for day in ("2025-03-01", "2025-03-10", "2025-03-30"):
        change(life, "20.00", day)
    life.on("2025-06-30")
    life.rule(start="2025-06-30", session={"amount": "50.00", "days": 30})
    answer = ask(life, 6, D)
    assert (answer["verdict"], lacking(answer)) == ("not-configured", {"policy.session"})
    change(life, "20.00", "2025-04-20")
    answer = ask(life, 6, D)
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"policy.session"})
    assert (answer["figures"]["changes"], answer["figures"]["judged"]) == (4, 1)


def test_6_an_amended_annex_is_a_decision_about_money_too(life: Life) -> None:
    life.act("a-7", "2025-03-01")
    annex = {"financing": [{"measure": "1.1", "year": 2025, "source": "local", "amount": "120.00"}]}
    life.say("programme.amended", annex, act="a-7", effective="2025-03-01")
    life.on("2025-06-30")
    life.rule(start="2025-06-30", session={"amount": "50.00", "days": 30})
    answer = ask(life, 6, D)
    assert (answer["verdict"], answer["figures"]["changes"]) == ("not-configured", 1)


# -- 17 ---------------------------------------------------------------------------------


def planned(life: Life, amount: str | None, op: str = "set") -> None:
    life.act("a-6", "2025-01-09")
    life.plan(row(amount, op=op, year=2026, **SECOND), act="a-6", since="2025-01-09")


@pytest.mark.parametrize(
    ("amount", "op", "state", "verdict"),
    [
        ("-", "set", "dash", "undetermined"),
        ("", "set", "blank", "undetermined"),
        ("0.00", "set", "zero", "yes"),
        ("7.00", "set", "amount", "no"),
        (None, "unset", "removed", "undetermined"),
    ],
)
def test_17_nothing_is_said_in_different_words(
    life: Life, amount: str | None, op: str, state: str, verdict: str
) -> None:
    planned(life, amount, op)
    answer = ask(life, 17, D)
    assert (answer["figures"]["year"], answer["figures"]["state"], answer["verdict"]) == (
        2026,
        state,
        verdict,
    )
    (item,) = answer["items"]
    assert item["values"]["state"] == state


def test_17_what_was_never_stated_is_no_zero(life: Life) -> None:
    answer = ask(life, 17, D, year=2027)
    assert (answer["verdict"], answer["figures"]["state"], answer["items"]) == ("undetermined", "none", [])
    assert "не встановлено" in answer["sentence"]["uk"]
    assert answer["figures"]["sum"] is None


def test_17_a_zero_beside_a_dash_is_neither(life: Life) -> None:
    """1.2 has a printed dash for 2026 since the adoption."""
    life.act("a-6", "2025-01-09")
    life.plan(row("0.00", year=2026), act="a-6", since="2025-01-09")
    answer = ask(life, 17, D)
    assert (answer["figures"]["state"], answer["verdict"]) == ("mixed", "undetermined")
    assert (answer["figures"]["zero"], answer["figures"]["dash"]) == (1, 1)


def test_17_lines_with_money_make_the_sum(life: Life) -> None:
    answer = ask(life, 17, D, year=2025)
    assert (answer["figures"]["sum"], answer["verdict"]) == ("150.00", "no")
    assert "150.00" in answer["sentence"]["uk"]
