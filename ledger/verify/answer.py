"""An answer recomputed: the state by the rule of state, from entries alone, against what was answered.

Each function takes the answer as the API gives it, and yields what differs. What is not recomputed
(words, links, a diff's causes) is not vouched for: `RECOMPUTED` says for each type what is.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from ledger.entry import Entry
from ledger.errors import LedgerError
from ledger.kinds import kind_of
from ledger.nesting import nest, state_hash
from ledger.timeline import Answer, Placed, Timeline
from ledger.values import FOREVER
from ledger.verify.report import Fault
from ledger.world import World

RECOMPUTED = {
    "programme": "state, state_hash, cells: event, index, from",
    "diff": "changes: path, old and new value, removed, event",
    "cell": "value, and each write: op, value, from, old, event, index",
    "event": "entry, index, kind, stream, version, recorded_at, payload, signers, writes",
    "act": "date, order, in_force, counts",
}
_MISSING = object()


def state_faults(answer: Mapping[str, Any], timeline: Timeline, as_of: str) -> Iterator[Fault]:
    """Of a programme's state on a day."""
    cells = dict(timeline.state(as_of))
    state = nest((path, _plain(found.value)) for path, found in sorted(cells.items()))
    if answer.get("state") != state:
        yield from _state_differs(answer.get("cells"), answer.get("state"), cells)
    if answer.get("state_hash") != state_hash(state):
        yield Fault("state-hash", None, "/state_hash", f"{answer.get('state_hash')}; {state_hash(state)}")
    given = answer.get("cells")
    listed: dict[str, Any] = given if isinstance(given, dict) else {}
    for path in sorted(cells.keys() | listed.keys()):
        mine, told = cells.get(path), listed.get(path)
        wanted = _origin(mine) if mine is not None else None
        if (
            not isinstance(told, dict)
            or {name: told.get(name) for name in ("event", "index", "from")} != wanted
        ):
            yield Fault("cell-differs", mine.last.entry if mine else None, path, f"{told}; {wanted}")


def _plain(value: Any) -> Any:
    """As JSON gives it back: a kind may keep a list as a tuple."""
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value


def _origin(found: Answer) -> dict[str, Any]:
    return {"event": found.last.event, "index": found.last.entry, "from": found.last.rank[0]}


def _state_differs(listed: Any, state: Any, cells: Mapping[str, Answer]) -> Iterator[Fault]:
    """Which values of the answer are others."""
    paths = sorted(cells.keys() | (listed.keys() if isinstance(listed, dict) else set()))
    told = 0
    for path in paths:
        said = _at(state, path)
        mine: Any = _plain(cells[path].value) if path in cells else _MISSING
        if said != mine or type(said) is not type(mine):
            told += 1
            yield Fault("value-differs", None, path, f"{_word(said)}; {_word(mine)}")
    if not told:
        yield Fault("value-differs", None, "/state", "a cell that no entry wrote")


def _at(state: Any, path: str) -> Any:
    for name in path.split("/")[1:]:
        if not isinstance(state, dict) or name not in state:
            return _MISSING
        state = state[name]
    return state


def _word(value: Any) -> str:
    return "none" if value is _MISSING else repr(value)


def diff_faults(
    answer: Mapping[str, Any], old: Timeline, old_day: str, new: Timeline, new_day: str
) -> Iterator[Fault]:
    """Of what changed between two points."""
    before, after = dict(old.state(old_day)), dict(new.state(new_day))
    changed = {
        path: (_side(before.get(path)), _side(after.get(path)))
        for path in before.keys() | after.keys()
        if _side(before.get(path)) != _side(after.get(path))
    }
    rows = answer.get("changes")
    if not isinstance(rows, list) or answer.get("next") is not None:
        yield Fault("answer-malformed", None, "/changes")
        return
    given = {str(row.get("path")): row for row in rows if isinstance(row, dict)}
    if len(given) != len(rows):
        yield Fault("answer-malformed", None, "/changes", "a row is none, or its path is there twice")
    for path in sorted(changed.keys() | given.keys(), key=str):
        told = given.get(path)
        sides = tuple(_told_side(told.get(name)) for name in ("old", "new")) if told is not None else None
        if sides != changed.get(path):
            yield Fault("value-differs", None, str(path), f"{sides}; {changed.get(path)}")


def _side(found: Answer | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"value": _plain(found.value), "removed": found.removed, "event": found.last.event}


def _told_side(told: Any) -> Any:
    return (
        {name: told.get(name) for name in ("value", "removed", "event")} if isinstance(told, dict) else told
    )


def cell_faults(answer: Mapping[str, Any], timeline: Timeline, as_of: str) -> Iterator[Fault]:
    """Of one cell's story."""
    path = str(answer.get("path"))
    found = timeline.answer(path, as_of)
    if _told_side(answer.get("value")) != _side(found):
        yield Fault("value-differs", None, path, f"{answer.get('value')}; {_side(found)}")
    mine = [_write(timeline, path, placed) for placed in _counting(timeline, path, as_of)]
    rows = answer.get("items")
    told = [_told_write(row) for row in rows] if isinstance(rows, list) else None
    if told != mine or answer.get("next") is not None:
        yield Fault("story-differs", None, path, f"{len(told or ())} writes; the entries give {len(mine)}")


def _counting(timeline: Timeline, path: str, day: str) -> Iterator[Placed]:
    """A cell's counting writes by a day, the one in force first."""
    for placed in reversed(timeline.cells.get(path, ())):
        if placed.op != "restate" and placed.rank[0] <= day and timeline.counts(placed.act, day):
            yield placed


def _write(timeline: Timeline, path: str, placed: Placed) -> dict[str, Any]:
    below = timeline.below(path, placed.rank)
    return {
        "op": placed.op,
        "value": _plain(placed.value),
        "from": placed.rank[0],
        "old": None if below is None else ("removed" if below.removed else _plain(below.value)),
        "event": placed.event,
        "index": placed.entry,
    }


def _told_write(row: Any) -> Any:
    names = ("op", "value", "from", "old", "event", "index")
    return {name: row.get(name, _MISSING) for name in names} if isinstance(row, dict) else row


def event_faults(answer: Mapping[str, Any], entry: Entry) -> Iterator[Fault]:
    """Of one event."""
    try:
        stated = entry.stated()
    except LedgerError as error:
        yield Fault("malformed-entry", entry.index, "", str(error))
        return
    event = stated.event
    wanted = {
        "event": event.id,
        "index": entry.index,
        "kind": event.kind,
        "stream": entry.stream,
        "version": entry.version,
        "recorded_at": entry.recorded_at,
        "payload": sha256(entry.payload).hexdigest(),
        "entry": b64encode(entry.raw).decode(),
        "reason": event.reason,
        "signers": [{"person": one.person, "office": one.office, "kid": one.kid} for one in event.signers],
    }
    for name, value in wanted.items():
        if answer.get(name) != value:
            yield Fault("value-differs", entry.index, f"/{name}", f"{answer.get(name)!r}; {value!r}")
    if not event.subject.startswith("programme:"):
        return
    writes = [
        (write.path, write.since, write.op, _plain(write.value))
        for write in kind_of(event.kind).writes_of(event, stated.slot)
        if write.op != "restate"
    ]
    rows = answer.get("writes")
    names = ("path", "from", "op", "new")
    told = [tuple(row.get(name) for name in names) for row in rows or () if isinstance(row, dict)]
    if told != writes:
        yield Fault("writes-differ", entry.index, "/writes", f"{len(told)}; {len(writes)}")


def act_faults(answer: Mapping[str, Any], world: World, act: str) -> Iterator[Fault]:
    """Of one legal act: its place in the order, and when it counts."""
    found, item = world.act(act), answer.get("item")
    if found is None or not isinstance(item, dict):
        yield Fault("unknown-act", None, act)
        return
    counts = [{"from": one.start, "to": None if one.end == FOREVER else one.end} for one in found.stretches]
    wanted = {
        "id": act,
        "date": found.date,
        "order": found.order,
        "in_force": found.in_force,
        "counts": counts,
    }
    for name, value in wanted.items():
        told = item.get(name) or 0 if name == "order" else item.get(name)
        if told != value:
            yield Fault("value-differs", None, f"/item/{name}", f"{item.get(name)!r}; {value!r}")
