"""An entry as followers are told of it: what it says of itself, without asking any projection."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from ledger.entry import Entry
from ledger.kinds import kind_of


def light_item(entry: Entry) -> dict[str, Any]:
    """Made from the entry's own bytes alone, so that it is the same for ever.

    index: of the leaf, 0-based; position: how many entries there are with this one, from which to go on;
    effective: also of a report, whose kind derives it; payload: SHA-256 of the event's canonical bytes,
    hexadecimal; links: paths on the server.
    """
    event = orjson.loads(entry.payload)
    corrects = event.get("relations", {}).get("corrects")
    return {
        "index": entry.index,
        "position": entry.index + 1,
        "event": event["id"],
        "kind": event["kind"],
        "stream": entry.stream,
        "version": entry.version,
        "recorded_at": entry.recorded_at,
        "effective": _effective(entry, event),
        "act": _act(event),
        "signers": [{"person": one["person"], "office": one["office"]} for one in event["signers"]],
        "corrects": corrects["event"] if corrects is not None else None,
        "payload": hashlib.sha256(entry.payload).hexdigest(),
        "links": {"event": f"/v1/events/{event['id']}", "receipt": f"/v1/events/{event['id']}/receipt"},
    }


def _effective(entry: Entry, event: dict[str, Any]) -> str | None:
    """A report's kind derives the day; to read the whole event for that alone takes ten times as long."""
    kind = kind_of(event["kind"])
    if kind.starts is None:
        day: str | None = event.get("effective")
        return day
    return kind.from_day(entry.stated().event) or None


def _act(event: dict[str, Any]) -> dict[str, Any] | None:
    act = event.get("act")
    return {"id": act["id"], "point": act.get("point")} if act is not None else None
