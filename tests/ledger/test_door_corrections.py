"""Corrections: whole statements in the old place, of decisions and of the registry itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.people import COMMISSIONER, FINANCIER, SECRETARY, Official
from tests.support.story import ACTUAL, FORMER, town_with_history
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

APRIL = "2025-04-01"
REPORT_CELL = "/actuals/i-1/2025-Q1/period"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with town_with_history(tmp_path / "ledger") as town:
        yield town


def in_force(town: TestLedger, slot: str) -> Payload:
    """relations.corrects as it should be."""
    return {"event": slot, "payload": town.statements[slot]}


# -- of decisions and reports --------------------------------------------------------


def test_a_correction_replaces_the_whole_statement(town: TestLedger) -> None:
    slot = town.submit("financing.changed", PROGRAMME, lines("5.00", line("6.00", measure="1.2"))).event
    town.submit("financing.changed", PROGRAMME, lines("7.00"), corrects=slot)
    assert town.value(LINE_CELL, APRIL) == "7.00"
    assert town.value("/financing/1.2/2025/local", APRIL) == "-"


def test_a_correction_may_move_the_date(town: TestLedger) -> None:
    slot = town.submit("financing.changed", PROGRAMME, lines("5.00")).event
    town.submit("financing.changed", PROGRAMME, lines("5.00"), effective="2025-06-01", corrects=slot)
    assert town.value(LINE_CELL, APRIL) == "160.00"
    assert town.value(LINE_CELL, "2025-06-01") == "5.00"


def test_data_null_voids_a_statement_and_a_further_correction_restores_it(town: TestLedger) -> None:
    slot = town.ids["actual"]
    town.submit("actual.reported", PROGRAMME, None, corrects=slot)
    assert town.value(REPORT_CELL, APRIL) is None
    town.submit("actual.reported", PROGRAMME, ACTUAL | {"value": "4"}, corrects=slot)
    assert town.value(REPORT_CELL, APRIL) == "4"


def test_a_corrected_statement_names_the_one_in_force_to_whom_it_was_stale(town: TestLedger) -> None:
    slot = town.ids["financing"]
    first = town.recorded[slot].payload_hash.hex()
    refusal = town.refused(
        "financing.changed",
        PROGRAMME,
        lines("1.00"),
        relations={"corrects": {"event": slot, "payload": first}},
    )
    correction = town.timeline().slots[slot].event
    assert refusal.code == "stale-correction"
    assert refusal.details["in_force"] == {"event": correction, "payload": town.statements[slot]}


def test_of_two_corrections_of_one_statement_the_second_is_stale(town: TestLedger) -> None:
    slot = town.ids["financing"]
    both = [town.envelope("financing.changed", PROGRAMME, lines(n), corrects=slot) for n in ("1.00", "2.00")]
    refusal = town.refused_all(both)
    assert (refusal.code, refusal.pointer) == ("stale-correction", "/envelopes/1/relations/corrects/payload")
    town.submit_all(both[:1])
    assert town.refused_all(both[1:]).code == "stale-correction"


def test_a_correction_of_a_correction_names_the_first_event(town: TestLedger) -> None:
    slot = town.ids["financing"]
    correction = town.timeline().slots[slot].event
    named = {"corrects": {"event": correction, "payload": town.statements[slot]}}
    assert (
        town.refused("financing.changed", PROGRAMME, lines("1.00"), relations=named).code == "unknown-event"
    )
    town.submit("financing.changed", PROGRAMME, lines("1.00"), relations={"corrects": in_force(town, slot)})
    assert town.value(LINE_CELL, APRIL) == "1.00"


def test_an_act_may_not_be_left_out_of_a_correction(town: TestLedger) -> None:
    slot = town.submit("transfer.made", PROGRAMME, TRANSFER_AGAIN, act=ACT).event
    refusal = town.refused("transfer.made", PROGRAMME, TRANSFER_AGAIN, corrects=slot)
    assert (refusal.code, refusal.pointer) == ("correction-changes-act", "/act")


TRANSFER_AGAIN = {
    "measure": "1.1",
    "year": 2025,
    "source": "local",
    "amount": "1.00",
    "payer": "місцевий бюджет",
    "recipient": "обласний бюджет",
}


def test_another_official_with_the_power_may_correct(town: TestLedger) -> None:
    town.submit(
        "actual.reported", PROGRAMME, ACTUAL | {"value": "4"}, by=FINANCIER, corrects=town.ids["actual"]
    )
    assert town.value(REPORT_CELL, APRIL) == "4"


def test_a_corrected_transfer_keeps_its_cell(town: TestLedger) -> None:
    slot = town.ids["transfer"]
    town.submit("transfer.made", PROGRAMME, TRANSFER_AGAIN, corrects=slot)
    assert town.value(f"/transfers/1.1/2025/local/{slot}", APRIL) == "1.00"


# -- of acts ---------------------------------------------------------------------------


def test_a_corrected_registration_moves_the_act_and_keeps_its_statuses(town: TestLedger) -> None:
    act = ACT_DATA | {"act": "town-9", "in_force": "2025-03-01"}
    slot = town.submit("act.registered", COUNCIL_STREAM, act).event
    town.submit("financing.changed", PROGRAMME, lines("9.00"), act="town-9")
    pause = {"act": "town-9", "status": "suspended", "date": "2025-05-01", "start": "2025-05-01"}
    town.submit("act.status_changed", COUNCIL_STREAM, pause)
    town.submit("act.registered", COUNCIL_STREAM, act | {"in_force": "2025-04-01"}, corrects=slot)
    assert [town.value(LINE_CELL, day) for day in ("2025-03-31", "2025-04-01", "2025-05-01")] == [
        "160.00",
        "9.00",
        "160.00",
    ]


def test_a_voided_status_never_was(town: TestLedger) -> None:
    pause = {"act": ACT, "status": "suspended", "date": "2025-03-01", "start": "2025-03-01"}
    slot = town.submit("act.status_changed", COUNCIL_STREAM, pause).event
    assert town.value(LINE_CELL, APRIL) is None
    town.submit("act.status_changed", COUNCIL_STREAM, None, corrects=slot)
    assert town.value(LINE_CELL, APRIL) == "160.00"


# -- of the registry ---------------------------------------------------------------------


def may_decide(town: TestLedger, by: Official = SECRETARY) -> str:
    """Either `recorded`, or why not."""
    outcome = town.outcome([town.envelope("financing.changed", PROGRAMME, lines("1.00"), by=by)])
    return "recorded" if isinstance(outcome, list) else str(getattr(outcome, "code", outcome))


MANDATE = {"person": "p-secretary", "office": "council-secretary", "start": "2024-01-01"}
GRANTED = "mandate.granted p-secretary"


def test_an_office_corrected_to_fewer_kinds_signs_no_more_than_those(town: TestLedger) -> None:
    office = {"office": "council-secretary", "name": "Секретар", "kinds": ["actual.reported"]}
    slot = town.ids["office.created council-secretary"]
    town.submit("office.created", COUNCIL_STREAM, office, corrects=slot)
    assert may_decide(town) == "office-may-not"
    town.submit("actual.reported", PROGRAMME, ACTUAL | {"period": "2025-Q2"})


def test_a_mandate_corrected_to_another_person_leaves_the_first_without(town: TestLedger) -> None:
    data = MANDATE | {"person": "p-commissioner"}
    town.submit("mandate.granted", COUNCIL_STREAM, data, corrects=town.ids[GRANTED])
    assert may_decide(town) == "no-mandate"
    town.reopen()
    assert may_decide(town) == "no-mandate"


def test_a_mandate_corrected_there_and_back_holds_again(town: TestLedger) -> None:
    for person in ("p-commissioner", "p-secretary"):
        data = MANDATE | {"person": person}
        town.submit("mandate.granted", COUNCIL_STREAM, data, corrects=town.ids[GRANTED])
    assert may_decide(town) == "recorded"


def test_a_voided_mandate_does_not_hold_and_cannot_be_ended(town: TestLedger) -> None:
    slot = town.ids[GRANTED]
    town.submit("mandate.granted", COUNCIL_STREAM, None, corrects=slot)
    assert may_decide(town) == "no-mandate"
    ended = {"mandate": slot, "end": "2025-09-01"}
    assert town.refused("mandate.ended", COUNCIL_STREAM, ended).code == "unknown-mandate"
    town.submit("mandate.granted", COUNCIL_STREAM, MANDATE, corrects=slot)
    assert may_decide(town) == "recorded"


def test_a_corrected_grant_does_not_undo_the_end_of_its_mandate(town: TestLedger) -> None:
    slot = town.ids["mandate.granted former-clerk"]
    data = {"person": "p-former", "office": "former-clerk", "start": "2024-01-01", "order": "№ 5"}
    town.submit("mandate.granted", COUNCIL_STREAM, data, corrects=slot)
    assert may_decide(town, FORMER) == "no-mandate"
    town.submit("mandate.granted", COUNCIL_STREAM, None, corrects=slot)
    town.submit("mandate.granted", COUNCIL_STREAM, data, corrects=slot)
    assert may_decide(town, FORMER) == "no-mandate"


def test_a_voided_end_lets_the_mandate_hold_as_granted(town: TestLedger) -> None:
    town.submit("mandate.ended", COUNCIL_STREAM, None, corrects=town.ids["ended"])
    assert may_decide(town, FORMER) == "recorded"


def test_a_voided_end_does_not_outlive_the_end_in_the_grant(town: TestLedger) -> None:
    slot = town.ids["mandate.granted former-clerk"]
    data = {"person": "p-former", "office": "former-clerk", "start": "2024-01-01", "end": "2025-01-01"}
    town.submit("mandate.granted", COUNCIL_STREAM, data, corrects=slot)
    town.submit("mandate.ended", COUNCIL_STREAM, None, corrects=town.ids["ended"])
    assert may_decide(town, FORMER) == "no-mandate"


def test_a_stated_end_does_not_lengthen_a_mandate(town: TestLedger) -> None:
    grant = {"person": "p-former", "office": "former-clerk", "start": "2024-01-01", "end": "2025-09-01"}
    slot = town.submit("mandate.granted", COUNCIL_STREAM, grant).event
    town.submit("mandate.ended", COUNCIL_STREAM, {"mandate": slot, "end": "2026-01-01"})
    assert may_decide(town, FORMER) == "no-mandate"


def test_a_corrected_name_of_a_person_or_body_changes_nobodys_powers(town: TestLedger) -> None:
    person = {"person": "p-secretary", "name": "Секретар ради (уточнено)"}
    town.submit("person.registered", "root", person, corrects=town.ids["person.registered p-secretary"])
    body = {"body": "town-council", "name": "Міська рада (уточнено)"}
    town.submit("body.opened", "root", body, corrects=town.ids["body.opened town-council"])
    assert may_decide(town) == "recorded"
    assert town.world().root.persons["p-secretary"] == "Секретар ради (уточнено)"


def test_a_commission_moved_from_the_council_signs_nothing_for_it(town: TestLedger) -> None:
    accept = {"report": town.ids["actual"]}
    body = {"body": "budget-commission", "name": "Бюджетна комісія", "parent": "other-council"}
    town.submit("body.opened", "root", body, corrects=town.ids["body.opened budget-commission"])
    assert town.refused("report.accepted", PROGRAMME, accept, by=COMMISSIONER).code == "foreign-body"
