"""The treasury's extract beside the ledger: what raises a finding, and what nearly does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from projections.findings.treasury import RULES
from tests.projections.findings.living import Life, row

KPKVK = "0217520"
LINE = f"{KPKVK}._._._"
DAY = "2025-06-30"
KEY = f"2025/{LINE}/1.1/local"


def extract(life: Life, day: str = DAY, *, kpkvk: str = KPKVK, **amounts: str) -> str:
    """approved, amended, paid: as the extract states them."""
    data: dict[str, Any] = {"year": 2025, "day": day, "lines": [{"kpkvk": kpkvk, **amounts}]}
    return life.say("treasury.imported", data)


def allocate(life: Life, *, kpkvk: str = KPKVK, measure: str = "1.1") -> str:
    line = {"op": "set", "year": 2025, "kpkvk": kpkvk, "measure": measure, "source": "local"}
    return life.say("allocation.mapped", {"lines": [line]}, effective="2025-01-01")


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """100.00 were granted for 1.1, 60.00 of it are paid by the end of June; the treasury's line is mapped."""
    with Life(tmp_path) as life:
        life.on("2025-01-10")
        life.act("b-1", "2024-12-24")
        life.appropriate(row("100.00"), act="b-1", since="2025-01-01")
        allocate(life)
        life.on("2025-07-10")
        life.spend("40.00", "2025-Q1")
        life.spend("20.00", "2025-Q2")
        yield life


def test_an_extract_that_agrees_is_not_found(life: Life) -> None:
    extract(life, approved="100.00", amended="100.00", paid="60.00")
    assert life.found(RULES) == {}


def test_a_plan_that_no_act_explains_is_found_with_the_difference(life: Life) -> None:
    imported = extract(life, approved="100.00", amended="112.34", paid="60.00")
    hit = life.one(RULES, "FIN-TREASURY")
    assert (hit.key, hit.day) == (f"{KEY}/amended", DAY)
    words = {name: hit.words[name] for name in ("treasury", "ledger", "difference")}
    assert words == {"treasury": "112.34", "ledger": "100.00", "difference": "12.34"}
    assert set(life.index(imported)) < set(hit.entries)
    assert f"/treasury/2025/{LINE}/amended" in hit.cells
    assert life.found(RULES, "2025-06-29") == {}


def test_a_plan_that_a_known_act_explains_is_not(life: Life) -> None:
    """The treasury has not taken the act of May yet."""
    life.act("b-2", "2025-05-20")
    life.appropriate(row("112.34"), act="b-2", since="2025-05-20")
    extract(life, approved="100.00", amended="100.00", paid="60.00")
    assert life.found(RULES) == {}


def test_payments_that_differ_on_a_day_that_reports_cover_are_found(life: Life) -> None:
    extract(life, approved="100.00", amended="100.00", paid="61.00")
    assert life.found(RULES) == {"FIN-TREASURY": [f"{KEY}/paid"]}


def test_payments_of_a_day_that_no_report_covers_are_not_compared(life: Life) -> None:
    extract(life, "2025-07-05", approved="100.00", amended="100.00", paid="61.00")
    assert life.found(RULES) == {}


def test_less_than_was_reported_long_before_is_found_for_payments_only_grow(life: Life) -> None:
    extract(life, "2025-07-05", approved="100.00", amended="100.00", paid="59.99")
    assert life.found(RULES) == {"FIN-TREASURY": [f"{KEY}/paid"]}


def test_payments_of_an_extract_dated_after_a_year_that_is_reported_whole_are_found(life: Life) -> None:
    life.on("2026-01-12")
    life.spend("60.00", "2025", mode="ytd")
    extract(life, "2026-01-10", approved="100.00", amended="100.00", paid="95.00")
    assert life.found(RULES, "2026-02-01") == {"FIN-TREASURY": [f"{KEY}/paid"]}


def test_payments_are_not_compared_while_a_line_of_the_measure_is_not_reported(life: Life) -> None:
    life.act("b-2", "2025-05-20")
    life.appropriate(row("50.00", kekv="2620"), act="b-2", since="2025-05-20")
    extract(life, approved="100.00", amended="150.00", paid="95.00")
    assert life.found(RULES) == {}
    life.spend("30.00", "2025-H1", axes={"kekv": "2620"})
    assert life.found(RULES) == {"FIN-TREASURY": [f"{KEY}/paid"]}


def test_an_act_that_was_overwritten_explains_nothing(life: Life) -> None:
    for act, day, amount in (("b-2", "2025-03-01", "150.00"), ("b-3", "2025-05-02", "120.00")):
        life.act(act, day)
        life.appropriate(row(amount), act=act, since=day)
    extract(life, approved="100.00", amended="70.00", paid="60.00")
    assert life.found(RULES) == {"FIN-TREASURY": [f"{KEY}/amended"]}


def test_a_line_that_is_mapped_twice_over_is_undetermined_and_not_found(life: Life) -> None:
    extract(life, approved="100.00", amended="112.34", paid="60.00")
    allocate(life, measure="1.2")
    assert life.found(RULES) == {}


def test_where_nothing_is_mapped_nothing_is_found(life: Life) -> None:
    extract(life, kpkvk="0217530", approved="9.00", amended="9.00", paid="9.00")
    assert life.found(RULES) == {}


def test_a_newer_extract_that_agrees_resolves_an_older_difference(life: Life) -> None:
    extract(life, "2025-03-31", approved="100.00", amended="90.00", paid="40.00")
    assert life.found(RULES, "2025-06-01") == {"FIN-TREASURY": [f"{KEY}/amended"]}
    extract(life, approved="100.00", amended="100.00", paid="60.00")
    assert life.found(RULES) == {}


def test_a_schedule_is_what_the_treasury_s_plan_is_compared_with(life: Life) -> None:
    life.schedule(row("90.00"), since="2025-01-15")
    extract(life, approved="100.00", amended="90.00", paid="60.00")
    assert life.found(RULES) == {}
    extract(life, "2025-07-01", approved="100.00", amended="95.00")
    assert life.found(RULES) == {"FIN-TREASURY": [f"{KEY}/scheduled"]}


def test_lines_that_pay_for_one_measure_together_tell_once(life: Life) -> None:
    allocate(life, kpkvk="0217530")
    lines = [{"kpkvk": KPKVK, "amended": "50.00"}, {"kpkvk": "0217530", "amended": "40.00"}]
    life.say("treasury.imported", {"year": 2025, "day": DAY, "lines": lines})
    assert life.found(RULES) == {"FIN-TREASURY": [f"{KEY}/amended"]}
