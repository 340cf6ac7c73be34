"""Signed refusals: what the ledger refused, by which rule and at which position, under the service key.

A JWS in general JSON form with one signature, like an event's envelope, but of a `typ` of its own: it
never counts as an event. Its payload is canonical JSON of exactly {ledger, payload, code, pointer,
position, refused_at}; for a batch `payloads` stands in place of `payload`. So whoever was turned away
can show it. Source: security.md, Entry; docs/proof.md, Pieces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from pydantic import Field, ValidationError

from ledger.canonical import dumps, loads
from ledger.clock import format_instant
from ledger.envelope import (
    PAYLOAD_SIZE_MAX,
    Envelope,
    EnvelopeJSON,
    parse_envelope,
    sign_payload,
    verify_envelope,
)
from ledger.errors import Refusal, VerificationError
from ledger.event import LedgerName
from ledger.keys import PrivateKey, PublicKey
from ledger.values import Instant, Sha256, Strict

REFUSAL_TYP: Final = "pledger-refusal+jws"
NEEDS_ACKNOWLEDGEMENT: Final = "needs-acknowledgement"
POINTER_MAX: Final = 400  # characters; a pointer into what was sent may be as long as that

_BATCH_MAX = 256


class RefusalError(VerificationError):
    """A signed refusal does not show what it should."""


class _Said(Strict):
    """The payload. Either payload or payloads."""

    ledger: LedgerName
    payload: Sha256 | None = None
    payloads: Annotated[tuple[Sha256, ...], Field(min_length=2, max_length=_BATCH_MAX)] | None = None
    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
    pointer: Annotated[str, Field(max_length=POINTER_MAX)]
    position: Annotated[int, Field(ge=0, lt=1 << 53)]
    refused_at: Instant


@dataclass(frozen=True, slots=True)
class Refused:
    """What was refused. payloads: SHA-256 of each envelope's payload, hexadecimal, in the order sent.

    code: of the rule, or "needs-acknowledgement"; pointer: RFC 6901, where it was broken, cut after
    400 characters; position: how many entries the log had; kid: whose key says so.
    """

    origin: str
    genesis: str
    payloads: tuple[str, ...]
    code: str
    pointer: str
    position: int
    refused_at: str
    kid: str


def sign_refusal(
    key: PrivateKey,
    *,
    ledger: Mapping[str, str],
    payloads: Sequence[str],
    code: str,
    pointer: str,
    position: int,
    now: datetime,
) -> EnvelopeJSON:
    """ledger: {origin, genesis}; payloads: one hash, or those of a batch; members as in Refused."""
    what = {"payload": payloads[0]} if len(payloads) == 1 else {"payloads": list(payloads)}
    said = {
        "ledger": {"origin": ledger["origin"], "genesis": ledger["genesis"]},
        **what,
        "code": code,
        "pointer": pointer[:POINTER_MAX],
        "position": position,
        "refused_at": format_instant(now),
    }
    return sign_payload(dumps(said), [key], iat=int(now.timestamp()), typ=REFUSAL_TYP)


def read_refusal(refusal: bytes | EnvelopeJSON) -> tuple[Envelope, Refused]:
    """The envelope and what it says; no signature is checked. Raises RefusalError."""
    try:
        envelope = parse_envelope(refusal, typ=REFUSAL_TYP)
        if len(envelope.signatures) != 1:
            raise RefusalError("a refusal has one signature")
        loads(envelope.payload, size_max=PAYLOAD_SIZE_MAX)  # one spelling only
        said = _Said.model_validate_json(envelope.payload)
    except (Refusal, ValidationError) as error:
        raise RefusalError(f"this is no signed refusal: {error}") from error
    return envelope, Refused(
        said.ledger.origin,
        said.ledger.genesis,
        _payloads(said),
        said.code,
        said.pointer,
        said.position,
        said.refused_at,
        envelope.kids[0],
    )


def _payloads(said: _Said) -> tuple[str, ...]:
    """Exactly one of the two members is there: one spelling only."""
    named = said.model_fields_set & {"payload", "payloads"}
    if named == {"payload"} and said.payload is not None:
        return (said.payload,)
    if named == {"payloads"} and said.payloads is not None:
        return said.payloads
    raise RefusalError("this is no signed refusal: it names no payload, or one and several")


def check_refusal(
    refusal: bytes | EnvelopeJSON,
    *,
    key: PublicKey,
    genesis: str,
    payloads: Sequence[str] | None = None,
) -> Refused:
    """Check that the key signed a refusal by this ledger, of these payloads if they are given.

    That the key is an enrolled service key of the ledger is for who has the registry. Raises RefusalError.
    """
    envelope, refused = read_refusal(refusal)
    try:
        verify_envelope(envelope, {key.kid: key})
    except Refusal as error:
        raise RefusalError(f"the refusal is not signed by the key {key.kid}: {error}") from error
    if refused.genesis != genesis:
        raise RefusalError("the refusal is another ledger's")
    if payloads is not None and tuple(payloads) != refused.payloads:
        raise RefusalError("the refusal is of another statement")
    return refused
