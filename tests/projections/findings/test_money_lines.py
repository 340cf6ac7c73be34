"""Debts at the year's end and additions to nothing: what raises them, and what nearly does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.findings.lines import RULES
from tests.projections.findings.living import Life, row

LINE = "1.1/2025/local"


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path) as life:
        life.on("2026-01-20")
        yield life


# -- a debt at the year's end -----------------------------------------------------------------


def test_what_is_owed_on_the_last_of_december_is_found(life: Life) -> None:
    life.spend("3.00", "2025-Q3", phase="payable")
    life.spend("7.50", "2025-Q4", phase="payable")
    hit = life.one(RULES, "FIN-PAYABLE")
    assert (hit.key, hit.day, hit.words["amount"]) == (LINE, "2025-12-31", "7.50")
    assert hit.cells == (f"/payable/{LINE}/2025-Q4/period",)
    assert life.found(RULES, "2025-12-30") == {}


def test_a_debt_within_the_year_that_is_gone_at_its_end_is_not(life: Life) -> None:
    life.spend("3.00", "2025-Q3", phase="payable")
    life.spend("0.00", "2025-Q4", phase="payable")
    assert life.found(RULES) == {}


def test_a_debt_of_the_third_quarter_says_nothing_about_the_year_s_end(life: Life) -> None:
    life.spend("3.00", "2025-Q3", phase="payable")
    assert life.found(RULES) == {}


def test_of_reports_that_end_on_one_day_the_newest_says_what_is_owed(life: Life) -> None:
    life.spend("3.00", "2025-12", phase="payable")
    life.spend("0.00", "2025", phase="payable")
    assert life.found(RULES) == {}


# -- an addition to nothing --------------------------------------------------------------------


@pytest.mark.parametrize("year", [2026, 2027])
def test_an_addition_to_a_dash_or_to_nothing_is_found(life: Life, year: int) -> None:
    """1.2 has a printed dash for 2026, and no cell at all for 2027."""
    life.act("a-2", "2026-01-15")
    slot = life.plan(row("5.00", op="add", measure="1.2", year=year), act="a-2", since="2026-01-15")
    hit = life.one(RULES, "FIN-ADDNONE")
    assert hit.key == f"/financing/1.2/{year}/local/{slot}"
    assert hit.day == "2026-01-15"
    assert hit.words["found"] == ("-" if year == 2026 else None)


def test_an_addition_to_what_was_removed_says_so(life: Life) -> None:
    life.act("a-2", "2026-01-10")
    life.plan(row(None, op="unset"), act="a-2", since="2026-01-10")
    life.act("a-3", "2026-01-15")
    life.plan(row("5.00", op="add"), act="a-3", since="2026-01-15")
    assert life.one(RULES, "FIN-ADDNONE").words["found"] == ("вилучено", "removed")


def test_an_addition_to_an_amount_zero_included_is_not(life: Life) -> None:
    life.act("a-2", "2026-01-10")
    life.plan(row("0.00"), act="a-2", since="2026-01-10")
    life.act("a-3", "2026-01-15")
    life.plan(row("5.00", op="add"), act="a-3", since="2026-01-15")
    assert life.found(RULES) == {}


def test_only_the_first_of_two_additions_starts_at_nothing(life: Life) -> None:
    for day in ("2026-01-10", "2026-01-15"):
        life.act(f"a-{day}", day)
        life.plan(row("5.00", op="add", year=2027), act=f"a-{day}", since=day)
    assert [hit.day for _, hit in life.hits(RULES)] == ["2026-01-10"]


def test_an_amount_whose_act_does_not_count_is_nothing_to_add_to(life: Life) -> None:
    life.act("a-2", "2026-01-10")
    life.plan(row("5.00", year=2027), act="a-2", since="2026-01-10")
    life.act("a-3", "2026-01-15")
    life.plan(row("5.00", op="add", year=2027), act="a-3", since="2026-01-15")
    assert life.found(RULES) == {}
    life.say_status("a-2", "quashed", "2026-01-10")
    assert list(life.found(RULES)) == ["FIN-ADDNONE"]


def test_an_addition_whose_act_does_not_count_adds_to_nothing_at_all(life: Life) -> None:
    life.act("a-2", "2026-01-10", in_force=None)
    life.plan(row("5.00", op="add", year=2027), act="a-2", since="2026-01-10")
    assert life.found(RULES) == {}
