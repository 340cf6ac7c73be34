"""Paid before the act or the appropriation was in force: what raises it, and what nearly does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.findings import money
from tests.projections.findings.living import Life, row

RULES = tuple(rule for rule in money.RULES if rule.code == "FIN-EARLY")
NEW = "/paid/1.1/2026/local/2026-01/period"


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path) as life:
        yield life


def planned_late(life: Life) -> None:
    """Nothing is planned for 1.1 in 2026 until an act of February that is in force from 10 February."""
    life.on("2026-02-12")
    life.act("a-2", "2026-02-05", in_force="2026-02-10")
    life.plan(row("30.00", year=2026), act="a-2", since="2026-01-01")


def test_a_payment_of_a_period_before_the_act_was_in_force_is_found(life: Life) -> None:
    planned_late(life)
    paid = life.spend("5.00", "2026-01")
    hit = life.one(RULES, "FIN-EARLY")
    assert (hit.key, hit.day) == (NEW, "2026-01-31")
    assert hit.cells == (NEW, "/financing/1.1/2026/local")
    assert set(life.index(paid)) < set(hit.entries)
    assert hit.words["amount"] == "5.00"
    assert hit.words["limits"] == [("план – з 2026-02-10", "the plan – from 2026-02-10")]


def test_a_printed_dash_is_no_plan_that_was_in_force(life: Life) -> None:
    life.on("2026-02-12")
    life.act("a-2", "2026-02-05", in_force="2026-02-10")
    life.plan(row("30.00", year=2026, measure="1.2"), act="a-2", since="2026-01-01")
    life.spend("5.00", "2026-01", axes={"measure": "1.2"})
    assert life.found(RULES) == {"FIN-EARLY": ["/paid/1.2/2026/local/2026-01/period"]}


def test_the_predecessor_is_named_as_the_paper_names_it(life: Life) -> None:
    planned_late(life)
    life.spend("5.00", "2026-01")
    uk, en = life.one(RULES, "FIN-EARLY").words["predecessor"]
    assert uk == "«Програма «Місто»» № 641 (2022-09-19)"
    assert en == "“Програма «Місто»” № 641 (2022-09-19)"


def test_a_payment_in_the_month_in_which_the_act_came_into_force_is_not(life: Life) -> None:
    planned_late(life)
    life.spend("5.00", "2026-02")
    assert life.found(RULES) == {}


def test_nothing_paid_is_no_payment(life: Life) -> None:
    planned_late(life)
    life.spend("0.00", "2026-01")
    assert life.found(RULES) == {}


def test_year_to_date_counts_what_it_adds(life: Life) -> None:
    life.on("2026-05-12")
    life.act("a-2", "2026-03-05", in_force="2026-03-10")
    life.plan(row("30.00", year=2026), act="a-2", since="2026-01-01")
    for period in ("2026-01", "2026-02", "2026-03"):
        life.spend("5.00", period, mode="ytd")
    assert life.found(RULES) == {"FIN-EARLY": ["/paid/1.1/2026/local/2026-01/ytd"]}


def test_year_to_date_that_tells_periods_again_adds_nothing(life: Life) -> None:
    life.on("2025-07-10")
    life.act("b-1", "2025-07-01")
    life.appropriate(row("100.00"), act="b-1", since="2025-07-01")
    first = life.spend("50.00", "2025-Q1")
    life.spend("50.00", "2025-H1", mode="ytd")
    assert life.found(RULES) == {"FIN-EARLY": ["/paid/1.1/2025/local/2025-Q1/period"]}
    life.spend("30.00", "2025-Q1", corrects=first)
    period, added = (hit for _, hit in sorted(life.hits(RULES), key=lambda one: one[1].day))
    assert period.words["amount"] == "30.00"
    assert (added.key, added.words["amount"]) == ("/paid/1.1/2025/local/2025-H1/ytd", "20.00")
    assert added.cells[1] == "/paid/1.1/2025/local/2025-Q1/period", "what it is compared with"


def test_an_appropriation_of_zero_grants_nothing_to_pay_from(life: Life) -> None:
    life.on("2025-07-10")
    life.act("b-0", "2025-01-01")
    life.appropriate(row("0.00"), act="b-0", since="2025-01-01")
    life.spend("90.00", "2025-Q1")
    assert life.found(RULES) == {}, "there is none to be early for"
    life.act("b-1", "2025-07-01", number="9")
    life.appropriate(row("100.00"), act="b-1", since="2025-07-01")
    hit = life.one(RULES, "FIN-EARLY")
    assert hit.words["limits"] == [
        ("бюджетні призначення – з 2025-07-01", "the appropriation – from 2025-07-01")
    ]
    assert hit.words["acts"] == [("акт № 9 від 2025-07-01", "act № 9 of 2025-07-01")]


def test_a_payment_before_the_appropriation_is_found_though_the_plan_was_in_force(life: Life) -> None:
    life.on("2025-03-20")
    life.act("b-1", "2025-03-10")
    life.appropriate(row("100.00"), act="b-1", since="2025-03-10")
    life.spend("5.00", "2025-02")
    hit = life.one(RULES, "FIN-EARLY")
    assert hit.cells == ("/paid/1.1/2025/local/2025-02/period", "/appropriation/1.1/2025/local")
    assert hit.words["limits"] == [
        ("бюджетні призначення – з 2025-03-10", "the appropriation – from 2025-03-10")
    ]


def test_where_no_appropriation_was_ever_set_only_the_plan_is_asked(life: Life) -> None:
    life.on("2025-03-20")
    life.spend("5.00", "2025-02")
    assert life.found(RULES) == {}


def test_an_appropriation_that_came_later_but_holds_from_new_year_is_soon_enough(life: Life) -> None:
    life.on("2025-03-20")
    life.act("b-1", "2024-12-19")
    life.appropriate(row("100.00"), act="b-1", since="2025-01-01")
    life.spend("5.00", "2025-01")
    assert life.found(RULES) == {}


def test_a_transfer_before_the_plan_is_found_on_its_day(life: Life) -> None:
    planned_late(life)
    sent = life.send("5.00", "2026-02-09")
    life.send("5.00", "2026-02-10")
    hit = life.one(RULES, "FIN-EARLY")
    assert (hit.key, hit.day) == (f"/transfers/1.1/2026/local/{sent}", "2026-02-09")
    assert hit.words["flow"] == ("передано", "transferred")


def test_a_raise_of_a_plan_that_already_held_makes_no_payment_early(life: Life) -> None:
    life.on("2025-05-20")
    life.spend("5.00", "2025-02")
    life.act("a-2", "2025-05-15")
    life.plan(row("120.00"), act="a-2", since="2025-05-15")
    assert life.found(RULES) == {}


def test_before_the_payment_there_is_nothing_to_find(life: Life) -> None:
    planned_late(life)
    life.spend("5.00", "2026-01")
    assert life.found(RULES, "2026-01-30") == {}
    assert life.found(RULES, "2026-01-31") == {"FIN-EARLY": [NEW]}
