"""`seen`: what changed since the signer looked, and what does not count as a change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.story import OTHER_PROGRAMME, published, town_with_history
from tests.support.town import (
    ACT,
    ACT_DATA,
    COUNCIL_STREAM,
    LINE_CELL,
    PROGRAMME,
    Payload,
    TestLedger,
    line,
    lines,
)

CHANGED = "changed-since-seen"
OTHER_ACT = "town-2-2025-02-01"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with town_with_history(tmp_path / "ledger") as town:
        yield town


def status(**members: Any) -> Payload:
    return {"act": ACT, "status": "suspended", "date": "2025-06-01", "start": "2025-06-01"} | members


def asks(town: TestLedger, seen: int, *rows: str | Payload) -> bool:
    """Is a decision about these rows, prepared at `seen`, asked about what changed?"""
    envelope = town.envelope("financing.changed", PROGRAMME, lines(*(rows or ("1.00",))), seen=seen)
    outcome = town.outcome([envelope])
    if isinstance(outcome, list):
        return False
    assert {one.code for one in getattr(outcome, "found", [])} == {CHANGED}, repr(outcome)
    return True


def test_an_entry_at_the_position_seen_was_not_seen(town: TestLedger) -> None:
    index = town.submit("financing.changed", PROGRAMME, lines("5.00")).index
    assert asks(town, index)
    assert not asks(town, index + 1)


def test_a_change_of_another_cell_is_no_change(town: TestLedger) -> None:
    index = town.submit("financing.changed", PROGRAMME, lines(line("5.00", measure="1.2"))).index
    assert not asks(town, index)


def test_a_change_of_another_programme_is_no_change(town: TestLedger) -> None:
    index = town.submit("financing.changed", OTHER_PROGRAMME, lines("5.00")).index
    assert not asks(town, index)


def test_each_changed_cell_is_told_once_with_the_entry_that_changed_it(town: TestLedger) -> None:
    seen = town.position
    last = town.submit_all(
        [
            town.envelope("financing.changed", PROGRAMME, lines("5.00")),
            town.envelope("financing.changed", PROGRAMME, lines("6.00", line("7.00", measure="1.2"))),
        ]
    )[-1]
    rows = lines("1.00", line("2.00", since="2025-04-01"), line("1.00", measure="1.2"))
    found = town.asked_about("financing.changed", PROGRAMME, rows, seen=seen)
    assert [(one.pointer, one.details) for one in found] == [
        ("/data/lines/0", {"path": LINE_CELL, "index": last.index}),
        ("/data/lines/2", {"path": "/financing/1.2/2025/local", "index": last.index}),
    ]


def test_earlier_envelopes_of_the_same_batch_do_not_count(town: TestLedger) -> None:
    seen = town.position
    town.submit_all(
        [town.envelope("financing.changed", PROGRAMME, lines(n), seen=seen) for n in ("5.00", "6.00")]
    )
    assert town.value(LINE_CELL, "2025-04-01") == "6.00"


def test_what_an_earlier_batch_changed_counts_in_every_envelope_of_the_next(town: TestLedger) -> None:
    seen = town.position
    town.submit("financing.changed", PROGRAMME, lines("5.00"))
    found = town.asked_all(
        [
            town.envelope("financing.changed", PROGRAMME, lines(line("1.00", measure="1.2")), seen=seen),
            town.envelope("financing.changed", PROGRAMME, lines("6.00"), seen=seen),
        ]
    )
    assert [(one.code, one.pointer) for one in found] == [(CHANGED, "/envelopes/1/data/lines/0")]


def test_a_batch_may_not_have_seen_its_own_envelopes_but_may_say_so(town: TestLedger) -> None:
    """seen is a position: after the batch's first envelope it may name that one too."""
    first = town.envelope("financing.changed", PROGRAMME, lines("5.00"))
    second = town.envelope("financing.changed", PROGRAMME, lines("6.00"), seen=town.position + 1)
    town.submit_all([first, second])
    third = town.envelope("financing.changed", PROGRAMME, lines("7.00"), seen=town.position + 1)
    assert town.refused_all([third]).code == "seen-ahead"


def test_a_suspension_of_the_act_behind_a_cell_is_a_change(town: TestLedger) -> None:
    index = town.submit("act.status_changed", COUNCIL_STREAM, status()).index
    assert asks(town, index)
    assert not asks(town, index + 1)


def test_a_status_that_starts_and_stops_nothing_is_no_change(town: TestLedger) -> None:
    index = town.submit("act.status_changed", COUNCIL_STREAM, published(ACT)).index
    assert not asks(town, index)


def test_a_status_of_an_act_behind_no_cell_is_no_change(town: TestLedger) -> None:
    data = status(act=OTHER_ACT)
    index = town.submit("act.status_changed", COUNCIL_STREAM, data).index
    assert not asks(town, index)


def test_a_status_that_leaves_the_counting_as_it_was_is_no_change(town: TestLedger) -> None:
    index = town.submit("act.status_changed", COUNCIL_STREAM, status(status="resumed")).index
    assert not asks(town, index)


def test_a_corrected_date_of_the_act_behind_a_cell_is_a_change(town: TestLedger) -> None:
    act = ACT_DATA | {"act": OTHER_ACT, "date": "2024-12-01", "points": []}
    town.submit("financing.changed", PROGRAMME, lines("5.00"), act=OTHER_ACT)
    index = town.submit("act.registered", COUNCIL_STREAM, act, corrects=town.ids["act"]).index
    assert asks(town, index)


def test_a_corrected_title_of_the_act_behind_a_cell_is_no_change(town: TestLedger) -> None:
    act = ACT_DATA | {"act": OTHER_ACT, "title": "Інша назва", "points": []}
    town.submit("financing.changed", PROGRAMME, lines("5.00"), act=OTHER_ACT)
    index = town.submit("act.registered", COUNCIL_STREAM, act, corrects=town.ids["act"]).index
    assert not asks(town, index)


def test_a_correction_changes_the_cells_that_it_leaves_and_those_that_it_takes(town: TestLedger) -> None:
    moved = lines(line("5.00", measure="1.2"))
    index = town.submit("financing.changed", PROGRAMME, moved, corrects=town.ids["financing"]).index
    assert asks(town, index)
    assert asks(town, index, line("1.00", measure="1.2"))


def test_a_voided_decision_is_a_change_of_its_cells(town: TestLedger) -> None:
    index = town.submit("financing.changed", PROGRAMME, None, corrects=town.ids["financing"]).index
    assert asks(town, index)


def test_after_a_restart_the_same_is_asked(town: TestLedger) -> None:
    written = town.submit("financing.changed", PROGRAMME, lines("5.00")).index
    suspended = town.submit("act.status_changed", COUNCIL_STREAM, status()).index
    town.reopen()
    assert asks(town, written)
    assert asks(town, suspended)
    town.reopen()
    assert not asks(town, suspended + 1)
