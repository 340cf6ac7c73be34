"""The one rule of state: what holds on a date, from writes in their order.

The same log, date and position give the same state for ever. This module is pure: the
door, the projections and the offline verifier all call it. Days are ISO strings, which
sort as dates do; stretches are half-open [start, end); FOREVER sorts after every day.

A *write* asserts one cell from a date. The writes of one event and of its corrections
are a *slot*. A *placed* write has its rank: (from, act date, act order, slot index, line).
A slot that cites an act counts on the dates on which the act counts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from immutables import Map, MapMutation

from ledger.event import Signer
from ledger.values import FOREVER, is_money, money

Op = Literal["set", "add", "unset", "restate"]
Rank = tuple[str, str, int, int, int]


class Write(NamedTuple):
    """One assertion of a cell.

    path: the cell's JSON Pointer; since: first day on which it holds; value: for `set`
    a JSON scalar, for `add` an amount; at: pointer of the line inside the payload;
    stated_old: the value that the act says was in force, if it says one.
    `restate` marks that an annex was restated as a whole; it sets no value.
    """

    path: str
    since: str
    op: Op
    value: Any
    at: str = ""
    stated_old: str | None = None


class Stretch(NamedTuple):
    """Days [start, end) on which an act counts."""

    start: str
    end: str


ALWAYS = (Stretch("", FOREVER),)


class Status(NamedTuple):
    """What one `act.status_changed` says; counts None starts and stops nothing.

    by: who changed the status, for rules at the door; the rule of state does not read it.
    """

    slot: str
    entry: int
    counts: bool | None
    start: str
    end: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """What the rule reads of a legal act: its place in the order and when it counts."""

    id: str
    date: str
    order: int
    in_force: str | None
    statuses: tuple[Status, ...] = ()
    changed_at: int = -1  # leaf index of the last entry that moved its place or its stretches
    stretches: tuple[Stretch, ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "stretches", counting(self.in_force, self.statuses))


def counting(in_force: str | None, statuses: Iterable[Status]) -> tuple[Stretch, ...]:
    """When an act counts. statuses: in the order of their slots, oldest first.

    Read newest first, the newest status whose interval contains a day decides that day;
    painting them oldest first gives the same picture.
    """
    stretches = [Stretch(in_force, FOREVER)] if in_force is not None else []
    for status in statuses:
        if status.counts is None or status.start >= status.end:
            continue
        stretches = _cut(stretches, status.start, status.end)
        if status.counts:
            stretches = _join([*stretches, Stretch(status.start, status.end)])
    return tuple(stretches)


def _cut(stretches: list[Stretch], start: str, end: str) -> list[Stretch]:
    pieces = []
    for old in stretches:
        if old.start < min(old.end, start):
            pieces.append(Stretch(old.start, min(old.end, start)))
        if max(old.start, end) < old.end:
            pieces.append(Stretch(max(old.start, end), old.end))
    return pieces


def _join(stretches: list[Stretch]) -> list[Stretch]:
    """Sort, and merge neighbours, so that one state of an act has one spelling."""
    joined: list[Stretch] = []
    for stretch in sorted(stretches):
        if joined and joined[-1].end >= stretch.start:
            joined[-1] = Stretch(joined[-1].start, max(joined[-1].end, stretch.end))
        else:
            joined.append(stretch)
    return joined


class Placed(NamedTuple):
    """A write in its place. event: the statement that holds it, entry: its leaf index."""

    rank: Rank
    op: Op
    value: Any
    slot: str
    event: str
    entry: int
    act: str | None


@dataclass(frozen=True, slots=True)
class Slot:
    """An event and its corrections: the statement in force, at the first one's place."""

    id: str
    index: int
    kind: str
    act: str | None
    event: str
    event_index: int
    payload: str  # SHA-256 of the statement in force, hexadecimal
    writes: tuple[Write, ...]
    signers: tuple[Signer, ...] = ()  # of the statement in force
    recorded_at: str = ""


class Answer(NamedTuple):
    """What a cell is on a date: removed is not none, and none is no Answer at all."""

    value: Any
    removed: bool
    last: Placed
    chain: tuple[Placed, ...]


class Life(NamedTuple):
    """One stored row: a write on one stretch of dates on which its slot counts."""

    path: str
    rank: Rank
    counts_from: str
    counts_to: str
    op: Op
    value: Any
    event: str
    entry: int
    act: str | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """The writes of one programme, placed. Immutable: every change gives a new one."""

    slots: Map[str, Slot] = Map()
    cells: Map[str, tuple[Placed, ...]] = Map()
    acts: Map[str, Act] = Map()
    citing: Map[str, tuple[str, ...]] = Map()
    touched: Map[str, int] = Map()
    children: Map[str, tuple[str, ...]] = Map()

    # -- growing ---------------------------------------------------------------

    def state_slot(self, slot: Slot, act: Act | None) -> Timeline:
        """Take a slot's (new) statement in force. act: what it cites, as it stands now."""
        old = self.slots.get(slot.id)
        cells, touched = self.cells.mutate(), self.touched.mutate()
        if old is not None:
            _lift(cells, old)
            for write in old.writes:
                touched[write.path] = slot.event_index
        fresh = []
        for line, write in enumerate(slot.writes):
            row = cells.get(write.path)
            if row is None:
                row = ()
                fresh.append(write.path)
            cells[write.path] = _insert(row, place(slot, write, line, act))
            touched[write.path] = slot.event_index
        acts, citing = self.acts, self.citing
        if act is not None:
            if acts.get(act.id) is not act:
                acts = acts.set(act.id, act)
            if old is None:
                citing = citing.set(act.id, (*citing.get(act.id, ()), slot.id))
        children = _adopt(self.children, self.cells, fresh)
        slots = self.slots.set(slot.id, slot)
        return Timeline(slots, cells.finish(), acts, citing, touched.finish(), children)

    def state_act(self, act: Act) -> Timeline:
        """Take what became of an act that slots here cite."""
        old = self.acts.get(act.id)
        moved = old is None or (old.date, old.order) != (act.date, act.order)
        cells, touched = self.cells.mutate(), self.touched.mutate()
        for slot_id in self.citing.get(act.id, ()):
            slot = self.slots[slot_id]
            if moved:
                _lift(cells, slot)
                for line, write in enumerate(slot.writes):
                    cells[write.path] = _insert(cells[write.path], place(slot, write, line, act))
            for write in slot.writes:
                touched[write.path] = max(touched[write.path], act.changed_at)
        acts = self.acts.set(act.id, act)
        return replace(self, cells=cells.finish(), acts=acts, touched=touched.finish())

    # -- asking ----------------------------------------------------------------

    def counts(self, act: str | None, day: str) -> bool:
        """Does a slot that cites this act count on this day?"""
        if act is None:
            return True
        return any(s.start <= day < s.end for s in self.acts[act].stretches)

    def answer(self, path: str, day: str) -> Answer | None:
        """The cell on a day; None if no counting write has touched it."""
        row = self.cells.get(path, ())
        return self._fold(row, bisect_right(row, day, key=lambda placed: placed.rank[0]), day)

    def below(self, path: str, rank: Rank) -> Answer | None:
        """The fold just below a rank, on the rank's own first day: the value it found."""
        row = self.cells.get(path, ())
        return self._fold(row, bisect_left(row, rank, key=lambda placed: placed.rank), rank[0])

    def above(self, path: str, rank: Rank) -> tuple[Placed, ...]:
        """The writes that rank after, counting or not."""
        row = self.cells.get(path, ())
        return row[bisect_right(row, rank, key=lambda placed: placed.rank) :]

    def state(self, day: str) -> Iterator[tuple[str, Answer]]:
        """Every cell that some counting write has touched by this day."""
        for path in self.cells:
            answer = self.answer(path, day)
            if answer is not None:
                yield path, answer

    def under(self, prefix: str) -> Iterator[str]:
        """The cells at or below a path, in the order in which they were first written."""
        if prefix in self.cells:
            yield prefix
        for child in self.children.get(prefix, ()):
            yield from self.under(child)

    def changes_after(self, prefix: str, day: str) -> Iterator[str]:
        """The later days on which some write below a path starts, counting or not."""
        for path in self.under(prefix):
            row = self.cells[path]
            start = bisect_right(row, day, key=lambda placed: placed.rank[0])
            yield from (placed.rank[0] for placed in row[start:])

    def latest(self, path: str) -> Any:
        """The value that ranks last, whether or not it counts yet; None if none was set.

        What an act wrote that was quashed for all days is not among them; what one that is
        not in force yet will write, is: it may be prepared for.
        """
        for placed in reversed(self.cells.get(path, ())):
            if placed.op == "set" and self._may_count(placed.act):
                return placed.value
        return None

    def _may_count(self, act: str | None) -> bool:
        if act is None or self.acts[act].stretches:
            return True
        return not any(status.counts is False for status in self.acts[act].statuses)

    def without(self, slot: str) -> Timeline:
        """The same timeline as if a slot had stated nothing."""
        known = self.slots.get(slot)
        if known is None:
            return self
        act = self.acts[known.act] if known.act is not None else None
        return self.state_slot(replace(known, writes=()), act)

    def placed(self, slot: Slot) -> Iterator[tuple[Write, Rank]]:
        """Each write of a slot with its rank."""
        act = self.acts[slot.act] if slot.act is not None else None
        for line, write in enumerate(slot.writes):
            yield write, rank_of(slot, write, line, act)

    def lives(self, slot: Slot) -> Iterator[Life]:
        """The rows that stand for a slot now: one per write and stretch."""
        stretches = ALWAYS if slot.act is None else self.acts[slot.act].stretches
        for write, rank in self.placed(slot):
            if write.op == "restate":
                continue
            for start, end in stretches:
                yield Life(
                    write.path,
                    rank,
                    start,
                    end,
                    write.op,
                    write.value,
                    slot.event,
                    slot.event_index,
                    slot.act,
                )

    def _fold(self, row: tuple[Placed, ...], end: int, day: str) -> Answer | None:
        chain: list[Placed] = []
        for placed in reversed(row[:end]) if end < 64 else _downwards(row, end):
            if placed.op == "restate" or not self.counts(placed.act, day):
                continue
            chain.append(placed)
            if placed.op != "add":
                break
        return fold(chain)


def _downwards(row: tuple[Placed, ...], end: int) -> Iterator[Placed]:
    """Read downwards without copying a long row."""
    for place_ in range(end - 1, -1, -1):
        yield row[place_]


def fold(chain: list[Placed]) -> Answer | None:
    """Fold writes given newest first, down to the `set` or `unset` that ends them.

    `add` to nothing (none, removed, a printed dash, a blank) starts at zero.
    """
    if not chain:
        return None
    base = chain[-1]
    if base.op == "add":
        value: Any = money(sum((Decimal(placed.value) for placed in chain), Decimal(0)))
    elif len(chain) == 1:
        value = base.value if base.op == "set" else None
    else:
        start = Decimal(base.value) if base.op == "set" and is_money(base.value) else Decimal(0)
        value = money(sum((Decimal(placed.value) for placed in chain[:-1]), start))
    removed = len(chain) == 1 and base.op == "unset"
    return Answer(value, removed, chain[0], tuple(reversed(chain)))


def rank_of(slot: Slot, write: Write, line: int, act: Act | None) -> Rank:
    """(from, act date, act order, slot index, line); without an act, `from` is its date."""
    if act is None:
        return (write.since, write.since, 0, slot.index, line)
    return (write.since, act.date, act.order, slot.index, line)


def place(slot: Slot, write: Write, line: int, act: Act | None) -> Placed:
    rank = rank_of(slot, write, line, act)
    return Placed(rank, write.op, write.value, slot.id, slot.event, slot.event_index, slot.act)


def _insert(row: tuple[Placed, ...], placed: Placed) -> tuple[Placed, ...]:
    if not row or row[-1].rank < placed.rank:
        return (*row, placed)
    at = bisect_left(row, placed.rank, key=lambda other: other.rank)
    return (*row[:at], placed, *row[at:])


def _adopt(
    children: Map[str, tuple[str, ...]], cells: Map[str, tuple[Placed, ...]], paths: Iterable[str]
) -> Map[str, tuple[str, ...]]:
    """Note new cells under their parents, and new parents under their own. cells: those noted before.

    A path may be a cell and a parent, as an annex that was restated is: it is noted once. A parent's row is
    made once for all new ones: thousands of siblings come in one statement.
    """
    more: dict[str, list[str]] = {}
    fresh: set[str] = set()
    for path in paths:
        child = path
        noted = child in children or child in more
        fresh.add(path)
        while child and not noted:
            parent = child.rpartition("/")[0]
            noted = parent in children or parent in more or parent in cells or parent in fresh
            more.setdefault(parent, []).append(child)
            child = parent
    return children.update({parent: (*children.get(parent, ()), *new) for parent, new in more.items()})


def _lift(cells: MapMutation[str, tuple[Placed, ...]], slot: Slot) -> None:
    """Take a slot's writes out of their cells."""
    for path in dict.fromkeys(write.path for write in slot.writes):
        cells[path] = tuple(placed for placed in cells[path] if placed.slot != slot.id)


def changes(before: Iterable[Life], after: Iterable[Life]) -> tuple[list[Life], list[Life]]:
    """The rows that an entry closes and those that it opens."""
    old, new = list(before), list(after)
    kept = set(old) & set(new) if old else set()
    return [row for row in old if row not in kept], [row for row in new if row not in kept]
