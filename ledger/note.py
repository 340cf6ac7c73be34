"""Signed notes: a text and Ed25519 signatures below it, as lines of text.

Source: C2SP signed-note v1.0.0. Cosignatures (type 0x04) fit the same Verifier and
Signer shapes; only plain Ed25519 (type 0x01) lives here.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.errors import Refusal, VerificationError
from ledger.keys import PublicKey

ED25519 = 0x01
COSIGNATURE_V1 = 0x04
MAX_SIGNATURES = 100

_KEY_ID_BYTES = 4
_PUBLIC_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_DASH = "\u2014 "
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_KEY_ID_HEX = re.compile("[0-9a-f]{8}")


class NoteError(VerificationError):
    """A signed note, its key or its text is malformed, unsigned or wrongly signed."""


class Verifier(Protocol):
    """Checks the signatures of one key."""

    @property
    def name(self) -> str:
        """The key's name."""

    @property
    def key_id(self) -> bytes:
        """4 bytes."""

    def check(self, text: bytes, blob: bytes) -> None:
        """Return when blob (without the key id) signs the note text; raise NoteError otherwise."""


class Signer(Protocol):
    """Signs note texts with one key."""

    @property
    def name(self) -> str:
        """The key's name."""

    @property
    def key_id(self) -> bytes:
        """4 bytes."""

    def sign(self, text: bytes) -> bytes:
        """The signature of the note text, without the key id."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: key_id is 4 bytes, blob is what follows it."""

    name: str
    key_id: bytes
    blob: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A note as read, with nothing verified; text ends in a newline."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note whose known signatures all hold: verified has at least one, one for each key."""

    text: str
    verified: tuple[Signature, ...]
    unknown: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name; public_key: 32 bytes; key_type: ED25519 or COSIGNATURE_V1."""

    name: str
    key_type: int
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256(name ‖ 0A ‖ type ‖ public key), the first 4 bytes."""
        return key_id(self.name, self.key_type, self.public_key)

    def __str__(self) -> str:
        """The verifier key text, `name+hex8(key id)+base64(type ‖ public key)`."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(bytes([self.key_type]) + self.public_key)}"


@dataclass(frozen=True, slots=True)
class Ed25519Verifier:
    """Checks plain Ed25519 signatures (type 0x01)."""

    key: VerifierKey

    @classmethod
    def parse(cls, text: str) -> Ed25519Verifier:
        """Read a verifier key text of type 0x01 that holds a sound point. Raises NoteError."""
        return cls(parse_sound_key(text, ED25519, "not Ed25519"))

    @property
    def name(self) -> str:
        return self.key.name

    @property
    def key_id(self) -> bytes:
        return self.key.key_id

    def check(self, text: bytes, blob: bytes) -> None:
        """Check one signature over the note text. Raises NoteError. Source: RFC 8032 §5.1.7."""
        if len(blob) != _SIGNATURE_BYTES:
            raise NoteError(f"the signature of {self.name} has {len(blob)} bytes")
        try:
            Ed25519PublicKey.from_public_bytes(self.key.public_key).verify(blob, text)
        except (InvalidSignature, ValueError) as error:
            raise NoteError(f"the signature of {self.name} does not hold") from error


class Ed25519Signer:
    """Signs with one Ed25519 key (type 0x01)."""

    def __init__(self, name: str, private_key: Ed25519PrivateKey) -> None:
        check_name(name)
        self._private_key = private_key
        self.key = VerifierKey(name, ED25519, private_key.public_key().public_bytes_raw())
        self.name = name
        self.key_id = self.key.key_id

    def sign(self, text: bytes) -> bytes:
        """64 bytes. Source: RFC 8032 §5.1.6."""
        return self._private_key.sign(text)


def key_id(name: str, key_type: int, public_key: bytes) -> bytes:
    """The 4 bytes that, with the name, tell keys apart."""
    return sha256(name.encode() + b"\n" + bytes([key_type]) + public_key).digest()[:_KEY_ID_BYTES]


def parse_sound_key(text: str, key_type: int, otherwise: str) -> VerifierKey:
    """Read a verifier key text of one type. otherwise: what to say of another. Raises NoteError."""
    key = parse_verifier_key(text)
    if key.key_type != key_type:
        raise NoteError(f"the key of {key.name} has type {key.key_type:#04x}, {otherwise}")
    try:
        PublicKey("Ed25519", key.public_key)
    except Refusal as refusal:  # a point of small order "verifies" what nobody signed
        raise NoteError(f"the key of {key.name} cannot be used: {refusal.code}") from refusal
    return key


def parse_verifier_key(text: str) -> VerifierKey:
    """Read `name+hex8(key id)+base64(type ‖ public key)` of type 0x01 or 0x04. Raises NoteError."""
    name, _, rest = text.partition("+")
    id_hex, _, encoded = rest.partition("+")
    check_name(name)
    material = decode_base64(encoded)
    if len(material) != 1 + _PUBLIC_KEY_BYTES or material[0] not in (ED25519, COSIGNATURE_V1):
        raise NoteError(f"the key of {name} is of no known type and length")
    key = VerifierKey(name, material[0], material[1:])
    if not _KEY_ID_HEX.fullmatch(id_hex) or key.key_id.hex() != id_hex:
        raise NoteError(f"the key of {name} does not have the id {id_hex!r}")
    return key


def check_name(name: str) -> None:
    """A key name is not empty and has no space, plus sign or control character. Raises NoteError."""
    if not name or "+" in name or any(map(str.isspace, name)):
        raise NoteError(f"{name!r} is no key name")
    _check_characters(name)


def parse_signature_line(line: str) -> Signature:
    """Read `— <name> <base64(key id ‖ signature)>`, without the newline. Raises NoteError."""
    if not line.startswith(_DASH):
        raise NoteError("a signature line does not start with a dash and a space")
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    check_name(name)
    decoded = decode_base64(encoded)
    if len(decoded) <= _KEY_ID_BYTES:
        raise NoteError(f"the signature line of {name} is too short")
    return Signature(name, decoded[:_KEY_ID_BYTES], decoded[_KEY_ID_BYTES:])


def format_signature_line(signature: Signature) -> str:
    """Write one signature line, without the newline."""
    return f"{_DASH}{signature.name} {encode_base64(signature.key_id + signature.blob)}"


def parse_note(note: str | bytes) -> Note:
    """Split a note at its last empty line and read 1 to 100 signature lines. Raises NoteError."""
    head, separator, tail = _check_characters(note).rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise NoteError("a note needs a text, an empty line and whole signature lines")
    lines = tail[:-1].split("\n", MAX_SIGNATURES)
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(f"the note has more than {MAX_SIGNATURES} signatures")
    return Note(head + "\n", tuple(map(parse_signature_line, lines)))


def format_note(text: str, signatures: Sequence[Signature]) -> str:
    """Write a note. text: ends in a newline. Raises NoteError."""
    if not text.endswith("\n"):
        raise NoteError("a note text ends in a newline")
    _check_characters(text)
    return f"{text}\n" + "".join(f"{format_signature_line(signature)}\n" for signature in signatures)


def sign_note(text: str, signers: Iterable[Signer]) -> str:
    """Sign a text, in the order of the signers. Raises NoteError when it can be no note text."""
    _check_characters(text)
    signed = text.encode()
    return format_note(text, [Signature(by.name, by.key_id, by.sign(signed)) for by in signers])


def open_note(note: str | bytes, verifiers: Iterable[Verifier]) -> OpenedNote:
    """Read a note and check every signature of a known key.

    Signatures of other (name, key id) pairs are ignored. Raises NoteError when the note is
    malformed, a known key's signature does not hold, or no known key signed.
    Source: C2SP signed-note v1.0.0.
    """
    parsed = parse_note(note)
    known, text = _by_key(verifiers), parsed.text.encode()
    verified: dict[tuple[str, bytes], Signature] = {}
    unknown = []
    for signature in parsed.signatures:
        key = (signature.name, signature.key_id)
        if key in known:
            known[key].check(text, signature.blob)
            verified.setdefault(key, signature)  # one key counts once, however often it signed
        else:
            unknown.append(signature)
    if not verified:
        raise NoteError("no known key signed the note")
    return OpenedNote(parsed.text, tuple(verified.values()), tuple(unknown))


def encode_base64(data: bytes) -> str:
    """Standard padded base64. Source: RFC 4648 §4."""
    return base64.b64encode(data).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Read standard padded base64 in its one canonical spelling. Raises NoteError.

    Source: RFC 4648 §4 and §3.5 (the unused bits are zero).
    """
    try:
        decoded = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise NoteError("base64 is malformed") from error
    if encode_base64(decoded) != text:  # two spellings of one note would be two notes
        raise NoteError("base64 is not in its canonical form")
    return decoded


def _by_key(verifiers: Iterable[Verifier]) -> dict[tuple[str, bytes], Verifier]:
    known: dict[tuple[str, bytes], Verifier] = {}
    for verifier in verifiers:
        if known.setdefault((verifier.name, verifier.key_id), verifier) != verifier:
            raise NoteError(f"two different keys of {verifier.name} have the same id")
    return known


def _check_characters(note: str | bytes) -> str:
    try:
        text = str(note, "utf-8") if isinstance(note, bytes) else note
        text.encode()  # a str may hold lone surrogates, which UTF-8 cannot
    except UnicodeError as error:
        raise NoteError("a note is UTF-8 text") from error
    if _CONTROL.search(text):
        raise NoteError("a note has no control character but the newline")
    return text
