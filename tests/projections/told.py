"""The oracle's random histories, told to a log as the events of real kinds.

Acts become act.registered and act.status_changed of one of two bodies; decisions become
financing.changed. The door would refuse one that cites no act, but the rule of state has
no opinion on kinds, and the oracle's histories have such slots. An abstract statement that
asserts nothing is a voided one: both write nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random

from tests.oracle.histories import random_history
from tests.oracle.model import (
    ActCorrected,
    ActRegistered,
    Corrected,
    Entry,
    Event,
    StatusChanged,
    StatusCorrected,
    Write,
)
from tests.projections.feed import Feed, Payload

BODIES = ("council", "department")
STARTS = ("in-force", "resumed", "restored")
STOPS = ("suspended", "quashed")


def cell_path(cell: str) -> str:
    return f"/financing/{cell.removeprefix('/')}/2025/local"


def iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


class Told:
    """One history, told entry by entry to one programme, or alike to several that share its acts.

    positions[k]: the log's position after k entries of the history. event(…) and index(…)
    translate the oracle's names of events and indexes of entries, for one of the programmes.
    """

    def __init__(self, feed: Feed, name: str, entries: Sequence[Entry], *, copies: int = 1) -> None:
        self.feed, self.name, self.entries = feed, name, entries
        self.programmes = [f"{name}-{copy}" for copy in range(copies)]
        self.positions = [0]
        acts = [entry.act for entry in entries if isinstance(entry, ActRegistered)]
        self._body = {act: BODIES[n % 2] for n, act in enumerate(acts)}
        self._first: list[int] = []  # leaf index of each entry's first event
        self._ids: list[list[str]] = []  # and the ids of its events, by programme if it is one's own
        self._named: dict[str, int] = {}  # the oracle's event → its entry

    @property
    def done(self) -> bool:
        return len(self._ids) == len(self.entries)

    def knowing(self, k: int) -> range:
        """The positions of the log at which k entries of the history are known."""
        end = self._first[k] if k < len(self._first) else self.feed.size
        return range(self.positions[k], end + 1)

    def tell_next(self) -> None:
        at, entry = len(self._ids), self.entries[len(self._ids)]
        self._first.append(self.feed.size)
        if isinstance(entry, Event | Corrected):
            self._named[entry.event if isinstance(entry, Event) else entry.new_event] = at
            self._ids.append([self._decide(entry, copy) for copy in range(len(self.programmes))])
        else:
            self._ids.append([self._change_act(entry)])
        self.positions.append(self.feed.size)

    def event(self, name: str, copy: int = 0) -> str:
        """The id of the event that the oracle calls so."""
        return self._ids[self._named[name]][copy]

    def index(self, entry: int, copy: int = 0) -> int:
        """The leaf index of one of the oracle's entries."""
        shared = len(self._ids[entry]) == 1
        return self._first[entry] + (0 if shared else copy)

    def _decide(self, entry: Event | Corrected, copy: int) -> str:
        first = entry if isinstance(entry, Event) else self._event_of(entry.event)
        data = {"lines": [_line(write) for write in entry.writes]} if entry.writes else None
        corrects = self.event(entry.event, copy) if isinstance(entry, Corrected) else None
        act = f"{self.name}-{first.act}" if first.act is not None else None
        subject = f"programme:{self.programmes[copy]}"
        return self.feed.say(
            "financing.changed", subject, data, act=act, effective="2025-01-01", corrects=corrects
        )

    def _event_of(self, name: str) -> Event:
        event = self.entries[self._named[name]]
        assert isinstance(event, Event)
        return event

    def _change_act(self, entry: ActRegistered | ActCorrected | StatusChanged | StatusCorrected) -> str:
        of = self.entries[entry.of] if isinstance(entry, ActCorrected | StatusCorrected) else entry
        assert isinstance(of, ActRegistered | StatusChanged)
        act, stream = f"{self.name}-{of.act}", f"body:{self._body[of.act]}"
        corrects = self._ids[entry.of][0] if isinstance(entry, ActCorrected | StatusCorrected) else None
        if isinstance(entry, ActRegistered | ActCorrected):
            names = (f"act:{act}",) if corrects is None else ()
            data = _act_data(act, entry)
            return self.feed.say("act.registered", stream, data, corrects=corrects, names=names)
        status = None if isinstance(entry, StatusCorrected) and entry.void else self._status(act, entry)
        return self.feed.say("act.status_changed", stream, status, corrects=corrects)

    def _status(self, act: str, entry: StatusChanged | StatusCorrected) -> Payload:
        words = {True: STARTS, False: STOPS, None: ("published",)}[entry.counts]
        word = words[self.feed.size % len(words)]
        data = {"act": act, "status": word, "date": "2025-01-01", "start": iso(entry.start)}
        return {**data, "to": iso(entry.to)}


def _act_data(act: str, entry: ActRegistered | ActCorrected) -> Payload:
    data = {"act": act, "kind": "decision", "date": iso(entry.date), "title": "Рішення"}
    return {**data, "order": entry.order, "in_force": iso(entry.in_force)}


def _line(write: Write) -> Payload:
    _, _, measure, year, source = cell_path(write.cell).split("/")
    line = {"measure": measure, "year": int(year), "source": source, "op": write.op}
    return {**line, "amount": write.value, "since": write.since.isoformat()}


def tell_many(feed: Feed, seeds: Sequence[int], *, copies: int = 1) -> list[Told]:
    """A history for each seed, told by turns in random order, and kept."""
    histories = [Told(feed, f"h{seed}", history_of(seed), copies=copies) for seed in seeds]
    rng, open_ones = Random(seeds[0]), list(histories)
    while open_ones:
        told = rng.choice(open_ones)
        told.tell_next()
        if told.done:
            open_ones.remove(told)
    feed.keep()
    return histories


def history_of(seed: int) -> list[Entry]:
    rng = Random(seed)
    return random_history(rng, size=rng.randint(6, 25))
