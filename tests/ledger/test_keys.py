"""Keys: what is a sound one, what its name is, what its signatures prove."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey

from ledger.canonical import encode_base64url
from ledger.errors import Refusal
from ledger.keys import ALGORITHMS, PrivateKey, PublicKey

P = 2**255 - 19
D = -121665 * pow(121666, P - 2, P) % P
L = 2**252 + 27742317777372353535851937790883648493
IDENTITY = bytes([1]) + bytes(31)

# RFC 8037 A.1 and A.3; the same key as in RFC 8032 §7.1 test 1.
RFC_SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
RFC_X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
RFC_KID = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def encoded(y: int, sign: int = 0) -> bytes:
    return (y | sign << 255).to_bytes(32, "little")


def code_of(call: Any, *args: Any) -> str:
    with pytest.raises(Refusal) as caught:
        call(*args)
    return caught.value.code


def add(p: tuple[int, int], q: tuple[int, int]) -> tuple[int, int]:
    """The affine group law of RFC 8032 §5.1.4, as an oracle."""
    (x1, y1), (x2, y2) = p, q
    t = D * x1 * x2 * y1 * y2
    return (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P


def root(square: int) -> int | None:
    """A square root modulo 2^255 − 19, if there is one."""
    candidate = pow(square, (P + 3) // 8, P)
    for x in (candidate, candidate * pow(2, (P - 1) // 4, P) % P):
        if x * x % P == square % P:
            return x
    return None


def torsion() -> list[bytes]:
    """The encodings of the eight points whose order divides 8, found by the group law alone."""
    y = 2
    while True:
        x = root((y * y - 1) * pow(D * y * y + 1, -1, P))
        if x is not None:
            point = (0, 1)
            for bit in bin(L)[2:]:
                point = add(point, point)
                point = add(point, (x, y)) if bit == "1" else point
            four = add(add(point, point), add(point, point))
            if four != (0, 1):  # a generator of the group of eight
                break
        y += 1
    group = [(0, 1)]
    for _ in range(7):
        group.append(add(group[-1], point))
    return [encoded(y, x & 1) for x, y in group]


def test_the_key_of_the_rfc_has_the_thumbprint_of_the_rfc() -> None:
    key = PrivateKey.from_seed(RFC_SEED)
    assert key.public.to_jwk() == {"kty": "OKP", "crv": "Ed25519", "x": RFC_X}
    assert key.public.kid == RFC_KID


def test_the_key_of_the_rfc_signs_as_in_the_rfc() -> None:
    # RFC 8032 §7.1 test 1: the empty message.
    assert (
        PrivateKey.from_seed(RFC_SEED).sign(b"").hex().startswith("e5564300c360ac729086e2cc806e828a84877f1e")
    )


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_thumbprints_agree_with_joserfc(alg: str) -> None:
    public = PrivateKey.generate(alg).public
    jwk: dict[str, str | list[str]] = {**public.to_jwk()}
    oracle = OKPKey.import_key(jwk) if alg == "Ed25519" else ECKey.import_key(jwk)
    assert public.kid == oracle.thumbprint()


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_a_public_key_is_read_back_from_its_jwk(alg: str) -> None:
    public = PrivateKey.generate(alg).public
    assert public.alg == alg
    assert PublicKey.from_jwk(public.to_jwk()) == public


@pytest.mark.parametrize("alg", ALGORITHMS)
@settings(max_examples=30)
@given(message=st.binary(max_size=200), spot=st.integers(0, 511))
def test_a_signature_holds_for_its_message_and_no_flipped_bit(alg: str, message: bytes, spot: int) -> None:
    key = PrivateKey.generate(alg)
    signature = key.sign(message)
    assert len(signature) == 64
    key.public.verify(signature, message)
    bent = bytearray(signature)
    bent[spot // 8] ^= 1 << spot % 8
    assert code_of(key.public.verify, bytes(bent), message) == "bad-signature"
    assert code_of(key.public.verify, signature, message + b"\0") == "bad-signature"
    assert code_of(PrivateKey.generate(alg).public.verify, signature, message) == "bad-signature"


@pytest.mark.parametrize("alg", ALGORITHMS)
@pytest.mark.parametrize("size", [0, 1, 63, 65, 96, 128])
def test_signatures_of_another_length_are_refused(alg: str, size: int) -> None:
    assert code_of(PrivateKey.generate(alg).public.verify, bytes(size), b"") == "bad-signature"


def test_a_signature_in_der_is_refused() -> None:
    key = PrivateKey.generate("ES256")
    raw = key.sign(b"m")
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    assert code_of(key.public.verify, der, b"m") == "bad-signature"


@pytest.mark.parametrize("name", ["ed25519_test", "ecdsa_secp256r1_sha256_p1363_test"])
def test_every_published_attack_on_signatures_is_refused_and_every_valid_one_accepted(
    vectors: Path, name: str
) -> None:
    groups = json.loads((vectors / "wycheproof" / f"{name}.json").read_bytes())["testGroups"]
    wrong = []
    for group in groups:
        key = published_key(group)
        for case in group["tests"]:
            try:
                key.verify(bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
                accepted = True
            except Refusal:
                accepted = False
            if accepted != (case["result"] == "valid"):
                wrong.append((case["tcId"], case["comment"], case["flags"]))
    assert not wrong


def published_key(group: dict[str, Any]) -> PublicKey:
    raw = bytes.fromhex(group["publicKey"].get("pk") or group["publicKey"]["uncompressed"])
    key = PublicKey("Ed25519", raw) if len(raw) == 32 else PublicKey("ES256", raw[1:])
    published = {name: value for name, value in group.get("publicKeyJwk", {}).items() if name != "kid"}
    if published:
        assert PublicKey.from_jwk(published) == key
    return key


def test_all_eight_points_of_small_order_are_refused() -> None:
    points = torsion()
    assert len(set(points)) == 8
    assert IDENTITY in points
    assert {code_of(PublicKey, "Ed25519", point) for point in points} == {"key-small-order"}


def test_the_identity_point_is_refused_in_a_jwk_with_its_place() -> None:
    with pytest.raises(Refusal) as caught:
        PublicKey.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(IDENTITY)}, "/data/jwk")
    assert (caught.value.code, caught.value.pointer) == ("key-small-order", "/data/jwk")


@pytest.mark.parametrize("y", range(P, 2**255))
@pytest.mark.parametrize("sign", [0, 1])
def test_all_ed25519_points_in_a_second_encoding_are_refused(y: int, sign: int) -> None:
    assert code_of(PublicKey, "Ed25519", encoded(y, sign)) == "key-not-canonical"


@pytest.mark.parametrize("y", [1, P - 1])
def test_a_negative_zero_x_is_refused(y: int) -> None:
    assert code_of(PublicKey, "Ed25519", encoded(y, 1)) == "key-not-canonical"


def test_about_half_of_all_y_are_on_no_point_and_are_refused() -> None:
    for y in range(2, 60):
        on_curve = root((y * y - 1) * pow(D * y * y + 1, -1, P)) is not None
        if on_curve:
            assert PublicKey("Ed25519", encoded(y)).point == encoded(y)
        else:
            assert code_of(PublicKey, "Ed25519", encoded(y)) == "key-off-curve"


P256 = 2**256 - 2**224 + 2**192 + 2**96 - 1
GOOD_EC = PrivateKey.generate("ES256").public.to_jwk()
GOOD_OKP = {"kty": "OKP", "crv": "Ed25519", "x": RFC_X}


@pytest.mark.parametrize(
    ("point", "code"),
    [
        (bytes(64), "key-off-curve"),
        ((1).to_bytes(32) + (1).to_bytes(32), "key-off-curve"),
        (P256.to_bytes(32) + bytes(32), "key-not-canonical"),
        (bytes(32) + P256.to_bytes(32), "key-not-canonical"),
        (b"\xff" * 64, "key-not-canonical"),
        (bytes(63), "key-size"),
        (b"\x04" + bytes(64), "key-size"),
    ],
)
def test_p256_points_that_are_none_are_refused(point: bytes, code: str) -> None:
    assert code_of(PublicKey, "ES256", point) == code


@pytest.mark.parametrize(
    ("jwk", "code"),
    [
        (None, "key-malformed"),
        ("key", "key-malformed"),
        ({}, "key-malformed"),
        (GOOD_OKP | {"kid": "mine"}, "key-malformed"),
        (GOOD_OKP | {"alg": "Ed25519"}, "key-malformed"),
        (GOOD_OKP | {"d": RFC_X}, "key-malformed"),
        (GOOD_OKP | {"kty": "EC"}, "key-malformed"),
        (GOOD_OKP | {"kty": "okp"}, "key-malformed"),
        (GOOD_OKP | {"crv": "Ed448"}, "key-unsupported"),
        (GOOD_OKP | {"crv": "X25519"}, "key-unsupported"),
        (GOOD_OKP | {"crv": ["Ed25519"]}, "key-unsupported"),
        (GOOD_OKP | {"x": RFC_X + "="}, "not-base64url"),
        (GOOD_OKP | {"x": RFC_X[:-1] + "p"}, "not-base64url"),
        (GOOD_OKP | {"x": RFC_X.replace("_", "/")}, "not-base64url"),
        (GOOD_OKP | {"x": 5}, "not-base64url"),
        (GOOD_OKP | {"x": RFC_X[:-3]}, "key-size"),
        (GOOD_OKP | {"x": ""}, "key-size"),
        ({"kty": "EC", "crv": "P-256", "x": GOOD_EC["x"]}, "key-malformed"),
        (GOOD_EC | {"crv": "P-384"}, "key-unsupported"),
        (GOOD_EC | {"crv": "secp256k1"}, "key-unsupported"),
        (GOOD_EC | {"x": "AA" + GOOD_EC["x"]}, "not-base64url"),
        (GOOD_EC | {"x": encode_base64url(bytes(33))}, "key-size"),
        (GOOD_EC | {"y": GOOD_EC["x"]}, "key-off-curve"),
        ({"kty": "RSA", "n": "AQAB", "e": "AQAB"}, "key-malformed"),
    ],
)
def test_malformed_jwks_are_refused_with_their_code(jwk: Any, code: str) -> None:
    assert code_of(PublicKey.from_jwk, jwk, "/data/jwk") == code


def test_keys_of_other_kinds_are_refused() -> None:
    assert code_of(PublicKey, "EdDSA", bytes(32)) == "key-unsupported"
    assert code_of(PublicKey, "Ed25519", bytes(31)) == "key-size"
    assert code_of(PrivateKey.generate, "RS256") == "key-unsupported"
    assert code_of(PrivateKey.from_seed, bytes(31)) == "key-size"
    assert code_of(PrivateKey, generate_private_key(SECP384R1())) == "key-unsupported"


def test_a_private_key_does_not_show_itself() -> None:
    assert repr(PrivateKey.from_seed(RFC_SEED)) == "PrivateKey()"


def test_equal_keys_are_equal_and_hash_alike() -> None:
    one, two = PrivateKey.from_seed(RFC_SEED).public, PublicKey.from_jwk(GOOD_OKP)
    assert one == two
    assert len({one, two}) == 1
