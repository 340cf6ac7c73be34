"""Statements around a mandate's end: refused, undetermined, or ended late."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.canonical import dumps
from ledger.envelope import Envelope
from tests.support.clock import utc
from tests.support.council import MAYOR, MONEY, council_town, doubt, doubts, reaffirm
from tests.support.people import SECRETARY
from tests.support.town import COUNCIL_STREAM, LINE_CELL, PROGRAMME, TestLedger, lines, sign_as

END = "2025-09-10"  # the first day without the mayor's mandate
LAST_INSTANT, FIRST_INSTANT = "2025-09-09T20:59:59", "2025-09-09T21:00:00"  # in Kyiv: the ninth, the tenth


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
        yield town


def end(town: TestLedger, day: str = END) -> str:
    data = {"mandate": town.ids["mandate.granted mayor"], "end": day}
    return town.submit("mandate.ended", COUNCIL_STREAM, data).event


def signed(town: TestLedger, iat: str, seen: int) -> list[Envelope]:
    """The mayor's decision, signed at an instant with a position seen."""
    payload = town.payload(MONEY, PROGRAMME, lines("1.00"), by=MAYOR, seen=seen)
    moment = int(utc(iat).timestamp())
    return [sign_as(dumps(payload), [(MAYOR.key, MAYOR.key.alg)], iat=moment)]


# -- undetermined ------------------------------------------------------------------------------


def test_what_was_signed_before_the_end_and_recorded_after_it_is_undetermined(town: TestLedger) -> None:
    seen = town.position
    end(town)
    town.clock.set(utc("2025-09-20T09:00:00"))
    (receipt,) = town.submit_all(signed(town, LAST_INSTANT, seen))
    assert doubt(town, receipt.event) == ["undetermined"]
    assert town.value(LINE_CELL, "2025-04-01") == "1.00", "what is in doubt counts"


@pytest.mark.parametrize(
    ("iat", "code"),
    [(LAST_INSTANT, None), (FIRST_INSTANT, "no-mandate"), ("2025-09-19T09:00:00", "no-mandate")],
)
def test_the_signature_must_claim_a_day_before_the_end(town: TestLedger, iat: str, code: str | None) -> None:
    seen = town.position
    end(town)
    town.clock.set(utc("2025-09-20T09:00:00"))
    assert getattr(town.outcome(signed(town, iat, seen)), "code", None) == code


@pytest.mark.parametrize(("recorded", "code"), [(LAST_INSTANT, None), (FIRST_INSTANT, "no-mandate")])
def test_the_last_entry_seen_must_be_of_a_day_before_the_end(
    town: TestLedger, recorded: str, code: str | None
) -> None:
    end(town)
    town.clock.set(utc(recorded))
    town.submit("person.registered", "root", {"person": "p-x", "name": "Особа"})
    seen = town.position
    town.clock.set(utc("2025-09-20T09:00:00"))
    assert getattr(town.outcome(signed(town, LAST_INSTANT, seen)), "code", None) == code


def test_who_has_seen_nothing_may_have_signed_in_time(town: TestLedger) -> None:
    end(town)
    town.clock.set(utc("2025-09-20T09:00:00"))
    payload = town.payload(
        MONEY, PROGRAMME, lines("1.00"), by=MAYOR, seen=0, acknowledges=["changed-since-seen"]
    )
    moment = int(utc(LAST_INSTANT).timestamp())
    (receipt,) = town.submit_all([sign_as(dumps(payload), [(MAYOR.key, MAYOR.key.alg)], iat=moment)])
    assert doubt(town, receipt.event) == ["undetermined"]


def test_a_signature_from_before_the_mandates_start_is_no_excuse(town: TestLedger) -> None:
    end(town)
    town.clock.set(utc("2025-09-20T09:00:00"))
    assert getattr(town.outcome(signed(town, "2023-12-31T09:00:00", 1)), "code", None) == "no-mandate"


def test_a_mandate_granted_for_an_interval_ends_the_same_way(town: TestLedger) -> None:
    data = {"person": "p-mayor", "office": "former-clerk", "start": "2025-09-01", "end": END}
    town.submit("mandate.granted", COUNCIL_STREAM, data)
    clerk = type(MAYOR)("p-mayor", "former-clerk", MAYOR.body, MAYOR.key)
    payload = town.payload(MONEY, PROGRAMME, lines("1.00"), by=clerk)
    town.clock.set(utc("2025-09-20T09:00:00"))
    moment = int(utc(LAST_INSTANT).timestamp())
    (receipt,) = town.submit_all([sign_as(dumps(payload), [(MAYOR.key, MAYOR.key.alg)], iat=moment)])
    assert doubt(town, receipt.event) == ["undetermined"]


def test_an_undetermined_statement_is_lifted_by_who_may_state_it_anew(town: TestLedger) -> None:
    seen = town.position
    ended = end(town)
    town.clock.set(utc("2025-09-20T09:00:00"))
    (receipt,) = town.submit_all(signed(town, LAST_INSTANT, seen))
    (one,) = doubts(town, receipt.event)
    assert (one.person, one.office, one.because) == ("p-mayor", "mayor", ended)
    reaffirm(town, receipt.event, by=SECRETARY)
    assert doubt(town, receipt.event) == []


def test_a_refused_latecomer_is_told_who_holds_the_office_and_when_the_mandate_ended(
    town: TestLedger,
) -> None:
    end(town)
    town.clock.set(utc("2025-09-20T09:00:00"))
    refusal = town.refused(MONEY, PROGRAMME, lines("1.00"), by=MAYOR)
    assert (refusal.code, refusal.details["ended"]) == ("no-mandate", END)
    assert refusal.details["instead"] == [{"office": "mayor", "persons": []}]


# -- ended late ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "expected"), [("2025-09-04", ["ended-late"]), ("2025-09-05", ["ended-late"]), ("2025-09-06", [])]
)
def test_an_end_registered_late_puts_what_came_after_it_in_doubt(
    town: TestLedger, day: str, expected: list[str]
) -> None:
    town.clock.set(utc("2025-09-05T09:00:00"))
    slot = town.submit(MONEY, PROGRAMME, lines("1.00"), by=MAYOR).event
    assert doubt(town, slot) == []
    town.clock.set(utc("2025-09-08T09:00:00"))
    end(town, day)
    assert doubt(town, slot) == expected


def test_a_late_end_that_is_corrected_or_voided_takes_its_doubt_along(town: TestLedger) -> None:
    town.clock.set(utc("2025-09-05T09:00:00"))
    slot = town.submit(MONEY, PROGRAMME, lines("1.00"), by=MAYOR).event
    ended = end(town, "2025-09-02")
    corrected = {"mandate": town.ids["mandate.granted mayor"], "end": "2025-10-01"}
    town.submit("mandate.ended", COUNCIL_STREAM, corrected, corrects=ended)
    assert doubt(town, slot) == []
    town.submit("mandate.ended", COUNCIL_STREAM, corrected | {"end": "2025-09-02"}, corrects=ended)
    assert doubt(town, slot) == ["ended-late"]
    town.submit("mandate.ended", COUNCIL_STREAM, None, corrects=ended)
    assert doubt(town, slot) == []


def test_a_late_end_is_shown_and_lifted_the_same_way(town: TestLedger) -> None:
    town.clock.set(utc("2025-09-05T09:00:00"))
    slot = town.submit(MONEY, PROGRAMME, lines("1.00"), by=MAYOR).event
    ended = end(town, "2025-09-02")
    (one,) = doubts(town, slot)
    assert (one.doubt, one.because) == ("ended-late", ended)
    reaffirm(town, slot)
    assert doubt(town, slot) == []


def test_another_mandate_for_the_same_office_carries_the_statement(town: TestLedger) -> None:
    data = {"person": "p-mayor", "office": "mayor", "start": "2025-09-01"}
    town.submit("mandate.granted", COUNCIL_STREAM, data)
    town.clock.set(utc("2025-09-05T09:00:00"))
    slot = town.submit(MONEY, PROGRAMME, lines("1.00"), by=MAYOR).event
    end(town, "2025-09-02")
    assert doubt(town, slot) == []


def test_a_grant_that_was_voided_later_leaves_the_statement_in_doubt(town: TestLedger) -> None:
    slot = town.submit(MONEY, PROGRAMME, lines("1.00"), by=MAYOR).event
    town.submit("mandate.granted", COUNCIL_STREAM, None, corrects=town.ids["mandate.granted mayor"])
    assert doubt(town, slot) == ["ended-late"]
    refusal = town.refused(MONEY, PROGRAMME, lines("2.00"), by=MAYOR)
    assert refusal.code == "no-mandate"
