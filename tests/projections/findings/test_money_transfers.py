"""A subvention that was sent, and its use: what raises the finding, and what nearly does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.findings.transfers import RULES
from tests.projections.findings.living import Life

KEY = "1.1/2025/local"
BY_QUARTER = {"kinds": ["spending.reported"], "period": "quarter", "months": 1, "day": 20, "shift": "next"}


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path) as life:
        life.on("2026-02-20")
        yield life


def test_what_was_sent_and_never_told_of_is_unknown_after_the_year(life: Life) -> None:
    slot = life.send("40.00", "2025-05-01")
    hit = life.one(RULES, "FIN-SUBVENTION")
    assert (hit.key, hit.day) == (KEY, "2026-01-01")
    assert hit.cells == (f"/transfers/{KEY}/{slot}",)
    words = {name: hit.words[name] for name in ("sent", "used", "returned", "unknown")}
    assert words == {"sent": "40.00", "used": None, "returned": "0.00", "unknown": "40.00"}


def test_within_the_year_its_use_is_still_to_be_told(life: Life) -> None:
    life.send("40.00", "2025-05-01")
    assert life.found(RULES, "2025-12-31") == {}


def test_what_is_reported_as_used_and_returned_leaves_the_rest_unknown(life: Life) -> None:
    slot = life.send("40.00", "2025-05-01")
    life.spend("25.00", "2025-Q3", phase="incurred")
    life.take_back("10.00", "2025-12-20", slot)
    hit = life.one(RULES, "FIN-SUBVENTION")
    assert (hit.words["used"], hit.words["returned"], hit.words["unknown"]) == ("25.00", "10.00", "5.00")
    assert hit.words["basis"] == ("за фактичними видатками", "by incurred expenses")


def test_what_was_used_and_returned_in_full_is_known(life: Life) -> None:
    slot = life.send("40.00", "2025-05-01")
    life.spend("15.00", "2025-Q3", phase="incurred", mode="ytd")
    life.spend("30.00", "2025-Q4", phase="incurred", mode="ytd")
    life.take_back("10.00", "2026-01-20", slot)
    assert life.found(RULES) == {}


def test_payments_tell_of_the_use_where_no_expenses_are_reported(life: Life) -> None:
    life.send("40.00", "2025-05-01")
    life.spend("40.00", "2025", axes={"kpkvk": "0219770"})
    assert life.found(RULES) == {}
    life.spend("35.00", "2025", phase="incurred")
    assert life.one(RULES, "FIN-SUBVENTION").words["unknown"] == "5.00"


def test_another_source_s_expenses_are_not_its_use(life: Life) -> None:
    life.send("40.00", "2025-05-01")
    life.spend("40.00", "2025", phase="incurred", axes={"source": "oblast"})
    assert life.found(RULES) == {"FIN-SUBVENTION": [KEY]}


def test_a_deadline_for_the_year_s_end_gives_time_until_it(tmp_path: Path) -> None:
    with Life(tmp_path) as life:
        life.on("2025-01-02")
        life.rule(start="2025-01-02", deadlines=[BY_QUARTER])
        life.send("40.00", "2025-05-01")
        assert life.found(RULES, "2026-01-20") == {}
        assert life.found(RULES, "2026-01-21") == {"FIN-SUBVENTION": [KEY]}


def test_what_comes_back_later_is_not_known_before(tmp_path: Path) -> None:
    with Life(tmp_path) as life:
        life.on("2026-03-05")
        slot = life.send("50.00", "2025-06-05")
        back = life.take_back("20.00", "2026-03-01", slot)
        before, after = (life.one(RULES, "FIN-SUBVENTION", day) for day in ("2026-02-28", "2026-03-01"))
        assert (before.words["returned"], before.words["unknown"]) == ("0.00", "50.00")
        assert before.cells == (f"/transfers/{KEY}/{slot}",)
        assert (after.words["returned"], after.words["unknown"]) == ("20.00", "30.00")
        assert after.cells == (f"/transfers/{KEY}/{slot}", f"/returns/{KEY}/{back}")
        assert before.day == after.day == "2026-01-01"


def test_it_is_found_until_the_day_on_which_all_came_back(tmp_path: Path) -> None:
    with Life(tmp_path) as life:
        life.on("2026-03-05")
        slot = life.send("50.00", "2025-06-05")
        life.take_back("50.00", "2026-03-01", slot)
        assert life.found(RULES, "2026-02-28") == {"FIN-SUBVENTION": [KEY]}
        assert life.found(RULES, "2026-03-01") == {}


def test_a_report_that_no_longer_counts_is_not_what_it_rests_on(life: Life) -> None:
    slot = life.send("40.00", "2025-05-01")
    life.spend("15.00", "2025-Q3", phase="incurred", mode="ytd")
    life.spend("30.00", "2025-Q4", phase="incurred", mode="ytd")
    cells = life.one(RULES, "FIN-SUBVENTION").cells
    assert cells == (f"/transfers/{KEY}/{slot}", f"/incurred/{KEY}/2025-Q4/ytd")


def test_a_voided_transfer_sent_nothing(life: Life) -> None:
    slot = life.send("40.00", "2025-05-01")
    life.say("transfer.made", None, effective="2025-05-01", corrects=slot)
    assert life.found(RULES) == {}
