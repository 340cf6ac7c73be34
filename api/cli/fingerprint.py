"""Fingerprints in groups of four hexadecimal digits, to be read aloud and compared."""

from __future__ import annotations

from hashlib import sha256

from ledger.canonical import decode_base64url
from ledger.note import Ed25519Verifier


def grouped(digits: str) -> str:
    """`0123456789ab` as `0123 4567 89ab`."""
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def of_log_key(log_key: str) -> str:
    """SHA-256 of the 32 bytes of a log's public key. log_key: verifier key text. Raises NoteError."""
    return grouped(sha256(Ed25519Verifier.parse(log_key).key.public_key).hexdigest())


def of_kid(kid: str) -> str:
    """A person's key: its kid is base64url of the RFC 7638 thumbprint, and these are the same 32 bytes."""
    return grouped(decode_base64url(kid).hex())
