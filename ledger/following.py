"""A client's side of a rotation of the log's key: from a trusted key to the next, on evidence alone.

What it proves: the log that the trusted key signs has recorded `log_key.rotated` for the new key,
and the new key has signed a tree that the trusted key signed too. What it does not prove: that the
signers were the registrars (a client does not replay the registry), or that the trusted key was not
stolen. Whoever holds the trusted key can show such evidence; nobody else can.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ledger.checkpoint import open_overlap
from ledger.entry import read_entry
from ledger.envelope import parse_envelope
from ledger.errors import LedgerError, Refusal, VerificationError
from ledger.event import Common
from ledger.keys import PublicKey
from ledger.kinds.log_key_rotated import KIND
from ledger.kinds.parts import log_verifier
from ledger.note import Ed25519Verifier
from ledger.receipt import Receipt, ReceiptError, check_receipt
from ledger.submission import read_submission


@dataclass(frozen=True, slots=True)
class Step:
    """From one log key to the next (verifier key texts), by an event that these persons signed.

    signers: person and kid of each, as the event names them.
    """

    old: str
    new: str
    index: int
    event: str
    signers: tuple[tuple[str, str], ...]


def signers_of(receipt: Receipt) -> tuple[str, ...]:
    """The kids whose public keys follow_once needs. Raises ReceiptError."""
    try:
        return parse_envelope(read_entry(receipt.entry).envelope).kids
    except LedgerError as error:
        raise ReceiptError(f"the receipt holds no signed event: {error}") from error


def follow_once(
    receipt: Receipt, *, keys: Mapping[str, PublicKey], log_key: str, genesis: str, origin: str
) -> Step:
    """Check that the trusted log key is followed by another one.

    receipt: of a log_key.rotated, whose entry lies under a checkpoint of `log_key`; keys: the
    public keys of its signers by kid. Raises VerificationError.
    """
    try:
        payload = read_entry(receipt.entry).payload
        known = {kid: keys[kid] for kid in signers_of(receipt) if kid in keys}
        entry = check_receipt(receipt, payload=payload, keys=known, log_key=log_key, genesis=genesis)
        event = read_submission(parse_envelope(entry.envelope)).event
        _check_event(event, entry.index, log_key=log_key, genesis=genesis, origin=origin)
    except VerificationError:
        raise
    except LedgerError as error:
        raise VerificationError(f"this is no evidence of a rotation: {error}") from error
    signers = tuple((signer.person, signer.kid) for signer in event.signers)
    return Step(log_key, event.data.log_key, entry.index, event.id, signers)


def _check_event(event: Common, index: int, *, log_key: str, genesis: str, origin: str) -> None:
    if event.kind != KIND.name:
        raise VerificationError(f"event {event.id} is {event.kind}, not {KIND.name}")
    if (event.ledger.genesis, event.ledger.origin) != (genesis, origin):
        raise Refusal("wrong-ledger", "/ledger", event.ledger.genesis)
    new = log_verifier(event.data.log_key)
    checkpoint = open_overlap(event.data.checkpoint, [Ed25519Verifier.parse(log_key), new])
    if checkpoint.origin != origin or not 0 < checkpoint.size <= index:
        raise VerificationError(f"the checkpoint in event {event.id} is not of this log before it")


def follow(
    receipts: Iterable[Receipt], *, keys: Mapping[str, PublicKey], log_key: str, genesis: str, origin: str
) -> list[Step]:
    """The steps from the trusted log key on, through rotations in the order of the log.

    What the key trusted so far does not vouch for is passed over: it may be an older rotation, of
    which this client knows the outcome already. Raises VerificationError if it vouches for none.
    """
    steps: list[Step] = []
    fault: VerificationError | None = None
    passed, vouched = {log_key}, False
    for receipt in receipts:
        try:
            step = follow_once(receipt, keys=keys, log_key=log_key, genesis=genesis, origin=origin)
        except VerificationError as error:
            fault = error
            continue
        vouched = True
        if step.new not in passed:  # a key's own rotation is signed by it too
            steps.append(step)
            log_key = step.new
            passed.add(log_key)
    if fault is not None and not vouched:
        raise fault
    return steps
