"""Envelopes, alone and as a batch, with the event inside: as POST /v1/events reads them."""

from __future__ import annotations

from contextlib import suppress

from ledger import canonical
from ledger.envelope import Envelope, envelope_json, parse_batch, parse_envelope
from ledger.errors import Refusal
from ledger.submission import read_payload, read_submission
from tests.fuzz.harness import Target


def try_bytes(raw: bytes) -> None:
    """The whole as an envelope, as a batch and as the payload of one."""
    with suppress(Refusal):
        _try_envelope(parse_envelope(raw))
    with suppress(Refusal):
        for envelope in parse_batch(raw):
            _try_envelope(envelope)
    with suppress(Refusal):
        read_payload(raw)
        assert canonical.dumps(canonical.loads(raw, size_max=len(raw))) == raw, "a second spelling"


def _try_envelope(envelope: Envelope) -> None:
    assert parse_envelope(envelope_json(envelope)) == envelope, "written otherwise than it was read"
    with suppress(Refusal):
        read_submission(envelope)


TARGET = Target(try_bytes, bytes_max=4096)
