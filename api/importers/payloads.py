"""Events of a file as payloads, as far as the file knows them: the server adds id, ledger, seen and keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.importers.rows import Made, Taken
from ledger.kinds import KINDS

Members = dict[str, Any]


def payloads_of(taken: Taken, signers: Sequence[Members] = ()) -> list[Members]:
    """Of all events of a file, with the position at which it was compared with the record."""
    common: Members = {"signers": list(signers)} if signers else {}
    if taken.seen:
        common["seen"] = taken.seen
    return [payload_of(made, common) for made in taken.made]


def payload_of(made: Made, common: Mapping[str, Any]) -> Members:
    """common: signers, and what else all of them say."""
    event = made.event
    payload: Members = {
        "kind": event.kind,
        "schema": KINDS[event.kind].schema,
        "subject": event.subject,
        "data": dict(event.data),
        **common,
    }
    if made.corrects is not None:
        payload["relations"] = {"corrects": dict(made.corrects)}
    if event.effective is not None:
        payload["effective"] = event.effective
    if event.act is not None:
        payload["act"] = dict(event.act)
    if event.files:
        payload["files"] = [dict(file) for file in event.files]
    return payload
