"""The schedule, treasury extracts and their allocation, evaluations and data sets: cells, days, questions."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ledger.kinds import KINDS
from tests.ledger.refusals.treasury import CONCLUSION, DATASET, EXTRACT, EXTRACT_LINE, KPKVK, MAPPED
from tests.support.clock import FrozenClock, utc
from tests.support.story import SECOND_ACT, town_with_history
from tests.support.town import PROGRAMME, Payload, TestLedger, line, lines

PAID = f"/treasury/2025/{KPKVK}._._._/paid"
SHARES = f"/allocation/2025/{KPKVK}._._._"
LOWER, LATER = "lower-than-before", "later-decisions"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with town_with_history(tmp_path / "town") as town:
        yield town


def extract(paid: str | None, day: str = "2025-06-30", **change: Any) -> Payload:
    row = EXTRACT_LINE | {"paid": paid}
    return EXTRACT | {"day": day, "lines": [row]} | change


def imported(town: TestLedger, paid: str, day: str = "2025-06-30", **common: Any) -> str:
    return town.submit("treasury.imported", PROGRAMME, extract(paid, day), **common).event


def share(amount: str | None, measure: str = "1.1", op: str = "set") -> Payload:
    row = MAPPED | {"op": op, "measure": measure, "share": amount}
    return {name: value for name, value in row.items() if value is not None}


def mapped(town: TestLedger, *rows: Payload, **common: Any) -> str:
    return town.submit("allocation.mapped", PROGRAMME, {"lines": list(rows)}, **common).event


def asked_shares(town: TestLedger, *rows: Payload, **common: Any) -> list[tuple[str, str, Any]]:
    found = town.asked_about("allocation.mapped", PROGRAMME, {"lines": list(rows)}, **common)
    return [(one.code, one.pointer, one.details["total"]) for one in found]


# -- the schedule -----------------------------------------------------------------------------------


def test_a_schedule_is_spread_over_the_lines_of_the_budget_and_grows_by_a_certificate(
    town: TestLedger,
) -> None:
    row = line("90.00", kpkvk=KPKVK, kekv="2210", fund="general", unit="finance")
    town.submit("schedule.changed", PROGRAMME, lines(row), effective="2025-01-10")
    more = lines(row | {"op": "add", "amount": "5.50"}) | {"certificate": {"number": "15"}}
    town.submit("schedule.changed", PROGRAMME, more, effective="2025-04-01", act=SECOND_ACT)
    cell = f"/schedule/1.1/2025/local.{KPKVK}.2210.general.finance"
    days = ("2025-01-09", "2025-01-10", "2025-03-31", "2025-04-01")
    assert [town.value(cell, day) for day in days] == [None, "90.00", "90.00", "95.50"]


def test_a_schedule_is_no_appropriation_and_no_need(town: TestLedger) -> None:
    before = town.value("/financing/1.1/2025/local", "2025-12-31")
    town.submit("schedule.changed", PROGRAMME, lines("90.00"))
    assert town.value("/financing/1.1/2025/local", "2025-12-31") == before
    assert town.value("/appropriation/1.1/2025/local", "2025-12-31") is None


# -- treasury extracts ------------------------------------------------------------------------------


def test_an_extracts_amounts_hold_from_its_day(town: TestLedger) -> None:
    full = EXTRACT_LINE | {"kekv": "2210", "fund": "special", "unit": "finance", "amended": "120.00"}
    data = EXTRACT | {"budget_code": "1356300000", "source": "Виписка", "lines": [full]}
    town.submit("treasury.imported", PROGRAMME, data)
    cells = f"/treasury/2025/{KPKVK}.2210.special.finance"
    said = {"approved": "100.00", "amended": "120.00", "paid": "25.00"}
    for name, amount in said.items():
        assert town.value(f"{cells}/{name}", "2025-06-30") == amount
        assert town.value(f"{cells}/{name}", "2025-06-29") is None


def test_an_amount_that_the_extract_does_not_state_is_none_and_not_zero(town: TestLedger) -> None:
    row = {"kpkvk": KPKVK, "paid": "0.00"}
    town.submit("treasury.imported", PROGRAMME, EXTRACT | {"lines": [row]})
    assert town.value(PAID, "2025-06-30") == "0.00"
    assert PAID.replace("paid", "amended") not in town.timeline().cells


def test_more_paid_than_planned_is_recorded_without_a_question(town: TestLedger) -> None:
    imported(town, "100000.00")


@pytest.mark.parametrize("day", ["2025-12-31", "2026-01-31"])
def test_the_last_extract_of_a_year_may_be_of_january(tmp_path: Path, day: str) -> None:
    with TestLedger.with_programme(tmp_path / "late", clock=FrozenClock(utc("2026-02-05T09:00:00"))) as town:
        imported(town, "25.00", day)
        assert town.refused("treasury.imported", PROGRAMME, extract("25.00", "2026-02-01")).code == (
            "day-outside-year"
        )


def test_a_new_year_begins_at_zero(tmp_path: Path) -> None:
    with TestLedger.with_programme(tmp_path / "late", clock=FrozenClock(utc("2026-02-05T09:00:00"))) as town:
        imported(town, "25.00", "2025-12-31")
        town.submit("treasury.imported", PROGRAMME, extract("1.00", "2026-01-20", year=2026))
        assert town.value(PAID, "2026-02-05") == "25.00"


def test_the_question_tells_the_day_and_the_amount_of_both_extracts(town: TestLedger) -> None:
    imported(town, "25.00", "2025-03-31")
    imported(town, "30.00", "2025-05-31")
    (found,) = town.asked_about("treasury.imported", PROGRAMME, extract("29.99"))
    assert found.details == {
        "path": PAID,
        "day": "2025-06-30",
        "paid": "29.99",
        "earlier": "2025-05-31",
        "before": "30.00",
    }


def test_each_line_that_falls_is_named(town: TestLedger) -> None:
    other = EXTRACT_LINE | {"kekv": "2210", "paid": "7.00"}
    data = EXTRACT | {"day": "2025-03-31", "lines": [EXTRACT_LINE, other]}
    town.submit("treasury.imported", PROGRAMME, data)
    lower = [EXTRACT_LINE | {"paid": "26.00"}, other | {"paid": "-1.00"}]
    found = town.asked_about("treasury.imported", PROGRAMME, EXTRACT | {"lines": lower})
    assert [one.pointer for one in found] == ["/data/lines/1/paid"]


def test_an_earlier_extract_that_comes_later_is_held_against_the_one_after_it(town: TestLedger) -> None:
    imported(town, "25.00", "2025-06-30")
    assert town.asked("treasury.imported", PROGRAMME, extract("25.00", "2025-03-31")) == {LATER}
    found = town.asked_about("treasury.imported", PROGRAMME, extract("25.01", "2025-03-31"))
    (lower,) = (one for one in found if one.code == LOWER)
    assert (lower.details["paid"], lower.details["before"]) == ("25.00", "25.01")
    assert (lower.details["day"], lower.details["earlier"]) == ("2025-06-30", "2025-03-31")


def test_a_correction_is_held_against_the_other_extracts_and_not_against_itself(town: TestLedger) -> None:
    imported(town, "25.00", "2025-03-31")
    slot = imported(town, "90.00")
    assert town.asked("treasury.imported", PROGRAMME, extract("24.00"), corrects=slot) == {LOWER}
    town.submit("treasury.imported", PROGRAMME, extract("26.00"), corrects=slot)
    town.submit("treasury.imported", PROGRAMME, None, corrects=slot)
    assert town.value(PAID, "2025-06-30") == "25.00"


def test_approved_and_amended_may_fall(town: TestLedger) -> None:
    imported(town, "25.00", "2025-03-31")
    row = EXTRACT_LINE | {"approved": "1.00", "amended": "2.00"}
    town.submit("treasury.imported", PROGRAMME, EXTRACT | {"lines": [row]})


# -- the allocation ---------------------------------------------------------------------------------


def test_a_share_holds_from_the_events_day_and_is_the_whole_if_none_is_stated(town: TestLedger) -> None:
    mapped(town, share("0.25"), effective="2025-02-01")
    mapped(town, share(None), effective="2025-05-01")
    days = ("2025-01-31", "2025-02-01", "2025-05-01")
    assert [town.value(f"{SHARES}/1.1/local", day) for day in days] == [None, "0.25", "1"]


def test_a_line_is_moved_from_one_measure_to_another_in_one_event(town: TestLedger) -> None:
    mapped(town, share(None), effective="2025-02-01")
    mapped(town, share(None, op="unset"), share(None, "1.2"), effective="2025-03-01")
    assert town.value(f"{SHARES}/1.1/local", "2025-03-01") is None
    assert town.value(f"{SHARES}/1.2/local", "2025-03-01") == "1"


def test_shares_are_added_up_over_measures_and_sources_of_one_line_and_year(town: TestLedger) -> None:
    mapped(town, share("0.4"), share("0.3", "1.2"), share("0.3") | {"source": "oblast"})
    mapped(town, share("1") | {"kekv": "2210"}, share("1") | {"year": 2026})
    asked = asked_shares(town, share("0.5", "1.2"))
    assert asked == [("shares-above-one", "/data/lines/0", "1.2")]


def test_three_thirds_are_no_more_than_the_whole(town: TestLedger) -> None:
    mapped(town, share("0.333333"), share("0.333333", "1.2"), share("0.333334") | {"source": "oblast"})
    total = town.programme().total(SHARES, "2025-03-01")
    assert total == Decimal(1)


def test_taking_back_what_lowered_a_share_asks_about_the_sum(town: TestLedger) -> None:
    mapped(town, share("0.6"), effective="2025-02-01")
    lowered = mapped(town, share("0.4"), effective="2025-03-01")
    mapped(town, share("0.6", "1.2"), effective="2025-03-01")
    void = {"corrects": lowered, "effective": "2025-03-01"}
    found = town.asked_about("allocation.mapped", PROGRAMME, None, **void)
    assert [(one.code, one.pointer, one.details["total"]) for one in found] == [
        ("shares-above-one", "/data", "1.2")
    ]


def test_a_correction_that_no_longer_lowers_a_share_asks_too(town: TestLedger) -> None:
    mapped(town, share("0.6"), effective="2025-02-01")
    lowered = mapped(town, share("0.4"), effective="2025-03-01")
    mapped(town, share("0.6", "1.2"), effective="2025-03-01")
    other = share("0.1") | {"kekv": "2210"}
    assert asked_shares(town, other, corrects=lowered, effective="2025-03-01") == [
        ("shares-above-one", "/data", "1.2")
    ]


def test_a_correction_to_a_later_day_is_asked_about_the_days_that_it_leaves(town: TestLedger) -> None:
    mapped(town, share("0.6"), effective="2025-02-01")
    lowered = mapped(town, share("0.4"), effective="2025-03-01")
    mapped(town, share("0.6", "1.2"), effective="2025-03-01")
    asked = asked_shares(town, share("0.4"), corrects=lowered, effective="2025-04-01")
    assert asked == [("shares-above-one", "/data/lines/0", "1.2")]


# -- evaluations and data sets ----------------------------------------------------------------------


def test_an_evaluation_writes_its_rating_and_the_hash_of_its_figures(town: TestLedger) -> None:
    slot = town.submit("evaluation.concluded", PROGRAMME, CONCLUSION, effective="2025-08-30").event
    assert town.value("/evaluation/2025/rating", "2025-08-30") == "partly"
    assert town.value("/evaluation/2025/figures", "2025-08-30") == "5e" * 32
    better = CONCLUSION | {"rating": "effective"}
    town.submit("evaluation.concluded", PROGRAMME, better, effective="2025-08-30", corrects=slot)
    assert town.value("/evaluation/2025/rating", "2025-08-30") == "effective"


def test_an_evaluation_with_all_its_words_fits_into_an_event(town: TestLedger) -> None:
    words = dict.fromkeys(CONCLUSION["sections"], "ї" * 2000)
    data = CONCLUSION | {"conclusion": "ї" * 4000, "sections": words}
    town.submit("evaluation.concluded", PROGRAMME, data)


def test_what_the_signer_saw_limits_the_figures_though_the_log_went_on(town: TestLedger) -> None:
    seen = town.position
    town.submit("financing.changed", PROGRAMME, lines(line("1.00", measure="1.2")))
    data = CONCLUSION | {"figures": CONCLUSION["figures"] | {"known": seen + 1}}
    refusal = town.refused("evaluation.concluded", PROGRAMME, data, seen=seen)
    assert (refusal.code, refusal.details["seen"]) == ("known-ahead", seen)
    town.submit("evaluation.concluded", PROGRAMME, data, seen=seen + 1)


def test_a_data_set_says_when_it_was_published_and_what_it_shows(town: TestLedger) -> None:
    town.submit("dataset.published", PROGRAMME, DATASET | {"position": 7}, effective="2025-09-01")
    assert town.value("/datasets/programmes/day", "2025-09-01") == "2025-09-01"
    assert town.value("/datasets/programmes/position", "2025-09-01") == 7
    assert town.value("/datasets/programmes/day", "2025-08-31") is None


def test_a_decision_can_be_proposed_and_a_fact_cannot() -> None:
    proposable = {name for name in KINDS if KINDS[name].proposable}
    assert {"schedule.changed", "allocation.mapped"} <= proposable
    others = {"treasury.imported", "finding.accepted", "evaluation.concluded", "dataset.published"}
    assert not others & proposable
