"""Entries in an SQLite file in the layout of a ledger: `stored_events`, rowid = leaf index + 1.

A ledger.db is read as it is; a bundle, a folder or a server is first put into a file of this
layout, so that each check is written once. Nothing here is ever written.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from ledger.errors import StorageError
from ledger.sentence import Sentence

_RECORDED_AT = b'"recorded_at":"'
_INSTANT_BYTES = 27


class Row(NamedTuple):
    """leaf: leaf index; stream, version, topic: as the store has them beside the entry's bytes.

    Of a file that was tampered with a column may hold anything: stream, version and raw are looked at first.
    """

    leaf: int
    stream: Any
    version: Any
    topic: str
    raw: Any


class EntryFile:
    """Reads entries; one connection for each process (a forked worker opens its own)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._process = 0

    @property
    def connection(self) -> sqlite3.Connection:
        """Raises StorageError if the file cannot be opened."""
        if self._connection is None or self._process != os.getpid():
            self._connection, self._process = _open(self.path), os.getpid()
        return self._connection

    def close(self) -> None:
        if self._connection is not None and self._process == os.getpid():
            self._connection.close()
        self._connection = None

    def bounds(self) -> tuple[int, int]:
        """How many entries there are, and one more than the last index."""
        try:
            count, last = self.connection.execute(
                "SELECT COUNT(*), COALESCE(MAX(rowid), 0) FROM stored_events"
            ).fetchone()
        except sqlite3.DatabaseError as error:
            raise StorageError(
                Sentence("{path} is no ledger: {why}", "no-ledger-in-file", path=self.path, why=error)
            ) from error
        return int(count), int(last)

    def rows(self, start: int, end: int) -> Iterator[Row]:
        """Entries with start ≤ index < end, in order."""
        query = (
            "SELECT rowid - 1, originator_id, originator_version, topic, state FROM stored_events"
            " WHERE rowid > ? AND rowid <= ? ORDER BY rowid"
        )
        return map(Row._make, self.connection.execute(query, (start, end)))

    def after(self, start: int, count: int) -> int | None:
        """The index of the entry before which so many others stand from `start` on; None if there is none."""
        query = "SELECT rowid - 1 FROM stored_events WHERE rowid > ? ORDER BY rowid LIMIT 1 OFFSET ?"
        row = self.connection.execute(query, (start, count)).fetchone()
        return int(row[0]) if row is not None else None

    def of_stream(self, stream: str, end: int) -> Iterator[Row]:
        """A stream's entries below an index, in the order of the log."""
        query = (
            "SELECT rowid - 1, originator_id, originator_version, topic, state FROM stored_events"
            " WHERE originator_id = ? AND rowid <= ? ORDER BY rowid"
        )
        return map(Row._make, self.connection.execute(query, (stream, end)))

    def first_of(self, stream: str) -> Row | None:
        """A stream's entry of the lowest version."""
        query = (
            "SELECT rowid - 1, originator_id, originator_version, topic, state FROM stored_events"
            " WHERE originator_id = ? ORDER BY originator_version LIMIT 1"
        )
        row = self.connection.execute(query, (stream,)).fetchone()
        return Row._make(row) if row is not None else None

    def registry(self, end: int) -> Iterator[Row]:
        """The entries below an index that no programme states, in the order of the log."""
        query = (
            "SELECT rowid - 1, originator_id, originator_version, topic, state FROM stored_events"
            " WHERE originator_id NOT LIKE 'programme:%' AND rowid <= ? ORDER BY rowid"
        )
        return map(Row._make, self.connection.execute(query, (end,)))

    def programmes(self, end: int) -> list[tuple[str, int]]:
        """The programmes' streams, each with how many entries it has below an index."""
        query = (
            "SELECT originator_id, COUNT(*) FROM stored_events WHERE originator_id LIKE 'programme:%'"
            " AND rowid <= ? GROUP BY originator_id ORDER BY originator_id"
        )
        return [(str(stream), int(count)) for stream, count in self.connection.execute(query, (end,))]

    def recorded_at(self, index: int) -> str | None:
        """When an entry was recorded, as its bytes say; None if it is not here."""
        row = self.connection.execute(
            "SELECT state FROM stored_events WHERE rowid = ?", (index + 1,)
        ).fetchone()
        return recorded_at_of(row[0]) if row is not None else None

    def before(self, index: int) -> tuple[int, str] | None:
        """The last entry here below an index: its index, and when it was recorded."""
        query = "SELECT rowid - 1, state FROM stored_events WHERE rowid <= ? ORDER BY rowid DESC LIMIT 1"
        row = self.connection.execute(query, (index,)).fetchone()
        return (int(row[0]), recorded_at_of(row[1])) if row is not None else None


def recorded_at_of(raw: Any) -> str:
    """The instant in an entry's bytes, without reading the rest; "" if there is none.

    Members are sorted, and the envelope, which stands before it, holds no quotation marks of others.
    """
    if not isinstance(raw, bytes):
        return ""
    at = raw.rfind(_RECORDED_AT)
    start = at + len(_RECORDED_AT)
    return raw[start : start + _INSTANT_BYTES].decode("ascii", "replace") if at >= 0 else ""


def _open(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise StorageError(Sentence("{path} is not there", "file-absent", path=path))
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA cache_size = -16000")
        connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        raise StorageError(
            Sentence("{path} cannot be opened: {why}", "file-unopenable", path=path, why=error)
        ) from error
    return connection
