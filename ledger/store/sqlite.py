"""The embedded store: one SQLite file in WAL mode, every commit synced to disk.

Readers have connections of their own (the library's pool would let them wait for writers).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import orjson
from eventsourcing import sqlite as stock
from eventsourcing.persistence import ProgrammingError, StoredEvent

from ledger.entry import TOPIC, Entry, read_entry
from ledger.errors import StorageError
from ledger.merkle import Frontier, NodeId
from ledger.sentence import Sentence
from ledger.store.base import Group, Head, Plan, StreamEnd, Tail, in_order, in_their_places
from ledger.store.sql import statements

SOUGHT_MAX = 256  # keys in one question; a power of two

# From stream to stream in the index, and in each from its end: versions and leaf indexes grow together.
_HEADS = (
    "WITH RECURSIVE streams(id) AS ("
    "SELECT MIN(originator_id) FROM stored_events UNION ALL "
    "SELECT (SELECT MIN(originator_id) FROM stored_events WHERE originator_id>id) "
    "FROM streams WHERE id IS NOT NULL) "
    "SELECT id, originator_version, newest.rowid-1 FROM streams JOIN stored_events AS newest "
    "ON newest.rowid=(SELECT rowid FROM stored_events WHERE originator_id=id AND rowid<=? "
    "ORDER BY originator_version DESC LIMIT 1)"
)

STATEMENTS = statements(Path(__file__).parent / "sqlite.sql")


class DurableConnectionPool(stock.SQLiteConnectionPool):
    """Connections whose commits reach the disk before they return."""

    def _create_connection(self) -> stock.SQLiteConnection:
        connection = super()._create_connection()
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA busy_timeout=5000")
        return connection


class Factory(stock.SQLiteFactory):
    """Chosen by PERSISTENCE_MODULE; gives our recorder a durable pool."""

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self.datastore.pool.close()
        self.datastore.pool = DurableConnectionPool(db_name=self.datastore.pool.db_name, pool_size=2)


class LedgerRecorder(stock.SQLiteApplicationRecorder):
    """Takes one group per transaction; entries come by no other way."""

    def construct_create_table_statements(self) -> list[str]:
        return [*super().construct_create_table_statements(), *STATEMENTS]

    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, group: Group | None = None, **_: Any
    ) -> Sequence[int] | None:
        """Decide and insert a group under the head lock; all of it is durable, or nothing."""
        if stored_events or group is None:
            raise ProgrammingError("entries are made under the head lock: save(group=…)")
        with self.datastore.get_connection(commit=True) as connection:
            cursor = connection.cursor().sqlite_cursor
            # Write first: a deferred transaction that reads and then writes may fail at once.
            cursor.execute("BEGIN IMMEDIATE")
            try:
                plan = group.plan(select_head(cursor), SQLiteTail(cursor))
                if plan is None:
                    connection.rollback()
                    return []
                insert_plan(cursor, plan)
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
        return []


def insert_plan(cursor: sqlite3.Cursor, plan: Plan) -> None:
    cursor.executemany(
        "INSERT INTO stored_events (rowid, originator_id, originator_version, topic, state) "
        "VALUES (?,?,?,?,?)",
        [(e.index + 1, e.stream, e.version, TOPIC, e.raw) for e in plan.entries],
    )
    cursor.executemany("INSERT INTO nodes VALUES (?,?,?)", plan.nodes)
    cursor.executemany(
        "INSERT INTO payloads VALUES (?,?)", [(bytes.fromhex(e.payload_hash), e.index) for e in plan.entries]
    )
    cursor.executemany(
        "INSERT INTO events VALUES (?,?)", [(_event_key(e.event), e.index) for e in plan.entries]
    )
    names = [(name, e.stream, e.index) for e in plan.entries for name in e.names]
    if names:
        cursor.executemany("INSERT OR IGNORE INTO names VALUES (?,?,?)", names)
    if plan.checkpoints:
        cursor.executemany("INSERT OR IGNORE INTO checkpoints VALUES (?,?)", plan.checkpoints)
    cursor.execute(
        "INSERT INTO head VALUES (1,?,?,?) ON CONFLICT (id) DO UPDATE SET "
        "size=excluded.size, frontier=excluded.frontier, recorded_at=excluded.recorded_at",
        (plan.head.size, plan.head.frontier.to_bytes(), plan.head.recorded_at),
    )


def select_head(cursor: sqlite3.Cursor) -> Head:
    row = cursor.execute("SELECT frontier, recorded_at FROM head").fetchone()
    if row is None:
        return Head(Frontier.empty(), "")
    return Head(Frontier.from_bytes(row[0]), row[1])


def _event_key(event: str) -> bytes:
    return bytes.fromhex(event.replace("-", ""))


class SQLiteTail:
    """The log as one cursor, or a connection, sees it. below: entries from there on do not exist."""

    def __init__(self, cursor: sqlite3.Cursor | sqlite3.Connection, below: int = 1 << 62) -> None:
        self._cursor = cursor
        self._below = below

    def recorded(self, payload_hashes: Iterable[str]) -> dict[str, int]:
        query = "SELECT payload, leaf_index FROM payloads WHERE payload IN"
        return self._find(query, {bytes.fromhex(payload): payload for payload in payload_hashes})

    def events(self, ids: Iterable[str]) -> dict[str, int]:
        query = "SELECT event, leaf_index FROM events WHERE event IN"
        return self._find(query, {_event_key(event): event for event in ids})

    def _find(self, query: str, names: dict[bytes, str]) -> dict[str, int]:
        """query: … IN, for as many keys at once as may be; names: what the keys stand for."""
        keys, found = list(names), dict[str, int]()
        for start in range(0, len(keys), SOUGHT_MAX):
            sought = keys[start : start + SOUGHT_MAX]
            # Few lengths, so that few statements are prepared, and kept.
            places = 1 << (len(sought) - 1).bit_length()
            sought += sought[-1:] * (places - len(sought))
            rows = self._cursor.execute(f"{query} ({','.join('?' * places)})", sought)
            found.update((names[key], index) for key, index in rows if index < self._below)
        return found

    def names(self, names: Iterable[str]) -> dict[str, str]:
        found = {}
        for name in names:
            query = "SELECT stream, leaf_index FROM names WHERE name=?"
            row = self._cursor.execute(query, (name,)).fetchone()
            if row is not None and row[1] < self._below:
                found[name] = row[0]
        return found

    def version(self, stream: str) -> int:
        query = (
            "SELECT originator_version FROM stored_events WHERE originator_id=? AND rowid<=? "
            "ORDER BY originator_version DESC LIMIT 1"
        )
        row = self._cursor.execute(query, (stream, self._below)).fetchone()
        return row[0] if row is not None else 0

    def stream(self, stream: str) -> Iterator[Entry]:
        query = (
            "SELECT state FROM stored_events WHERE originator_id=? AND rowid<=? ORDER BY originator_version"
        )
        for row in self._cursor.execute(query, (stream, self._below)).fetchall():
            yield read_entry(row[0])

    def entries(self, start: int, limit: int) -> list[Entry]:
        query = "SELECT state FROM stored_events WHERE rowid>? AND rowid<=? ORDER BY rowid LIMIT ?"
        rows = self._cursor.execute(query, (start, self._below, limit))
        return in_their_places([read_entry(row[0]) for row in rows], start)

    def entries_at(self, indexes: Sequence[int]) -> list[Entry]:
        query = (
            "SELECT state FROM stored_events WHERE rowid<=? AND rowid IN (SELECT value+1 FROM json_each(?))"
        )
        rows = self._cursor.execute(query, (self._below, orjson.dumps(list(indexes)).decode()))
        return in_order([read_entry(row[0]) for row in rows], indexes)

    def at_position(self, position: int) -> SQLiteTail:
        return SQLiteTail(self._cursor, below=min(position, self._below))


class SQLiteReader:
    """Reads the log; each thread has a connection of its own, and none can write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    def _connection(self) -> sqlite3.Connection:
        connection = cast("sqlite3.Connection | None", getattr(self._local, "connection", None))
        if connection is None:
            connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
            connection.execute("PRAGMA query_only=ON")
            self._local.connection = connection
            with self._lock:
                self._open.append(connection)
        return connection

    def _cursor(self) -> sqlite3.Cursor:
        return self._connection().cursor()

    def _tail(self) -> SQLiteTail:
        return SQLiteTail(self._connection())

    def head(self) -> Head:
        return select_head(self._cursor())

    def recorded(self, payload_hashes: Iterable[str]) -> dict[str, int]:
        return self._tail().recorded(payload_hashes)

    def events(self, ids: Iterable[str]) -> dict[str, int]:
        return self._tail().events(ids)

    def names(self, names: Iterable[str]) -> dict[str, str]:
        return self._tail().names(names)

    def version(self, stream: str) -> int:
        return self._tail().version(stream)

    def stream(self, stream: str) -> Iterator[Entry]:
        return self._tail().stream(stream)

    def entries(self, start: int, limit: int) -> list[Entry]:
        return self._tail().entries(start, limit)

    def entries_at(self, indexes: Sequence[int]) -> list[Entry]:
        return self._tail().entries_at(indexes)

    def nodes(self, ids: Sequence[NodeId]) -> list[bytes]:
        cursor, hashes = self._cursor(), []
        for node in ids:
            row = cursor.execute("SELECT hash FROM nodes WHERE level=? AND node_index=?", node).fetchone()
            if row is None:
                raise StorageError(Sentence("tree node {node} is missing", "node-missing", node=node))
            hashes.append(row[0])
        return hashes

    def checkpoint_after(self, index: int) -> tuple[int, str] | None:
        query = "SELECT size, note FROM checkpoints WHERE size>? ORDER BY size LIMIT 1"
        row = self._cursor().execute(query, (index,)).fetchone()
        return (row[0], row[1]) if row is not None else None

    def heads(self, position: int) -> list[StreamEnd]:
        """By the index of streams and versions alone: no entry is read. Text sorts by its UTF-8 bytes."""
        rows = self._cursor().execute(_HEADS, (position,))
        return [StreamEnd(*row) for row in rows]

    def at_position(self, position: int) -> Tail:
        return SQLiteTail(self._connection(), below=position)

    def close(self) -> None:
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()


__all__ = ["Factory", "LedgerRecorder", "SQLiteReader", "SQLiteTail"]
