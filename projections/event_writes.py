"""What one event set, cell by cell: what it found, what the cell reads with it, and the difference."""

from __future__ import annotations

from typing import Any

from ledger.event import Stated
from ledger.ids import split_stream
from ledger.timeline import Answer, Placed, Write, fold, place
from projections.cells import read_below, read_cell
from projections.diff import MONEY, delta_of
from projections.doubtful import Doubtful, read_doubtful
from projections.history import ordering_act, slot_of
from projections.reading import Reading

Row = dict[str, Any]


def read_writes(reading: Reading, stated: Stated, *, after: int, limit: int) -> tuple[list[Row], int]:
    """Writes from a place on, in the order in which they are stated, and how many there are in all.

    reading: as known now, which is after the event; doubt of what was found is as known then. Raises Blocked.
    """
    family, name = split_stream(stated.event.subject)
    if family != "programme":
        return [], 0
    reading.check(name)
    slot, act = slot_of(reading, stated), ordering_act(reading, stated)
    doubtful = read_doubtful(reading, name)
    # A line counts in the rank of a write, also one that only restates.
    lines = [(line, write) for line, write in enumerate(slot.writes) if write.op != "restate"]
    then = reading.at(stated.index + 1)
    rows = []
    for line, write in lines[after : after + limit]:
        placed = place(slot, write, line, act)
        found = read_below(then, name, write.path, placed.rank)
        rows.append(_row(then, name, write, placed, found, doubtful))
    return rows, len(lines)


def _row(
    then: Reading, programme: str, write: Write, placed: Placed, found: Answer | None, doubtful: Doubtful
) -> Row:
    chain = list(reversed(found.chain)) if found is not None and placed.op == "add" else []
    after = fold([placed, *chain])
    last = found.last if found is not None else None
    return {
        "path": write.path,
        "from": write.since,
        "op": write.op,
        "old": _value(found),
        "old_doubt": doubtful.below(found, write.since),
        "new": "removed" if write.op == "unset" else write.value,
        "result": _value(after),
        "delta": delta_of(write.path, found, after),
        "unit": _unit(then, programme, write),
        "previous": {"event": last.event, "index": last.entry} if last is not None else None,
    }


def _value(answer: Answer | None) -> Any:
    if answer is None:
        return None
    return "removed" if answer.removed else answer.value


def _unit(then: Reading, programme: str, write: Write) -> str | None:
    """The currency of money; None of what has none, or where none is stated."""
    if write.path.split("/")[1] not in MONEY:
        return None
    currency = read_cell(then, programme, "/currency", write.since)
    return str(currency.value) if currency is not None and not currency.removed else None
