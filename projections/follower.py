"""Following the log: a thread that applies what was appended, and readers for questions."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from eventsourcing.persistence import PersistenceError

from ledger.errors import StorageError
from ledger.store.base import LogReader
from projections.generation import current, is_usable, remove_generation
from projections.reading import Reading
from projections.rebuild import rebuild
from projections.writer import Writer

BATCH_ENTRIES = 1000
POLL_SECONDS = 0.5
GATHER_SECONDS = 0.01  # under load several commits are applied as one batch


class Follower:
    """Keeps the current generation up to date with the log. Start, wake, wait, close.

    fault: why nothing is applied any more, None while all is well.
    """

    def __init__(self, directory: Path, log: LogReader) -> None:
        self._directory, self._log = directory, log
        self._wake, self._ended = threading.Event(), threading.Event()
        self._looked = float("-inf")  # when CURRENT was last read
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
            with contextlib.suppress(StorageError, PersistenceError, sqlite3.DatabaseError):
                return Writer(path, self._log)
        fresh = rebuild(self._directory, self._log)
        if path is not None:
            remove_generation(path)
        return Writer(fresh, self._log)

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
        self._ended.set()
        self._wake.set()
        with self._advanced:
            self._advanced.notify_all()
        self._thread.join()
        self._writer.close()
        self._readers.close()

    @contextlib.contextmanager
    def reading(self, position: int | None = None) -> Iterator[Reading]:
        """A consistent view of the current generation, at a position or at its newest.

        Raises StorageError once the follower is closed.
        """
        while (connection := (readers := self._readers).take()) is None:
            # A rebuild has just put other readers in their place, or there will be none.
            if self._closing:
                raise StorageError("the projections are closed")
        try:
            connection.execute("BEGIN")
            newest = connection.execute("SELECT MAX(position) FROM batches").fetchone()[0] or 0
            yield Reading(connection, self._log, newest if position is None else min(position, newest))
        finally:
            connection.rollback()
            readers.give(connection)

    def _run(self) -> None:
        while not self._closing:
            self._wake.clear()
            try:
                self._follow()
                self.fault = None
            except Exception as error:  # noqa: BLE001 -- said in `fault`, and tried again
                self.fault = f"{type(error).__name__}: {error}"
                self._reopen()
            if self._wake.wait(POLL_SECONDS):
                self._ended.wait(GATHER_SECONDS)

    def _follow(self) -> None:
        if time.monotonic() - self._looked >= POLL_SECONDS:
            named, path = current(self._directory), self._writer.path
            if named not in (None, path) or not path.exists():
                self._switch()
            self._looked = time.monotonic()
        self._catch_up(self._writer, self._advance)

    def _catch_up(self, writer: Writer, applied: Callable[[int], None]) -> None:
        """Apply what the log has beyond a writer's position. applied(position): after each batch."""
        while not self._closing:
            entries = self._log.entries(writer.position, BATCH_ENTRIES)
            if not entries:
                return
            writer.apply(entries)
            applied(writer.position)

    def _advance(self, position: int) -> None:
        with self._advanced:
            self.position = position
            self._advanced.notify_all()

    def _switch(self) -> None:
        """Take the generation that a rebuild has made current, once it is not behind the old one."""
        writer = self._open()
        try:
            self._catch_up(writer, lambda position: None)
        except BaseException:
            writer.close()
            raise
        self._take_up(writer)

    def _reopen(self) -> None:
        """After a failed batch the writer's memory is worth nothing: read it anew."""
        with contextlib.suppress(Exception):
            self._writer.close()
            self._take_up(self._open())

    def _take_up(self, writer: Writer) -> None:
        """Go on with another writer; of another generation, the old one's readers drain."""
        old, old_readers = self._writer, self._readers
        self._writer = writer
        if writer.path != old.path:
            self._readers = _Readers(writer.path)
        self._advance(writer.position)
        old.close()
        if writer.path != old.path:
            old_readers.close()
            remove_generation(old.path)


class _Readers:
    """Read connections to one generation; closed when the last reader has left."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False

    def take(self) -> sqlite3.Connection | None:
        """A connection, to be given back; None once these are closed."""
        with self._lock:
            if self._closed:
                return None
            return self._idle.pop() if self._idle else self._connect()

    def _connect(self) -> sqlite3.Connection:
        """Never makes a file, and opens the write-ahead log too: both may be removed later on."""
        connection = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode=rw",
            uri=True,
            check_same_thread=False,
            isolation_level=None,
        )
        connection.execute("PRAGMA query_only=ON")
        connection.execute("PRAGMA cache_size=-16384")
        connection.execute("SELECT 1 FROM batches LIMIT 1").fetchone()
        return connection

    def give(self, connection: sqlite3.Connection) -> None:
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
