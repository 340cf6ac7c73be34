"""Signed refusals: what they say, that nobody can alter or reuse them, and that they are no events."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.texts.catalogue import PROBLEMS
from ledger.door import NeedsAcknowledgement
from ledger.envelope import EVENT_TYP, POSSESSION_TYP, parse_envelope, sign_payload
from ledger.errors import Refusal
from ledger.keys import ED25519, ES256
from ledger.refusals import (
    NEEDS_ACKNOWLEDGEMENT,
    POINTER_MAX,
    REFUSAL_TYP,
    RefusalError,
    check_refusal,
    read_refusal,
    sign_refusal,
)
from tests.support.clock import utc
from tests.support.people import MACHINE, SECRETARY, key_of
from tests.support.town import PROGRAMME, TestLedger, lines

LEDGER = {"origin": "town.example/pledger", "genesis": "0f" * 32}
HASH = hashlib.sha256(b"what was sent").hexdigest()
OTHER = hashlib.sha256(b"another").hexdigest()
KEY = MACHINE.key
NOW = utc("2025-09-01T09:00:00")
Members = dict[str, Any]


def refused(*payloads: str, **other: Any) -> Members:
    said: Members = {"code": "not-money", "pointer": "/data/lines/0/amount", "position": 57, "now": NOW}
    said |= {"key": KEY} | other
    return sign_refusal(said.pop("key"), ledger=LEDGER, payloads=payloads or (HASH,), **said)


def payload_of(refusal: Members) -> Members:
    text = refusal["payload"]
    found: Members = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def check(refusal: Members, **other: Any) -> Any:
    expected: Members = {"key": KEY.public, "genesis": LEDGER["genesis"], "payloads": [HASH]}
    return check_refusal(refusal, **(expected | other))


def again(said: Members) -> Members:
    """The same key signs something else in the same way."""
    raw = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return sign_payload(raw, [KEY], iat=int(NOW.timestamp()), typ=REFUSAL_TYP)


def test_a_refusal_is_a_jws_of_exactly_the_members_that_the_document_names() -> None:
    refusal = refused()
    assert payload_of(refusal) == {
        "ledger": LEDGER,
        "payload": HASH,
        "code": "not-money",
        "pointer": "/data/lines/0/amount",
        "position": 57,
        "refused_at": "2025-09-01T09:00:00.000000Z",
    }
    (signature,) = refusal["signatures"]
    header = json.loads(urlsafe_b64decode(signature["protected"] + "=="))
    assert (header["typ"], header["kid"]) == ("pledger-refusal+jws", KEY.public.kid)
    message = f"{signature['protected']}.{refusal['payload']}".encode()
    KEY.public.verify(urlsafe_b64decode(signature["signature"] + "=="), message)


@pytest.mark.parametrize("alg", [ED25519, ES256])
def test_who_checks_gets_what_was_said(alg: str) -> None:
    key = key_of("a service", alg)
    found = check(refused(key=key), key=key.public)
    assert (found.origin, found.genesis) == (LEDGER["origin"], LEDGER["genesis"])
    assert (found.payloads, found.code, found.pointer) == ((HASH,), "not-money", "/data/lines/0/amount")
    assert (found.position, found.refused_at) == (57, "2025-09-01T09:00:00.000000Z")
    assert found.kid == key.public.kid


def test_a_batch_is_named_by_all_its_payloads_in_order() -> None:
    refusal = refused(HASH, OTHER)
    said = payload_of(refusal)
    assert (said["payloads"], "payload" in said) == ([HASH, OTHER], False)
    assert check(refusal, payloads=[HASH, OTHER]).payloads == (HASH, OTHER)
    for wrong in ([OTHER, HASH], [HASH], [HASH, OTHER, HASH], []):
        with pytest.raises(RefusalError, match="another statement"):
            check(refusal, payloads=wrong)


def test_a_refusal_of_one_is_none_of_another_statement_ledger_or_key() -> None:
    for other, words in (
        ({"payloads": [OTHER]}, "another statement"),
        ({"genesis": "00" * 32}, "another ledger"),
        ({"key": SECRETARY.key.public}, "not signed by"),
    ):
        with pytest.raises(RefusalError, match=words):
            check(refused(), **other)
    assert check(refused(), payloads=None)


CHANGES: tuple[Callable[[Members], Members], ...] = (
    lambda said: said | {"code": "expired"},
    lambda said: said | {"pointer": ""},
    lambda said: said | {"position": 58},
    lambda said: said | {"refused_at": "2025-09-01T09:00:00.000001Z"},
    lambda said: said | {"payload": OTHER},
    lambda said: said | {"ledger": LEDGER | {"genesis": "00" * 32}},
)


@pytest.mark.parametrize("change", CHANGES)
def test_whoever_alters_a_refusal_breaks_its_signature(change: Callable[[Members], Members]) -> None:
    refusal = refused()
    altered = again(change(payload_of(refusal))) | {"signatures": refusal["signatures"]}
    with pytest.raises(RefusalError, match="not signed by"):
        check(altered, payloads=None)


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said | {"payloads": [HASH, OTHER]},
        lambda said: said | {"payload": None},
        lambda said: {**said, "payload": None, "payloads": [HASH, OTHER]},
        lambda said: {name: value for name, value in said.items() if name != "payload"},
        lambda said: {name: value for name, value in said.items() if name != "position"},
        lambda said: said | {"more": 1},
        lambda said: said | {"position": -1},
        lambda said: said | {"position": "57"},
        lambda said: said | {"code": "Not money"},
        lambda said: said | {"payload": HASH.upper()},
        lambda said: said | {"refused_at": "yesterday"},
        lambda said: said | {"pointer": "/" + "x" * POINTER_MAX},
    ],
)
def test_what_has_other_members_is_no_refusal_though_the_key_signed_it(
    change: Callable[[Members], Members],
) -> None:
    with pytest.raises(RefusalError):
        check(again(change(payload_of(refused()))), payloads=None)


def test_a_payload_in_another_spelling_is_no_refusal() -> None:
    said = json.dumps(payload_of(refused())).encode()  # spaces, and another order
    text = urlsafe_b64encode(said).decode().rstrip("=")
    with pytest.raises(RefusalError):
        check(refused() | {"payload": text}, payloads=None)


def test_two_signatures_are_no_refusal() -> None:
    raw = urlsafe_b64decode(refused()["payload"] + "==")
    both = sign_payload(raw, [KEY, SECRETARY.key], iat=0, typ=REFUSAL_TYP)
    with pytest.raises(RefusalError, match="one signature"):
        check(both)


def test_a_refusal_is_no_event_and_no_proof_of_possession_and_they_are_no_refusals() -> None:
    refusal = refused()
    for typ in (EVENT_TYP, POSSESSION_TYP):
        with pytest.raises(Refusal, match="wrong-typ"):
            parse_envelope(refusal, typ=typ)
        raw = urlsafe_b64decode(refusal["payload"] + "==")
        with pytest.raises(RefusalError, match="wrong-typ"):
            read_refusal(sign_payload(raw, [KEY], iat=0, typ=typ))


def test_every_code_of_the_door_can_be_said() -> None:
    for code in (*PROBLEMS, NEEDS_ACKNOWLEDGEMENT):
        assert check(refused(code=code)).code == code


@given(st.text(max_size=2000))
def test_a_pointer_of_whatever_others_sent_is_cut_and_signed(text: str) -> None:
    pointer = check(refused(pointer="/" + text)).pointer
    assert pointer == ("/" + text)[:POINTER_MAX]


def test_the_largest_batch_fits() -> None:
    hashes = [hashlib.sha256(bytes([number])).hexdigest() for number in range(256)]
    refusal = refused(*hashes, pointer="/" + "ї" * 9999)
    assert check(refusal, payloads=hashes).payloads == tuple(hashes)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with TestLedger.with_programme(tmp_path / "ledger") as town:
        yield town


def test_the_door_tells_at_which_position_it_refused(town: TestLedger) -> None:
    before = town.position
    refusal = town.refused("financing.changed", PROGRAMME, lines("1.00"), seen=before + 1)
    assert refusal.position == before
    bad = town.envelope("financing.changed", PROGRAMME, lines("1.00"), seen=before + 9)
    good = town.envelope("financing.changed", PROGRAMME, lines("150.00"))
    assert town.refused_all([good, bad]).position == before, "nothing of the batch was recorded"
    with pytest.raises(NeedsAcknowledgement) as asked:
        town.ledger.submit([town.envelope("financing.changed", PROGRAMME, lines("5.00"), seen=0)]).result()
    assert asked.value.position == before


def test_what_is_refused_in_a_group_is_refused_after_what_was_taken_before_it(town: TestLedger) -> None:
    before = town.position
    good = town.envelope("financing.changed", PROGRAMME, lines("150.00"))
    bad = town.envelope("financing.changed", PROGRAMME, lines("1.00"), seen=999)
    taken, turned_down = town.ledger.submit([good]), town.ledger.submit([bad])
    assert taken.result()[0].index == before
    with pytest.raises(Refusal) as refusal:
        turned_down.result()
    assert refusal.value.position == before + 1
