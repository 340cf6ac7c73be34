"""Signed envelopes: JWS in the General JSON Serialization, in one strict form.

    {"payload": b64url, "signatures": [{"protected": b64url, "signature": b64url}, …1–16]}

A protected header is canonical JSON of exactly alg, iat, kid, typ, and x5t#S256 when there is
a certificate. Nothing in it is trusted: the key is looked up by kid, alg is pinned by the key,
iat is a claim. Pointers of refusals in this file are into the envelope, not into the payload.
Sources: RFC 7515 §5 and §7.2.1, RFC 7638, RFC 9864, RFC 8725 §3 (typ, pinned alg).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import orjson

from ledger import canonical
from ledger.errors import Refusal
from ledger.keys import ALGORITHMS, SIGNATURE_SIZE, PrivateKey, PublicKey

EVENT_TYP: Final = "pledger-event+jws"
POSSESSION_TYP: Final = "pledger-possession+jws"

PAYLOAD_SIZE_MAX: Final = 40_960
ENVELOPE_SIZE_MAX: Final = 65_535  # the entry that holds it is no longer (C2SP tlog-tiles)
SIGNATURES_MAX: Final = 16
BATCH_COUNT_MAX: Final = 256
BATCH_SIZE_MAX: Final = 4 * 1024 * 1024
IAT_MAX: Final = 253_402_300_799  # 9999-12-31T23:59:59Z, the last that a datetime holds

EnvelopeJSON: TypeAlias = dict[str, Any]

_PAYLOAD_TEXT_MAX: Final = (PAYLOAD_SIZE_MAX * 4 + 2) // 3
_PROTECTED_SIZE_MAX: Final = 512
_ENVELOPE_MEMBERS: Final = {"payload", "signatures"}
_SIGNATURE_MEMBERS: Final = {"protected", "signature"}
_HEADER_MEMBERS: Final = {"alg", "iat", "kid", "typ"}
_X5T: Final = "x5t#S256"
# Quotation marks of an envelope without duplicate members: 3 strings, and 4 per signature.
_QUOTES: Final = 6
_QUOTES_PER_SIGNATURE: Final = 8


@dataclass(frozen=True, slots=True)
class ProtectedHeader:
    """What one signer's signature also covers.

    kid: RFC 7638 thumbprint. iat: Unix seconds, as the signer claims. x5t: SHA-256 of the
    signer's certificate in base64url, or None.
    """

    alg: str
    kid: str
    typ: str
    iat: int
    x5t: str | None = None

    def encode(self) -> str:
        """The protected member: base64url of canonical JSON (RFC 7515 §7.2.1)."""
        members: dict[str, Any] = {"alg": self.alg, "iat": self.iat, "kid": self.kid, "typ": self.typ}
        if self.x5t is not None:
            members[_X5T] = self.x5t
        return canonical.encode_base64url(canonical.dumps(members))


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature. protected: the header as it was sent and signed. signature: 64 bytes."""

    protected: str
    header: ProtectedHeader
    signature: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """A well-formed envelope; whether its signatures hold, only verify_envelope says.

    payload: the signed bytes. payload_text: the same in base64url, as it was signed.
    payload_hash: SHA-256 of payload. signatures: sorted by kid, all kids differ.
    """

    payload: bytes
    payload_text: str
    payload_hash: bytes
    signatures: tuple[Signature, ...]

    @property
    def kids(self) -> tuple[str, ...]:
        """The thumbprints of the signers' keys, sorted."""
        return tuple(signature.header.kid for signature in self.signatures)


def parse_envelope(raw: bytes | EnvelopeJSON, *, typ: str = EVENT_TYP) -> Envelope:
    """Read an envelope, without cryptography and without reading the payload.

    raw: bytes as received, or a dict whose parser has refused duplicate members itself.
    typ: the only one accepted. Raises Refusal: envelope-too-large, not-json,
    duplicate-member, envelope-malformed, not-base64url, payload-too-large, signature-count,
    signature-size, duplicate-kid, header-malformed, header-not-canonical, alg-not-allowed,
    kid-malformed, wrong-typ, iat-malformed, x5t-malformed. Source: RFC 7515 §7.2.1.
    """
    if not isinstance(raw, bytes):
        return _read(raw, "", typ)
    envelope = _read(_parse_json(raw, ENVELOPE_SIZE_MAX), "", typ)
    _check_quotes(raw, _quotes(envelope))
    return envelope


def parse_batch(raw: bytes, *, size_max: int = BATCH_SIZE_MAX) -> tuple[Envelope, ...]:
    """Read {"envelopes": […]} of 1–256 event envelopes; one bad envelope refuses all.

    Raises Refusal as parse_envelope, and batch-malformed, batch-count.
    """
    batch = _parse_json(raw, size_max)
    if type(batch) is not dict or set(batch) != {"envelopes"} or type(batch["envelopes"]) is not list:
        raise Refusal("batch-malformed")
    count = len(batch["envelopes"])
    if not 1 <= count <= BATCH_COUNT_MAX:
        raise Refusal("batch-count", "/envelopes", count, count_max=BATCH_COUNT_MAX)
    envelopes = tuple(
        _read(item, f"/envelopes/{index}", EVENT_TYP) for index, item in enumerate(batch["envelopes"])
    )
    _check_quotes(raw, 2 + sum(map(_quotes, envelopes)))
    return envelopes


def envelope_json(envelope: Envelope) -> EnvelopeJSON:
    """The envelope as it goes into the log entry: signatures sorted by kid."""
    return {
        "payload": envelope.payload_text,
        "signatures": [
            {"protected": one.protected, "signature": canonical.encode_base64url(one.signature)}
            for one in envelope.signatures
        ],
    }


def verify_envelope(envelope: Envelope, keys: Mapping[str, PublicKey]) -> None:
    """Check every signature; keys: the enrolled keys by kid.

    All kids and algs are compared before the first signature is computed. Raises Refusal:
    unknown-key, alg-mismatch, bad-signature. Source: RFC 7515 §5.2.
    """
    signers = [_pinned_key(one.header, keys) for one in envelope.signatures]
    for key, one in zip(signers, envelope.signatures, strict=True):
        try:
            key.verify(one.signature, signing_input(one.protected, envelope.payload_text))
        except Refusal as refusal:
            raise Refusal(refusal.code, "/signatures", one.header.kid) from None


def signing_input(protected: str, payload_text: str) -> bytes:
    """What a signature is computed over (RFC 7515 §5.1 step 8)."""
    return f"{protected}.{payload_text}".encode()


def sign_payload(
    payload: bytes, signers: Sequence[PrivateKey], *, iat: int, typ: str = EVENT_TYP
) -> EnvelopeJSON:
    """Sign canonical bytes by each of 1–16 keys; iat in Unix seconds.

    Raises Refusal as canonical.loads and parse_envelope: what could not be admitted is
    not signed either.
    """
    canonical.loads(payload, size_max=PAYLOAD_SIZE_MAX)
    payload_text = canonical.encode_base64url(payload)
    return _tidy(payload_text, [_sign(key, payload_text, iat, typ, None) for key in signers], typ)


def add_signature(
    envelope: EnvelopeJSON, key: PrivateKey, iat: int, *, typ: str = EVENT_TYP, x5t: str | None = None
) -> EnvelopeJSON:
    """The envelope with one more signer's signature; the given dict stays as it was.

    x5t: SHA-256 of the signer's certificate in base64url. Raises Refusal as parse_envelope,
    duplicate-kid when the key has signed already.
    """
    present = envelope_json(parse_envelope(envelope, typ=typ))
    payload_text = present["payload"]
    return _tidy(payload_text, [*present["signatures"], _sign(key, payload_text, iat, typ, x5t)], typ)


def prove_possession(key: PrivateKey, *, ledger: dict[str, Any], person: str, iat: int) -> EnvelopeJSON:
    """Prove to a registrar that a person holds a key: it signs ledger, person and its own JWK.

    ledger: {origin, genesis}. The typ keeps the proof from ever counting as an event.
    """
    payload = _possession_payload(ledger, person, key.public)
    return sign_payload(payload, [key], iat=iat, typ=POSSESSION_TYP)


def check_possession(envelope: EnvelopeJSON, *, ledger: dict[str, Any], person: str, key: PublicKey) -> None:
    """Check that prove_possession made an envelope for this ledger, person and key.

    Raises Refusal as parse_envelope and verify_envelope, and possession-mismatch.
    """
    proof = parse_envelope(envelope, typ=POSSESSION_TYP)
    if len(proof.signatures) != 1:
        raise Refusal("signature-count", "/signatures", len(proof.signatures))
    if proof.payload != _possession_payload(ledger, person, key):
        raise Refusal("possession-mismatch", "/payload")
    verify_envelope(proof, {key.kid: key})


def _parse_json(raw: bytes, size_max: int) -> Any:
    if len(raw) > size_max:
        raise Refusal("envelope-too-large", got=len(raw), size_max=size_max)
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Refusal("not-json", reason=error.msg, offset=error.pos) from None


def _check_quotes(raw: bytes, expected: int) -> None:
    """Refuse duplicate members, of which the parser silently keeps the last.

    The shape is checked and none of its strings can hold a quotation mark, so every string
    that survived accounts for two; a dropped member's name would add at least two.
    """
    if raw.count(b'"') != expected:
        raise Refusal("duplicate-member")


def _quotes(envelope: Envelope) -> int:
    return _QUOTES + _QUOTES_PER_SIGNATURE * len(envelope.signatures)


def _read(members: Any, pointer: str, typ: str) -> Envelope:
    if type(members) is not dict or members.keys() != _ENVELOPE_MEMBERS:
        raise Refusal("envelope-malformed", pointer, _names(members))
    payload_text, listed = members["payload"], members["signatures"]
    if type(payload_text) is str and len(payload_text) > _PAYLOAD_TEXT_MAX:
        raise Refusal("payload-too-large", f"{pointer}/payload", size_max=PAYLOAD_SIZE_MAX)
    payload = canonical.decode_base64url(payload_text, f"{pointer}/payload")
    signatures = _read_signatures(listed, f"{pointer}/signatures", typ)
    return Envelope(payload, payload_text, hashlib.sha256(payload).digest(), signatures)


def _read_signatures(listed: Any, pointer: str, typ: str) -> tuple[Signature, ...]:
    if type(listed) is not list:
        raise Refusal("envelope-malformed", pointer, _names(listed))
    if not 1 <= len(listed) <= SIGNATURES_MAX:
        raise Refusal("signature-count", pointer, len(listed), count_max=SIGNATURES_MAX)
    by_kid: dict[str, Signature] = {}
    for index, item in enumerate(listed):
        one = _read_signature(item, f"{pointer}/{index}", typ)
        if by_kid.setdefault(one.header.kid, one) is not one:
            raise Refusal("duplicate-kid", f"{pointer}/{index}/protected", one.header.kid)
    return tuple(by_kid[kid] for kid in sorted(by_kid))


def _read_signature(members: Any, pointer: str, typ: str) -> Signature:
    if type(members) is not dict or members.keys() != _SIGNATURE_MEMBERS:
        raise Refusal("envelope-malformed", pointer, _names(members))
    protected, text = members["protected"], members["signature"]
    header = _read_header(
        canonical.decode_base64url(protected, f"{pointer}/protected"), f"{pointer}/protected", typ
    )
    signature = canonical.decode_base64url(text, f"{pointer}/signature")
    if len(signature) != SIGNATURE_SIZE:
        raise Refusal("signature-size", f"{pointer}/signature", len(signature), size=SIGNATURE_SIZE)
    return Signature(protected, header, signature)


def _read_header(raw: bytes, pointer: str, typ: str) -> ProtectedHeader:
    try:
        members = canonical.loads(raw, size_max=_PROTECTED_SIZE_MAX)
    except Refusal as refusal:
        raise Refusal("header-not-canonical", pointer, reason=refusal.code) from None
    if type(members) is not dict or members.keys() - {_X5T} != _HEADER_MEMBERS:
        raise Refusal("header-malformed", pointer, _names(members))
    _check_header(members, pointer, typ)
    return ProtectedHeader(members["alg"], members["kid"], members["typ"], members["iat"], members.get(_X5T))


def _check_header(members: dict[str, Any], pointer: str, typ: str) -> None:
    if members["typ"] != typ:
        raise Refusal("wrong-typ", f"{pointer}/typ", members["typ"], expected=typ)
    if members["alg"] not in ALGORITHMS:
        raise Refusal("alg-not-allowed", f"{pointer}/alg", members["alg"], allowed=list(ALGORITHMS))
    if not _is_digest(members["kid"]):
        raise Refusal("kid-malformed", f"{pointer}/kid", members["kid"])
    if type(members["iat"]) is not int or not 0 <= members["iat"] <= IAT_MAX:
        raise Refusal("iat-malformed", f"{pointer}/iat", members["iat"])
    if _X5T in members and not _is_digest(members[_X5T]):
        raise Refusal("x5t-malformed", f"{pointer}/{_X5T}", members[_X5T])


def _is_digest(text: Any) -> bool:
    """Whether text is the base64url of 32 bytes."""
    try:
        return len(canonical.decode_base64url(text)) == 32
    except Refusal:
        return False


def _pinned_key(header: ProtectedHeader, keys: Mapping[str, PublicKey]) -> PublicKey:
    key = keys.get(header.kid)
    if key is None:
        raise Refusal("unknown-key", "/signatures", header.kid)
    if key.alg != header.alg:
        raise Refusal("alg-mismatch", "/signatures", header.alg, kid=header.kid, enrolled=key.alg)
    return key


def _sign(key: PrivateKey, payload_text: str, iat: int, typ: str, x5t: str | None) -> dict[str, str]:
    protected = ProtectedHeader(key.alg, key.public.kid, typ, iat, x5t).encode()
    signature = key.sign(signing_input(protected, payload_text))
    return {"protected": protected, "signature": canonical.encode_base64url(signature)}


def _tidy(payload_text: str, signatures: list[dict[str, str]], typ: str) -> EnvelopeJSON:
    """Sorted, and checked by the same rules that a reader applies."""
    return envelope_json(parse_envelope({"payload": payload_text, "signatures": signatures}, typ=typ))


def _possession_payload(ledger: dict[str, Any], person: str, key: PublicKey) -> bytes:
    return canonical.dumps({"jwk": key.to_jwk(), "ledger": ledger, "person": person})


def _names(members: Any) -> Any:
    """What to show of something of the wrong shape: names, never values of unknown size."""
    return (
        sorted(str(name)[:40] for name in members)[:16] if type(members) is dict else type(members).__name__
    )
