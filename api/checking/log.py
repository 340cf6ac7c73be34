"""Checks of where an entry stands: in the signed tree, in a log that only grew, seen by others."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from api.checking.outcome import Checked, failed, passed, undetermined
from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.clock import format_instant
from ledger.errors import LedgerError, VerificationError
from ledger.event import Stated
from ledger.merkle import check_consistency, check_inclusion, leaf_hash, prove_consistency, prove_inclusion
from ledger.note import Ed25519Verifier, parse_note
from ledger.registry import Root
from ledger.stamps import UnknownAuthority, check_stamp
from ledger.store.base import LogReader
from ledger.verify.tree import open_by_log
from ledger.witness.policy import Policy, judge


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entry's bytes, and the leaf index at which they stand."""

    index: int
    raw: bytes


def is_in(reader: LogReader, leaf: Leaf, checkpoint: Checkpoint) -> bool:
    """Do these bytes lead to the checkpoint's root, at this place?"""
    try:
        check_inclusion(
            leaf_hash=leaf_hash(leaf.raw),
            leaf_index=leaf.index,
            tree_size=checkpoint.size,
            proof=prove_inclusion(reader.nodes, leaf.index, checkpoint.size),
            root_hash=checkpoint.root,
        )
    except LedgerError:
        return False
    return True


def check_place(reader: LogReader, leaf: Leaf, note: str | None, root: Root) -> Checked:
    """note: the newest checkpoint; root: the registry at the head, which names the log's key."""
    if note is None:
        return undetermined("place", "unsigned")
    try:
        said = open_by_log(note, root)
    except VerificationError:
        return failed("place", "note")
    if leaf.index >= said.size:
        return undetermined("place", "unsigned")
    facts: dict[str, Any] = {"number": leaf.index + 1, "index": leaf.index, "size": said.size}
    return passed("place", **facts) if is_in(reader, leaf, said) else failed("place", **facts)


def check_growth(reader: LogReader, leaf: Leaf, first: str | None, newest: str | None, root: Root) -> Checked:
    """From the first signed checkpoint that covers the entry to the newest."""
    if first is None or newest is None:
        return undetermined("growth", "unsigned")
    try:
        old, new = (_opened(note, root) for note in (first, newest))
    except VerificationError:
        return failed("growth", "note")
    if old.size == new.size:
        if old.root != new.root:
            return failed("growth", first=old.size, size=new.size)
        return undetermined("growth", "same", first=old.size, size=new.size)
    try:
        check_consistency(
            old_size=old.size,
            new_size=new.size,
            old_root=old.root,
            new_root=new.root,
            proof=prove_consistency(reader.nodes, old.size, new.size),
        )
    except LedgerError:
        return failed("growth", first=old.size, size=new.size)
    return passed("growth", first=old.size, size=new.size, number=leaf.index + 1)


def _opened(note: str, root: Root) -> Checkpoint:
    """Signed by some key that this log ever had. Raises VerificationError."""
    return open_checkpoint(note, [Ed25519Verifier.parse(key) for key in root.log_keys])[0]


def check_witness(
    reader: LogReader, leaf: Leaf, kept: Stated | None, policy: Policy | None, root: Root
) -> Checked:
    """kept: the first entry that keeps a witnessed checkpoint over this one; policy: the server's own."""
    if kept is None:
        return undetermined("witness", "none")
    if policy is None:
        return undetermined("witness", "no-policy")
    note = kept.event.data.checkpoint
    try:
        found = judge(note, policy, logs=[Ed25519Verifier.parse(key) for key in root.log_keys])
    except VerificationError:
        return failed("witness", about=kept.event.id)
    at = found.at
    facts: dict[str, Any] = {
        "names": list(found.names),
        "size": found.checkpoint.size,
        "at": format_instant(datetime.fromtimestamp(at, UTC)) if at is not None else None,
    }
    if leaf.index >= found.checkpoint.size or not is_in(reader, leaf, found.checkpoint):
        return failed("witness", "other-entry", kept.event.id, **facts)
    if at is None or not found.satisfied:
        return undetermined("witness", "too-few", kept.event.id, missing=list(found.missing), **facts)
    return passed("witness", about=kept.event.id, **facts)


def check_stamped(
    reader: LogReader, leaf: Leaf, kept: Stated | None, roots: Sequence[bytes], root: Root
) -> Checked:
    """kept: the first entry that keeps a stamped checkpoint over this one; roots: of whom it believes."""
    if kept is None:
        return undetermined("stamp", "none")
    if not roots:
        return undetermined("stamp", "no-authority", kept.event.id)
    data = kept.event.data
    try:
        said = _opened(data.checkpoint, root)
        stamp = check_stamp(b64decode(data.response), parse_note(data.checkpoint).text.encode(), roots)
    except UnknownAuthority:
        return undetermined("stamp", "unknown-authority", kept.event.id)
    except (VerificationError, ValueError):
        return failed("stamp", about=kept.event.id)
    at = format_instant(stamp.gen_time)
    if leaf.index >= said.size or not is_in(reader, leaf, said):
        return failed("stamp", "other-entry", kept.event.id, size=said.size, at=at)
    return passed("stamp", about=kept.event.id, size=said.size, at=at)


def check_signing_time(claimed: str, proved: Iterable[Checked]) -> Checked:
    """A claim that nothing can prove; what others saw says only by when the entry existed."""
    times = [one.facts["at"] for one in proved if one.outcome == "passed" and one.facts.get("at")]
    if times:
        return undetermined("signing-time", "existed", claimed=claimed, at=min(times))
    return undetermined("signing-time", "claimed", claimed=claimed)
