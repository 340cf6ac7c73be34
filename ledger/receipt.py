"""Receipts: an acknowledged entry with its proof, checkable by anyone who holds one."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.entry import Entry, format_entry, read_entry
from ledger.envelope import Envelope, parse_envelope, verify_envelope
from ledger.errors import Refusal, StorageError, VerificationError
from ledger.keys import PublicKey
from ledger.merkle import check_inclusion, leaf_hash
from ledger.note import Ed25519Verifier, NoteError, decode_base64, parse_note
from ledger.tlog.proof import TlogProof, format_proof


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the ledger answers to an event that it took.

    entry: the logged bytes; leaf_hash: 32 bytes; proof: sibling hashes, leaf level first,
    to the root in `checkpoint`, a signed note.
    """

    event: str
    index: int
    stream: str
    version: int
    recorded_at: str
    entry: bytes
    leaf_hash: bytes
    proof: tuple[bytes, ...]
    checkpoint: str

    def to_json(self) -> dict[str, Any]:
        """The shape of contract.md; hashes and bytes in standard base64."""
        return {
            "event": self.event,
            "index": self.index,
            "stream": self.stream,
            "version": self.version,
            "recorded_at": self.recorded_at,
            "entry": b64encode(self.entry).decode(),
            "leaf_hash": b64encode(self.leaf_hash).decode(),
            "proof": [b64encode(sibling).decode() for sibling in self.proof],
            "checkpoint": self.checkpoint,
        }

    def to_tlog_proof(self) -> str:
        """The text of a .tlog-proof file: the proof alone; whoever checks it has the entry."""
        return format_proof(TlogProof(self.index, self.proof, self.checkpoint))


class ReceiptError(VerificationError):
    """A receipt does not prove that the ledger took this submission."""


class OtherLogKey(ReceiptError):
    """The checkpoint is signed by keys of this log's name alone that are not trusted."""


def read_receipt(members: Mapping[str, Any]) -> Receipt:
    """Read contract.md's shape. Raises ReceiptError."""
    try:
        return Receipt(
            event=str(members["event"]),
            index=int(members["index"]),
            stream=str(members["stream"]),
            version=int(members["version"]),
            recorded_at=str(members["recorded_at"]),
            entry=decode_base64(members["entry"]),
            leaf_hash=decode_base64(members["leaf_hash"]),
            proof=tuple(decode_base64(sibling) for sibling in members["proof"]),
            checkpoint=str(members["checkpoint"]),
        )
    except KeyError as error:
        raise ReceiptError(f"this is no receipt: it has no {error.args[0]}") from error
    except VerificationError as error:
        raise ReceiptError(f"this is no receipt: {error}") from error
    except (TypeError, ValueError, OverflowError) as error:
        raise ReceiptError("this is no receipt: a member is written in another form") from error


def check_receipt(
    receipt: Receipt, *, payload: bytes, keys: Mapping[str, PublicKey], log_key: str, genesis: str
) -> Entry:
    """Check everything that a receipt says before anyone says "recorded".

    payload: the submitter's own canonical bytes; keys: the signers' public keys by kid,
    exactly these must have signed; log_key: verifier key text from the submitter's own
    configuration. Returns the entry. Raises ReceiptError.
    """
    try:
        entry = read_entry(receipt.entry)
        envelope = parse_envelope(entry.envelope)
        _check_entry(entry, envelope, receipt, payload, genesis)
        if set(envelope.kids) != set(keys):
            raise ReceiptError("the entry is signed by other keys than the submission")
        verify_envelope(envelope, keys)
        checkpoint = _open(receipt.checkpoint, Ed25519Verifier.parse(log_key))
        check_inclusion(
            leaf_hash=leaf_hash(receipt.entry),
            leaf_index=receipt.index,
            tree_size=checkpoint.size,
            proof=receipt.proof,
            root_hash=checkpoint.root,
        )
    except ReceiptError:
        raise
    except Refusal as error:
        raise ReceiptError(f"the receipt does not hold: {error.code} at {error.pointer or '/'}") from error
    except orjson.JSONEncodeError as error:
        raise ReceiptError("the receipt does not hold: its entry is in no form of a ledger") from error
    except (VerificationError, StorageError) as error:
        raise ReceiptError(f"the receipt does not hold: {error}") from error
    return entry


def _open(note: str, trusted: Ed25519Verifier) -> Checkpoint:
    """Raises NoteError, and OtherLogKey where the log's key may have been rotated."""
    try:
        return open_checkpoint(note, [trusted])[0]
    except NoteError as error:
        ids = [one.key_id.hex() for one in parse_note(note).signatures if one.name == trusted.name]
        if not ids or trusted.key_id.hex() in ids:
            raise
        raise OtherLogKey(
            f"the checkpoint is signed by the key {', '.join(ids)} of {trusted.name}, not by the key"
            f" {trusted.key_id.hex()} that is trusted. If the log's key was rotated,"
            " `pledger trust URL --follow` takes the new one, on evidence signed by the trusted one"
        ) from error


def _check_entry(entry: Entry, envelope: Envelope, receipt: Receipt, payload: bytes, genesis: str) -> None:
    if entry.payload != payload:
        raise ReceiptError("the entry holds another payload than the one submitted")
    said = (entry.index, entry.stream, entry.version, entry.recorded_at)
    if said != (receipt.index, receipt.stream, receipt.version, receipt.recorded_at):
        raise ReceiptError("the receipt says something else than its entry")
    if leaf_hash(receipt.entry) != receipt.leaf_hash:
        raise ReceiptError("the leaf hash is not the entry's")
    # Only the one form leaves no room for members that somebody else reads differently.
    one_form = format_entry(
        genesis=genesis,
        index=receipt.index,
        stream=receipt.stream,
        version=receipt.version,
        recorded_at=receipt.recorded_at,
        envelope=envelope,
    )
    if receipt.entry != one_form:
        raise ReceiptError("the entry belongs to another ledger, or is not in its one form")
    if orjson.loads(payload)["id"] != receipt.event:
        raise ReceiptError("the receipt names another event")
