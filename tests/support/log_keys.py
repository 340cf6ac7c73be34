"""Log keys at hand, and checkpoints that they sign without a log: what a rotation needs, or forges."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ledger.checkpoint import Checkpoint, format_checkpoint
from ledger.merkle import EMPTY_ROOT
from ledger.note import Ed25519Signer, sign_note
from tests.support.town import ORIGIN, Payload, TestLedger

SOME_ROOT = b"r" * 32


def log_key(name: str, origin: str = ORIGIN) -> Ed25519Signer:
    """The log key that belongs to a name: the same in every run."""
    seed = sha256(f"a log key of {name}".encode()).digest()
    return Ed25519Signer(origin, Ed25519PrivateKey.from_private_bytes(seed))


def log_key_in(path: Path, name: str = "log-key.pem") -> Ed25519Signer:
    """A log key of a ledger's directory."""
    key = load_pem_private_key((path / name).read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    return Ed25519Signer(ORIGIN, key)


def note(by: Sequence[Ed25519Signer], size: int, *, origin: str = ORIGIN) -> str:
    """A checkpoint of some tree of this size."""
    text = format_checkpoint(Checkpoint(origin, size, SOME_ROOT if size else EMPTY_ROOT))
    return sign_note(text, by)


def rotation(town: TestLedger, to: Ed25519Signer | None = None, *, size: int | None = None) -> Payload:
    """Data of log_key.rotated with an overlap of the key in the directory and the new one."""
    new = to or log_key("next")
    both = (log_key_in(town.path), new)
    return {"log_key": str(new.key), "checkpoint": note(both, town.position if size is None else size)}
