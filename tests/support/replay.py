"""The oracle's abstract entries, replayed on ledger.timeline one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ledger.timeline import Act, Life, Slot, Status, Timeline, Write, changes
from ledger.values import FOREVER
from tests.oracle.model import (
    ActCorrected,
    ActRegistered,
    Corrected,
    Entry,
    Event,
    StatusChanged,
    StatusCorrected,
)
from tests.oracle.model import Write as Asserted


def path(cell: str) -> str:
    """Where a cell of the oracle stands in a timeline: below a collection, as real cells do."""
    return "/cells" + cell


def write_of(asserted: Asserted) -> Write:
    return Write(path(asserted.cell), asserted.since.isoformat(), asserted.op, asserted.value)


@dataclass(frozen=True)
class Row:
    """A stored life. Known at the positions [known_from, known_to); known_to None: still."""

    life: Life
    known_from: int
    known_to: int | None = None


class Replay:
    """timelines[K]: the timeline as of K entries, for every K; rows: the lives as stored."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self.timelines = [Timeline()]
        self.rows: list[Row] = []
        self._acts: dict[str, Act] = {}
        for index, entry in enumerate(entries):
            self._take(index, entry)

    def slot_id(self, index: int) -> str:
        event = self.entries[index]
        assert isinstance(event, Event)
        return event.event

    def _take(self, index: int, entry: Entry) -> None:
        before = self.timelines[-1]
        if isinstance(entry, Event | Corrected):
            slot = _slot_after(before, index, entry)
            after = before.state_slot(slot, self._acts[slot.act] if slot.act is not None else None)
            concerned: tuple[str, ...] = (slot.id,)
        else:
            act = self._act_after(index, entry)
            self._acts[act.id] = act
            concerned = before.citing.get(act.id, ())
            after = before.state_act(act) if act.id in before.citing else before
        self.timelines.append(after)
        for slot_id in concerned:
            self._store(before, after, slot_id, index + 1)

    def _store(self, before: Timeline, after: Timeline, slot_id: str, position: int) -> None:
        old = before.lives(before.slots[slot_id]) if slot_id in before.slots else ()
        closed, opened = changes(old, after.lives(after.slots[slot_id]))
        for life in closed:
            place = next(n for n, row in enumerate(self.rows) if row.life == life and row.known_to is None)
            self.rows[place] = replace(self.rows[place], known_to=position)
        self.rows += [Row(life, position) for life in opened]

    def _act_after(
        self, index: int, entry: ActRegistered | ActCorrected | StatusChanged | StatusCorrected
    ) -> Act:
        if isinstance(entry, ActRegistered):
            return Act(entry.act, entry.date.isoformat(), entry.order or 0, _iso(entry.in_force), (), index)
        if isinstance(entry, StatusChanged):
            return _with_status(self._acts[entry.act], entry, index, index)
        first = self.entries[entry.of]
        assert isinstance(first, ActRegistered | StatusChanged)
        old = self._acts[first.act]
        if isinstance(entry, StatusCorrected):
            return _with_status(old, entry, entry.of, index)
        placed = replace(old, date=entry.date.isoformat(), order=entry.order or 0)
        return replace(placed, in_force=_iso(entry.in_force), changed_at=index)


def _slot_after(before: Timeline, index: int, entry: Event | Corrected) -> Slot:
    writes = tuple(write_of(asserted) for asserted in entry.writes or ())
    if isinstance(entry, Event):
        return Slot(entry.event, index, "test", entry.act, entry.event, index, "", writes)
    old = before.slots[entry.event]
    return replace(old, event=entry.new_event, event_index=index, writes=writes)


def _with_status(act: Act, said: StatusChanged | StatusCorrected, of: int, index: int) -> Act:
    """The act with the status whose first entry is `of` stated (anew). A voided one says nothing."""
    end = FOREVER if said.to is None else said.to.isoformat()
    counts = None if isinstance(said, StatusCorrected) and said.void else said.counts
    status = Status(f"status-{of}", of, counts, _iso(said.start) or "", end)
    others = [one for one in act.statuses if one.entry != of]
    statuses = tuple(sorted([*others, status], key=lambda one: one.entry))
    return replace(act, statuses=statuses, changed_at=index)


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()
