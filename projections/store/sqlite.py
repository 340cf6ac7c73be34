"""Generations as SQLite files beside ledger.db, with CURRENT that names the one in use."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import orjson

from ledger.errors import StorageError
from projections.generation import (
    RULES_VERSION,
    current,
    following,
    is_usable,
    make_current,
    open_generation,
    remove_generation,
)
from projections.store.base import Connection, Drained, Rows, Values, Writing
from projections.store.many import executemany

IDLE_MAX: Final = 16


def _among(values: Sequence[int] | Sequence[str]) -> tuple[str, Any]:
    return "(SELECT value FROM json_each(?))", orjson.dumps(list(values)).decode()


class SQLiteConnection(sqlite3.Connection):
    """Implements Connection; the log is another file."""

    log = None

    def among(self, values: Sequence[int] | Sequence[str], /) -> tuple[str, Any]:
        return _among(values)


class _SQLiteWriting:
    """Implements Writing over the cursor of eventsourcing's transaction."""

    log = None

    def __init__(self, cursor: Any) -> None:
        self.tracked = cursor
        self._cursor: sqlite3.Cursor = cursor.sqlite_cursor

    def execute(self, query: str, values: Values = (), /) -> Rows:
        return self._cursor.execute(query, values)

    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> object:
        executemany(self._cursor, query, rows)
        return None

    def among(self, values: Sequence[int] | Sequence[str], /) -> tuple[str, Any]:
        return _among(values)


class FileGeneration:
    """Implements Generation: one file, made if it is not there. fresh: it is not current yet."""

    def __init__(self, path: Path, *, fresh: bool = False) -> None:
        self.path = path
        self._datastore, self._recorder = open_generation(path, fresh=fresh)
        try:
            if not self._recorder.position():
                with self._datastore.transaction(commit=True) as cursor:
                    cursor.execute(f"PRAGMA user_version={RULES_VERSION}")
        except BaseException:
            self._datastore.close()
            raise

    @property
    def name(self) -> str:
        return self.path.name

    def newest(self) -> tuple[int, bytes] | None:
        with self._datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT position, root FROM batches ORDER BY position DESC LIMIT 1")
            row = cursor.fetchone()
        position = self._recorder.position()
        if position != (row[0] if row is not None else 0):
            raise StorageError("the projections are not whole: rebuild them")
        return (row[0], row[1]) if row is not None else None

    @contextmanager
    def transaction(self) -> Iterator[Writing]:
        with self._datastore.transaction(commit=True) as cursor:
            yield _SQLiteWriting(cursor)

    def take_words(self, path: Path) -> None:
        """Take over the table `words`, which is empty here, from a file that holds nothing else."""
        with self._datastore.get_connection(commit=True) as connection, connection.cursor() as cursor:
            cursor.execute("ATTACH ? AS aside", (str(path),))
            # Both tables have one shape: SQLite copies them page by page, and sorts nothing.
            cursor.execute("INSERT INTO words SELECT * FROM aside.words")
            cursor.execute("DETACH aside")

    def track(self, writing: Writing, position: int, root: bytes) -> None:
        assert isinstance(writing, _SQLiteWriting)
        self._recorder.track(writing.tracked, position, root)

    def close(self) -> None:
        self._datastore.close()


class FileGenerations:
    """Implements Generations: projections-<n>.db in a ledger's directory, which one process has locked."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._used = ""
        self.term = 0

    def lead(self) -> bool:
        return True

    def current(self) -> str | None:
        path = current(self._directory)
        return path.name if path is not None else None

    def is_usable(self, name: str) -> bool:
        return is_usable(self._directory / name)

    def create(self) -> FileGeneration:
        return FileGeneration(following(self._directory, self._used), fresh=True)

    def open(self, name: str) -> FileGeneration:
        self._used = name
        return FileGeneration(self._directory / name)

    def readers(self, name: str) -> FileReaders:
        return FileReaders(self._directory / name)

    def make_current(self, name: str) -> None:
        make_current(self._directory, self._directory / name)

    def remove(self, name: str) -> None:
        remove_generation(self._directory / name)

    def close(self) -> None:
        """Nothing is open."""


class FileReaders:
    """Implements Readers: connections to one file; closed when the last reader has left."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[SQLiteConnection] = []
        self._lock = threading.Lock()
        self._closed = False
        self.damaged = False

    @contextmanager
    def view(self) -> Iterator[tuple[Connection, int]]:
        connection = self._take()
        try:
            connection.execute("BEGIN")
            newest = connection.execute("SELECT MAX(position) FROM batches").fetchone()[0] or 0
            yield connection, newest
        except sqlite3.DatabaseError as error:
            # Nothing that a question can do: the file is no database any more, or rotten.
            self.damaged = self.damaged or type(error) is sqlite3.DatabaseError
            connection.close()
            raise
        except BaseException:
            self._give(connection)
            raise
        else:
            self._give(connection)

    def _take(self) -> SQLiteConnection:
        with self._lock:
            if self._closed:
                raise Drained
            return self._idle.pop() if self._idle else self._connect()

    def _connect(self) -> SQLiteConnection:
        """Never makes a file, and opens the write-ahead log too: both may be removed later on."""
        connection = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode=rw",
            uri=True,
            check_same_thread=False,
            isolation_level=None,
            factory=SQLiteConnection,
        )
        connection.execute("PRAGMA query_only=ON")
        connection.execute("PRAGMA cache_size=-16384")
        connection.execute("SELECT 1 FROM batches LIMIT 1").fetchone()
        return connection

    def _give(self, connection: SQLiteConnection) -> None:
        connection.rollback()
        with self._lock:
            if not self._closed and len(self._idle) < IDLE_MAX:
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for connection in self._idle:
                connection.close()
            self._idle.clear()
