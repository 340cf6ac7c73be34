"""How a key comes, gives way to another, and ends; and what a certificate beside it binds."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.canonical import dumps, encode_base64url
from ledger.envelope import Envelope
from tests.support.clock import utc
from tests.support.council import (
    DISTRICT_REGISTRARS,
    DISTRICT_STREAM,
    MAYOR,
    MEMBER,
    MONEY,
    council_town,
    revocation,
    revoke,
    rotation_of,
)
from tests.support.people import COMMISSION, FINANCE, REGISTRARS, SECRETARY, Official, key_of
from tests.support.town import COUNCIL_STREAM, PROGRAMME, TestLedger, lines, remember, sign_as

COMMISSION_STREAM, FINANCE_STREAM = f"body:{COMMISSION}", f"body:{FINANCE}"
SECOND = SECRETARY.using(remember(key_of("the secretary's second")))
THIRD = SECRETARY.using(remember(key_of("the secretary's third")))
CERTIFICATE = sha256(b"a certificate").hexdigest()
FILE = {"name": "s.cer", "media_type": "application/pkix-cert", "size": 13, "access": "restricted"}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
        yield town


def rotate(town: TestLedger, old: Official, new: Official) -> None:
    town.submit("key.rotated", COUNCIL_STREAM, rotation_of(town, old, new))


def money(town: TestLedger, by: Official) -> str | None:
    """The code by which a decision is refused; None if it is recorded."""
    outcome = town.outcome([town.envelope(MONEY, PROGRAMME, lines("1.00"), by=by)])
    return getattr(outcome, "code", None)


# -- rotation ------------------------------------------------------------------------------


def test_a_rotated_key_signs_no_more_and_the_new_one_does(town: TestLedger) -> None:
    rotate(town, SECRETARY, SECOND)
    assert money(town, SECRETARY) == "key-retired"
    assert money(town, SECOND) is None
    town.reopen()
    assert money(town, SECRETARY) == "key-retired"
    assert money(town, SECOND) is None


def test_a_rotation_holds_from_the_next_envelope_of_its_batch_on(town: TestLedger) -> None:
    rotated = town.envelope("key.rotated", COUNCIL_STREAM, rotation_of(town, SECRETARY, SECOND))
    by_new = town.envelope(MONEY, PROGRAMME, lines("2.00"), by=SECOND)
    by_old = town.envelope(MONEY, PROGRAMME, lines("3.00"), by=SECRETARY)
    refusal = town.refused_all([rotated, by_new, by_old])
    assert (refusal.code, refusal.pointer) == ("key-retired", "/envelopes/2/signers/0/kid")
    town.submit_all([rotated, by_new])


def test_a_key_is_rotated_again_and_again(town: TestLedger) -> None:
    rotate(town, SECRETARY, SECOND)
    rotate(town, SECOND, THIRD)
    assert [money(town, one) for one in (SECRETARY, SECOND, THIRD)] == ["key-retired", "key-retired", None]


def test_a_rotated_key_names_the_keys_that_are_live(town: TestLedger) -> None:
    rotate(town, SECRETARY, SECOND)
    refusal = town.refused(MONEY, PROGRAMME, lines("1.00"), by=SECRETARY)
    assert refusal.details["instead"] == [SECOND.key.public.kid]


def test_a_rotation_in_one_body_leaves_the_key_alone_in_another(town: TestLedger) -> None:
    again = MAYOR.using(remember(key_of("the mayor's second")))
    rotate(town, MAYOR, again)
    assert money(town, MAYOR) == "key-retired"
    assert money(town, MEMBER) is None
    assert money(town, again) is None


def test_a_retired_key_is_not_enrolled_again(town: TestLedger) -> None:
    rotate(town, SECRETARY, SECOND)
    refusal = town.refused("key.enrolled", COUNCIL_STREAM, town.key_data(SECRETARY))
    assert (refusal.code, refusal.pointer) == ("key-exists", "/data/jwk")


def test_what_a_key_signed_before_its_rotation_stays(town: TestLedger) -> None:
    assert money(town, SECRETARY) is None
    rotate(town, SECRETARY, SECOND)
    assert town.value("/financing/1.1/2025/local", "2025-04-01") == "1.00"


def test_the_root_of_the_registry_rotates_no_official_keys(town: TestLedger) -> None:
    refusal = town.refused("key.rotated", "root", rotation_of(town, SECRETARY, SECOND))
    assert (refusal.code, refusal.pointer) == ("wrong-subject", "/subject")


# -- revocation -------------------------------------------------------------------------------


def test_a_bodys_revocation_holds_in_that_body_and_the_roots_everywhere(town: TestLedger) -> None:
    revoke(town, MAYOR.key.public, COUNCIL_STREAM)
    assert money(town, MAYOR) == "key-revoked"
    assert money(town, MEMBER) is None
    revoke(town, MAYOR.key.public, "root")
    assert money(town, MEMBER) == "key-revoked"


def test_a_revocation_says_which_event_made_it_and_which_keys_are_live(town: TestLedger) -> None:
    town.submit("key.enrolled", COUNCIL_STREAM, town.key_data(SECOND))
    revoked = revoke(town, SECRETARY.key.public, COUNCIL_STREAM)
    refusal = town.refused(MONEY, PROGRAMME, lines("1.00"), by=SECRETARY)
    assert refusal.details == {"revoked": revoked, "instead": [SECOND.key.public.kid]}


def test_a_key_revoked_and_used_in_one_batch_refuses_the_whole_batch(town: TestLedger) -> None:
    before = town.envelope(MONEY, PROGRAMME, lines("2.00"))
    revoked = town.envelope("key.revoked", COUNCIL_STREAM, revocation(SECRETARY.key.public))
    after = town.envelope(MONEY, PROGRAMME, lines("3.00"))
    refusal = town.refused_all([before, revoked, after])
    assert (refusal.code, refusal.pointer) == ("key-revoked", "/envelopes/2/signers/0/kid")
    town.submit_all([before, revoked])


def test_a_revocation_takes_effect_at_its_place_and_not_by_the_day(town: TestLedger) -> None:
    assert money(town, SECRETARY) is None
    revoke(town, SECRETARY.key.public, COUNCIL_STREAM)
    signed_before = town.envelope(MONEY, PROGRAMME, lines("2.00"))
    assert town.refused_all([signed_before]).code == "key-revoked"


def test_a_revoked_key_is_not_enrolled_again_where_it_was_revoked(town: TestLedger) -> None:
    revoke(town, SECRETARY.key.public, COUNCIL_STREAM)
    assert town.refused("key.enrolled", COUNCIL_STREAM, town.key_data(SECRETARY)).code in (
        "key-exists",
        "key-revoked",
    )


def test_a_key_that_the_root_revoked_is_enrolled_nowhere(town: TestLedger) -> None:
    revoke(town, SECRETARY.key.public, "root")
    for stream in (COUNCIL_STREAM, FINANCE_STREAM):
        assert town.refused("key.enrolled", stream, town.key_data(SECRETARY)).code in (
            "key-exists",
            "key-revoked",
        )


def test_a_revoked_key_gives_way_to_a_new_enrolment_of_the_person(town: TestLedger) -> None:
    revoke(town, SECRETARY.key.public, COUNCIL_STREAM)
    town.submit("key.enrolled", COUNCIL_STREAM, town.key_data(SECOND))
    assert money(town, SECOND) is None


def test_a_corrected_revocation_moves_the_suspicion_and_not_the_place(town: TestLedger) -> None:
    slot = revoke(town, SECRETARY.key.public, COUNCIL_STREAM)
    data = revocation(SECRETARY.key.public, "2025-08-01", cause="lost")
    town.submit("key.revoked", COUNCIL_STREAM, data, corrects=slot)
    assert money(town, SECRETARY) == "key-revoked"
    revoked = town.world(COUNCIL_STREAM).bodies["town-council"].revoked[SECRETARY.key.public.kid]
    assert revoked.suspect_from == "2025-08-01"
    assert revoked.index == town.position - 2


def test_a_body_with_registrars_of_its_own_revokes_by_them(town: TestLedger) -> None:
    reeve = key_of("reeve").public
    assert town.refused("key.revoked", DISTRICT_STREAM, revocation(reeve)).code == "not-a-registrar"
    town.submit("key.revoked", DISTRICT_STREAM, revocation(reeve), by=DISTRICT_REGISTRARS[:2])


def test_the_root_revokes_a_key_that_only_a_body_with_its_own_registrars_knows(town: TestLedger) -> None:
    town.submit("key.revoked", "root", revocation(key_of("reeve").public))


def test_a_registrars_key_revoked_in_the_root_signs_for_no_office_either(town: TestLedger) -> None:
    clerk = Official(REGISTRARS[2].person, SECRETARY.office, SECRETARY.body, REGISTRARS[2].key)
    town.submit("key.enrolled", COUNCIL_STREAM, town.key_data(clerk))
    granted = {"person": clerk.person, "office": clerk.office, "start": "2025-01-01"}
    town.submit("mandate.granted", COUNCIL_STREAM, granted)
    assert money(town, clerk) is None
    revoke(town, REGISTRARS[2].key.public, "root")
    assert money(town, clerk) == "key-revoked"


def test_a_suspicion_may_begin_today_and_on_any_day_before(town: TestLedger) -> None:
    town.clock.set(utc("2025-09-09T21:00:00"))  # the tenth in Kyiv
    revoke(town, SECRETARY.key.public, COUNCIL_STREAM, "2025-09-10")
    revoke(town, MAYOR.key.public, COUNCIL_STREAM, "2001-01-01")


# -- certificates ---------------------------------------------------------------------------------


def certified(town: TestLedger, official: Official, certificate: str) -> None:
    data = town.key_data(official) | {"certificate": certificate}
    town.submit("key.enrolled", COUNCIL_STREAM, data, files=[FILE | {"sha256": certificate}])


def pointing(town: TestLedger, official: Official, certificate: str | None) -> list[Envelope]:
    x5t = None if certificate is None else encode_base64url(bytes.fromhex(certificate))
    payload = dumps(town.payload(MONEY, PROGRAMME, lines("1.00"), by=official))
    return [sign_as(payload, [(official.key, official.key.alg)], x5t=x5t)]


def test_a_signature_may_point_to_the_certificate_that_was_accepted_with_its_key(town: TestLedger) -> None:
    certified(town, SECOND, CERTIFICATE)
    town.submit_all(pointing(town, SECOND, CERTIFICATE))
    town.submit_all(pointing(town, SECOND, None))


def test_a_signature_that_points_to_another_certificate_is_refused(town: TestLedger) -> None:
    certified(town, SECOND, CERTIFICATE)
    other = sha256(b"another").hexdigest()
    refusal = town.refused_all(pointing(town, SECOND, other))
    assert (refusal.code, refusal.got) == ("certificate-mismatch", other)
    assert refusal.details == {"kid": SECOND.key.public.kid, "enrolled": CERTIFICATE}


def test_a_certificate_of_one_key_is_not_anothers(town: TestLedger) -> None:
    certified(town, SECOND, CERTIFICATE)
    assert town.refused_all(pointing(town, SECRETARY, CERTIFICATE)).code == "certificate-mismatch"


def test_a_certificate_is_bound_again_by_a_rotation(town: TestLedger) -> None:
    certified(town, SECOND, CERTIFICATE)
    new = sha256(b"the new one").hexdigest()
    data = rotation_of(town, SECOND, THIRD) | {"certificate": new}
    town.submit("key.rotated", COUNCIL_STREAM, data, files=[FILE | {"sha256": new}])
    assert town.refused_all(pointing(town, THIRD, CERTIFICATE)).code == "certificate-mismatch"
    town.submit_all(pointing(town, THIRD, new))


def test_a_public_certificate_is_not_accepted(town: TestLedger) -> None:
    data = town.key_data(SECOND) | {"certificate": CERTIFICATE}
    file = FILE | {"sha256": CERTIFICATE, "access": "public"}
    assert town.refused("key.enrolled", COUNCIL_STREAM, data, files=[file]).code in (
        "certificate-not-attached",
        "signature-file-public",
    )
