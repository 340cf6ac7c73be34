"""A submission on its way to the door: parsed and checked as far as needs no state."""

from __future__ import annotations

from dataclasses import dataclass

from ledger import canonical
from ledger.envelope import PAYLOAD_SIZE_MAX, Envelope
from ledger.errors import Refusal
from ledger.event import Common
from ledger.kinds import kind_of
from ledger.shape import check_act_member, check_shape


@dataclass(frozen=True, slots=True)
class Submission:
    """One envelope and the event inside. verified: its signatures hold for known keys."""

    envelope: Envelope
    event: Common
    payload_hash: str
    verified: bool = False


def read_payload(payload: bytes) -> Common:
    """Read an event's canonical bytes. Raises Refusal for every other spelling."""
    members = canonical.loads(payload, size_max=PAYLOAD_SIZE_MAX)
    if not isinstance(members, dict):
        raise Refusal("malformed", "")
    canonical.check_text(payload, members)
    kind = kind_of(members.get("kind"))
    schema = members.get("schema")
    if schema != kind.schema:
        raise Refusal("unknown-schema", "/schema", schema if isinstance(schema, int | str) else None)
    event = kind.parse(payload)
    if event.subject.partition(":")[0] not in kind.families:
        raise Refusal("wrong-subject", "/subject", event.subject)
    check_shape(event, members, kind)
    check_act_member(event, members, kind)
    _check_lists(event)
    return event


def _check_lists(event: Common) -> None:
    """Nobody signs twice, nothing is acknowledged twice."""
    if len({signer.kid for signer in event.signers}) != len(event.signers):
        raise Refusal("signer-twice", "/signers")
    if len(set(event.acknowledges)) != len(event.acknowledges):
        raise Refusal("acknowledged-twice", "/acknowledges")


def read_submission(envelope: Envelope) -> Submission:
    """Read the event of an envelope; its signers must be exactly the envelope's keys."""
    event = read_payload(envelope.payload)
    named = {signer.kid for signer in event.signers}
    signed = set(envelope.kids)
    if named != signed:
        odd = sorted(named ^ signed)[0]
        raise Refusal("signers-differ", "/signers", odd)
    return Submission(envelope, event, envelope.payload_hash.hex())
