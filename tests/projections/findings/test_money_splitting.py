"""Changes in parts that together are above the session's threshold: what raises it, and what nearly does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.findings.splitting import RULES
from tests.projections.findings.living import Life, row
from tests.support.people import FINANCIER

LINE = "/financing/1.1/2025/local"


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """From 2 January 2025 on, more than 50.00 within 30 days goes to the session."""
    with Life(tmp_path) as life:
        life.on("2025-01-02")
        life.rule(start="2025-01-02", session={"amount": "50.00", "days": 30})
        life.on("2025-06-30")
        yield life


def change(life: Life, amount: str, day: str, *, name: str = "", session: str | None = None) -> str:
    """An order of a day adds an amount to the plan of 1.1."""
    act = f"o-{name or day}"
    life.act(act, day, kind="order", session=session)
    return life.plan(row(amount, op="add"), act=act, since=day)


def test_small_changes_that_together_are_above_the_threshold_are_found(life: Life) -> None:
    slots = [change(life, "20.00", day) for day in ("2025-03-01", "2025-03-10", "2025-03-30")]
    hit = life.one(RULES, "FIN-SPLIT")
    assert (hit.key, hit.day) == (f"{LINE}/p-secretary/{slots[0]}", "2025-03-30")
    assert hit.entries == life.index(*slots)
    assert (hit.words["sum"], hit.words["count"], hit.words["threshold"]) == ("60.00", "3", "50.00")
    assert (hit.words["first"], hit.words["last"]) == ("2025-03-01", "2025-03-30")


def test_exactly_the_threshold_is_not_above_it(life: Life) -> None:
    for amount, day in (("20.00", "2025-03-01"), ("30.00", "2025-03-10")):
        change(life, amount, day)
    assert life.found(RULES) == {}


def test_a_day_more_than_the_window_is_another_window(life: Life) -> None:
    """1 to 30 March are thirty days; 31 March is one more."""
    change(life, "30.00", "2025-03-01")
    change(life, "30.00", "2025-03-31")
    assert life.found(RULES) == {}


def test_one_change_above_the_threshold_is_not_splitting(life: Life) -> None:
    change(life, "50.01", "2025-03-01")
    change(life, "40.00", "2025-03-02")
    assert life.found(RULES) == {}


def test_up_and_down_are_not_added_up(life: Life) -> None:
    change(life, "30.00", "2025-03-01")
    change(life, "-30.00", "2025-03-02")
    assert life.found(RULES) == {}


def test_reductions_in_parts_are_found_too(life: Life) -> None:
    change(life, "-30.00", "2025-03-01")
    change(life, "-30.00", "2025-03-02")
    assert life.one(RULES, "FIN-SPLIT").words["direction"] == ("зменшення", "decreases")


def test_an_act_that_names_a_session_went_there(life: Life) -> None:
    change(life, "30.00", "2025-03-01")
    change(life, "30.00", "2025-03-02", session="XLV")
    assert life.found(RULES) == {}


def test_two_persons_do_not_split_together(life: Life) -> None:
    life.act("o-1", "2025-03-01", kind="order")
    life.act("o-2", "2025-03-02", kind="order")
    life.plan(row("30.00", op="add"), act="o-1", since="2025-03-01")
    life.plan(row("30.00", op="add"), act="o-2", since="2025-03-02", by=FINANCIER)
    assert life.found(RULES) == {}


def test_two_lines_are_counted_apart(life: Life) -> None:
    life.act("o-1", "2025-03-01", kind="order")
    rows = (row("30.00", op="add"), row("30.00", op="add", measure="1.2"))
    life.plan(*rows, act="o-1", since="2025-03-01")
    assert life.found(RULES) == {}


def test_new_amounts_count_by_what_they_change(life: Life) -> None:
    """100.00 → 130.00 → 155.00."""
    for amount, day in (("130.00", "2025-03-01"), ("155.00", "2025-03-05")):
        life.act(f"o-{day}", day, kind="order")
        life.plan(row(amount), act=f"o-{day}", since=day)
    assert life.one(RULES, "FIN-SPLIT").words["sum"] == "55.00"


def test_a_series_that_goes_on_is_one_finding(life: Life) -> None:
    for month in range(3, 7):
        for day in ("05", "25"):
            change(life, "30.00", f"2025-{month:02}-{day}")
    hit = life.one(RULES, "FIN-SPLIT")
    assert (hit.words["count"], hit.words["sum"], hit.day) == ("8", "60.00", "2025-03-25")


def test_what_was_quashed_is_not_counted(life: Life) -> None:
    change(life, "30.00", "2025-03-01")
    change(life, "30.00", "2025-03-02")
    life.say_status("o-2025-03-02", "quashed", "2025-03-02")
    assert life.found(RULES) == {}


def test_without_a_policy_there_is_no_threshold(tmp_path: Path) -> None:
    with Life(tmp_path) as life:
        life.on("2025-06-30")
        change(life, "5000.00", "2025-03-01")
        change(life, "5000.00", "2025-03-02")
        assert life.found(RULES) == {}


def test_a_policy_does_not_judge_what_was_recorded_before_it(tmp_path: Path) -> None:
    with Life(tmp_path) as life:
        life.on("2025-06-29")
        change(life, "30.00", "2025-03-01")
        change(life, "30.00", "2025-03-02")
        life.on("2025-06-30")
        life.rule(start="2025-06-30", session={"amount": "50.00", "days": 30})
        assert life.found(RULES) == {}


def test_a_change_from_before_the_policy_is_not_added_to_one_after_it(tmp_path: Path) -> None:
    with Life(tmp_path) as life:
        life.on("2025-01-20")
        change(life, "40.00", "2025-01-20")
        life.rule(start="2025-02-01", session={"amount": "50.00", "days": 90})
        life.on("2025-02-05")
        change(life, "40.00", "2025-02-05")
        assert life.found(RULES) == {}
        life.on("2025-02-20")
        change(life, "20.00", "2025-02-20")
        assert life.one(RULES, "FIN-SPLIT").words["sum"] == "60.00"
