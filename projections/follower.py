"""Following the log: a thread that applies what was appended, and readers for questions."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from ledger.errors import StorageError
from ledger.store.base import LogReader
from projections.generation import current, following, is_usable, make_current, remove_generation
from projections.reading import Reading
from projections.writer import Writer

BATCH_ENTRIES = 1000
POLL_SECONDS = 0.5


class Follower:
    """Keeps the current generation up to date with the log. Start, wake, wait, close.

    fault: why nothing is applied any more, None while all is well.
    """

    def __init__(self, directory: Path, log: LogReader) -> None:
        self._directory, self._log = directory, log
        self._wake = threading.Event()
        self._advanced = threading.Condition()
        self._closing = False
        self.fault: str | None = None
        self._writer = self._open()
        self._readers = _Readers(self._writer.path)
        self.position = self._writer.position
        self._thread = threading.Thread(target=self._run, name="projections", daemon=True)
        self._thread.start()

    def _open(self) -> Writer:
        """The current generation; a new one if there is none or it cannot be used."""
        path = current(self._directory)
        if path is not None and is_usable(path):
            with contextlib.suppress(StorageError, sqlite3.DatabaseError):
                return Writer(path, self._log)
        fresh = following(self._directory)
        writer = Writer(fresh, self._log)
        while writer.position < self._log.head().size:
            writer.apply(self._log.entries(writer.position, BATCH_ENTRIES))
        make_current(self._directory, fresh)
        return writer

    def wake(self) -> None:
        """Say that the log has grown."""
        self._wake.set()

    def wait_for(self, position: int, timeout_seconds: float) -> bool:
        """Wait until a position is applied; False if it was not in time."""
        with self._advanced:
            return (
                self._advanced.wait_for(lambda: self.position >= position or self._closing, timeout_seconds)
                and self.position >= position
            )

    def close(self) -> None:
        self._closing = True
        self._wake.set()
        with self._advanced:
            self._advanced.notify_all()
        self._thread.join()
        self._writer.close()
        self._readers.close()

    @contextlib.contextmanager
    def reading(self, position: int | None = None) -> Iterator[Reading]:
        """A consistent view of the current generation, at a position or at its newest."""
        readers = self._readers
        with readers.snapshot() as (connection, newest):
            yield Reading(connection, self._log, newest if position is None else min(position, newest))

    def _run(self) -> None:
        while not self._closing:
            self._wake.clear()
            try:
                self._follow()
                self.fault = None
            except Exception as error:  # noqa: BLE001 -- said in `fault`, and tried again
                self.fault = f"{type(error).__name__}: {error}"
                self._reopen()
            self._wake.wait(POLL_SECONDS)

    def _follow(self) -> None:
        if current(self._directory) not in (None, self._writer.path):
            self._switch()
        while not self._closing:
            entries = self._log.entries(self._writer.position, BATCH_ENTRIES)
            if not entries:
                return
            self._writer.apply(entries)
            self._advance(self._writer.position)

    def _advance(self, position: int) -> None:
        with self._advanced:
            self.position = position
            self._advanced.notify_all()

    def _switch(self) -> None:
        """Take the generation that a rebuild has made current; old readers drain."""
        old, old_readers = self._writer, self._readers
        self._writer = self._open()
        self._readers = _Readers(self._writer.path)
        self._advance(self._writer.position)
        old.close()
        old_readers.close()
        remove_generation(old.path)

    def _reopen(self) -> None:
        """After a failed batch the writer's memory is worth nothing: read it anew."""
        with contextlib.suppress(Exception):
            self._writer.close()
            self._writer = Writer(self._writer.path, self._log)


class _Readers:
    """Read connections to one generation; closed when the last reader has left."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[tuple[sqlite3.Connection, int]]:
        """A connection inside a read transaction, and the position that it sees."""
        connection = self._take()
        try:
            connection.execute("BEGIN")
            row = connection.execute("SELECT MAX(position) FROM batches").fetchone()
            yield connection, row[0] or 0
        finally:
            connection.rollback()
            self._give(connection)

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
        connection.execute("PRAGMA query_only=ON")
        connection.execute("PRAGMA cache_size=-16384")
        return connection

    def _give(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed and len(self._idle) < 16:
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for connection in self._idle:
                connection.close()
            self._idle.clear()
