"""Several questions at once, and what a question tells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.story import CLOSED, OTHER_PROGRAMME, town_with_history
from tests.support.town import ACT, COUNCIL_STREAM, PROGRAMME, Payload, TestLedger, line, lines


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with town_with_history(tmp_path / "ledger") as town:
        yield town


def entangled(town: TestLedger) -> Payload:
    """A decision that overlooks three things."""
    return {
        "data": lines(line("300.00", since="2025-02-28", stated_old="1.00"), line("1.00", measure="1.2")),
        "seen": town.position - 4,
    }


THREE = ["later-decisions", "old-mismatch", "over-appropriation"]


def test_everything_that_was_noticed_is_listed_at_once(town: TestLedger) -> None:
    town.submit("appropriation.set", PROGRAMME, lines("200.00"), effective="2025-01-01")
    common = entangled(town)
    found = town.asked_about("financing.changed", PROGRAMME, common["data"], seen=town.position)
    assert sorted((one.code, one.pointer) for one in found) == [
        ("later-decisions", "/data/lines/0"),
        ("old-mismatch", "/data/lines/0/stated_old"),
        ("over-appropriation", "/data/lines/0"),
    ]


def test_an_acknowledgement_of_one_leaves_all_listed(town: TestLedger) -> None:
    town.submit("appropriation.set", PROGRAMME, lines("200.00"), effective="2025-01-01")
    data = entangled(town)["data"]
    asked = town.asked("financing.changed", PROGRAMME, data, acknowledges=["old-mismatch"])
    assert asked == set(THREE)
    assert town.submit("financing.changed", PROGRAMME, data, acknowledges=THREE).index == town.position - 1


def test_an_old_mismatch_tells_the_value_in_force_and_who_set_it(town: TestLedger) -> None:
    (found,) = town.asked_about("financing.changed", PROGRAMME, lines(line("1.00", stated_old="1.00")))
    correction = town.timeline().slots[town.ids["financing"]].event
    assert found.details == {"stated": "1.00", "in_force": "160.00", "event": correction}


def test_inside_a_batch_a_question_names_its_envelope(town: TestLedger) -> None:
    good = town.envelope("financing.changed", PROGRAMME, lines("1.00"))
    bad = town.envelope("financing.changed", OTHER_PROGRAMME, lines(line("1.00", stated_old="7.00")))
    (found,) = town.asked_all([good, bad])
    assert found.pointer == "/envelopes/1/data/lines/0/stated_old"


def test_corrections_follow_the_end_of_a_programme_without_notice(town: TestLedger) -> None:
    slot = town.submit("financing.changed", CLOSED, lines("1.00"), acknowledges=["programme-closed"]).event
    town.submit("financing.changed", CLOSED, lines("2.00"), corrects=slot)
    town.submit("programme.closed", CLOSED, None, corrects=town.ids["closed"])
    assert town.submit("financing.changed", CLOSED, lines("3.00")).index == town.position - 1


def test_a_corrected_suspension_cannot_swallow_the_newer_resumption_and_is_not_asked(
    town: TestLedger,
) -> None:
    suspended = {"act": ACT, "status": "suspended", "date": "2025-03-13", "start": "2025-03-13"}
    slot = town.submit("act.status_changed", COUNCIL_STREAM, suspended).event
    resumed = suspended | {"status": "resumed", "start": "2025-03-24"}
    town.submit("act.status_changed", COUNCIL_STREAM, resumed)
    town.submit("act.status_changed", COUNCIL_STREAM, suspended | {"start": "2025-03-12"}, corrects=slot)
    counts = [town.timeline().counts(ACT, day) for day in ("2025-03-11", "2025-03-12", "2025-03-24")]
    assert counts == [True, False, True]
