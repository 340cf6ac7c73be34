"""The door on corrections, voids and quashed acts: what is no longer said decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.story import ACTUAL, SECOND_ACT, TRANSFER
from tests.support.town import (
    ACT_DATA,
    COUNCIL_STREAM,
    LINE_CELL,
    PROGRAMME,
    PROGRAMME_DATA,
    Payload,
    TestLedger,
    line,
    lines,
)

DAY = "2025-03-01"
MORE = "/financing/1.2/2025/local"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with TestLedger.with_programme(tmp_path / "ledger") as town:
        act = ACT_DATA | {"act": SECOND_ACT, "points": []}
        town.ids["act"] = town.submit("act.registered", COUNCIL_STREAM, act).event
        yield town


def edition(amount: str, *removals: str) -> Payload:
    row = {"measure": "1.1", "year": 2025, "source": "local", "amount": amount}
    return {"financing": [row], "restated": [{"annex": "financing", "removals": list(removals)}]}


def quash(town: TestLedger) -> None:
    """Quash the second act from its in-force day."""
    data = {"act": SECOND_ACT, "status": "quashed", "date": DAY, "start": ACT_DATA["in_force"]}
    town.submit("act.status_changed", COUNCIL_STREAM, data)


def test_a_corrected_edition_removes_again_what_the_first_one_removed(town: TestLedger) -> None:
    slot = town.submit("programme.amended", PROGRAMME, edition("50.00", MORE), effective=DAY).event
    codes = town.asked("programme.amended", PROGRAMME, edition("51.00"), effective=DAY, corrects=slot)
    assert codes == {"removals-differ"}
    town.submit("programme.amended", PROGRAMME, edition("51.00", MORE), effective=DAY, corrects=slot)
    assert (town.value(LINE_CELL, DAY), town.value(MORE, DAY)) == ("51.00", None)


def test_a_plan_restated_above_the_appropriation_is_asked_about(town: TestLedger) -> None:
    town.submit("appropriation.set", PROGRAMME, lines("100.00"), effective="2025-01-01")
    asked = town.asked("programme.amended", PROGRAMME, edition("100.01", MORE), effective=DAY)
    assert asked == {"over-appropriation"}
    town.submit("programme.amended", PROGRAMME, edition("100.00", MORE), effective=DAY)


def test_what_a_quashed_act_wrote_no_longer_decides_kind_or_term(town: TestLedger) -> None:
    other = {"id": "i-1", "name": "Кількість", "kind": "boolean", "unit": "так/ні"}
    data = {"indicators": [other], "term": {"from": 2025, "to": 2030}}
    town.submit("programme.amended", PROGRAMME, data, effective=DAY, act=SECOND_ACT)
    assert town.refused("actual.reported", PROGRAMME, ACTUAL).code == "value-of-another-kind"
    quash(town)
    town.submit("actual.reported", PROGRAMME, ACTUAL)
    late = ACTUAL | {"period": "2030-Q1"}
    assert town.refused("actual.reported", PROGRAMME, late).code == "unknown-period"


def test_a_row_that_was_voided_or_quashed_is_not_on_the_record(town: TestLedger) -> None:
    data = {"indicators": [{"id": "i-9", "name": "Новий", "kind": "flow", "unit": "одиниць"}]}
    slot = town.submit("programme.amended", PROGRAMME, data, effective=DAY, act=SECOND_ACT).event
    report = ACTUAL | {"indicator": "i-9"}
    town.submit("actual.reported", PROGRAMME, report)
    town.submit("programme.amended", PROGRAMME, None, effective=DAY, act=SECOND_ACT, corrects=slot)
    again = report | {"period": "2025-Q2"}
    assert town.refused("actual.reported", PROGRAMME, again).code == "unknown-indicator"


def test_a_void_answers_for_what_changed_since_it_was_prepared(town: TestLedger) -> None:
    slot = town.submit("financing.changed", PROGRAMME, lines("1000.00"), effective=DAY).event
    seen = town.position
    town.submit("financing.changed", PROGRAMME, lines(line("500.00", op="add")), effective="2025-04-01")
    codes = town.asked("financing.changed", PROGRAMME, None, effective=DAY, corrects=slot, seen=seen)
    assert codes == {"changed-since-seen", "later-decisions"}
    known = ["changed-since-seen", "later-decisions"]
    town.submit(
        "financing.changed", PROGRAMME, None, effective=DAY, corrects=slot, seen=seen, acknowledges=known
    )


def test_a_line_left_out_of_a_correction_answers_for_its_cell_too(town: TestLedger) -> None:
    both = lines("10.00", line("20.00", measure="1.2"))
    slot = town.submit("financing.changed", PROGRAMME, both, effective=DAY).event
    town.submit("financing.changed", PROGRAMME, lines(line("5.00", measure="1.2")), effective="2025-04-01")
    found = town.asked_about("financing.changed", PROGRAMME, lines("11.00"), effective=DAY, corrects=slot)
    assert [(one.code, one.pointer) for one in found] == [("later-decisions", "/relations/corrects")]


def test_voiding_what_was_sent_asks_about_what_came_back(town: TestLedger) -> None:
    sent = town.submit("transfer.made", PROGRAMME, TRANSFER).event
    back = {name: TRANSFER[name] for name in ("measure", "year", "source")}
    town.submit("transfer.returned", PROGRAMME, back | {"transfer": sent, "amount": "10.00"})
    assert town.asked("transfer.made", PROGRAMME, None, corrects=sent) == {"returned-above-sent"}


def test_a_voided_report_cannot_be_accepted(town: TestLedger) -> None:
    report = town.submit("actual.reported", PROGRAMME, ACTUAL).event
    town.submit("actual.reported", PROGRAMME, None, corrects=report)
    data = {"report": report, "note": ""}
    assert town.refused("report.accepted", PROGRAMME, data).code == "unknown-report"


def test_totals_are_compared_with_the_adoptions_own_rows_when_a_part_is_corrected(town: TestLedger) -> None:
    head = {name: PROGRAMME_DATA[name] for name in ("title", "body", "currency", "term", "sources", "tree")}
    first = head | {"programme": "parts", "totals": {"total": "100.00"}, "part": {"number": 1, "of": 2}}
    second = {
        "programme": "parts",
        "financing": PROGRAMME_DATA["financing"],
        "part": {"number": 2, "of": 2},
    }
    subject = "programme:parts"
    batch = [town.envelope("programme.adopted", subject, data) for data in (first, second)]
    one, two = town.submit_all(batch)
    town.submit("financing.changed", subject, lines("77.00"), effective=DAY)
    town.submit("programme.adopted", subject, second, corrects=two.event, acknowledges=["later-decisions"])
    wrong = first | {"totals": {"total": "77.00"}}
    codes = town.asked("programme.adopted", subject, wrong, corrects=one.event)
    assert "totals-differ" in codes
