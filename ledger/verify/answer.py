"""The answer that a bundle has to hold: the state by the rule of state, from entries alone.

Each function builds the answer of its type in the shape of answer_shape.py, whole, with a Mark wherever a
word of doubt stands. The bundle's own is then compared with it, member by member.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ledger.entry import Entry, read_entry
from ledger.errors import StorageError
from ledger.event import Common, Stated
from ledger.ids import split_stream
from ledger.kinds import kind_of
from ledger.nesting import nest, state_hash
from ledger.registry import Body, Kept
from ledger.timeline import Answer, Placed, Timeline
from ledger.values import FOREVER
from ledger.verify.comparing import Mark
from ledger.verify.entry_file import EntryFile
from ledger.world import World

RECOMPUTED = {
    "programme": "state, state_hash, cells: event, index, from",
    "diff": "changes: path, old and new value, removed, event",
    "cell": "value, and each write: op, value, from, old, event, index, and what its entry says",
    "event": "entry, and what it says: kind, signers, reason, act, files, writes",
    "act": "registration in force, in_force, counts",
}
Doubting = Callable[[Answer], str | None]
Members = dict[str, Any]


def point_of(as_of: str, position: int) -> Members:
    """What every answer about a programme echoes."""
    return {"as_of": as_of, "known": {"position": position}}


def state_answer(timeline: Timeline, as_of: str, doubt: Doubting) -> Members:
    """A programme's state on a day."""
    cells = dict(sorted(timeline.state(as_of)))
    state = nest((path, _plain(found.value)) for path, found in cells.items())
    return {
        "state": state,
        "cells": {path: _origin(found, doubt) for path, found in cells.items()},
        "state_hash": state_hash(state),
    }


def _plain(value: Any) -> Any:
    """As JSON gives it back: a kind may keep a list as a tuple."""
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value


def _origin(found: Answer, doubt: Doubting) -> Members:
    last = found.last
    return {"event": last.event, "index": last.entry, "from": last.rank[0], "doubt": Mark(doubt(found))}


def changes_between(
    before: Mapping[str, Answer], after: Mapping[str, Answer], doubts: tuple[Doubting, Doubting]
) -> list[Members]:
    """The cells whose value or event is another, by path. What did not change needs no mark."""
    rows = []
    for path in sorted({*before, *after}):
        old, new = before.get(path), after.get(path)
        if _value(old) != _value(new):
            rows.append({"path": path, "old": _side(old, doubts[0]), "new": _side(new, doubts[1])})
    return rows


def _value(found: Answer | None) -> tuple[Any, ...] | None:
    return (_plain(found.value), found.removed, found.last.event) if found is not None else None


def _side(found: Answer | None, doubt: Doubting) -> Members | None:
    if found is None:
        return None
    value, removed, event = _plain(found.value), found.removed, found.last.event
    return {"value": value, "removed": removed, "event": event, "doubt": Mark(doubt(found))}


def cell_answer(timeline: Timeline, path: str, as_of: str, doubt: Doubting, file: EntryFile) -> Members:
    """One cell's value and story."""
    counting = _counting(timeline, path, as_of)
    items = [_write(timeline, path, placed) | _said(file, placed.entry) for placed in counting]
    return {"path": path, "value": _side(timeline.answer(path, as_of), doubt), "items": items}


def _counting(timeline: Timeline, path: str, day: str) -> Iterator[Placed]:
    """A cell's counting writes by a day, the one in force first."""
    for placed in reversed(timeline.cells.get(path, ())):
        if placed.op != "restate" and placed.rank[0] <= day and timeline.counts(placed.act, day):
            yield placed


def _write(timeline: Timeline, path: str, placed: Placed) -> Members:
    below = timeline.below(path, placed.rank)
    return {
        "op": placed.op,
        "value": _plain(placed.value),
        "from": placed.rank[0],
        "old": None if below is None else ("removed" if below.removed else _plain(below.value)),
        "event": placed.event,
        "index": placed.entry,
    }


def _said(file: EntryFile, index: int) -> Members:
    """What the entry of a write says itself."""
    entry = entry_at(file, index)
    stated = entry.stated()
    return {
        "kind": stated.event.kind,
        "recorded_at": entry.recorded_at,
        "reason": stated.event.reason,
        "act": _cited(stated.event),
        "signers": _signers(stated.event),
    }


def entry_at(file: EntryFile, index: int) -> Entry:
    """Raises StorageError if the entry is not here."""
    for row in file.rows(index, index + 1):
        return read_entry(row.raw)
    raise StorageError(f"entry {index}, which the answer names, is not here")


def _cited(event: Common) -> Members | None:
    return {"id": event.act.id, "point": event.act.point} if event.act is not None else None


def _signers(event: Common) -> list[Members]:
    return [{"person": one.person, "office": one.office, "kid": one.kid} for one in event.signers]


def event_answer(entry: Entry, stated: Stated, world: World, doubt: str | None) -> Members:
    """One event. world: as of the position at which it is asked for."""
    event = stated.event
    corrects = event.relations.corrects
    return {
        "event": event.id,
        "index": entry.index,
        "kind": event.kind,
        "stream": entry.stream,
        "version": entry.version,
        "recorded_at": entry.recorded_at,
        "payload": stated.payload_hash,
        "slot": stated.slot,
        "entry": b64encode(entry.raw).decode(),
        "effective": kind_of(event.kind).from_day(event) or None,
        "reason": event.reason,
        "example": event.example,
        "acknowledges": list(event.acknowledges),
        "corrects": corrects.event if corrects is not None else None,
        "doubt": Mark(doubt, exact=True),
        "act": _act_of(stated, world),
        "signers": _signers(event),
        "files": [file.model_dump() for file in event.files],
        "writes": _writes(stated),
    }


def _act_of(stated: Stated, world: World) -> Members | None:
    """The act that an event cites, or is about."""
    event = stated.event
    family, body = split_stream(event.subject)
    if event.act is not None or family != "body" or not event.kind.startswith("act."):
        return _cited(event)
    return {"id": world.bodies[body].kept[stated.slot].about, "point": None}


def _writes(stated: Stated) -> list[Members]:
    event = stated.event
    if split_stream(event.subject)[0] != "programme":
        return []
    return [
        {
            "path": write.path,
            "from": write.since,
            "op": write.op,
            "new": "removed" if write.op == "unset" else _plain(write.value),
        }
        for write in kind_of(event.kind).writes_of(event, stated.slot)
        if write.op != "restate"
    ]


def about_act(body: Body, act: str) -> list[Kept]:
    """What was said of an act: the statements in force of its registration and its statuses."""
    return [one for one in body.kept.values() if one.about == act and one.kind.startswith("act.")]


def act_answer(body: Body, act: str, file: EntryFile, doubt: str | None) -> Members:
    """One legal act: its registration in force, and when it counts. Raises StorageError."""
    registered = next(one for one in about_act(body, act) if one.kind == "act.registered")
    event = entry_at(file, registered.event_index).stated().event
    said = event.data.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {
        "id": act,
        "body": body.id,
        **{name: value for name, value in said.items() if name != "act"},
        "event": event.id,
        "index": registered.event_index,
        "example": event.example,
        "doubt": Mark(doubt, exact=True),
        "counts": [
            {"from": one.start, "to": None if one.end == FOREVER else one.end}
            for one in body.acts[act].stretches
        ],
    }
