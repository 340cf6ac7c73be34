"""What every store must do for the ledger. A new one subclasses StoreContract and supplies `create`."""

from __future__ import annotations

import hashlib
import sqlite3
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
from eventsourcing.persistence import StoredEvent

from ledger.canonical import encode_base64url
from ledger.entry import TOPIC, Entry
from ledger.errors import StorageError
from ledger.log import Log, LoggedEntry, open_log
from ledger.merkle import Frontier, leaf_hash, tree_root
from ledger.store.base import Group, Head, LogReader, NewEntry, Plan, Tail
from tests.support.log import new_id

DEADLINE = 30.0
RECORDED_AT = "2026-01-01T00:00:00.000000Z"


def entry_at(index: int, stream: str, version: int, *, names: Sequence[str] = ()) -> NewEntry:
    """An entry of unusual spelling: the store keeps bytes, it does not tidy them."""
    event = new_id()
    payload = orjson.dumps({"id": event})
    members = {
        "v": 1,
        "stream": stream,
        "version": version,
        "recorded_at": RECORDED_AT,
        "index": index,
        "envelope": {"payload": encode_base64url(payload), "note": "«Ґ» \U0001f600 \\"},
    }
    raw = orjson.dumps(members, option=orjson.OPT_INDENT_2) + b"\n\t "
    digest = hashlib.sha256(payload).hexdigest()
    return NewEntry(index, stream, version, RECORDED_AT, raw, digest, event, tuple(names))


def plan_of(head: Head, entries: Sequence[NewEntry], checkpoints: Sequence[tuple[int, str]] = ()) -> Plan:
    frontier, nodes = head.frontier.extend(leaf_hash(entry.raw) for entry in entries)
    return Plan(tuple(entries), nodes, Head(frontier, RECORDED_AT), checkpoints)


@dataclass
class Adding:
    """A group that appends entries to streams, at the versions that it finds under the lock."""

    streams: Sequence[str] = ("root",)
    names: Sequence[str] = ()
    checkpoints: Sequence[tuple[int, str]] = ()
    made: list[NewEntry] = field(default_factory=list)

    def plan(self, head: Head, tail: Tail) -> Plan:
        versions: dict[str, int] = {}
        for place, stream in enumerate(self.streams):
            versions[stream] = versions.get(stream, tail.version(stream)) + 1
            names = self.names if place == 0 else ()
            self.made.append(entry_at(head.size + place, stream, versions[stream], names=names))
        return plan_of(head, self.made, self.checkpoints)


@dataclass
class Planning:
    """A group that does as it is told."""

    make: Callable[[Head, Tail], Plan | None]

    def plan(self, head: Head, tail: Tail) -> Plan | None:
        return self.make(head, tail)


def everything(reader: LogReader) -> tuple[Any, ...]:
    """All that a reader can tell; nothing of it may change when nothing was taken."""
    entries = reader.entries(0, 10_000)
    streams = {entry.stream for entry in entries}
    return (
        reader.head(),
        entries,
        {stream: (reader.version(stream), list(reader.stream(stream))) for stream in streams},
        reader.checkpoint_after(0),
    )


class StoreContract(ABC):
    """create: a Log over a new, empty store. again: one more Log and reader on the same store."""

    @abstractmethod
    def create(self, folder: Path) -> tuple[Log, LogReader]: ...

    @abstractmethod
    def again(self) -> tuple[Log, LogReader]: ...

    @abstractmethod
    def insert_row(self, stream: str, version: int, topic: str, state: bytes) -> None:
        """Put a row among the stored events behind the ledger's back."""

    @pytest.fixture(autouse=True)
    def _store(self, tmp_path: Path) -> Iterator[None]:
        self.log, self.reader = self.create(tmp_path)
        yield
        self.reader.close()
        self.log.close()

    def add(self, *streams: str, names: Sequence[str] = ()) -> list[NewEntry]:
        adding = Adding(streams or ("root",), names)
        self.log.append(adding)
        return adding.made

    # -- bytes, indexes, versions ------------------------------------------------

    def test_an_empty_store_has_an_empty_head(self) -> None:
        assert self.reader.head() == Head(Frontier.empty(), "")
        assert self.reader.entries(0, 10) == []
        assert self.reader.version("root") == 0
        assert list(self.reader.stream("root")) == []
        assert self.reader.checkpoint_after(0) is None

    def test_bytes_come_back_as_they_went_in(self) -> None:
        made = [*self.add("root", "body:x", "root"), *self.add("programme:x")]
        assert [entry.raw for entry in self.reader.entries(0, 10)] == [new.raw for new in made]
        assert [entry.raw for entry in self.reader.stream("root")] == [made[0].raw, made[2].raw]

    def test_eventsourcing_reads_the_same_bytes(self) -> None:
        made = self.add("root", "body:x", "root")
        assert list(self.log.events.get("root")) == [
            LoggedEntry("root", 1, made[0].raw),
            LoggedEntry("root", 2, made[2].raw),
        ]
        notifications = self.log.recorder.select_notifications(start=1, limit=10)
        assert [(one.id, one.originator_id, one.state) for one in notifications] == [
            (new.index + 1, new.stream, new.raw) for new in made
        ]
        assert self.log.recorder.max_notification_id() == 3

    def test_leaf_indexes_have_no_gaps_whatever_was_rolled_back(self) -> None:
        for count in range(1, 8):
            with pytest.raises(RuntimeError):
                self.log.append(Planning(failing))
            self.log.append(Planning(lambda head, tail: None))
            self.add(*["root", "body:x"][: 1 + count % 2])
        entries = self.reader.entries(0, 100)
        assert [entry.index for entry in entries] == list(range(len(entries)))
        ids = [one.id for one in self.log.recorder.select_notifications(start=1, limit=100)]
        assert ids == list(range(1, len(entries) + 1))
        assert self.reader.version("root") == 7

    def test_the_head_and_the_nodes_are_the_entries_tree(self) -> None:
        for count in (1, 2, 3, 5):
            self.add(*["root"] * count)
            head = self.reader.head()
            leaves = [leaf_hash(entry.raw) for entry in self.reader.entries(0, 100)]
            assert (head.size, head.frontier.root()) == (len(leaves), tree_root(leaves))
            assert head.recorded_at == RECORDED_AT
            ids = [(level, at) for level in range(4) for at in range(len(leaves) >> level)]
            expected = [tree_root(leaves[at << level : (at + 1) << level]) for level, at in ids]
            assert self.reader.nodes(ids) == expected

    def test_a_node_that_is_not_there_is_a_storage_error(self) -> None:
        self.add("root", "root")
        assert self.reader.nodes([]) == []
        with pytest.raises(StorageError):
            self.reader.nodes([(0, 0), (0, 2)])
        with pytest.raises(StorageError):
            self.reader.nodes([(2, 0)])

    def test_entries_are_read_from_any_index_in_any_portion(self) -> None:
        made = self.add(*["root"] * 7)
        for start in range(9):
            for limit in range(4):
                found = self.reader.entries(start, limit)
                assert [entry.raw for entry in found] == [new.raw for new in made[start : start + limit]]

    def test_what_was_written_is_there_after_reopening(self) -> None:
        self.add("root", "body:x", names=["act:a"])
        before = everything(self.reader)
        log, reader = self.again()
        try:
            assert everything(reader) == before
            assert reader.names(["act:a"]) == {"act:a": "root"}
            adding = Adding(["body:x"])
            log.append(adding)
            assert [(one.index, one.version) for one in adding.made] == [(2, 2)]
        finally:
            reader.close()
            log.close()
        assert self.reader.head().size == 3, "a reader that was open sees it too"

    # -- lookups -------------------------------------------------------------------

    def test_payloads_events_and_names_are_found_again(self) -> None:
        made = [
            *self.add("root", "body:x", names=["act:a", "key:k"]),
            *self.add("body:y", names=["office:o"]),
        ]
        unknown = hashlib.sha256(b"").hexdigest()
        hashes = [*(new.payload_hash for new in made), unknown]
        assert self.reader.recorded(hashes) == {new.payload_hash: new.index for new in made}
        assert self.reader.recorded(iter(())) == {}
        ids = [*(new.event for new in made), str(uuid4())]
        assert self.reader.events(iter(ids)) == {new.event: new.index for new in made}
        names = ["act:a", "key:k", "office:o", "act:b"]
        assert self.reader.names(names) == {"act:a": "root", "key:k": "root", "office:o": "body:y"}

    def test_a_name_belongs_to_the_stream_that_introduced_it(self) -> None:
        self.add("body:x", names=["key:k"])
        self.add("body:y", names=["key:k"])
        assert self.reader.names(["key:k"]) == {"key:k": "body:x"}

    def test_the_oldest_checkpoint_over_an_entry_is_found(self) -> None:
        self.log.append(Adding(["root"] * 5, checkpoints=[(0, "none")]))
        self.log.append(Adding(["root"], checkpoints=[(2, "two"), (5, "five")]))
        self.log.append(Adding(["root"], checkpoints=[(5, "five"), (6, "six")]))
        found = [self.reader.checkpoint_after(index) for index in range(7)]
        five = (5, "five")
        assert found == [(2, "two"), (2, "two"), five, five, five, (6, "six"), None]

    # -- all or nothing ---------------------------------------------------------------

    def test_what_a_group_does_not_plan_leaves_nothing(self) -> None:
        self.add("root")
        before = everything(self.reader)
        with pytest.raises(RuntimeError, match="planted"):
            self.log.append(Planning(failing))
        self.log.append(Planning(lambda head, tail: None))
        assert everything(self.reader) == before

    @pytest.mark.parametrize("part", ["index", "version", "payload", "event", "node"])
    def test_an_insert_that_clashes_rolls_everything_back(self, part: str) -> None:
        (old,) = self.add("root", names=["act:a"])
        before = everything(self.reader)
        good, bad = entry_at(1, "body:x", 1, names=["act:b"]), entry_at(2, "body:x", 2)
        clash = {
            "index": replace(bad, index=0),
            "version": replace(bad, version=1),
            "payload": replace(bad, payload_hash=old.payload_hash),
            "event": replace(bad, event=old.event),
            "node": bad,
        }[part]

        def clashing(head: Head, tail: Tail) -> Plan:
            plan = plan_of(head, [good, clash], [(1, "one")])
            return replace(plan, nodes=[*plan.nodes, (0, 0, bytes(32))]) if part == "node" else plan

        with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
            self.log.append(Planning(clashing))
        assert everything(self.reader) == before
        assert self.reader.recorded([good.payload_hash]) == {}
        assert self.reader.events([good.event]) == {}
        assert self.reader.names(["act:b"]) == {}
        (following,) = self.add("body:x")
        assert (following.index, following.version) == (1, 1)

    def test_nothing_is_seen_by_readers_before_it_is_committed(self) -> None:
        self.add("root")
        before = everything(self.reader)
        seen = []

        def looking(head: Head, tail: Tail) -> Plan:
            seen.append(everything(self.reader))
            return plan_of(head, [entry_at(1, "root", 2)])

        self.log.append(Planning(looking))
        assert seen == [before]
        assert self.reader.head().size == 2

    # -- the head lock -------------------------------------------------------------------

    def test_groups_of_two_processes_are_decided_one_after_the_other(self) -> None:
        """The second is not asked before the first is committed, and sees what it wrote."""
        held, let_go = threading.Event(), threading.Event()
        order: list[str] = []

        def first(head: Head, tail: Tail) -> Plan:
            order.append(f"first at {head.size}")
            held.set()
            assert let_go.wait(DEADLINE)
            return plan_of(head, [entry_at(head.size, "root", 1, names=["act:a"])])

        def second(head: Head, tail: Tail) -> Plan:
            order.append(f"second at {head.size}, {tail.version('root')}, {tail.names(['act:a'])}")
            return plan_of(head, [entry_at(head.size, "root", tail.version("root") + 1)])

        other, reader = self.again()
        try:
            with ThreadPoolExecutor(2) as pool:
                one = pool.submit(self.log.append, Planning(first))
                assert held.wait(DEADLINE)
                started = threading.Event()
                two = pool.submit(after(started, other.append), Planning(second))
                assert started.wait(DEADLINE)
                assert not waits_in_vain(two, 0.2)
                let_go.set()
                one.result(DEADLINE)
                two.result(DEADLINE)
        finally:
            let_go.set()
            reader.close()
            other.close()
        assert order == ["first at 0", "second at 1, 1, {'act:a': 'root'}"]
        assert [entry.version for entry in self.reader.stream("root")] == [1, 2]

    def test_many_threads_of_two_processes_append_without_a_gap(self) -> None:
        other, reader = self.again()
        try:
            with ThreadPoolExecutor(8) as pool:
                logs = [self.log, other] * 20
                list(pool.map(lambda log: log.append(Adding(["root", "body:x"])), logs))
        finally:
            reader.close()
            other.close()
        assert [entry.index for entry in self.reader.entries(0, 1000)] == list(range(80))
        assert [entry.version for entry in self.reader.stream("body:x")] == list(range(1, 41))

    def test_a_tail_under_the_lock_reads_what_was_committed_before(self) -> None:
        made = self.add("root", "body:x", names=["act:a"])
        told: list[object] = []

        def asking(head: Head, tail: Tail) -> None:
            told.append(tail.recorded([made[1].payload_hash]))
            told.append(tail.events([made[0].event]))
            told.append(tail.names(["act:a", "act:b"]))
            told.append([entry.raw for entry in tail.stream("body:x")])
            told.append((tail.version("body:x"), tail.version("body:y")))
            told.append([entry.index for entry in tail.entries(1, 5)])

        self.log.append(Planning(asking))
        assert told == [
            {made[1].payload_hash: 1},
            {made[0].event: 0},
            {"act:a": "root"},
            [made[1].raw],
            (1, 0),
            [1],
        ]

    # -- past positions -----------------------------------------------------------------

    def test_a_past_position_hides_what_came_later(self) -> None:
        made = [
            new
            for place in range(6)
            for new in self.add(["root", "body:x"][place % 2], names=[f"act:{place}"])
        ]
        hashes = [new.payload_hash for new in made]
        for position in range(8):
            tail, known = self.reader.at_position(position), made[:position]
            assert tail.recorded(hashes) == {new.payload_hash: new.index for new in known}
            assert tail.events([new.event for new in made]) == {new.event: new.index for new in known}
            assert tail.names([f"act:{place}" for place in range(6)]) == {
                f"act:{new.index}": new.stream for new in known
            }
            assert raws(tail.entries(0, 100)) == [new.raw for new in known]
            assert raws(tail.entries(2, 2)) == [new.raw for new in known[2:4]]
            assert raws(tail.entries_at(range(len(known))[::-2])) == [new.raw for new in known[::-2]]
            with pytest.raises(StorageError, match=f"№ {len(known) + 1} is missing"):
                tail.entries_at(range(len(known) + 1))
            for stream in ("root", "body:x", "body:y"):
                mine = [new for new in known if new.stream == stream]
                assert raws(tail.stream(stream)) == [new.raw for new in mine]
                assert tail.version(stream) == len(mine)

    def test_a_past_position_stays_as_it_is_while_the_log_grows(self) -> None:
        made = self.add("root", "root")
        tail = self.reader.at_position(2)
        self.add("root", names=["act:late"])
        assert raws(tail.entries(0, 10)) == [new.raw for new in made]
        assert (tail.version("root"), tail.names(["act:late"])) == (2, {})

    # -- one way in -------------------------------------------------------------------------

    def test_bare_events_are_not_saved(self) -> None:
        before = everything(self.reader)
        bare = LoggedEntry("root", 1, b"{}")
        with pytest.raises(Exception, match="under the head lock"):
            self.log.save(bare)
        with pytest.raises(Exception, match="under the head lock"):
            self.log.recorder.insert_events([StoredEvent("root", 1, TOPIC, b"{}")])
        with pytest.raises(Exception, match="under the head lock"):
            self.log.recorder.insert_events([])
        with pytest.raises(Exception, match="under the head lock"):
            self.log.save(bare, group=Adding())
        with pytest.raises(Exception, match="under the head lock"):
            self.log.save()
        assert everything(self.reader) == before
        assert self.reader.entries(0, 10) == []

    def test_an_unknown_topic_is_refused_and_nothing_is_imported_by_its_name(self) -> None:
        module = "this"  # importing it would print a poem
        assert module not in sys.modules
        self.add("root")
        self.insert_row("body:x", 1, f"{module}:s", b"{}")
        with pytest.raises(StorageError, match="unknown kind of stored entry"):
            list(self.log.events.get("body:x"))
        assert module not in sys.modules
        assert len(list(self.log.events.get("root"))) == 1

    # -- threads -------------------------------------------------------------------------------

    def test_readers_are_safe_to_share_while_a_writer_writes(self) -> None:
        done = threading.Event()

        def read() -> int:
            rounds = 0
            while not done.is_set() or not rounds:
                size = self.reader.head().size
                entries = self.reader.entries(0, 1000)
                assert [entry.index for entry in entries] == list(range(len(entries)))
                assert len(entries) >= size
                rounds += 1
            return rounds

        with ThreadPoolExecutor(4) as pool:
            readers: list[Future[int]] = [pool.submit(read) for _ in range(4)]
            try:
                for _ in range(50):
                    self.add("root", "body:x")
            finally:
                done.set()
            assert all(reader.result(DEADLINE) for reader in readers)
        assert self.reader.head().size == 100


def failing(head: Head, tail: Tail) -> Plan:
    raise RuntimeError("planted")


def raws(entries: Iterable[Entry]) -> list[bytes]:
    return [entry.raw for entry in entries]


def after(started: threading.Event, append: Callable[[Group], None]) -> Callable[[Group], None]:
    def tell_and_append(group: Group) -> None:
        started.set()
        append(group)

    return tell_and_append


def waits_in_vain(future: Future[None], seconds: float) -> bool:
    """Whether it ends within a time in which it must not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if future.done():
            return True
        time.sleep(0.005)
    return False


class TestSQLiteStore(StoreContract):
    def create(self, folder: Path) -> tuple[Log, LogReader]:
        self.path = folder / "ledger.db"
        return open_log(self.path)

    def again(self) -> tuple[Log, LogReader]:
        return open_log(self.path)

    def insert_row(self, stream: str, version: int, topic: str, state: bytes) -> None:
        with closing(sqlite3.connect(self.path)) as database, database:
            database.execute("INSERT INTO stored_events VALUES (?,?,?,?)", (stream, version, topic, state))
