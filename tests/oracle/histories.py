"""Random histories, plausible and nasty, the same for the same seed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import combinations
from random import Random

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

FEATURES = frozenset(
    {"correction", "suspension", "quashing", "add", "unset", "same-day", "late-registration"}
)
CELLS = ("/a", "/b", "/c", "/d", "/e", "/f")
AMOUNTS = ("0.00", "0.10", "0.20", "7.00", "100.00", "120.00", "150.00", "30000.00", "99999999.99")
PRINTED = ("-", "")

Status = tuple[bool | None, dt.date | None, dt.date | None]


def random_history(rng: Random, *, size: int) -> list[Entry]:
    """A history of exactly `size` entries (at least 2) that only refers to what stands before it."""
    history = _History(rng)
    history.register_act_and_decide()
    while len(history.entries) < size:
        history.step()
    return history.entries[:size]


def random_dates(rng: Random, entries: Sequence[Entry], *, count: int) -> list[dt.date]:
    """Dates at which to ask: those the history names, and the days around them."""
    named = sorted(dates_of(entries))
    return [rng.choice(named) + dt.timedelta(days=rng.choice((-1, 0, 0, 1))) for _ in range(count)]


def dates_of(entries: Sequence[Entry]) -> set[dt.date]:
    """Every date at which a state of the history may change."""
    found: set[dt.date | None] = set()
    for entry in entries:
        match entry:
            case ActRegistered() | ActCorrected():
                found |= {entry.date, entry.in_force}
            case StatusChanged() | StatusCorrected():
                found |= {entry.start, entry.to}
            case Event() | Corrected():
                found |= {write.since for write in entry.writes or ()}
    return {one for one in found if one is not None}


def features(history: Sequence[Entry]) -> set[str]:
    """Which of FEATURES occur. A status counts only if an event cites its act somewhere in the history."""
    registered = {entry.act: entry for entry in history if isinstance(entry, ActRegistered)}
    events = [entry for entry in history if isinstance(entry, Event)]
    found: set[str] = {write.op for write in _all_writes(history) if write.op != "set"}
    if any(isinstance(entry, Corrected) for entry in history):
        found.add("correction")
    cited = {event.act for event in events}
    for entry in history:
        if isinstance(entry, StatusChanged) and entry.counts is False and entry.act in cited:
            from_in_force = entry.to is None and entry.start == registered[entry.act].in_force
            found.add("quashing" if from_in_force else "suspension")
    acts = list(registered.values())
    acts_in_event_order = [registered[event.act] for event in events if event.act is not None]
    for order in (acts, acts_in_event_order):
        if any(one.date > other.date for one, other in combinations(order, 2)):
            found.add("late-registration")
    if any(_same_day(registered, one, other) for one, other in combinations(events, 2)):
        found.add("same-day")
    return found


def _same_day(registered: dict[str, ActRegistered], one: Event, other: Event) -> bool:
    """Two acts of one day that write one cell from one date: the order within the day decides."""
    if one.act is None or other.act is None or one.act == other.act:
        return False
    return registered[one.act].date == registered[other.act].date and _contested(one, other)


def _contested(one: Event, other: Event) -> bool:
    """Both write some cell from one date."""
    places = {(write.cell, write.since) for write in one.writes}
    return any((write.cell, write.since) in places for write in other.writes)


def _all_writes(history: Sequence[Entry]) -> list[Write]:
    statements = [entry for entry in history if isinstance(entry, Event | Corrected)]
    return [write for statement in statements for write in statement.writes or ()]


class _History:
    """A history in the making; a step appends an entry or two, or none if there is nothing to refer to."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.entries: list[Entry] = []
        self.cells = CELLS[: rng.choice((1, 1, 2, 2, 3, 4, 6))]
        first = dt.date(2025, 1, 1)
        days = {first + dt.timedelta(days=rng.randrange(365)) for _ in range(rng.randint(2, 7))}
        self.days = sorted(days | {one + dt.timedelta(days=1) for one in sorted(days) if rng.random() < 0.2})

    def step(self) -> None:
        actions = (
            (self.register_act_and_decide, 24),
            (self.register_some_act, 3),
            (self.decide, 12),
            (self.decide_again_that_day, 14),
            (self.correct, 16),
            (self.change_status, 30),
            (self.correct_act, 5),
            (self.correct_status, 7),
        )
        self.rng.choices([act for act, _ in actions], [weight for _, weight in actions])[0]()

    # Acts

    def register_act(self, date: dt.date, order: int | None) -> ActRegistered:
        act = f"act-{sum(isinstance(entry, ActRegistered) for entry in self.entries) + 1}"
        registered = ActRegistered(act, date, order, self.in_force(date))
        self.entries.append(registered)
        return registered

    def register_some_act(self) -> None:
        self.register_act(self.day(), self.order())

    def correct_act(self) -> None:
        of = self.rng.choice([i for i, entry in enumerate(self.entries) if isinstance(entry, ActRegistered)])
        act = self.entries[of]
        assert isinstance(act, ActRegistered)
        date = self.day() if self.chance(0.6) else act.date
        order = self.order() if self.chance(0.4) else act.order
        in_force = self.in_force(date) if self.chance(0.5) else act.in_force
        self.entries.append(ActCorrected(of, date, order, in_force))

    def order(self) -> int | None:
        return self.rng.choice((None, None, 0, 1, 1, 2, 3))

    def in_force(self, date: dt.date) -> dt.date | None:
        choices = (date, self.days[0], self.day(), None)
        return self.rng.choices(choices, (5, 4, 2, 2))[0]

    # Statuses

    def change_status(self) -> None:
        acts = [entry for entry in self.entries if isinstance(entry, ActRegistered)]
        cited = {entry.act for entry in self.entries if isinstance(entry, Event)}
        act = self.rng.choice([one for one in acts if one.act in cited] or acts)
        self.entries.append(StatusChanged(act.act, *self.status(act)))

    def correct_status(self) -> None:
        made = [(i, entry) for i, entry in enumerate(self.entries) if isinstance(entry, StatusChanged)]
        if not made:
            return
        older = [one for one, later in combinations(made, 2) if one[1].act == later[1].act]
        of, status = self.rng.choice(older if older and self.chance(0.5) else made)
        act = next(e for e in self.entries if isinstance(e, ActRegistered) and e.act == status.act)
        if self.chance(0.35):
            self.entries.append(StatusCorrected(of, void=True))
        elif status.start is not None and self.chance(0.6):
            start = self.day()
            self.entries.append(StatusCorrected(of, status.counts, start, self.maybe_to(start)))
        else:
            self.entries.append(StatusCorrected(of, *self.status(act)))

    def status(self, act: ActRegistered) -> Status:
        """A status that fits the act's earlier ones more often than not."""
        if act.in_force is None and self.chance(0.6):
            return True, self.day(), None
        earlier = [e for e in self.entries if isinstance(e, StatusChanged) and e.act == act.act]
        stopped = bool(earlier) and earlier[-1].counts is False
        names = ("suspended", "resumed", "quashed", "restored", "repealed")
        weights = (20, 25, 15, 25, 5) if stopped else (34, 5, 40, 5, 8)
        name = self.rng.choices(names, weights)[0]
        if name == "repealed":
            return None, None, None
        start = self.day()
        if name in ("quashed", "restored") and self.chance(0.8):
            start = act.in_force or start
        to = self.maybe_to(start) if name in ("suspended", "resumed") else None
        return name in ("resumed", "restored"), start, to

    def maybe_to(self, start: dt.date) -> dt.date | None:
        """An exclusive end, if any: a day of the history, the next day, or (nastily) the start itself."""
        if self.chance(0.5):
            return None
        later = [day for day in self.days if day > start]
        return self.rng.choice(
            [*later, *later, start + dt.timedelta(days=1), start + dt.timedelta(days=9), start]
        )

    # Events

    def register_act_and_decide(self) -> None:
        self.decide(self.register_act(self.day(), self.order()).act)

    def decide_again_that_day(self) -> None:
        """Another event of an earlier one's act, or day, mostly about the same cell from the same date."""
        events = [entry for entry in self.entries if isinstance(entry, Event) and entry.act and entry.writes]
        if not events:
            return
        rival = self.rng.choice(events)
        acts = {entry.act: entry for entry in self.entries if isinstance(entry, ActRegistered)}
        act = acts[rival.act or ""]
        if self.chance(0.8):
            order = act.order if self.chance(0.35) else self.order()
            act = self.register_act(act.date, order)
        target = self.rng.choice(rival.writes)
        writes = self.fresh_writes()
        if self.chance(0.85):
            writes = (self.write(target.cell, target.since, writes[1:]), *writes[1:])
        self.entries.append(Event(self.next_event(), act.act, writes))

    def decide(self, act: str | None = None) -> None:
        if act is None and self.chance(0.7):
            act = self.rng.choice([entry.act for entry in self.entries if isinstance(entry, ActRegistered)])
        self.entries.append(Event(self.next_event(), act, self.fresh_writes()))

    def correct(self) -> None:
        events = [entry for entry in self.entries if isinstance(entry, Event)]
        contested = [one for one, later in combinations(events, 2) if _contested(one, later)]
        slot = self.rng.choice(contested if contested and self.chance(0.5) else events)
        stated: tuple[Write, ...] | None = slot.writes
        for entry in self.entries:
            if isinstance(entry, Corrected) and entry.event == slot.event:
                stated = entry.writes
        writes = self.restated(stated) if stated else self.fresh_writes()
        self.entries.append(Corrected(slot.event, self.next_event(), writes))

    def restated(self, stated: tuple[Write, ...]) -> tuple[Write, ...] | None:
        """Void, the same again, wholly other writes, or one line more, less or changed."""
        ways = ("void", "same", "fresh", "more", "line")
        match self.rng.choices(ways, (18, 4, 14, 8, 56))[0]:
            case "void":
                return None
            case "same":
                return stated
            case "fresh":
                return self.fresh_writes()
            case "more":
                return (*stated, self.write(self.rng.choice(self.cells), self.day(), stated))
            case _:
                return self.with_one_line_changed(stated)

    def with_one_line_changed(self, stated: tuple[Write, ...]) -> tuple[Write, ...]:
        line = self.rng.randrange(len(stated))
        before, write, after = stated[:line], stated[line], stated[line + 1 :]
        cell, since = write.cell, write.since
        match self.rng.choices(("value", "cell", "date", "drop"), (20, 14, 14, 8))[0]:
            case "drop":
                return before + after
            case "cell":
                cell = self.rng.choice(self.cells)
            case "date":
                since = self.day()
        return (*before, self.write(cell, since, before + after), *after)

    def fresh_writes(self) -> tuple[Write, ...]:
        """One to four lines; several dates of one cell are common, one date twice is rare."""
        writes: tuple[Write, ...] = ()
        for _ in range(self.rng.choice((1, 1, 1, 2, 2, 3, 4))):
            cell, since = self.rng.choice(self.cells), self.day()
            taken = any((write.cell, write.since) == (cell, since) for write in writes)
            if not taken or self.chance(0.15):
                writes += (self.write(cell, since, writes),)
        return writes

    def write(self, cell: str, since: dt.date, others: tuple[Write, ...]) -> Write:
        """A write that adds only where no other line of the event adds to the cell."""
        op: Op = self.rng.choices(("set", "add", "unset"), (52, 34, 14))[0]
        if op == "add" and any(other.op == "add" and other.cell == cell for other in others):
            op = "set"
        if op == "unset":
            return Write(cell, since, op)
        value = self.rng.choice(AMOUNTS)
        if op == "set" and self.chance(0.12):
            value = self.rng.choice(PRINTED)
        if op == "add" and self.chance(0.1):
            value = "-15.50"
        return Write(cell, since, op, value)

    # Small choices

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def day(self) -> dt.date:
        return self.rng.choice(self.days)

    def next_event(self) -> str:
        return f"e{sum(isinstance(entry, Event | Corrected) for entry in self.entries) + 1}"
