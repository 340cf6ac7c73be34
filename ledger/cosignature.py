"""Cosignatures: a witness states when it saw a checkpoint that extends all it saw before.

They fit the Verifier and Signer of ledger/note.py, so that open_note judges them as any other.
Source: C2SP tlog-cosignature v1.0.1, cosignature/v1 (type 0x04).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.note import COSIGNATURE_V1, NoteError, Signature, VerifierKey, check_name, parse_sound_key

TIME_MAX = (1 << 63) - 1

_TIME_BYTES = 8
_BLOB_BYTES = _TIME_BYTES + 64


@dataclass(frozen=True, slots=True)
class CosignatureVerifier:
    """Checks the cosignatures of one witness's key."""

    key: VerifierKey

    @classmethod
    def parse(cls, text: str) -> CosignatureVerifier:
        """Read a verifier key text of type 0x04 that holds a sound point. Raises NoteError."""
        return cls(parse_sound_key(text, COSIGNATURE_V1, "not that of a witness"))

    @property
    def name(self) -> str:
        return self.key.name

    @property
    def key_id(self) -> bytes:
        return self.key.key_id

    def check(self, text: bytes, blob: bytes) -> None:
        """Check one cosignature over the whole note text. Raises NoteError."""
        time = _time_of_blob(blob, self.name)
        try:
            public_key = Ed25519PublicKey.from_public_bytes(self.key.public_key)
            public_key.verify(blob[_TIME_BYTES:], cosigned_message(text, time))
        except (InvalidSignature, ValueError) as error:
            raise NoteError(f"the cosignature of {self.name} does not hold") from error


class CosignatureSigner:
    """Cosigns with one key. now: POSIX seconds; the witness asks sign_at, which needs no clock."""

    def __init__(self, name: str, private_key: Ed25519PrivateKey, now: Callable[[], int]) -> None:
        check_name(name)
        self._private_key, self._now = private_key, now
        self.key = VerifierKey(name, COSIGNATURE_V1, private_key.public_key().public_bytes_raw())
        self.name = name
        self.key_id = self.key.key_id

    @property
    def verifier(self) -> CosignatureVerifier:
        """What checks the cosignatures of this signer."""
        return CosignatureVerifier(self.key)

    def sign(self, text: bytes) -> bytes:
        """The time now and the signature. Raises NoteError for a time that cannot be."""
        return self.sign_at(text, self._now())

    def sign_at(self, text: bytes, time: int) -> bytes:
        """uint64 big-endian time ‖ 64 bytes. time: POSIX seconds. Raises NoteError."""
        _check_time(time, self.name)
        return time.to_bytes(_TIME_BYTES, "big") + self._private_key.sign(cosigned_message(text, time))

    def signature_at(self, text: bytes, time: int) -> Signature:
        """As sign_at, ready to be written below the note."""
        return Signature(self.name, self.key_id, self.sign_at(text, time))


def cosigned_message(text: bytes, time: int) -> bytes:
    """What a witness signs: two lines, then the whole note text. time: POSIX seconds."""
    return b"cosignature/v1\ntime %d\n" % time + text


def time_of(signature: Signature) -> int:
    """When a cosignature says that it was made, POSIX seconds; nothing is verified. Raises NoteError."""
    return _time_of_blob(signature.blob, signature.name)


def _time_of_blob(blob: bytes, name: str) -> int:
    if len(blob) != _BLOB_BYTES:
        raise NoteError(f"the cosignature of {name} has {len(blob)} bytes")
    time = int.from_bytes(blob[:_TIME_BYTES], "big")
    _check_time(time, name)
    return time


def _check_time(time: int, name: str) -> None:
    # Zero would be a witness without a clock; the upper end is that of the specification.
    if not 0 < time <= TIME_MAX:
        raise NoteError(f"the cosignature of {name} has the time {time}, which cannot be")
