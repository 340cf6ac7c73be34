"""Heads of a log as a client sees them, and whether one extends the other.

VerificationError
└── HeadAlarm       what is shown does not fit what is remembered
    ├── Rollback    older, or empty
    ├── Fork        another past
    │   └── ForkedReceipt  of a receipt that somebody has
    ├── NoHead      no signed head at all
    ├── OtherLedger another genesis or origin
    └── OtherKey    signed by a log key that is not trusted
Source: docs/proof.md, "Memory of heads".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from ledger.errors import VerificationError
from ledger.merkle import ConsistencyProofError, check_consistency
from ledger.note import Ed25519Verifier, NoteError, parse_note
from ledger.receipt import OtherLogKey

Prove: TypeAlias = Callable[[int, int], Sequence[bytes]]
"""Asks for the consistency proof between two sizes (RFC 6962 §2.1.2). Raises ConsistencyProofError
if there is none to be had."""


@dataclass(frozen=True, slots=True)
class Log:
    """Which log is meant, and whom to believe. genesis: hexadecimal; log_key: verifier key text."""

    origin: str
    genesis: str
    log_key: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A head that this client saw, with the key that it was checked by.

    seen_at: by this machine's clock. Made by `open_head` alone, so that its signature holds.
    """

    note: str
    log_key: str
    seen_at: str
    checkpoint: Checkpoint

    @property
    def size(self) -> int:
        return self.checkpoint.size

    @property
    def root(self) -> bytes:
        """32 bytes."""
        return self.checkpoint.root

    def to_json(self) -> dict[str, Any]:
        return {
            "size": self.size,
            "root": self.root.hex(),
            "seen_at": self.seen_at,
            "log_key": self.log_key,
            "note": self.note,
        }


class HeadAlarm(VerificationError):
    """What a log shows does not fit what this client remembers.

    why: the reason in one English clause; old: the head remembered, None if none is; new: the
    head shown now, None if no trusted key signed it; claimed: what it says then, None if nothing;
    kept: the memory's file; evidence: where both notes lie, None if they prove nothing.
    """

    def __init__(
        self,
        why: str,
        *,
        old: Seen | None = None,
        new: Seen | None = None,
        claimed: Checkpoint | None = None,
    ) -> None:
        super().__init__(why)
        self.why, self.old, self.new = why, old, new
        self.claimed = new.checkpoint if new is not None else claimed
        self.kept: Path | None = None
        self.evidence: Path | None = None

    def __str__(self) -> str:
        old, new = self.old, self.claimed
        seen = f"{_named(old.checkpoint)}, seen {old.seen_at}" if old is not None else "nothing"
        shown = _named(new) if new is not None else "nothing"
        return f"{self.why}; remembered: {seen}; shown now: {shown}"


class Rollback(HeadAlarm):
    """The log is older than it was, or empty."""


class Fork(HeadAlarm):
    """The log does not extend what it was: it has another past."""


class ForkedReceipt(Fork):
    """A receipt is of another past than was seen."""


class NoHead(HeadAlarm):
    """The log shows no signed head at all."""


class OtherLedger(HeadAlarm):
    """The server holds another ledger than the one that is trusted."""


class OtherKey(HeadAlarm, OtherLogKey):
    """The newest head is signed by a key that is not trusted, of the log's name."""


def _named(head: Checkpoint) -> str:
    return f"size {head.size}, root {head.root.hex()}"


def open_head(note: str, log: Log, seen_at: str) -> Seen:
    """Check a signed checkpoint by the trusted log key. Raises NoHead, OtherKey."""
    trusted = Ed25519Verifier.parse(log.log_key)
    try:
        checkpoint, _ = open_checkpoint(note, [trusted])
    except NoteError as error:
        raise _unsigned(note, trusted, str(error)) from error
    if checkpoint.origin != log.origin:
        raise NoHead(f"the checkpoint is of {checkpoint.origin}, not of {log.origin}", claimed=checkpoint)
    return Seen(note, log.log_key, seen_at, checkpoint)


def _unsigned(note: str, trusted: Ed25519Verifier, why: str) -> HeadAlarm:
    """What to say of a note that the trusted key did not sign."""
    try:
        parsed = parse_note(note)
        claimed = parse_checkpoint(parsed.text)
    except NoteError:
        return NoHead(why)
    ids = [one.key_id.hex() for one in parsed.signatures if one.name == trusted.name]
    if not ids or trusted.key_id.hex() in ids:
        return NoHead(why, claimed=claimed)
    return OtherKey(
        f"the checkpoint is signed by the key {', '.join(ids)} of {trusted.name}, not by the key"
        f" {trusted.key_id.hex()} that is trusted",
        claimed=claimed,
    )


def check_extends(old: Seen | None, new: Seen, prove: Prove) -> None:
    """Is the log shown now the remembered one, or longer? Asks for a proof only if it grew.

    old: None on first use. A trusted ledger has an entry, so that an empty log never fits.
    Raises Rollback, Fork.
    """
    if new.size == 0:
        raise Rollback("the log is empty, and a trusted ledger has its opening", old=old, new=new)
    if old is None:
        return
    if new.size < old.size:
        raise Rollback("the log is shorter than it was", old=old, new=new)
    _check_joined(old, new, prove, old=old, new=new)


def check_joined(one: Seen, other: Seen, prove: Prove) -> None:
    """Are two heads, in whichever order, of one log? Raises Fork."""
    smaller, larger = sorted((one, other), key=lambda head: head.size)
    _check_joined(smaller, larger, prove, old=one, new=other)


def _check_joined(smaller: Seen, larger: Seen, prove: Prove, *, old: Seen, new: Seen) -> None:
    if smaller.size == larger.size:
        if smaller.root != larger.root:
            raise Fork("two trees of one size have different roots", old=old, new=new)
        return
    try:
        check_consistency(
            old_size=smaller.size,
            new_size=larger.size,
            old_root=smaller.root,
            new_root=larger.root,
            proof=prove(smaller.size, larger.size),
        )
    except ConsistencyProofError as error:
        raise Fork(f"the log does not extend what it was ({error})", old=old, new=new) from error
