"""Stock eventsourcing on SQLite, its defaults: an aggregate for each programme, an event for each change.

States are `repository.get` of a version, from a snapshot every 50 events; blames and diffs read events. In
its favour: the version that an aggregate had after k changes is found in an array, and what is appended is
ready as event objects, nothing of the aggregate is read before it is saved.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.sqlite import SQLiteAggregateRecorder
from eventsourcing.utils import get_topic

from tests.bench.peers.protocol import (
    CHECKED,
    PAGE,
    Change,
    Differing,
    Members,
    Question,
    Source,
    Step,
    Written,
    bytes_under,
    in_batches,
    serve,
)

SNAPSHOT_EVERY = 50
BATCH, READ = 5000, 200
Writes = list[list[str | None]]  # [path, value], as JSON has it


class Programme(Aggregate):
    """Cells: path → [value, who, act]."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.cells: dict[str, list[str | None]] = {}

    @staticmethod
    def create_id(subject: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"/subjects/{subject}")

    @event("Changed")
    def change(
        self, n: int, writes: Writes, who: str, act: str | None, point: str | None, reason: str, kind: str
    ) -> None:
        for path, value in writes:
            assert path is not None
            if value is None:
                self.cells.pop(path, None)
            else:
                self.cells[path] = [value, who, act]


Changed: Any = Programme.Changed  # type: ignore[attr-defined]  # `event` makes it
Created: Any = Programme.Created


class Programmes(Application[UUID]):
    snapshotting_intervals = {Programme: SNAPSHOT_EVERY}  # noqa: RUF012 -- the library's way to say it


class Eventsourcing:
    """Implements Peer."""

    def __init__(self) -> None:
        self.place = Path()
        self.app = Programmes()  # in memory, until it is opened
        self.snapshot_every = Programmes.snapshotting_intervals[Programme]
        self._numbers: dict[str, list[int]] = defaultdict(list)  # subject → the change of version 2, 3, …
        self._streams = itertools.count()

    def open(self, place: Path) -> Members:
        self.place = place
        database = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(place / "events.db")}
        self.app = Programmes(env=database)
        recorder = self.app.recorder
        assert isinstance(recorder, SQLiteAggregateRecorder)
        with recorder.datastore.transaction(commit=False) as cursor:
            found = {}
            for name in ("journal_mode", "synchronous"):
                cursor.execute(f"PRAGMA {name}")
                found[name] = cursor.fetchone()[0]
            cursor.execute("SELECT sqlite_version()")
            sqlite = cursor.fetchone()[0]
        assert found == {"journal_mode": "wal", "synchronous": 2}, found
        return {"eventsourcing": version("eventsourcing"), "sqlite": sqlite, "settings": found}

    # -- recording -----------------------------------------------------------------------

    def commit(self, change: Change) -> None:
        """As a command would: get the aggregate, change it, save it."""
        numbers = self._numbers[change.subject]
        if numbers:
            programme: Programme = self.app.repository.get(Programme.create_id(change.subject))
        else:
            programme = Programme(subject=change.subject)
        programme.change(**_stated(change))
        self.app.save(programme)
        numbers.append(change.n)

    def fill(self, source: Source) -> None:
        """The same events, many a transaction; snapshots as `save` takes them."""
        for batch in in_batches(source.read(), BATCH, "eventsourcing"):
            due: list[tuple[UUID, int]] = []
            events = [one for change in batch for one in self._events(change, due)]
            self.app.save(*events)
            for programme, at in due:
                self.app.take_snapshot(programme, version=at)

    def resume(self, source: Source) -> None:
        for change in source.read():
            self._numbers[change.subject].append(change.n)

    def _events(self, change: Change, due: list[tuple[UUID, int]]) -> Iterator[Any]:
        """due: gets the snapshots (aggregate, version) that are to be taken."""
        numbers = self._numbers[change.subject]
        programme = Programme.create_id(change.subject)
        if not numbers:
            yield _created(programme, change.subject)
        numbers.append(change.n)
        at = len(numbers) + 1
        yield _changed(programme, at, change)
        if at % self.snapshot_every == 0:
            due.append((programme, at))

    def prepare(self, source: Source, threads: int) -> list[list[Step]]:
        """A new stream for each thread; events are made beforehand, each is a save of its own."""
        steps: list[list[Step]] = [[] for _ in range(threads)]
        streams = [Programme.create_id(f"appended {next(self._streams)}") for _ in steps]
        for number, stream in enumerate(streams):
            self.app.save(_created(stream, f"appended {number}"))
        for place, change in enumerate(source.read()):
            mine, stream = steps[place % threads], streams[place % threads]
            mine.append(partial(self.app.save, _changed(stream, len(mine) + 2, change)))
        return steps

    def check(self, place: Path, source: Source) -> str:
        """All events and snapshots (here every 5 events), but for their moments."""
        Programmes.snapshotting_intervals = {Programme: 5}
        few = source._replace(size=min(source.size, CHECKED))
        natural, bulk = Eventsourcing(), Eventsourcing()
        for peer, name in ((natural, "natural"), (bulk, "bulk")):
            (place / name).mkdir(parents=True)
            peer.open(place / name)
        for change in few.read():
            natural.commit(change)
        bulk.fill(few)
        one, other = natural._said(few), bulk._said(few)
        assert one == other, "the bulk path recorded other events"
        natural.close()
        bulk.close()
        return f"{few.size} changes: {len(one)} events and snapshots"

    def _said(self, source: Source) -> list[Any]:
        notes = self.app.recorder.select_notifications(1, 10 * source.size)
        said = [(note.id, _but_moment(self.app.mapper.to_domain_event(note))) for note in notes]
        assert self.app.snapshots is not None
        for subject in sorted(self._numbers):
            taken = self.app.snapshots.get(Programme.create_id(subject))
            said.extend((0, _but_moment(snapshot)) for snapshot in taken)
        return said

    # -- asking --------------------------------------------------------------------------

    def _version(self, programme: str, k: int) -> int:
        """The version after k changes of the log; the first is the aggregate's creation."""
        return bisect_left(self._numbers[programme], k) + 1

    def _get(self, programme: str, k: int) -> Programme:
        at = self._version(programme, k)
        found: Programme = self.app.repository.get(Programme.create_id(programme), version=at)
        return found

    def as_of(self, question: Question) -> dict[str, str | None]:
        cells = self._get(question.programme, question.k).cells
        return {path: cell[0] for path, cell in cells.items()}

    def blame(self, question: Question) -> list[Written]:
        """Events backwards, some hundred at a time, until a page is full."""
        programme, at = Programme.create_id(question.programme), self._version(question.programme, question.k)
        rows: list[Written] = []
        while at > 1 and len(rows) < PAGE:
            for one in self.app.events.get(programme, gt=1, lte=at, desc=True, limit=READ):
                said: Any = one
                for path, value in said.writes:
                    if path == question.path:
                        rows.append(Written(value, said.who, said.act, said.reason))
            at -= READ
        return rows[:PAGE]

    def diff(self, question: Question) -> list[Differing]:
        """The state before, and the events since."""
        before = self._get(question.programme, question.earlier).cells
        programme = Programme.create_id(question.programme)
        since, until = (self._version(question.programme, k) for k in (question.earlier, question.k))
        last: dict[str, Differing] = {}
        for one in self.app.events.get(programme, gt=since, lte=until):
            said: Any = one
            for path, value in said.writes:
                old = before[path][0] if path in before else None
                last[path] = Differing(path, old, value, said.who, said.act)
        return [last[path] for path in sorted(last) if last[path].old != last[path].new]

    # -- the rest ------------------------------------------------------------------------

    def size(self) -> int:
        return bytes_under(self.place)

    def close(self) -> None:
        self.app.close()


def _stated(change: Change) -> Members:
    return {
        "n": change.n,
        "writes": [[path, value] for path, value in change.writes],
        "who": change.who,
        "act": change.act,
        "point": change.point,
        "reason": change.reason,
        "kind": change.kind,
    }


def _created(programme: UUID, subject: str) -> Any:
    return Created(
        originator_id=programme,
        originator_version=Programme.INITIAL_VERSION,
        timestamp=Created.create_timestamp(),
        originator_topic=get_topic(Programme),
        subject=subject,
    )


def _changed(programme: UUID, at: int, change: Change) -> Any:
    return Changed(
        originator_id=programme,
        originator_version=at,
        timestamp=Changed.create_timestamp(),
        **_stated(change),
    )


def _but_moment(one: Any) -> Members:
    members = {name: value for name, value in vars(one).items() if name != "timestamp"}
    if isinstance(state := members.get("state"), dict):
        members["state"] = {name: value for name, value in state.items() if not name.endswith("_on")}
    return members


if __name__ == "__main__":
    serve(Eventsourcing())
