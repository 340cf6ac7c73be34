"""Which time-stamping authority is asked. The asking itself, and its libraries, are in api/stamping.py."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ledger.errors import LedgerError


class NoStamp(LedgerError):
    """An authority gave no stamp that holds; the message says why."""


@dataclass(frozen=True, slots=True)
class Authority:
    """url: where to ask, http or https. roots: PEM, what its certificates lead to."""

    url: str
    roots: tuple[bytes, ...]


def authority_of(url: str, certificates: Path) -> Authority:
    """certificates: a PEM file. Raises NoStamp for a file that cannot be read."""
    try:
        pem = certificates.read_bytes()
    except OSError as error:
        raise NoStamp(f"{certificates} cannot be read: {error.strerror}") from error
    if b"-----BEGIN CERTIFICATE-----" not in pem:
        raise NoStamp(f"{certificates} holds no PEM certificate")
    return Authority(url, (pem,))
