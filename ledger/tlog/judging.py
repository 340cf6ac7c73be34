"""A receipt judged check by check, as a JSON receipt or as a tlog-proof with the entry beside it.

Each check tells one thing; the last one is ledger.receipt.check_receipt itself, so that nothing that it
would refuse is ever called verified here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from ledger.entry import Entry, format_entry, read_entry
from ledger.envelope import Envelope, parse_envelope, verify_envelope
from ledger.errors import LedgerError, Refusal, StorageError
from ledger.keys import PublicKey
from ledger.merkle import InclusionProofError, check_inclusion, leaf_hash
from ledger.note import Ed25519Verifier, NoteError, parse_note
from ledger.receipt import OtherLogKey, Receipt, ReceiptError, check_receipt
from ledger.tlog.proof import TlogProof
from ledger.verify.report import Fault, Report

NO_TRUST = "no-trust"
NO_KEYS = "no-keys"
NOT_READ = "not-read"
NO_FORM = "malformed-entry"
DIFFERS = "receipt-differs"
_CODES: tuple[tuple[type[LedgerError], str], ...] = (
    (StorageError, NO_FORM),
    (OtherLogKey, "other-log-key"),
    (InclusionProofError, "not-in-tree"),
    (NoteError, "note-unsigned"),
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """receipt: as it was told, or made of a proof and the entry; keys: public keys by kid, as many as
    there are; statement: the canonical payload that the submitter has, None if nobody has it at hand."""

    receipt: Receipt
    keys: Mapping[str, PublicKey] = field(default_factory=dict)
    statement: bytes | None = None


@dataclass(frozen=True, slots=True)
class Trusted:
    """log_key: verifier key text; genesis: SHA-256, hexadecimal."""

    log_key: str
    genesis: str


def from_proof(proof: TlogProof, entry: bytes) -> Receipt:
    """The receipt that a tlog-proof and an entry's bytes make. Raises ReceiptError."""
    try:
        read = read_entry(entry)
        said = (read.event_id(), read.stream, read.version, read.recorded_at)
    except LedgerError as error:
        raise ReceiptError(f"this is no entry: {error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ReceiptError("this is no entry: it states no event") from error
    event, stream, version, recorded_at = said
    return Receipt(
        event=event,
        index=proof.index,
        stream=stream,
        version=version,
        recorded_at=recorded_at,
        entry=entry,
        leaf_hash=leaf_hash(entry),
        proof=proof.proof,
        checkpoint=proof.checkpoint,
    )


def signers_of(receipt: Receipt) -> tuple[str, ...]:
    """The kids that the event inside says sign it. Raises ReceiptError."""
    try:
        payload = orjson.loads(read_entry(receipt.entry).payload)
        return tuple(str(signer["kid"]) for signer in payload["signers"])
    except LedgerError as error:
        raise ReceiptError(f"the receipt holds no signed event: {error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ReceiptError("the receipt holds no signed event: it names no signers") from error


def judge_receipt(evidence: Evidence, trusted: Trusted | None) -> Report:
    """Run the checks `format`, `checkpoint`, `tree`, `genesis`, `signatures` and `receipt`.

    trusted: None for nobody: then the checkpoint's signature and the genesis are not judged, and the
    verdict is self-consistent at best.
    """
    report, receipt = Report("receipt"), evidence.receipt
    read = _attempt(report, "format", lambda: _read(receipt))
    checkpoint = _attempt(report, "checkpoint", lambda: _open(receipt, trusted))
    if trusted is None and checkpoint is not None:  # it can be read: that is not counted as a check
        report.check("checkpoint").count = 0
        report.check("checkpoint").skip(NO_TRUST)
    _judge_tree(report, receipt, checkpoint)
    _judge_genesis(report, read, trusted)
    complete = _judge_signatures(report, evidence, read)
    if read is not None and evidence.statement not in (None, read[0].payload):
        report.check("receipt").fail(Fault("other-statement", detail="the entry is of another statement"))
    if trusted is None or not complete:
        report.check("receipt").skip(NO_TRUST if trusted is None else NO_KEYS)
    else:
        _judge_receipt(report, evidence, trusted)
    if checkpoint is not None:
        report.origin, report.size, report.root = checkpoint.origin, checkpoint.size, checkpoint.root.hex()
    report.authenticated = report.checks["receipt"].status == "ok"
    report.genesis = trusted.genesis if trusted is not None else ""
    report.cover = {
        "index": receipt.index,
        "event": receipt.event,
        "compared": evidence.statement is not None,
    }
    return report


def _attempt(report: Report, name: str, run: Callable[[], Any]) -> Any:
    """What run gives, or None with the check failed."""
    check = report.check(name)
    check.count += 1
    try:
        return run()
    except Refusal as refusal:
        check.fail(Fault(refusal.code, detail=refusal.pointer))
    except LedgerError as error:
        check.fail(Fault(_code_of(error), detail=str(error)))
    except (ValueError, KeyError, TypeError):
        check.fail(Fault(NO_FORM, detail="a member is missing, or written in another form"))
    return None


def _code_of(error: LedgerError) -> str:
    """A stable name for what went wrong."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), DIFFERS)


def _read(receipt: Receipt) -> tuple[Entry, Envelope]:
    """The entry in its one form, about which the receipt says what it says itself."""
    entry = read_entry(receipt.entry)
    envelope = parse_envelope(entry.envelope)
    told = replace(
        receipt,
        event=entry.event_id(),
        index=entry.index,
        stream=entry.stream,
        version=entry.version,
        recorded_at=entry.recorded_at,
        leaf_hash=leaf_hash(receipt.entry),
    )
    if told != receipt:
        raise ReceiptError("the receipt says something else than its entry")
    one_form = format_entry(
        genesis=str(orjson.loads(receipt.entry)["genesis"]),
        index=entry.index,
        stream=entry.stream,
        version=entry.version,
        recorded_at=entry.recorded_at,
        envelope=envelope,
    )
    if one_form != receipt.entry:
        raise ReceiptError("the entry is not in its one form")
    return entry, envelope


def _open(receipt: Receipt, trusted: Trusted | None) -> Checkpoint:
    if trusted is None:
        return parse_checkpoint(parse_note(receipt.checkpoint).text)
    return open_checkpoint(receipt.checkpoint, [Ed25519Verifier.parse(trusted.log_key)])[0]


def _judge_tree(report: Report, receipt: Receipt, checkpoint: Checkpoint | None) -> None:
    if checkpoint is None:
        report.check("tree").skip(NOT_READ)
        return
    _attempt(
        report,
        "tree",
        lambda: check_inclusion(
            leaf_hash=leaf_hash(receipt.entry),
            leaf_index=receipt.index,
            tree_size=checkpoint.size,
            proof=receipt.proof,
            root_hash=checkpoint.root,
        ),
    )


def _judge_genesis(report: Report, read: tuple[Entry, Envelope] | None, trusted: Trusted | None) -> None:
    check = report.check("genesis")
    if read is None or trusted is None:
        check.skip(NOT_READ if read is None else NO_TRUST)
        return
    check.count = 1
    found = orjson.loads(read[0].raw)["genesis"]
    if found != trusted.genesis:
        check.fail(Fault("other-ledger", read[0].index, detail=f"{found}; {trusted.genesis}"))


def _judge_signatures(report: Report, evidence: Evidence, read: tuple[Entry, Envelope] | None) -> bool:
    """Is the key of every signer at hand?"""
    check = report.check("signatures")
    if read is None:
        check.skip(NOT_READ)
        return True
    envelope = read[1]
    missing = [kid for kid in envelope.kids if kid not in evidence.keys]
    if missing:
        check.skip(NO_KEYS, missing=missing)
        return False
    _attempt(report, "signatures", lambda: _verify(evidence.receipt, envelope, evidence.keys))
    return True


def _verify(receipt: Receipt, envelope: Envelope, keys: Mapping[str, PublicKey]) -> None:
    if set(signers_of(receipt)) != set(envelope.kids):
        raise ReceiptError("the entry is signed by other keys than its event names")
    verify_envelope(envelope, keys)


def _judge_receipt(report: Report, evidence: Evidence, trusted: Trusted) -> None:
    def run() -> Entry:
        receipt, statement = evidence.receipt, evidence.statement
        payload = statement if statement is not None else read_entry(receipt.entry).payload
        return check_receipt(
            receipt,
            payload=payload,
            keys=chosen(evidence.keys, signers_of(receipt)),
            log_key=trusted.log_key,
            genesis=trusted.genesis,
        )

    _attempt(report, "receipt", run)


def judge_remembered(report: Report, seen: Sequence[Checkpoint]) -> list[Checkpoint]:
    """Add the check `remembered`: heads of this log, each signed by a key of it, beside the receipt's.

    A receipt has nothing that joins two sizes, so that those of another size are not compared. Gives
    those of its own size with another root: two histories. The report is judge_receipt's.
    """
    check, forks = report.check("remembered"), list[Checkpoint]()
    if report.checks["checkpoint"].status != "ok":
        check.skip(NOT_READ)
        return forks
    for one in seen:
        check.count += 1
        if one.size != report.size:
            check.warn("not-compared", remembered=one.size, size=report.size)
        elif one.root.hex() != report.root:
            check.fail(Fault("forked", None, "remembered", _apart(one, report)))
            forks.append(one)
    if not seen:
        check.skip("nothing-remembered")
    return forks


def _apart(one: Checkpoint, report: Report) -> str:
    return (
        f"remembered: size {one.size}, root {one.root.hex()}; the receipt: size {report.size},"
        f" root {report.root}"
    )


def chosen(keys: Mapping[str, PublicKey], kids: Sequence[str]) -> dict[str, PublicKey]:
    """Those of the keys that are named."""
    return {kid: keys[kid] for kid in kids if kid in keys}
