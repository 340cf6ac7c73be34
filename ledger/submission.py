"""A submission on its way to the door: parsed and checked as far as needs no state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger import canonical
from ledger.envelope import PAYLOAD_SIZE_MAX, Envelope
from ledger.errors import Refusal
from ledger.event import Common
from ledger.kinds import kind_of
from ledger.timeline import Write


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
    _check_family(event, kind.family)
    _check_shape(event, members)
    return event


def _check_family(event: Common, family: str) -> None:
    if event.subject.partition(":")[0] != family:
        raise Refusal("wrong-subject", "/subject", event.subject)


def _check_shape(event: Common, members: Mapping[str, Any]) -> None:
    """What every kind shares: effective, act, corrections, one add per cell."""
    kind = kind_of(event.kind)
    corrects = event.relations.corrects
    if event.data is None and (corrects is None or not kind.voidable):
        raise Refusal("not-voidable" if corrects is not None else "missing-field", "/data")
    if corrects is not None and not kind.correctable:
        raise Refusal("not-correctable", "/relations/corrects", corrects.event)
    if kind.effective == "required" and event.effective is None:
        raise Refusal("missing-field", "/effective")
    if kind.effective == "none" and "effective" in members:
        raise Refusal("unknown-field", "/effective", event.effective)
    if kind.act == "required" and event.act is None:
        raise Refusal("act-missing", "/act")
    if kind.act == "none" and "act" in members:
        raise Refusal("unknown-field", "/act")
    if len({signer.kid for signer in event.signers}) != len(event.signers):
        raise Refusal("signer-twice", "/signers")
    if len(set(event.acknowledges)) != len(event.acknowledges):
        raise Refusal("acknowledged-twice", "/acknowledges")
    _check_adds(kind.writes_of(event, event.id))


def _check_adds(writes: tuple[Write, ...]) -> None:
    """An event sets a cell from many dates, once from each, but adds to a cell at most once."""
    adds: set[str] = set()
    dated: set[tuple[str, str]] = set()
    for write in writes:
        if write.op == "add":
            if write.path in adds:
                raise Refusal("adds-twice", write.at, write.path)
            adds.add(write.path)
        if (write.path, write.since) in dated:
            raise Refusal("cell-twice", write.at, write.path)
        dated.add((write.path, write.since))


def read_submission(envelope: Envelope) -> Submission:
    """Read the event of an envelope; its signers must be exactly the envelope's keys."""
    event = read_payload(envelope.payload)
    named = {signer.kid for signer in event.signers}
    signed = set(envelope.kids)
    if named != signed:
        odd = sorted(named ^ signed)[0]
        raise Refusal("signers-differ", "/signers", odd)
    return Submission(envelope, event, envelope.payload_hash.hex())
