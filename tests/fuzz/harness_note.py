"""Notes and what is made of them: checkpoints, cosignatures, proofs, requests to witnesses, policies."""

from __future__ import annotations

from contextlib import suppress

from ledger.checkpoint import format_checkpoint, open_checkpoint, parse_checkpoint
from ledger.cosignature import CosignatureVerifier, time_of
from ledger.errors import VerificationError
from ledger.note import Ed25519Verifier, format_note, parse_note, parse_verifier_key
from ledger.tlog.proof import format_proof, parse_proof
from ledger.witness.policy import judge, parse_policy
from ledger.witness.request import format_request, parse_request
from tests.fuzz.harness import Target

LOG_KEY = "town.example/pledger+3ca404d4+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"


def try_bytes(raw: bytes) -> None:
    """The whole as each of them."""
    with suppress(VerificationError):
        note = parse_note(raw)
        assert format_note(note.text, note.signatures).encode() == raw, "a second spelling of a note"
        for signature in note.signatures:
            with suppress(VerificationError):
                time_of(signature)
        checkpoint = parse_checkpoint(note.text)
        assert format_checkpoint(checkpoint) == note.text, "a second spelling of a checkpoint"
        open_checkpoint(raw, [_LOG])
    with suppress(VerificationError):
        proof = parse_proof(raw)
        assert format_proof(proof).encode() == raw, "a second spelling of a proof"
    with suppress(VerificationError):
        asked = parse_request(raw)
        written = format_request(asked.old_size, asked.proof, "") + asked.signed
        assert written == raw, "a second spelling of a request"
    _try_keys(raw)


def _try_keys(raw: bytes) -> None:
    with suppress(VerificationError):
        judge(_NOTE, parse_policy(raw))
    with suppress(UnicodeDecodeError, VerificationError):
        text = raw.decode()
        assert str(parse_verifier_key(text)) == text, "a second spelling of a key"
        CosignatureVerifier.parse(text)


_LOG = Ed25519Verifier.parse(LOG_KEY)
_NOTE = f"{_LOG.name}\n1\n{'A' * 43}=\n\n\u2014 {_LOG.name} {'A' * 92}\n"
TARGET = Target(try_bytes, bytes_max=4096)
