"""Reallocations that do not balance: what raises the finding, and what nearly does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.findings.balance import RULES
from tests.projections.findings.living import Life, row

ACT = "a-2"
DAY = "2025-03-10"
KEY = f"{ACT}/financing/2025/local"


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """1.1 has 100.00 and 1.2 has 50.00 in 2025; an act is registered."""
    with Life(tmp_path) as life:
        life.on("2025-03-12")
        life.act(ACT, DAY)
        yield life


def move(life: Life, first: str, second: str, **common: str) -> str:
    rows = (row(first), row(second, measure="1.2"))
    return life.plan(*rows, **({"act": ACT, "since": DAY} | common))


def test_what_is_taken_and_not_given_elsewhere_is_shown_net(life: Life) -> None:
    slot = move(life, "90.00", "55.00")
    hit = life.one(RULES, "FIN-UNBALANCED")
    assert (hit.key, hit.day, hit.entries) == (KEY, DAY, life.index(slot))
    assert hit.cells == ("/financing/1.1/2025/local", "/financing/1.2/2025/local")
    assert (hit.words["taken"], hit.words["given"], hit.words["net"]) == ("10.00", "5.00", "-5.00")


def test_a_reallocation_that_balances_is_not(life: Life) -> None:
    move(life, "90.00", "60.00")
    assert life.found(RULES) == {}


def test_an_act_that_only_raises_or_only_lowers_is_not(life: Life) -> None:
    move(life, "110.00", "51.00")
    life.act("a-3", "2025-03-11")
    move(life, "10.00", "5.00", act="a-3", since="2025-03-11")
    assert life.found(RULES) == {}


def test_additions_and_subtractions_are_moves_too(life: Life) -> None:
    rows = (row("-10.00", op="add"), row("4.00", op="add", measure="1.2"))
    life.plan(*rows, act=ACT, since=DAY)
    assert life.one(RULES, "FIN-UNBALANCED").words["net"] == "-6.00"


def test_two_events_of_one_act_are_one_reallocation(life: Life) -> None:
    life.plan(row("90.00"), act=ACT, since=DAY)
    life.plan(row("60.00", measure="1.2"), act=ACT, since=DAY)
    assert life.found(RULES) == {}


def test_another_source_or_another_year_is_other_money(life: Life) -> None:
    life.plan(row("90.00"), row("15.00", source="oblast"), row("7.00", year=2026), act=ACT, since=DAY)
    assert life.found(RULES) == {}


def test_a_removed_line_is_taken_whole(life: Life) -> None:
    life.plan(row(None, op="unset"), row("149.00", measure="1.2"), act=ACT, since=DAY)
    assert life.one(RULES, "FIN-UNBALANCED").words["net"] == "-1.00"


def test_the_same_line_written_again_from_later_days_is_no_move_within_itself(life: Life) -> None:
    """The act sets 120.00 from March, and again from July over a decision that holds from then."""
    life.act("a-1", "2025-03-01")
    life.plan(row("150.00"), act="a-1", since="2025-07-01")
    life.plan(row("120.00"), row("120.00", since="2025-07-01"), act=ACT, since=DAY)
    assert life.found(RULES) == {}


def test_appropriations_balance_by_themselves(life: Life) -> None:
    life.act("b-1", "2025-03-01")
    life.appropriate(row("100.00"), row("50.00", measure="1.2"), act="b-1", since="2025-03-01")
    life.plan(row("90.00"), act=ACT, since=DAY)
    life.appropriate(row("90.00"), row("55.00", measure="1.2"), act=ACT, since=DAY)
    assert life.found(RULES) == {"FIN-UNBALANCED": [f"{ACT}/appropriation/2025/local"]}


def test_a_decision_that_came_later_does_not_unbalance_an_older_one(life: Life) -> None:
    move(life, "90.00", "60.00")
    life.act("a-1", "2025-03-05")
    life.plan(row("70.00"), act="a-1", since="2025-03-05")
    assert life.found(RULES) == {}


def test_an_act_that_counts_for_nothing_moves_nothing(life: Life) -> None:
    move(life, "90.00", "55.00")
    life.say_status(ACT, "quashed", DAY)
    assert life.found(RULES) == {}


def test_a_correction_that_balances_resolves_it(life: Life) -> None:
    slot = move(life, "90.00", "55.00")
    rows = [row("90.00"), row("60.00", measure="1.2")]
    life.say("financing.changed", {"lines": rows}, act=ACT, effective=DAY, corrects=slot)
    assert life.found(RULES) == {}
