"""Reports without evidence, twice, overlapping or corrected late: what raises it, and what nearly does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.findings import reports
from projections.findings.rule import Rule
from tests.projections.findings.living import Life
from tests.support.people import COMMISSIONER


def of(code: str) -> tuple[Rule, ...]:
    return tuple(rule for rule in reports.RULES if rule.code == code)


EVIDENCE, TWICE = of("REP-EVIDENCE"), of("REP-DUPLICATE")
OVERLAP, CORRECTED = of("REP-OVERLAP"), of("REP-CORRECTED")
FACT = "/actuals/i-1/2025-Q1/period"


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path) as life:
        life.on("2025-04-10")
        yield life


# -- without evidence ----------------------------------------------------------------------------


def test_an_actual_without_a_document_is_unconfirmed(life: Life) -> None:
    slot = life.report("i-1", "2025-Q1", "2", files=[])
    hit = life.one(EVIDENCE, "REP-EVIDENCE")
    assert (hit.key, hit.cells, hit.entries) == (FACT, (FACT,), life.index(slot))
    assert hit.day == "2025-03-31"


def test_a_restricted_document_is_evidence(life: Life) -> None:
    life.report("i-1", "2025-Q1", "2")
    assert life.found(EVIDENCE) == {}


def test_a_correction_with_a_document_confirms_the_actual_and_one_without_takes_it_away(life: Life) -> None:
    slot = life.report("i-1", "2025-Q1", "2", files=[])
    life.report("i-1", "2025-Q1", "2", corrects=slot)
    assert life.found(EVIDENCE) == {}
    life.report("i-1", "2025-Q1", "3", corrects=slot, files=[])
    assert life.found(EVIDENCE) == {"REP-EVIDENCE": [FACT]}


def test_a_voided_actual_needs_no_evidence(life: Life) -> None:
    slot = life.report("i-1", "2025-Q1", "2", files=[])
    life.say("actual.reported", None, corrects=slot)
    assert life.found(EVIDENCE) == {}


# -- twice -----------------------------------------------------------------------------------------


def test_two_reports_of_one_thing_are_both_shown_and_the_rule_names_the_current_one(life: Life) -> None:
    first = life.report("i-1", "2025-Q1", "2")
    second = life.report("i-1", "2025-Q1", "3", by=COMMISSIONER)
    hit = life.one(TWICE, "REP-DUPLICATE")
    assert (hit.key, hit.entries) == (FACT, life.index(first, second))
    assert (hit.words["values"], hit.words["current"]) == (["2", "3"], "3")
    assert hit.words["persons"] == ["p-secretary", "p-commissioner"]
    assert hit.words["agree"][1] == "the values differ"


def test_two_reports_that_say_the_same_are_still_two(life: Life) -> None:
    life.report("i-1", "2025-Q1", "2")
    life.report("i-1", "2025-Q1", "2")
    assert life.one(TWICE, "REP-DUPLICATE").words["agree"][1] == "the values are the same"


def test_a_correction_is_not_a_second_report(life: Life) -> None:
    slot = life.report("i-1", "2025-Q1", "2")
    life.report("i-1", "2025-Q1", "3", corrects=slot)
    assert life.found(TWICE) == {}


def test_a_voided_report_leaves_one(life: Life) -> None:
    slot = life.report("i-1", "2025-Q1", "2")
    life.report("i-1", "2025-Q1", "3")
    life.say("actual.reported", None, corrects=slot)
    assert life.found(TWICE) == {}


def test_other_periods_phases_and_lines_are_other_things(life: Life) -> None:
    life.report("i-1", "2025-01", "2")
    life.report("i-1", "2025-02", "2")
    life.spend("5.00", "2025-Q1")
    life.spend("5.00", "2025-Q1", phase="incurred")
    life.spend("5.00", "2025-Q1", axes={"source": "oblast"})
    assert life.found(TWICE) == {}


def test_spending_that_is_reported_twice_is_found_by_its_line(life: Life) -> None:
    life.spend("5.00", "2025-Q1")
    life.spend("6.00", "2025-Q1")
    hit = life.one(TWICE, "REP-DUPLICATE")
    assert hit.key == "/paid/1.1/2025/local/2025-Q1/period"
    assert hit.words["about"] == "1.1/2025/local"


# -- overlapping ---------------------------------------------------------------------------------


def test_a_quarter_and_its_month_count_one_month_twice(life: Life) -> None:
    slots = [life.spend("5.00", "2025-Q1"), life.spend("2.00", "2025-03")]
    life.spend("2.00", "2025-04")
    hit = life.one(OVERLAP, "REP-OVERLAP")
    assert (hit.key, hit.entries) == ("/paid/1.1/2025/local", life.index(*slots))
    assert len(hit.words["reports"]) == 2


def test_year_to_date_beside_periods_is_found(life: Life) -> None:
    life.report("i-1", "2025-01", "2")
    life.report("i-1", "2025-Q1", "5", mode="ytd")
    hit = life.one(OVERLAP, "REP-OVERLAP")
    assert (hit.key, hit.day) == ("/actuals/i-1/2025", "2025-03-31")


def test_a_period_after_the_last_year_to_date_report_is_left_out_and_found(life: Life) -> None:
    life.spend("5.00", "2025-01", mode="ytd")
    life.spend("2.00", "2025-02")
    assert life.found(OVERLAP) == {"REP-OVERLAP": ["/paid/1.1/2025/local"]}


def test_periods_side_by_side_are_not(life: Life) -> None:
    for period in ("2025-01", "2025-02", "2025-03", "2025-Q2", "2025-H2"):
        life.spend("5.00", period)
        life.report("i-1", period, "1")
    assert life.found(OVERLAP) == {}


def test_year_to_date_reports_grow_and_do_not_overlap(life: Life) -> None:
    for period in ("2025-Q1", "2025-H1", "2025"):
        life.spend("5.00", period, mode="ytd")
    assert life.found(OVERLAP) == {}


def test_what_is_not_added_up_cannot_overlap(life: Life) -> None:
    """A stock, a yes or no, and a balance of payables stand as last reported."""
    for period in ("2025-01", "2025-Q1"):
        life.report("i-3", period, "70")
        life.report("i-2", period, "Ні")
        life.spend("5.00", period, phase="payable")
    assert life.found(OVERLAP) == {}


def test_two_years_do_not_overlap(life: Life) -> None:
    life.report("i-1", "2025-Q1", "2", mode="ytd")
    life.report("i-1", "2026-Q1", "2")
    assert life.found(OVERLAP) == {}


# -- corrected after the deadline ------------------------------------------------------------------

DEADLINE = {"kinds": ["actual.reported"], "period": "quarter", "months": 1, "day": 20, "shift": "next"}


@pytest.fixture
def due(tmp_path: Path) -> Iterator[Life]:
    """Actuals of a quarter are due on the 20th of the next month: 21 April, for the 20th is a Sunday."""
    with Life(tmp_path) as life:
        life.on("2025-01-02")
        life.rule(start="2025-01-02", deadlines=[DEADLINE])
        life.on("2025-04-10")
        yield life


def correct(life: Life, slot: str, day: str) -> str:
    life.on(day)
    return life.report("i-1", "2025-Q1", "3", corrects=slot, reason="описка")


def test_a_correction_after_the_deadline_is_noted_with_reason_and_signer(due: Life) -> None:
    slot = due.report("i-1", "2025-Q1", "2")
    correction = correct(due, slot, "2025-04-22")
    hit = due.one(CORRECTED, "REP-CORRECTED")
    assert (hit.key, hit.day) == (f"{slot}/{correction}", "2025-04-22")
    assert hit.entries == due.index(slot, correction)
    assert (hit.words["due"], hit.words["first"]) == ("2025-04-21", "2025-04-10")
    assert (hit.words["persons"], hit.words["reason"]) == (["p-secretary"], "описка")


def test_a_correction_on_the_last_day_is_in_time(due: Life) -> None:
    correct(due, due.report("i-1", "2025-Q1", "2"), "2025-04-21")
    assert due.found(CORRECTED) == {}


def test_a_late_report_that_is_not_corrected_is_another_finding(due: Life) -> None:
    due.on("2025-04-22")
    due.report("i-1", "2025-Q1", "2")
    assert due.found(CORRECTED) == {}


def test_each_correction_after_the_deadline_is_told(due: Life) -> None:
    slot = due.report("i-1", "2025-Q1", "2")
    for day in ("2025-04-15", "2025-04-22", "2025-05-22"):
        correct(due, slot, day)
    assert [hit.day for _, hit in due.hits(CORRECTED)] == ["2025-04-22", "2025-05-22"]


def test_a_period_that_nobody_asks_for_has_no_deadline(due: Life) -> None:
    slot = due.report("i-1", "2025-01", "2")
    due.on("2025-04-22")
    due.report("i-1", "2025-01", "3", corrects=slot)
    assert due.found(CORRECTED) == {}


def test_without_a_deadline_there_is_nothing_to_be_after(life: Life) -> None:
    correct(life, life.report("i-1", "2025-Q1", "2"), "2026-04-22")
    assert life.found(CORRECTED) == {}


def test_a_decision_that_is_corrected_is_no_report(due: Life) -> None:
    due.act("a-2", "2025-04-09")
    slot = due.target("i-1", "2025", "11", act="a-2", since="2025-04-09")
    due.on("2025-08-10")
    due.target("i-1", "2025", "12", act="a-2", since="2025-04-09", corrects=slot)
    assert due.found(CORRECTED) == {}
