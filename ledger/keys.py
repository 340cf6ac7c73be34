"""Signing keys of persons: Ed25519 (RFC 8032, alg "Ed25519" of RFC 9864) and ES256 (RFC 7518 §3.4).

A PublicKey that exists is a sound one: the point is on its curve, in its one encoding, and
not of small order. (The identity point would "verify" one signature over any text.)
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Final, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from ledger import canonical
from ledger.errors import Refusal

ED25519: Final = "Ed25519"
ES256: Final = "ES256"
ALGORITHMS: Final = (ED25519, ES256)
SIGNATURE_SIZE: Final = 64  # of both: R‖S and r‖s

PublicHandle: TypeAlias = Ed25519PublicKey | EllipticCurvePublicKey
PrivateHandle: TypeAlias = Ed25519PrivateKey | EllipticCurvePrivateKey

_OKP_MEMBERS: Final = {"kty", "crv", "x"}
_EC_MEMBERS: Final = {"kty", "crv", "x", "y"}


@dataclass(frozen=True)
class PublicKey:
    """A public key.

    alg: "Ed25519" or "ES256". point: 32 bytes of RFC 8032 §5.1.2, or x‖y of P-256, 64 bytes.
    Raises Refusal: key-unsupported, key-size, key-not-canonical, key-off-curve, key-small-order.
    """

    alg: str
    point: bytes

    def __post_init__(self) -> None:
        _public_handle(self.alg, self.point)

    @classmethod
    def from_jwk(cls, jwk: Any, pointer: str = "") -> PublicKey:
        """Read a JWK of exactly kty, crv, x (and y); pointer is where it stands.

        Raises Refusal: key-malformed, not-base64url, and those of the class.
        Source: RFC 8037 §2, RFC 7518 §6.2.1.
        """
        if type(jwk) is not dict:
            raise Refusal("key-malformed", pointer, jwk)
        alg, names = _shape(jwk, pointer)
        parts = [_coordinate(jwk[name], f"{pointer}/{name}") for name in names]
        try:
            return cls(alg, b"".join(parts))
        except Refusal as refusal:
            raise Refusal(refusal.code, pointer, jwk) from None

    def to_jwk(self) -> dict[str, str]:
        """The JWK that from_jwk reads, with the members that the thumbprint covers."""
        if self.alg == ED25519:
            return {"kty": "OKP", "crv": ED25519, "x": canonical.encode_base64url(self.point)}
        x, y = (canonical.encode_base64url(part) for part in (self.point[:32], self.point[32:]))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    @cached_property
    def kid(self) -> str:
        """The JWK thumbprint: base64url of SHA-256, 43 characters (RFC 7638 §3)."""
        return canonical.encode_base64url(hashlib.sha256(canonical.dumps(self.to_jwk())).digest())

    def verify(self, signature: bytes, message: bytes) -> None:
        """Check a raw signature of 64 bytes (RFC 8032 §5.1.7, or r‖s of RFC 7518 §3.4).

        Raises Refusal bad-signature.
        """
        if len(signature) != SIGNATURE_SIZE:
            raise Refusal("bad-signature")
        handle = _public_handle(self.alg, self.point)
        try:
            if isinstance(handle, Ed25519PublicKey):
                handle.verify(signature, message)
            else:
                handle.verify(_der_of(signature), message, ECDSA(SHA256()))
        except InvalidSignature:
            raise Refusal("bad-signature") from None


@dataclass(frozen=True)
class PrivateKey:
    """A private key; the handle never shows in its repr."""

    handle: PrivateHandle = field(repr=False)

    def __post_init__(self) -> None:
        if isinstance(self.handle, EllipticCurvePrivateKey) and not isinstance(self.handle.curve, SECP256R1):
            raise Refusal("key-unsupported", got=self.handle.curve.name)

    @classmethod
    def generate(cls, alg: str = ED25519) -> PrivateKey:
        """A new key from the system's randomness. Raises Refusal key-unsupported."""
        if alg == ED25519:
            return cls(Ed25519PrivateKey.generate())
        if alg == ES256:
            return cls(generate_private_key(SECP256R1()))
        raise Refusal("key-unsupported", got=alg)

    @classmethod
    def from_seed(cls, seed: bytes) -> PrivateKey:
        """The Ed25519 key of a seed of 32 bytes (RFC 8032 §5.1.5), for demos and tests."""
        if len(seed) != 32:
            raise Refusal("key-size", got=len(seed))
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def alg(self) -> str:
        """The JOSE name of what sign makes."""
        return ED25519 if isinstance(self.handle, Ed25519PrivateKey) else ES256

    @cached_property
    def public(self) -> PublicKey:
        """The public half."""
        if isinstance(self.handle, Ed25519PrivateKey):
            return PublicKey(ED25519, self.handle.public_key().public_bytes_raw())
        numbers = self.handle.public_key().public_numbers()
        return PublicKey(ES256, numbers.x.to_bytes(32) + numbers.y.to_bytes(32))

    def sign(self, message: bytes) -> bytes:
        """The raw signature, 64 bytes, in the form that PublicKey.verify takes."""
        if isinstance(self.handle, Ed25519PrivateKey):
            return self.handle.sign(message)
        r, s = decode_dss_signature(self.handle.sign(message, ECDSA(SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)


def _shape(jwk: dict[Any, Any], pointer: str) -> tuple[str, tuple[str, ...]]:
    """The algorithm of a JWK and the names of its coordinates."""
    members = set(jwk)
    if members == _OKP_MEMBERS and jwk["kty"] == "OKP":
        if jwk["crv"] == ED25519:
            return ED25519, ("x",)
    elif members == _EC_MEMBERS and jwk["kty"] == "EC":
        if jwk["crv"] == "P-256":
            return ES256, ("x", "y")
    else:
        raise Refusal("key-malformed", pointer, sorted(map(str, members)))
    raise Refusal("key-unsupported", f"{pointer}/crv", jwk["crv"])


def _coordinate(text: Any, pointer: str) -> bytes:
    data = canonical.decode_base64url(text, pointer)
    if len(data) != 32:
        raise Refusal("key-size", pointer, text)
    return data


def _der_of(signature: bytes) -> bytes:
    """r‖s as the ASN.1 sequence that OpenSSL wants."""
    return encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))


@lru_cache(maxsize=4096)
def _public_handle(alg: str, point: bytes) -> PublicHandle:
    """The library's key object, checked; cached because building it costs as much as a verify."""
    if alg == ED25519:
        _check_edwards(point)
        return Ed25519PublicKey.from_public_bytes(point)
    if alg == ES256:
        return _p256_handle(point)
    raise Refusal("key-unsupported", got=alg)


def _p256_handle(point: bytes) -> EllipticCurvePublicKey:
    """The order is prime, so on the curve and not at infinity is enough (SEC 1 §3.2.2.1)."""
    if len(point) != 64:
        raise Refusal("key-size", got=len(point))
    x, y = int.from_bytes(point[:32]), int.from_bytes(point[32:])
    if max(x, y) >= _P256_P:
        raise Refusal("key-not-canonical")
    try:
        return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
    except ValueError:
        raise Refusal("key-off-curve") from None


def _check_edwards(point: bytes) -> None:
    """Check an encoded Ed25519 point; cost: one modular power.

    Source: RFC 8032 §5.1.3 for the decoding; the small-order list is the curve's torsion group.
    """
    if len(point) != 32:
        raise Refusal("key-size", got=len(point))
    y = int.from_bytes(point, "little") & ~(1 << 255)
    sign = point[31] >> 7
    if y >= _P25519 or (sign and y in (1, _P25519 - 1)):  # x = 0 has no negative
        raise Refusal("key-not-canonical")
    if y in _SMALL_ORDER_Y:
        raise Refusal("key-small-order")
    numerator, denominator = y * y - 1, _D * y * y + 1
    # The quotient is a square exactly when the product is (Euler's criterion).
    if pow(numerator * denominator, (_P25519 - 1) // 2, _P25519) != 1:
        raise Refusal("key-off-curve")


_P256_P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_P25519: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P25519) % _P25519
# Orders 1, 2, 4, and the two of order 8. Each stands for both signs of x.
_ORDER_8_Y: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER_Y: Final = frozenset([1, _P25519 - 1, 0, _ORDER_8_Y, _P25519 - _ORDER_8_Y])
