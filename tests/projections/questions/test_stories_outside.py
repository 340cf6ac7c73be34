"""Questions 15, 16, 18: the treasury's figures, money sent on, and what a server can say of itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.ids import TRUST
from tests.projections.findings.living import Life, row
from tests.projections.questions.telling import ask, events, lacking
from tests.support import service

D = "2025-12-31"
KPKVK = "0217520"


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """100.00 were granted for 1.1 in 2025, and 60.00 of it are paid by the end of June."""
    with Life(tmp_path) as life:
        life.on("2025-01-10")
        life.act("b-1", "2024-12-24")
        life.appropriate(row("100.00"), act="b-1", since="2025-01-01")
        life.on("2025-07-10")
        life.spend("60.00", "2025-H1")
        yield life


def extract(life: Life, day: str = "2025-06-30", **amounts: str) -> str:
    data: dict[str, Any] = {"year": 2025, "day": day, "lines": [{"kpkvk": KPKVK, **amounts}]}
    return life.say("treasury.imported", data)


def allocate(life: Life) -> str:
    line = {"op": "set", "year": 2025, "kpkvk": KPKVK, "measure": "1.1", "source": "local"}
    return life.say("allocation.mapped", {"lines": [line]}, effective="2025-01-01")


# -- 15 ---------------------------------------------------------------------------------


def test_15_a_remainder_that_no_act_explains_is_named(life: Life) -> None:
    mapped = allocate(life)
    imported = extract(life, approved="100.00", amended="112.34", paid="60.00")
    answer = ask(life, 15, D)
    assert (answer["verdict"], answer["figures"]["unexplained"]) == ("yes", 1)
    assert answer["figures"]["unexplained_by_figure"] == {"amended": "12.34"}
    (item,) = [one for one in answer["items"] if one["finding"]]
    assert item["finding"] == f"FIN-TREASURY:2025/{KPKVK}._._._/1.1/local/amended"
    assert {mapped, imported} <= events(item)
    assert (item["values"]["treasury"], item["values"]["ledger"]) == ("112.34", "100.00")


def test_15_a_difference_that_an_act_explains_names_the_act(life: Life) -> None:
    """The treasury has not taken the act of May yet."""
    allocate(life)
    life.act("b-2", "2025-05-20")
    raised = life.appropriate(row("112.34"), act="b-2", since="2025-05-20")
    extract(life, approved="100.00", amended="100.00", paid="60.00")
    answer = ask(life, 15, D)
    assert (answer["verdict"], answer["figures"]["explained"]) == ("shown", 1)
    (item,) = [one for one in answer["items"] if one["values"]["status"] == "explained"]
    assert item["values"]["difference"] == "-12.34"
    assert [one["act"] for one in item["values"]["explained_by"]] == ["b-2"]
    assert raised in events(item)
    assert (item["act"], item["finding"]) == ("b-2", None)


def test_15_figures_that_agree_are_not_different(life: Life) -> None:
    allocate(life)
    extract(life, approved="100.00", amended="100.00", paid="60.00")
    answer = ask(life, 15, D)
    assert (answer["verdict"], answer["figures"]["agrees"]) == ("no", 3)


def test_15_without_an_allocation_it_is_undetermined(life: Life) -> None:
    extract(life, approved="100.00", amended="112.34", paid="60.00")
    answer = ask(life, 15, D)
    assert (answer["verdict"], lacking(answer), answer["items"]) == (
        "undetermined",
        {"allocation.mapped"},
        [],
    )
    assert answer["sentence"]["uk"].startswith("Не визначено")


def test_15_without_an_extract_it_is_undetermined(life: Life) -> None:
    allocate(life)
    assert lacking(ask(life, 15, D)) == {"treasury.imported"}


def test_15_payments_of_a_day_that_no_report_covers_are_not_compared(life: Life) -> None:
    allocate(life)
    extract(life, "2025-07-05", approved="100.00", amended="100.00", paid="61.00")
    answer = ask(life, 15, D)
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"spending.reported"})
    assert not answer["figures"]["unexplained_by_figure"]


def test_15_the_newest_year_with_an_extract_is_meant(life: Life) -> None:
    allocate(life)
    extract(life, approved="100.00", amended="100.00", paid="60.00")
    assert ask(life, 15, "2026-05-01")["figures"]["year"] == 2025
    assert ask(life, 15, "2026-05-01", year=2026)["verdict"] == "undetermined"


def test_15_a_line_of_the_extract_that_nothing_maps_is_said_beside_what_agrees(life: Life) -> None:
    allocate(life)
    lines = [
        {"kpkvk": KPKVK, "approved": "100.00", "amended": "100.00", "paid": "60.00"},
        {"kpkvk": "0217530", "approved": "900.00", "amended": "910.00"},
        {"kpkvk": "0217540", "amended": "5.00"},
    ]
    life.say("treasury.imported", {"year": 2025, "day": "2025-06-30", "lines": lines})
    answer = ask(life, 15, D)
    assert answer["verdict"] == "no"
    spare = {"lines": 2, "approved": "900.00", "amended": "915.00", "paid": None}
    assert answer["figures"]["unmapped_extract"] == spare
    assert "яких не розподілено на програму: 2" in answer["sentence"]["uk"]
    assert "915.00" in answer["sentence"]["en"]


def test_15_a_treasury_line_that_is_mapped_twice_is_no_agreement_and_is_named(life: Life) -> None:
    allocate(life)
    life.appropriate(row("100.00", measure="1.2"), act="b-1", since="2025-01-01")
    life.spend("60.00", "2025-H1", axes={"measure": "1.2"})
    again = {"op": "set", "year": 2025, "kpkvk": KPKVK, "measure": "1.2", "source": "local"}
    life.say("allocation.mapped", {"lines": [again]}, effective="2025-01-01")
    extract(life, approved="100.00", amended="100.00", paid="60.00")
    answer = ask(life, 15, D)
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"allocation.mapped"})
    assert {item["values"]["why"] for item in answer["items"]} == {"shares-above-one"}
    for item in answer["items"]:
        assert "двічі" in item["sentence"]["uk"]
        assert "counted twice" in item["sentence"]["en"]


# -- 16 ---------------------------------------------------------------------------------


@pytest.fixture
def sent(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path) as life:
        life.on("2026-02-20")
        yield life


def test_16_sent_reported_as_used_returned_and_unknown_are_four_figures(sent: Life) -> None:
    slot = sent.send("40.00", "2025-05-01")
    used = sent.spend("25.00", "2025-Q3", phase="incurred")
    back = sent.take_back("10.00", "2025-12-20", slot)
    answer = ask(sent, 16, "2026-02-20")
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"spending.reported"})
    assert {name: answer["figures"][name] for name in ("sent", "used", "returned", "unknown")} == {
        "sent": "40.00",
        "used": "25.00",
        "returned": "10.00",
        "unknown": "5.00",
    }
    (item,) = answer["items"]
    assert events(item) == {slot, used, back}
    assert item["finding"] == "FIN-SUBVENTION:1.1/2025/local"


def test_16_what_was_used_and_returned_in_full_is_known(sent: Life) -> None:
    slot = sent.send("40.00", "2025-05-01")
    sent.spend("30.00", "2025-Q3", phase="incurred")
    sent.take_back("10.00", "2025-12-20", slot)
    answer = ask(sent, 16, "2026-02-20")
    assert (answer["verdict"], answer["figures"]["unknown"]) == ("yes", "0.00")
    # A report names the measure and the source, not whose money of that source it was.
    assert "власні кошти" in answer["sentence"]["uk"]
    assert "the city's own" in answer["sentence"]["en"]


def test_16_what_came_back_in_full_was_not_used(sent: Life) -> None:
    slot = sent.send("40.00", "2025-05-01")
    sent.take_back("40.00", "2025-12-20", slot)
    assert ask(sent, 16, "2026-02-20")["verdict"] == "no"


def test_16_payments_alone_may_be_the_transfer_itself(sent: Life) -> None:
    """Sent is not the same as used: a payer's own payment of the subvention is no use of it."""
    sent.send("40.00", "2025-05-01")
    sent.spend("40.00", "2025")
    answer = ask(sent, 16, "2026-02-20")
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"spending.reported"})
    assert (answer["items"][0]["values"]["basis"], answer["figures"]["unknown"]) == ("paid", "0.00")


def test_16_more_reported_than_sent_does_not_say_what_became_of_the_subvention(sent: Life) -> None:
    sent.send("40.00", "2025-05-01")
    sent.spend("90.00", "2025", phase="incurred")
    assert ask(sent, 16, "2026-02-20")["verdict"] == "undetermined"


def test_16_on_a_day_before_it_came_back_it_was_unknown(sent: Life) -> None:
    slot = sent.send("40.00", "2025-05-01")
    sent.take_back("40.00", "2025-12-20", slot)
    answer = ask(sent, 16, "2025-12-19")
    assert (answer["verdict"], answer["figures"]["unknown"], answer["figures"]["used"]) == (
        "undetermined",
        "40.00",
        None,
    )


def test_16_without_a_transfer_nothing_is_said(sent: Life) -> None:
    assert lacking(ask(sent, 16, "2026-02-20")) == {"transfer.made"}


# -- 18 ---------------------------------------------------------------------------------


def test_18_without_anything_kept_outside_the_loss_of_the_tail_is_undetectable(life: Life) -> None:
    answer = ask(life, 18, D)
    assert (answer["verdict"], lacking(answer), answer["items"]) == ("undetermined", {"checkpoint"}, [])
    assert answer["figures"]["covered"] == 0
    assert answer["figures"]["tail"] == answer["figures"]["position"] == life.town.position
    assert "undetectable" in answer["sentence"]["en"]


def test_18_what_witnesses_cosigned_is_vouched_for_and_the_rest_is_not(life: Life) -> None:
    service.enrol(life.town)
    covered = life.town.position
    witnessed = life.town.submit("checkpoint.witnessed", TRUST, service.witnessed(life.town)).event
    answer = ask(life, 18, D)
    # A server never clears itself: the answer stays open, and says up to where others vouch.
    assert answer["verdict"] == "undetermined"
    assert (answer["figures"]["covered"], answer["figures"]["tail"]) == (covered, 1)
    (item,) = answer["items"]
    assert events(item) == {witnessed}
    assert item["values"]["size"] == covered
    assert answer["figures"]["witnesses"]


def test_18_a_stamp_vouches_too(life: Life) -> None:
    service.enrol(life.town)
    life.town.submit("checkpoint.witnessed", TRUST, service.witnessed(life.town))
    life.town.submit("timestamp.anchored", TRUST, service.anchored(life.town))
    answer = ask(life, 18, D)
    assert [item["values"]["kind"] for item in answer["items"]] == ["witnessed", "stamped"]
    assert answer["figures"]["tail"] == 1


def test_18_as_known_before_the_witnesses_it_was_covered_by_nobody(life: Life) -> None:
    service.enrol(life.town)
    known = life.town.position
    life.town.submit("checkpoint.witnessed", TRUST, service.witnessed(life.town))
    assert ask(life, 18, D, known=known)["figures"]["covered"] == 0
