"""Envelopes: one strict form, every signature verified, nothing else taken for an event."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import rfc8785
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey

from ledger import canonical
from ledger.canonical import decode_base64url, encode_base64url
from ledger.envelope import (
    ENVELOPE_SIZE_MAX,
    EVENT_TYP,
    PAYLOAD_SIZE_MAX,
    POSSESSION_TYP,
    Envelope,
    EnvelopeJSON,
    add_signature,
    check_possession,
    envelope_json,
    parse_batch,
    parse_envelope,
    prove_possession,
    sign_payload,
    verify_envelope,
)
from ledger.errors import Refusal
from ledger.keys import ALGORITHMS, PrivateKey, PublicKey

IAT = 1_770_000_000
PAYLOAD = canonical.dumps({"kind": "test", "reason": "Зміна обсягу"})
ALICE, BOB = PrivateKey.from_seed(b"a" * 32), PrivateKey.from_seed(b"b" * 32)
CAROL = PrivateKey.generate("ES256")
KEYS = {key.public.kid: key.public for key in (ALICE, BOB, CAROL)}
DIGEST = encode_base64url(hashlib.sha256(b"certificate").digest())
LEDGER = {"origin": "ledger.example/pledger", "genesis": "00" * 32}
HEADER: dict[str, Any] = {"alg": "Ed25519", "kid": ALICE.public.kid, "typ": EVENT_TYP, "iat": IAT}

Bend: TypeAlias = Callable[[EnvelopeJSON], Any]


def code_of(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refusal) as caught:
        call(*args, **kwargs)
    return caught.value.code


def signed_by(*keys: PrivateKey) -> Envelope:
    return parse_envelope(sign_payload(PAYLOAD, keys, iat=IAT))


def protected(raw: bytes) -> Bend:
    """Replace the protected header by other bytes."""
    return lambda it: it["signatures"][0].update(protected=encode_base64url(raw))


def header(**members: Any) -> Bend:
    """Replace members of the protected header; None drops one."""
    changed = {name: value for name, value in (HEADER | members).items() if value is not None}
    return protected(json.dumps(changed, sort_keys=True, separators=(",", ":")).encode())


def signature(text: Any) -> Bend:
    return lambda it: it["signatures"][0].update(signature=text)


# Each a way to bend a good envelope, the code that refuses it, and the pointer.
SIGNATURE_0, HEADER_0 = "/signatures/0", "/signatures/0/protected"
MALFORMED: dict[str, tuple[Bend, str, str]] = {
    "an extra member": (lambda it: it.update(extra=1), "envelope-malformed", ""),
    "an unprotected header outside": (lambda it: it.update(header={}), "envelope-malformed", ""),
    "flattened form": (lambda it: it.update(it.pop("signatures")[0]), "envelope-malformed", ""),
    "no payload": (lambda it: it.pop("payload"), "envelope-malformed", ""),
    "no signatures member": (lambda it: it.pop("signatures"), "envelope-malformed", ""),
    "signatures an object": (lambda it: it.update(signatures={}), "envelope-malformed", "/signatures"),
    "signatures null": (lambda it: it.update(signatures=None), "envelope-malformed", "/signatures"),
    "no signature at all": (lambda it: it.update(signatures=[]), "signature-count", "/signatures"),
    "17 signatures": (
        lambda it: it.update(signatures=it["signatures"] * 17),
        "signature-count",
        "/signatures",
    ),
    "a signature that is text": (lambda it: it.update(signatures=["x"]), "envelope-malformed", SIGNATURE_0),
    "a signature that is null": (lambda it: it.update(signatures=[None]), "envelope-malformed", SIGNATURE_0),
    "an unprotected header": (
        lambda it: it["signatures"][0].update(header={"alg": "none"}),
        "envelope-malformed",
        SIGNATURE_0,
    ),
    "no protected member": (
        lambda it: it["signatures"][0].pop("protected"),
        "envelope-malformed",
        SIGNATURE_0,
    ),
    "no signature member": (
        lambda it: it["signatures"][0].pop("signature"),
        "envelope-malformed",
        SIGNATURE_0,
    ),
    "a signature twice": (
        lambda it: it.update(signatures=it["signatures"] * 2),
        "duplicate-kid",
        "/signatures/1/protected",
    ),
    "a number for a payload": (lambda it: it.update(payload=5), "not-base64url", "/payload"),
    "a padded payload": (lambda it: it.update(payload="QQ=="), "not-base64url", "/payload"),
    "spare bits in the payload": (lambda it: it.update(payload="QR"), "not-base64url", "/payload"),
    "a newline in the payload": (lambda it: it.update(payload="QUFB\n"), "not-base64url", "/payload"),
    "a payload in the other alphabet": (lambda it: it.update(payload="+/+/"), "not-base64url", "/payload"),
    "a Cyrillic payload": (lambda it: it.update(payload="аааа"), "not-base64url", "/payload"),
    "a payload too large": (
        lambda it: it.update(payload=encode_base64url(bytes(PAYLOAD_SIZE_MAX + 1))),
        "payload-too-large",
        "/payload",
    ),
    "a signature with padding": (
        signature(encode_base64url(bytes(64)) + "=="),
        "not-base64url",
        "/signatures/0/signature",
    ),
    "spare bits in the signature": (signature("A" * 85 + "B"), "not-base64url", "/signatures/0/signature"),
    "a null signature value": (signature(None), "not-base64url", "/signatures/0/signature"),
    "a signature of 63 bytes": (
        signature(encode_base64url(bytes(63))),
        "signature-size",
        "/signatures/0/signature",
    ),
    "a signature of 65 bytes": (
        signature(encode_base64url(bytes(65))),
        "signature-size",
        "/signatures/0/signature",
    ),
    "an empty signature": (signature(""), "signature-size", "/signatures/0/signature"),
    "a DER signature": (signature(encode_base64url(bytes(71))), "signature-size", "/signatures/0/signature"),
    "a protected object": (
        lambda it: it["signatures"][0].update(protected=dict(HEADER)),
        "not-base64url",
        HEADER_0,
    ),
    "an empty protected": (protected(b""), "header-not-canonical", HEADER_0),
    "a protected that is no JSON": (protected(b"alg"), "header-not-canonical", HEADER_0),
    "a protected with spaces": (
        protected(json.dumps(HEADER, sort_keys=True).encode()),
        "header-not-canonical",
        HEADER_0,
    ),
    "unsorted header members": (
        protected(json.dumps(HEADER, separators=(",", ":")).encode()),
        "header-not-canonical",
        HEADER_0,
    ),
    "a duplicate header member": (
        protected(rfc8785.dumps(HEADER).replace(b'{"alg"', b'{"alg":"none","alg"')),
        "header-not-canonical",
        HEADER_0,
    ),
    "a huge header": (header(kid="A" * 600), "header-not-canonical", HEADER_0),
    "an iat with a fraction": (header(iat=1.5), "header-not-canonical", HEADER_0),
    "an iat beyond 2^53": (header(iat=2**53), "header-not-canonical", HEADER_0),
    "a header that is a list": (protected(b"[]"), "header-malformed", HEADER_0),
    "a header that is null": (protected(b"null"), "header-malformed", HEADER_0),
    "no alg": (header(alg=None), "header-malformed", HEADER_0),
    "no kid": (header(kid=None), "header-malformed", HEADER_0),
    "no typ": (header(typ=None), "header-malformed", HEADER_0),
    "no iat": (header(iat=None), "header-malformed", HEADER_0),
    "a crit member": (header(crit=["b64"]), "header-malformed", HEADER_0),
    "a b64 member": (header(b64=False), "header-malformed", HEADER_0),
    "a jwk in the header": (header(jwk=ALICE.public.to_jwk()), "header-malformed", HEADER_0),
    "a jku in the header": (header(jku="https://evil.example"), "header-malformed", HEADER_0),
    "an x5c in the header": (header(x5c=["QQ=="]), "header-malformed", HEADER_0),
    "alg none": (header(alg="none"), "alg-not-allowed", HEADER_0 + "/alg"),
    "alg HS256": (header(alg="HS256"), "alg-not-allowed", HEADER_0 + "/alg"),
    "alg EdDSA": (header(alg="EdDSA"), "alg-not-allowed", HEADER_0 + "/alg"),
    "alg es256": (header(alg="es256"), "alg-not-allowed", HEADER_0 + "/alg"),
    "alg a list": (header(alg=["Ed25519"]), "alg-not-allowed", HEADER_0 + "/alg"),
    "alg true": (header(alg=True), "alg-not-allowed", HEADER_0 + "/alg"),
    "another typ": (header(typ="JWT"), "wrong-typ", HEADER_0 + "/typ"),
    "typ in capitals": (header(typ=EVENT_TYP.upper()), "wrong-typ", HEADER_0 + "/typ"),
    "the typ of a proof of possession": (header(typ=POSSESSION_TYP), "wrong-typ", HEADER_0 + "/typ"),
    "typ a number": (header(typ=1), "wrong-typ", HEADER_0 + "/typ"),
    "a kid that is no thumbprint": (header(kid="alice"), "kid-malformed", HEADER_0 + "/kid"),
    "a kid of 31 bytes": (header(kid=encode_base64url(bytes(31))), "kid-malformed", HEADER_0 + "/kid"),
    "a kid with spare bits": (header(kid="A" * 42 + "B"), "kid-malformed", HEADER_0 + "/kid"),
    "a kid that is a number": (header(kid=5), "kid-malformed", HEADER_0 + "/kid"),
    "an iat in text": (header(iat=str(IAT)), "iat-malformed", HEADER_0 + "/iat"),
    "an iat that is true": (header(iat=True), "iat-malformed", HEADER_0 + "/iat"),
    "an iat before 1970": (header(iat=-1), "iat-malformed", HEADER_0 + "/iat"),
    "an iat after 9999": (header(iat=253_402_300_800), "iat-malformed", HEADER_0 + "/iat"),
    "a short x5t": (header(**{"x5t#S256": "AAAA"}), "x5t-malformed", HEADER_0 + "/x5t#S256"),
    "an x5t that is a list": (header(**{"x5t#S256": [DIGEST]}), "x5t-malformed", HEADER_0 + "/x5t#S256"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_envelope_is_refused_with_its_own_code_and_place(name: str) -> None:
    bend, code, pointer = MALFORMED[name]
    bent: EnvelopeJSON = copy.deepcopy(sign_payload(PAYLOAD, [ALICE], iat=IAT))
    bend(bent)
    for raw in (bent, json.dumps(bent).encode()):
        with pytest.raises(Refusal) as caught:
            parse_envelope(raw)
        assert (caught.value.code, caught.value.pointer) == (code, pointer)


RAW = json.dumps(sign_payload(PAYLOAD, [ALICE], iat=IAT)).encode()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "not-json"),
        (b"{", "not-json"),
        (RAW + RAW, "not-json"),
        (b"\xef\xbb\xbf" + RAW, "not-json"),
        (RAW.replace(b"payload", b"payl\xffad"), "not-json"),
        (b"[" * 60_000, "not-json"),
        (b"null", "envelope-malformed"),
        (b"[]", "envelope-malformed"),
        (b'"text"', "envelope-malformed"),
        (b"[" + RAW + b"]", "envelope-malformed"),
        (RAW + b" " * ENVELOPE_SIZE_MAX, "envelope-too-large"),
        (RAW[:-1] + b',"payload":"QUFB"}', "duplicate-member"),
        (RAW[:-1] + b',"payload":' + RAW[12 : RAW.index(b",")] + b"}", "duplicate-member"),
        (b'{"payload":5,' + RAW[1:], "duplicate-member"),
        (b'{"signatures":[],' + RAW[1:], "duplicate-member"),
        (b'{"\\u0070ayload":1,' + RAW[1:], "duplicate-member"),
        (RAW.replace(b'{"protected"', b'{"signature":null,"protected"'), "duplicate-member"),
        (RAW.replace(b'{"protected"', b'{"protected":{"alg":"none"},"protected"'), "duplicate-member"),
    ],
)
def test_bytes_that_hide_something_are_refused(raw: bytes, code: str) -> None:
    assert code_of(parse_envelope, raw) == code


def test_spaces_and_order_around_the_signed_parts_do_not_matter() -> None:
    plain = sign_payload(PAYLOAD, [ALICE, BOB], iat=IAT)
    spaced = json.dumps(
        {"signatures": plain["signatures"][::-1], "payload": plain["payload"]}, indent=2
    ).encode()
    assert parse_envelope(spaced) == parse_envelope(plain)
    assert envelope_json(parse_envelope(spaced)) == plain


def test_a_payload_of_the_greatest_size_is_parsed_and_one_byte_more_is_not_signed() -> None:
    largest = b'"' + b"a" * (PAYLOAD_SIZE_MAX - 2) + b'"'
    envelope = json.dumps(sign_payload(largest, [ALICE], iat=IAT)).encode()
    assert parse_envelope(envelope).payload == largest
    assert code_of(sign_payload, b'"a' + largest[1:], [ALICE], iat=IAT) == "payload-too-large"


def test_sixteen_signers_are_taken_and_sorted_by_kid() -> None:
    keys = [PrivateKey.from_seed(bytes([n]) * 32) for n in range(16)]
    envelope = signed_by(*keys)
    assert list(envelope.kids) == sorted(key.public.kid for key in keys)
    verify_envelope(envelope, {key.public.kid: key.public for key in keys})
    assert code_of(signed_by, *keys, ALICE) == "signature-count"


def test_an_envelope_carries_its_payload_and_the_payloads_hash() -> None:
    envelope = signed_by(ALICE)
    assert envelope.payload == PAYLOAD
    assert envelope.payload_hash == hashlib.sha256(PAYLOAD).digest()
    assert envelope.signatures[0].header.iat == IAT
    assert envelope.signatures[0].header.alg == "Ed25519"


def test_payloads_that_are_not_canonical_are_not_signed() -> None:
    assert code_of(sign_payload, b'{"a": 1}', [ALICE], iat=IAT) == "not-canonical"
    assert code_of(sign_payload, PAYLOAD, [], iat=IAT) == "signature-count"
    assert code_of(sign_payload, PAYLOAD, [ALICE, ALICE], iat=IAT) == "duplicate-kid"
    assert code_of(sign_payload, PAYLOAD, [ALICE], iat=-1) == "iat-malformed"


def test_a_protected_header_has_its_documented_bytes() -> None:
    text = sign_payload(PAYLOAD, [ALICE], iat=IAT)["signatures"][0]["protected"]
    expected = f'{{"alg":"Ed25519","iat":{IAT},"kid":"{ALICE.public.kid}","typ":"pledger-event+jws"}}'
    assert decode_base64url(text).decode() == expected


def test_a_certificates_thumbprint_is_signed_too() -> None:
    first = sign_payload(PAYLOAD, [ALICE], iat=IAT)
    envelope = parse_envelope(add_signature(first, CAROL, IAT + 5, x5t=DIGEST))
    verify_envelope(envelope, KEYS)
    by_kid = {one.header.kid: one.header for one in envelope.signatures}
    assert by_kid[CAROL.public.kid].x5t == DIGEST
    assert by_kid[ALICE.public.kid].x5t is None


# --- verification


@settings(max_examples=25)
@given(st.sets(st.sampled_from([ALICE, BOB, CAROL]), min_size=1), st.integers(0, 2**33))
def test_what_was_signed_verifies(signers: set[PrivateKey], iat: int) -> None:
    envelope = parse_envelope(json.dumps(sign_payload(PAYLOAD, list(signers), iat=iat)).encode())
    verify_envelope(envelope, KEYS)
    assert set(envelope.kids) == {key.public.kid for key in signers}


@settings(max_examples=50)
@given(st.data())
def test_no_changed_character_of_an_envelope_still_verifies(data: st.DataObject) -> None:
    bent = sign_payload(PAYLOAD, [ALICE, CAROL], iat=IAT)
    place, name = data.draw(
        st.sampled_from(
            [(bent, "payload"), *((one, n) for one in bent["signatures"] for n in ("protected", "signature"))]
        )
    )
    text = place[name]
    spot = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("ABCyz019-_").filter(lambda char: char != text[spot]))
    place[name] = text[:spot] + other + text[spot + 1 :]
    with pytest.raises(Refusal):
        verify_envelope(parse_envelope(bent), KEYS)


def test_every_signature_must_verify() -> None:
    bent = sign_payload(PAYLOAD, [ALICE, BOB, CAROL], iat=IAT)
    for one in bent["signatures"]:
        kept, one["signature"] = one["signature"], encode_base64url(bytes(64))
        with pytest.raises(Refusal) as caught:
            verify_envelope(parse_envelope(bent), KEYS)
        assert caught.value.code == "bad-signature"
        assert caught.value.got in KEYS
        one["signature"] = kept
    verify_envelope(parse_envelope(bent), KEYS)


def test_signatures_do_not_fit_another_payload_or_another_header() -> None:
    bent = sign_payload(PAYLOAD, [ALICE], iat=IAT)
    other = sign_payload(b'"other"', [ALICE], iat=IAT + 1)
    assert (
        code_of(verify_envelope, parse_envelope(bent | {"payload": other["payload"]}), KEYS)
        == "bad-signature"
    )
    bent["signatures"][0]["protected"] = other["signatures"][0]["protected"]
    assert code_of(verify_envelope, parse_envelope(bent), KEYS) == "bad-signature"


def test_an_unknown_key_is_refused_before_any_signature_is_computed() -> None:
    class Never(PublicKey):
        def verify(self, signature: bytes, message: bytes) -> None:
            raise AssertionError("computed")

    known = {ALICE.public.kid: Never(ALICE.public.alg, ALICE.public.point)}
    assert code_of(verify_envelope, signed_by(ALICE, BOB), known) == "unknown-key"


def test_alg_is_pinned_by_the_enrolled_key() -> None:
    bent = sign_payload(PAYLOAD, [ALICE], iat=IAT)
    header(alg="ES256")(bent)
    assert code_of(verify_envelope, parse_envelope(bent), KEYS) == "alg-mismatch"


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_the_identity_point_forgery_never_gets_as_far_as_verification(alg: str) -> None:
    assert code_of(PublicKey, alg, bytes([1]) + bytes(31)) in {"key-small-order", "key-size"}


# --- possession


def test_possession_is_proved_for_one_ledger_one_person_and_one_key() -> None:
    proof = prove_possession(CAROL, ledger=LEDGER, person="p-1", iat=IAT)
    check_possession(proof, ledger=LEDGER, person="p-1", key=CAROL.public)
    for changed in (
        {"ledger": LEDGER | {"genesis": "11" * 32}},
        {"person": "p-2"},
        {"key": ALICE.public},
    ):
        arguments: dict[str, Any] = {"ledger": LEDGER, "person": "p-1", "key": CAROL.public} | changed
        assert code_of(check_possession, proof, **arguments) == "possession-mismatch"


def test_possession_is_not_proved_by_another_key_or_a_broken_signature() -> None:
    payload = parse_envelope(
        prove_possession(CAROL, ledger=LEDGER, person="p-1", iat=IAT), typ=POSSESSION_TYP
    ).payload
    arguments: dict[str, Any] = {"ledger": LEDGER, "person": "p-1", "key": CAROL.public}
    by_another = sign_payload(payload, [BOB], iat=IAT, typ=POSSESSION_TYP)
    assert code_of(check_possession, by_another, **arguments) == "unknown-key"
    both = sign_payload(payload, [CAROL, BOB], iat=IAT, typ=POSSESSION_TYP)
    assert code_of(check_possession, both, **arguments) == "signature-count"
    broken = sign_payload(payload, [CAROL], iat=IAT, typ=POSSESSION_TYP)
    broken["signatures"][0]["signature"] = encode_base64url(bytes(64))
    assert code_of(check_possession, broken, **arguments) == "bad-signature"


def test_a_proof_is_no_event_and_an_event_is_no_proof() -> None:
    proof = prove_possession(CAROL, ledger=LEDGER, person="p-1", iat=IAT)
    assert code_of(parse_envelope, proof) == "wrong-typ"
    event = sign_payload(decode_base64url(proof["payload"]), [CAROL], iat=IAT)
    assert code_of(check_possession, event, ledger=LEDGER, person="p-1", key=CAROL.public) == "wrong-typ"
    assert code_of(add_signature, proof, BOB, IAT) == "wrong-typ"


def test_adding_a_signature_leaves_the_given_envelope_alone_and_refuses_a_second_by_one_key() -> None:
    first = sign_payload(PAYLOAD, [ALICE], iat=IAT)
    before = copy.deepcopy(first)
    both = add_signature(first, BOB, IAT + 60)
    assert first == before
    verify_envelope(parse_envelope(both), KEYS)
    assert code_of(add_signature, both, ALICE, IAT) == "duplicate-kid"


# --- batches


def batch(*envelopes: Any) -> bytes:
    return json.dumps({"envelopes": list(envelopes)}).encode()


def test_a_batch_is_read_in_its_order() -> None:
    one, two = sign_payload(b"1", [ALICE], iat=IAT), sign_payload(b"2", [BOB, CAROL], iat=IAT)
    assert [it.payload for it in parse_batch(batch(one, two))] == [b"1", b"2"]
    assert len(parse_batch(batch(*[one] * 256))) == 256


def test_batches_of_another_shape_are_refused() -> None:
    one = sign_payload(b"1", [ALICE], iat=IAT)
    raw = batch(one)
    assert code_of(parse_batch, batch()) == "batch-count"
    assert code_of(parse_batch, batch(*[one] * 257)) == "batch-count"
    assert code_of(parse_batch, b"[]") == "batch-malformed"
    assert code_of(parse_batch, b'{"envelopes":{}}') == "batch-malformed"
    assert code_of(parse_batch, raw[:-1] + b',"x":1}') == "batch-malformed"
    assert code_of(parse_batch, b'{"envelopes":[],' + raw[1:]) == "duplicate-member"
    assert code_of(parse_batch, raw.replace(b'{"payload"', b'{"payload":1,"payload"')) == "duplicate-member"
    assert code_of(parse_batch, raw, size_max=100) == "envelope-too-large"
    with pytest.raises(Refusal) as caught:
        parse_batch(batch(one, one | {"payload": "="}))
    assert (caught.value.code, caught.value.pointer) == ("not-base64url", "/envelopes/1/payload")


# --- hostile input never escapes as another exception

SCRAPS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["payload", "signatures", "protected", "signature", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(SCRAPS)
def test_any_json_is_refused_and_nothing_else_happens(scrap: Any) -> None:
    with pytest.raises(Refusal):
        parse_envelope(json.dumps(scrap).encode())
    with pytest.raises(Refusal):
        parse_envelope(scrap)


@given(SCRAPS)
def test_any_header_is_refused_or_is_ours(scrap: Any) -> None:
    bent = sign_payload(PAYLOAD, [ALICE], iat=IAT)
    protected(json.dumps(scrap).encode())(bent)
    assert code_of(parse_envelope, bent) in {"header-not-canonical", "header-malformed"}


@given(st.binary(max_size=60))
def test_any_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(Refusal):
        parse_envelope(raw)


# --- other implementations


def jose_key(key: PrivateKey) -> OKPKey | ECKey:
    jwk: dict[str, str | list[str]] = {**key.public.to_jwk(), "kid": key.public.kid}
    if key.alg == "Ed25519":
        return OKPKey.import_key({**jwk, "d": encode_base64url(key.handle.private_bytes_raw())})  # type: ignore[union-attr]
    number = key.handle.private_numbers().private_value  # type: ignore[union-attr]
    return ECKey.import_key({**jwk, "d": encode_base64url(number.to_bytes(32))})


# The iat of a header is no registered member of a JWS, so joserfc must be told to let it be.
REGISTRY = jws.JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)


@pytest.mark.parametrize("key", [ALICE, CAROL], ids=ALGORITHMS)
def test_joserfc_verifies_what_we_sign(key: PrivateKey) -> None:
    envelope: Any = sign_payload(PAYLOAD, [key], iat=IAT)
    assert jws.deserialize_json(envelope, jose_key(key), registry=REGISTRY).payload == PAYLOAD


@pytest.mark.parametrize("key", [ALICE, CAROL], ids=ALGORITHMS)
def test_we_verify_what_joserfc_signs(key: PrivateKey) -> None:
    ours = signed_by(key).signatures[0].header
    # joserfc writes members in the order given: ours is sorted.
    members: Any = {"alg": ours.alg, "iat": ours.iat, "kid": ours.kid, "typ": ours.typ}
    theirs: Any = jws.serialize_json([{"protected": members}], PAYLOAD, jose_key(key), registry=REGISTRY)
    envelope = parse_envelope(json.dumps(theirs).encode())
    verify_envelope(envelope, KEYS)
    assert envelope.payload == PAYLOAD


@pytest.mark.parametrize("key", [ALICE, CAROL], ids=ALGORITHMS)
def test_openssl_verifies_what_we_sign(key: PrivateKey, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl not here")
    envelope = signed_by(key)
    one = envelope.signatures[0]
    raw = one.signature if key.alg == "Ed25519" else der(one.signature)
    pem = key.handle.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "input").write_text(f"{one.protected}.{envelope.payload_text}")
    (tmp_path / "signature").write_bytes(raw)
    command = [openssl, "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key.pem", "-in", "input"]
    command += ["-sigfile", "signature"] + ([] if key.alg == "Ed25519" else ["-digest", "sha256"])
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verified Successfully" in done.stdout, done.stderr


def der(signature: bytes) -> bytes:
    """r‖s as an ASN.1 sequence, written out by hand as an oracle."""
    body = b""
    for half in (signature[:32], signature[32:]):
        number = half.lstrip(b"\0")
        number = b"\0" + number if number[0] & 0x80 else number
        body += bytes([2, len(number)]) + number
    return bytes([0x30, len(body)]) + body


def test_the_signature_of_the_cookbook_verifies_with_our_key_but_its_header_is_refused(vectors: Path) -> None:
    case = json.loads((vectors / "jose-cookbook" / "curve25519" / "jws.json").read_bytes())
    key = PublicKey.from_jwk({name: case["input"]["key"][name] for name in ("kty", "crv", "x")})
    key.verify(decode_base64url(case["signing"]["sig"]), case["signing"]["sig-input"].encode())
    assert code_of(parse_envelope, case["output"]["json"]) == "header-malformed"
    assert code_of(parse_envelope, case["output"]["json_flat"]) == "envelope-malformed"


@pytest.mark.parametrize(
    "name", ["4_3.ecdsa_signature", "4_6.protecting_specific_header_fields", "4_8.multiple_signatures"]
)
def test_the_other_shapes_of_the_cookbook_are_refused(vectors: Path, name: str) -> None:
    output = json.loads((vectors / "jose-cookbook" / "jws" / f"{name}.json").read_bytes())["output"]
    for form in ("json", "json_flat"):
        if form in output:
            assert code_of(parse_envelope, json.dumps(output[form]).encode()) in {
                "envelope-malformed",
                "header-malformed",
            }
