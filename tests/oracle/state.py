"""The rule of state from its document (time.md) alone: slow, and plain enough to check by reading.

Nothing is kept between two questions: each is answered from the list of entries. Where the document
leaves freedom, a comment that begins with "Freedom:" says what was chosen.
"""

# ruff: noqa: N803, N806 (D and K are the names of the rule of state)

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from tests.oracle.model import (
    ActCorrected,
    ActRegistered,
    Corrected,
    Entry,
    Event,
    Op,
    StatusChanged,
    StatusCorrected,
    Write,
)

Entries = Sequence[Entry]
Rank = tuple[dt.date, dt.date, int, int, int]
Why = Literal["took_effect", "decided", "corrected", "status"]

PRINTED_NOTHING = ("-", "")


@dataclass(frozen=True)
class Link:
    """One write in a chain. event: the id of the statement in force that makes the write."""

    event: str
    op: Op
    value: str | None


@dataclass(frozen=True)
class Answer:
    """What a cell holds: a value, or removed (value None). A cell that holds nothing has no Answer.

    event, index: the statement whose write touched the cell last, and its entry's index in the log.
    chain: the fold, in order.
    """

    # Freedom: the document says "the fold is its chain" and also that a store reads downwards only until
    # a set or unset. The chain here is the whole fold; `standing` is that shorter end of it.
    value: str | None
    removed: bool
    event: str
    index: int
    chain: tuple[Link, ...]

    @property
    def outcome(self) -> tuple[str | None, bool, str]:
        """What the diff compares: the value (or removed) and the event."""
        return self.value, self.removed, self.event

    @property
    def standing(self) -> tuple[Link, ...]:
        """The end of the chain on which the value rests: from the last set or unset, if any, onwards."""
        starts = [place for place, link in enumerate(self.chain) if link.op != "add"]
        return self.chain[starts[-1] :] if starts else self.chain


State = dict[str, Answer]


@dataclass(frozen=True)
class Slot:
    """An event and its corrections. index: of its first event; event, stated_at: its statement in force."""

    index: int
    act: str | None
    event: str
    stated_at: int
    writes: tuple[Write, ...]


@dataclass(frozen=True)
class Placed:
    """A write with its place in the order."""

    rank: Rank
    slot: Slot
    line: int

    @property
    def write(self) -> Write:
        return self.slot.writes[self.line]


def state(entries: Entries, D: dt.date, K: int) -> State:
    """Every cell that has a counting write at (D, K). K: number of entries known, 0 to len(entries)."""
    counting = counting_writes(entries, D, K)
    cells = sorted({placed.write.cell for placed in counting})
    return {cell: fold(placed for placed in counting if placed.write.cell == cell) for cell in cells}


def fold_below(entries: Entries, K: int, slot_index: int, line: int) -> Answer | None:
    """The fold just below a write's rank at its `from`: a stated old value, and `old` in a history.

    slot_index: of the slot's first event. line: in the statement in force at K. None: nothing is below.
    """
    itself = place(entries, K, slot_at(entries, K, slot_index), line)
    below = [
        placed
        for placed in counting_writes(entries, itself.write.since, K)
        if placed.write.cell == itself.write.cell and placed.rank < itself.rank
    ]
    return fold(below) if below else None


def writes_after(entries: Entries, K: int, slot_index: int) -> list[tuple[Placed, bool]]:
    """Other slots' writes, counting or not, that rank after a write of this slot to the same cell.

    With each: whether the slot wrote the cell again from that very date and so ranks after it.
    """
    own = [placed for placed in all_writes(entries, K) if placed.slot.index == slot_index]
    others = [placed for placed in all_writes(entries, K) if placed.slot.index != slot_index]
    found = []
    for other in others:
        same_cell = [mine for mine in own if mine.write.cell == other.write.cell]
        if any(mine.rank < other.rank for mine in same_cell):
            again = [mine for mine in same_cell if mine.write.since == other.write.since]
            found.append((other, any(mine.rank > other.rank for mine in again)))
    return found


def later_writes(entries: Entries, K: int, slot_index: int) -> set[str]:
    """The slot's cells on which writes rank after it, so that `later-decisions` has to be acknowledged."""
    # Freedom: "either to write the cell again from those dates or to acknowledge" is read as: a later write
    # is answered when the slot itself writes the cell from that date and ranks after it there; a write of
    # the slot from some other, still later date does not answer it. writes_after has the unreduced list.
    return {other.write.cell for other, answered in writes_after(entries, K, slot_index) if not answered}


# 1 and 2: the writes of slots


def slots(entries: Entries, K: int) -> list[Slot]:
    """The slots known at K, by the index of their first event."""
    _check_known(entries, K)
    return [slot_at(entries, K, index) for index in range(K) if isinstance(entries[index], Event)]


def slot_at(entries: Entries, K: int, slot_index: int) -> Slot:
    """The slot whose first event has this index, with its newest whole statement below K."""
    _check_known(entries, K)
    first = entries[slot_index]
    if not isinstance(first, Event) or not slot_index < K:
        raise ValueError(f"no slot begins at {slot_index} below {K}")
    slot = Slot(slot_index, first.act, first.event, slot_index, first.writes)
    for index in range(slot_index + 1, K):
        entry = entries[index]
        if isinstance(entry, Corrected) and entry.event == first.event:
            slot = Slot(slot_index, first.act, entry.new_event, index, entry.writes or ())
    return slot


# 3: the dates on which an act counts


def registration(entries: Entries, K: int, act: str) -> ActRegistered | ActCorrected | None:
    """The newest statement of the act's registration below K."""
    found: ActRegistered | ActCorrected | None = None
    of = None
    for index in range(K):
        entry = entries[index]
        if isinstance(entry, ActRegistered) and entry.act == act:
            found, of = entry, index
        if isinstance(entry, ActCorrected) and entry.of == of:
            found = entry
    return found


def statuses_newest_first(entries: Entries, K: int, act: str) -> list[StatusChanged | StatusCorrected]:
    """The newest statement of each status of the act; a corrected status keeps its first one's place."""
    found: dict[int, StatusChanged | StatusCorrected] = {}
    for index in range(K):
        entry = entries[index]
        if isinstance(entry, StatusChanged) and entry.act == act:
            found[index] = entry
        if isinstance(entry, StatusCorrected) and entry.of in found:
            found[entry.of] = entry
    return [found[index] for index in sorted(found, reverse=True)]


def holds_on(status: StatusChanged | StatusCorrected, D: dt.date) -> bool:
    """Whether the status decides on D: it says something, and [start, to) contains D."""
    if isinstance(status, StatusCorrected) and status.void:
        return False
    if status.counts is None or status.start is None:
        return False
    return status.start <= D and (status.to is None or status.to > D)


def act_counts(entries: Entries, D: dt.date, K: int, act: str) -> bool:
    """Whether the act counts on D, as known at K."""
    for status in statuses_newest_first(entries, K, act):
        if holds_on(status, D):
            return status.counts is True
    # Freedom: an act that nobody has registered counts never (the door would refuse to have it cited).
    registered = registration(entries, K, act)
    return registered is not None and registered.in_force is not None and registered.in_force <= D


def slot_counts(entries: Entries, D: dt.date, K: int, slot: Slot) -> bool:
    """A slot counts on the dates on which its act counts; without an act, always."""
    return slot.act is None or act_counts(entries, D, K, slot.act)


# 4: the order


def place(entries: Entries, K: int, slot: Slot, line: int) -> Placed:
    """A write with its rank: (from, act date, act order within the day, slot index, line)."""
    since = slot.writes[line].since
    act_date, act_order = since, 0
    registered = None if slot.act is None else registration(entries, K, slot.act)
    if registered is not None:
        act_date, act_order = registered.date, registered.order or 0
    return Placed((since, act_date, act_order, slot.index, line), slot, line)


def all_writes(entries: Entries, K: int) -> list[Placed]:
    """Every write of every statement in force at K, counting or not, by rank."""
    placed = [place(entries, K, slot, line) for slot in slots(entries, K) for line in range(len(slot.writes))]
    return sorted(placed, key=lambda one: one.rank)


def counting_writes(entries: Entries, D: dt.date, K: int) -> list[Placed]:
    """The writes with from ≤ D of the slots that count on D, by rank."""
    return [
        placed
        for placed in all_writes(entries, K)
        if placed.write.since <= D and slot_counts(entries, D, K, placed.slot)
    ]


# 5: the fold


def fold(writes: Iterable[Placed]) -> Answer:
    """Fold the ordered writes of one cell; there must be at least one."""
    value: str | None = None
    chain: list[Link] = []
    for placed in writes:
        write, last = placed.write, placed
        if write.op == "set":
            value = write.value
        elif write.op == "add":
            value = added(value, write.value or "")
        else:
            value = None
        chain.append(Link(placed.slot.event, write.op, write.value))
    return Answer(value, value is None, last.slot.event, last.slot.stated_at, tuple(chain))


def added(value: str | None, amount: str) -> str:
    """Money plus money, two decimals. Nothing, removed, «-» and blank are taken as zero."""
    # Freedom: the document's "the last four" of (removed, zero, none, «-», blank) leaves out removed, but no
    # other number than zero offers itself; removed differs, if at all, only in what becomes a finding.
    base = Decimal(0) if value is None or value in PRINTED_NOTHING else Decimal(value)
    return f"{base + Decimal(amount):.2f}"


# Diff


@dataclass(frozen=True)
class Change:
    """A cell whose value or event differs. cause: index of the entry behind `why`, None if it took effect."""

    cell: str
    old: Answer | None
    new: Answer | None
    why: Why
    cause: int | None


def differs(old: Answer | None, new: Answer | None) -> bool:
    """Whether a cell differs in value (none, removed and zero are three) or in event."""
    return (old and old.outcome) != (new and new.outcome)


def diff(entries: Entries, before: tuple[dt.date, int], after: tuple[dt.date, int]) -> list[Change]:
    """What differs between state(*before) and state(*after), by cell."""
    (D1, K1), (D2, K2) = before, after
    if K1 > K2:
        # Freedom: "mirrored" is read as the diff of the opposite direction with old and new exchanged, so
        # that `why` and `cause` are the same in both directions.
        return [
            Change(one.cell, one.new, one.old, one.why, one.cause) for one in diff(entries, after, before)
        ]
    old, new, planned = state(entries, D1, K1), state(entries, D2, K2), state(entries, D2, K1)
    changes = []
    for cell in sorted(old.keys() | new.keys()):
        if differs(old.get(cell), new.get(cell)):
            cause = None
            if differs(planned.get(cell), new.get(cell)):
                cause = last_change(entries, D2, K1, K2, cell)
            why: Why = "took_effect" if cause is None else kind_of_change(entries, D2, cause)
            changes.append(Change(cell, old.get(cell), new.get(cell), why, cause))
    return changes


def last_change(entries: Entries, D: dt.date, K1: int, K2: int, cell: str) -> int:
    """The index of the last entry in [K1, K2) that changed the cell's value or event on D."""
    # Freedom: "that changed it" is judged on D2, the date that is asked for.
    for index in reversed(range(K1, K2)):
        if differs(state(entries, D, index).get(cell), state(entries, D, index + 1).get(cell)):
            return index
    raise ValueError(f"nothing changed {cell} between {K1} and {K2}")


def kind_of_change(entries: Entries, D: dt.date, index: int) -> Why:
    """Name what the entry at index did to a cell on D."""
    # Freedom: `status` is taken by its effect ("an act began or ceased to count"), so a corrected status is
    # `status`; a corrected registration is `status` when the act's counting on D changed with it and
    # `corrected` when only its date or order, and thereby a rank, did.
    entry = entries[index]
    if isinstance(entry, Event):
        return "decided"
    if isinstance(entry, Corrected):
        return "corrected"
    if isinstance(entry, ActCorrected):
        first = entries[entry.of]
        assert isinstance(first, ActRegistered)
        before = act_counts(entries, D, index, first.act)
        return "corrected" if before == act_counts(entries, D, index + 1, first.act) else "status"
    return "status"


def patch(before: State, changes: Iterable[Change]) -> State:
    """The state after the changes."""
    after = dict(before)
    for change in changes:
        if change.new is None:
            del after[change.cell]
        else:
            after[change.cell] = change.new
    return after


def _check_known(entries: Entries, K: int) -> None:
    if not 0 <= K <= len(entries):
        raise ValueError(f"position {K} of {len(entries)} entries")
