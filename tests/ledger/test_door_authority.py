"""Who may say it: registrars by number, offices by body, mandates by local day, keys by person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from ledger.canonical import dumps
from ledger.entry import ENTRY_SIZE_MAX, format_entry
from ledger.envelope import PAYLOAD_SIZE_MAX
from ledger.keys import ED25519, ES256
from tests.support.clock import FrozenClock, utc
from tests.support.people import COMMISSIONER, FINANCE, FINANCIER, REGISTRARS, SECRETARY, STRANGER, key_of
from tests.support.story import ACTUAL, DEPUTY, town_with_history
from tests.support.town import (
    ACT_DATA,
    COUNCIL_STREAM,
    LINE_CELL,
    PROGRAMME,
    PROGRAMME_DATA,
    TestLedger,
    lines,
    sign_as,
)

MONEY = "financing.changed"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with town_with_history(tmp_path / "ledger") as town:
        yield town


# -- registrars --------------------------------------------------------------------------


def test_any_two_of_three_registrars_are_enough_and_all_three_too(town: TestLedger) -> None:
    groups = [*combinations(REGISTRARS, 2), REGISTRARS]
    for number, group in enumerate(groups):
        town.submit("person.registered", "root", {"person": f"p-{number}", "name": "Особа"}, by=group)


def test_each_registrar_alone_is_too_few(town: TestLedger) -> None:
    for registrar in REGISTRARS:
        refusal = town.refused("person.registered", "root", {"person": "p-x", "name": "Особа"}, by=registrar)
        others = sorted({one.person for one in REGISTRARS} - {registrar.person})
        assert (refusal.code, refusal.got) == ("too-few-registrars", 1)
        assert refusal.details == {"needed": 2, "instead": others}


def test_a_second_key_does_not_make_one_registrar_two_persons(tmp_path: Path) -> None:
    with TestLedger(tmp_path / "ledger") as town:
        first, second, third = town.opening["registrars"]
        town.opening |= {"registrars": [first, second | {"person": first["person"]}, third]}
        again = replace(REGISTRARS[1], person=first["person"])
        refusal = town.refused("ledger.opened", "root", town.opening, by=[REGISTRARS[0], again])
        assert (refusal.code, refusal.got) == ("too-few-registrars", 1)
        both = [REGISTRARS[0], REGISTRARS[2]]
        assert town.refused("ledger.opened", "root", town.opening, by=both).code == "registrar-twice"


# -- bodies ---------------------------------------------------------------------------------


def test_offices_of_the_councils_departments_act_for_its_programmes(town: TestLedger) -> None:
    town.submit(MONEY, PROGRAMME, lines("5.00"), by=FINANCIER)
    town.submit("report.accepted", PROGRAMME, {"report": town.ids["actual"]}, by=COMMISSIONER)
    assert town.value(LINE_CELL, "2025-04-01") == "5.00"


def test_two_officials_of_two_bodies_sign_one_event(town: TestLedger) -> None:
    receipt = town.submit(MONEY, PROGRAMME, lines("5.00"), by=[SECRETARY, FINANCIER])
    assert receipt.index == town.position - 1


def test_another_council_has_its_own_programmes_and_not_ours(town: TestLedger) -> None:
    act = ACT_DATA | {"act": "other-2"}
    town.submit("act.registered", "body:other-council", act, by=STRANGER)
    theirs = PROGRAMME_DATA | {"programme": "theirs", "body": "other-council"}
    town.submit("programme.adopted", "programme:theirs", theirs, by=STRANGER, act="other-2")
    assert town.refused(MONEY, "programme:theirs", lines("1.00"), act="other-2").code == "foreign-body"
    refusal = town.refused("actual.reported", PROGRAMME, ACTUAL, by=STRANGER)
    assert (refusal.code, refusal.got) == ("foreign-body", "other-council")
    assert refusal.details["owner"] == "town-council"
    assert {"office": SECRETARY.office, "persons": [SECRETARY.person]} in refusal.details["instead"]


def test_a_refused_second_signer_spoils_the_event_of_the_first(town: TestLedger) -> None:
    refusal = town.refused("actual.reported", PROGRAMME, ACTUAL, by=[SECRETARY, STRANGER])
    assert (refusal.code, refusal.pointer) == ("foreign-body", "/signers/1/office")


def test_an_act_of_a_department_may_carry_the_councils_money(town: TestLedger) -> None:
    """Acts of related bodies only: a department's order for its council's programme."""
    office = {"office": "fin-clerk", "name": "Діловод", "kinds": ["act.registered"]}
    mandate = {"person": "p-financier", "office": "fin-clerk", "start": "2025-01-01"}
    town.submit("office.created", f"body:{FINANCE}", office)
    town.submit("mandate.granted", f"body:{FINANCE}", mandate)
    clerk = type(FINANCIER)("p-financier", "fin-clerk", FINANCE, FINANCIER.key)
    town.submit("act.registered", f"body:{FINANCE}", ACT_DATA | {"act": "fin-1"}, by=clerk)
    town.submit(MONEY, PROGRAMME, lines("5.00"), act="fin-1")


# -- mandates, by the local date of recorded_at --------------------------------------------

# The last instant of a day in Kyiv and the first of the next, in UTC.
MIDNIGHTS = {
    "in summer time": ("2025-09-10", "2025-09-09T20:59:59.999999", "2025-09-09T21:00:00"),
    "in winter time": ("2025-12-10", "2025-12-09T21:59:59.999999", "2025-12-09T22:00:00"),
    "before winter time begins": ("2025-10-26", "2025-10-25T20:59:59.999999", "2025-10-25T21:00:00"),
    "after the day of 25 hours": ("2025-10-27", "2025-10-26T21:59:59.999999", "2025-10-26T22:00:00"),
    "before summer time begins": ("2026-03-29", "2026-03-28T21:59:59.999999", "2026-03-28T22:00:00"),
    "after the day of 23 hours": ("2026-03-30", "2026-03-29T20:59:59.999999", "2026-03-29T21:00:00"),
}
midnights = pytest.mark.parametrize(("day", "before", "after"), MIDNIGHTS.values(), ids=MIDNIGHTS)
HOLDS = {"person": "p-commissioner", "office": "council-secretary"}


@pytest.fixture
def guest(town: TestLedger) -> TestLedger:
    """The commissioner's key is accepted by the council too; what lacks is a mandate."""
    town.submit("key.enrolled", COUNCIL_STREAM, town.key_data(COMMISSIONER))
    return town


GUEST = type(COMMISSIONER)("p-commissioner", "council-secretary", "town-council", COMMISSIONER.key)


@midnights
def test_a_mandate_begins_at_midnight_in_kyiv(guest: TestLedger, day: str, before: str, after: str) -> None:
    guest.submit("mandate.granted", COUNCIL_STREAM, HOLDS | {"start": day})
    guest.clock.set(utc(before))
    refusal = guest.refused(MONEY, PROGRAMME, lines("5.00"), by=GUEST)
    assert (refusal.code, refusal.details["today"] < day) == ("no-mandate", True)
    guest.clock.set(utc(after))
    assert guest.submit(MONEY, PROGRAMME, lines("5.00"), by=GUEST).recorded_at.startswith(after)


@midnights
def test_a_mandate_ends_at_midnight_in_kyiv(guest: TestLedger, day: str, before: str, after: str) -> None:
    guest.submit("mandate.granted", COUNCIL_STREAM, HOLDS | {"start": "2025-01-01", "end": day})
    guest.clock.set(utc(before))
    guest.submit(MONEY, PROGRAMME, lines("5.00"), by=GUEST)
    guest.clock.set(utc(after))
    refusal = guest.refused(MONEY, PROGRAMME, lines("6.00"), by=GUEST)
    assert (refusal.code, refusal.details["today"]) == ("no-mandate", day)


@midnights
def test_an_ended_mandate_ends_at_midnight_in_kyiv(
    guest: TestLedger, day: str, before: str, after: str
) -> None:
    slot = guest.submit("mandate.granted", COUNCIL_STREAM, HOLDS | {"start": "2025-01-01"}).event
    guest.submit("mandate.ended", COUNCIL_STREAM, {"mandate": slot, "end": day})
    guest.clock.set(utc(before))
    guest.submit(MONEY, PROGRAMME, lines("5.00"), by=GUEST)
    guest.clock.set(utc(after))
    assert guest.refused(MONEY, PROGRAMME, lines("6.00"), by=GUEST).code == "no-mandate"


def test_what_a_mandate_allowed_stays_recorded_after_its_end(guest: TestLedger) -> None:
    slot = guest.submit("mandate.granted", COUNCIL_STREAM, HOLDS | {"start": "2025-01-01"}).event
    guest.submit(MONEY, PROGRAMME, lines("5.00"), by=GUEST)
    guest.submit("mandate.ended", COUNCIL_STREAM, {"mandate": slot, "end": "2025-01-01"})
    guest.reopen()
    assert guest.value(LINE_CELL, "2025-04-01") == "5.00"


def test_a_second_mandate_takes_over_where_the_first_ends(guest: TestLedger) -> None:
    guest.submit("mandate.granted", COUNCIL_STREAM, HOLDS | {"start": "2025-01-01", "end": "2025-08-01"})
    assert guest.refused(MONEY, PROGRAMME, lines("5.00"), by=GUEST).code == "no-mandate"
    guest.submit("mandate.granted", COUNCIL_STREAM, HOLDS | {"start": "2025-08-15"})
    guest.submit(MONEY, PROGRAMME, lines("5.00"), by=GUEST)


# -- keys -----------------------------------------------------------------------------------


def test_a_key_counts_in_a_body_from_when_that_body_accepts_it(town: TestLedger) -> None:
    assert town.refused(MONEY, PROGRAMME, lines("5.00"), by=DEPUTY).code == "key-not-accepted"
    town.submit("key.enrolled", f"body:{FINANCE}", town.key_data(DEPUTY))
    town.submit(MONEY, PROGRAMME, lines("5.00"), by=DEPUTY)


def test_a_second_key_of_a_person_counts_beside_the_first(town: TestLedger) -> None:
    for alg in (ED25519, ES256):
        again = SECRETARY.using(key_of(f"second {alg}", alg))
        for kind, subject, data in town.enrolment(again)[2:]:
            town.submit(kind, subject, data)
        town.submit(MONEY, PROGRAMME, lines("5.00"), by=again)
    town.submit(MONEY, PROGRAMME, lines("6.00"), by=SECRETARY)


def test_an_enrolment_may_be_used_by_the_next_envelope_of_its_batch(town: TestLedger) -> None:
    again = SECRETARY.using(key_of("of a batch"))
    ((kind, subject, data),) = town.enrolment(again)[2:]
    enrolled = town.envelope(kind, subject, data)
    town.submit_all([enrolled, town.envelope(MONEY, PROGRAMME, lines("5.00"), by=again)])


def test_a_bad_signature_by_a_key_enrolled_in_the_same_batch_is_found(town: TestLedger) -> None:
    again = SECRETARY.using(key_of("of a bad batch"))
    ((kind, subject, data),) = town.enrolment(again)[2:]
    good = town.envelope(MONEY, PROGRAMME, lines("5.00"), by=again)
    other = town.envelope(MONEY, PROGRAMME, lines("6.00"), by=again)
    bad = type(good)(good.payload, good.payload_text, good.payload_hash, other.signatures)
    refusal = town.refused_all([town.envelope(kind, subject, data), bad])
    assert (refusal.code, refusal.pointer) == ("bad-signature", "/envelopes/1/signatures")


def test_a_bad_signature_is_found_after_a_restart_before_anything_is_loaded(town: TestLedger) -> None:
    good = town.envelope(MONEY, PROGRAMME, lines("5.00"))
    other = town.envelope(MONEY, PROGRAMME, lines("6.00"))
    bad = type(good)(good.payload, good.payload_text, good.payload_hash, other.signatures)
    town.reopen()
    refusal = town.refused_all([bad])
    assert (refusal.code, refusal.pointer) == ("bad-signature", "/signatures")
    town.submit_all([good])


def test_a_registrar_may_hold_an_office_with_the_same_key(town: TestLedger) -> None:
    registrar = type(SECRETARY)("p-registrar-2", "council-secretary", "town-council", REGISTRARS[1].key)
    town.submit("key.enrolled", COUNCIL_STREAM, town.key_data(registrar))
    assert town.refused(MONEY, PROGRAMME, lines("5.00"), by=registrar).code == "no-mandate"
    mandate = {"person": "p-registrar-2", "office": "council-secretary", "start": "2025-01-01"}
    town.submit("mandate.granted", COUNCIL_STREAM, mandate)
    town.submit(MONEY, PROGRAMME, lines("5.00"), by=registrar)


def test_the_same_payload_signed_again_gets_the_first_receipt(town: TestLedger) -> None:
    payload = town.payload(MONEY, PROGRAMME, lines("5.00"), by=FINANCIER)
    first, again = town.signed(payload), town.signed(payload)
    assert first.signatures[0].signature != again.signatures[0].signature  # ES256 differs on each try
    receipt = town.submit_all([first])[0]
    assert town.ledger.submit([again]).result() == [receipt]
    assert town.position == receipt.index + 1


# -- sizes -------------------------------------------------------------------------------------


def test_the_largest_payload_with_sixteen_certified_signatures_fits_into_an_entry() -> None:
    payload = b'"' + b"x" * (PAYLOAD_SIZE_MAX - 2) + b'"'
    envelope = sign_as(payload, [(key := key_of(f"signer {n}"), key.alg) for n in range(16)], x5t="A" * 43)
    raw = format_entry(
        genesis="0" * 64,
        index=2**53 - 1,
        stream="programme:" + "p" * 64,
        version=2**53 - 1,
        recorded_at="2025-09-01T09:00:00.000000Z",
        envelope=envelope,
    )
    assert len(raw) <= ENTRY_SIZE_MAX


def test_an_expired_event_is_refused_from_the_very_instant(tmp_path: Path) -> None:
    with TestLedger.with_programme(
        tmp_path / "ledger", clock=FrozenClock(utc("2025-09-01T09:00:00"))
    ) as town:
        until = "2025-09-01T10:00:00Z"
        town.clock.set(utc("2025-09-01T09:59:59.999999"))
        town.submit(MONEY, PROGRAMME, lines("1.00"), submit_before=until)
        town.clock.set(utc("2025-09-01T10:00:00"))
        assert town.refused(MONEY, PROGRAMME, lines("2.00"), submit_before=until).code == "expired"


def test_a_payload_is_bound_to_its_ledger_by_origin_and_genesis(tmp_path: Path, town: TestLedger) -> None:
    with TestLedger(tmp_path / "other") as other:
        other.opening |= {"nonce": "00" * 32}
        other.submit("ledger.opened", "root", other.opening)
        copied = town.envelope("person.registered", "root", {"person": "p-x", "name": "Особа"})
        refusal = other.refused_all([copied])
    assert (refusal.code, refusal.pointer) == ("wrong-ledger", "/ledger")
    assert dumps(town.name) != dumps(other.name)
