"""One picture of a log that may be in use: all that is read of it is of one moment, in either store.

SQLite: one read transaction. PostgreSQL: one transaction with one snapshot (REPEATABLE READ). While a
picture is open, SQLite keeps its write-ahead log, and PostgreSQL the rows that were replaced meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ledger.backup import open_source
from ledger.entry import Entry
from ledger.errors import StorageError
from ledger.merkle import Frontier, NodeId
from ledger.sentence import Sentence
from ledger.store.base import Head, StreamEnd, Tail
from ledger.store.place import Database
from ledger.store.sqlite import SQLiteTail
from ledger.verify.entry_file import EntryFile

if TYPE_CHECKING:
    import psycopg

_HEADS = (
    "SELECT originator_id, MAX(originator_version), MAX(rowid)-1 FROM stored_events WHERE rowid<=? "
    "GROUP BY originator_id ORDER BY originator_id"
)


class _Entries(EntryFile):
    """An EntryFile over a connection that somebody else has opened."""

    def __init__(self, path: Path, connection: Any) -> None:
        super().__init__(path)
        self._given = connection

    @property
    def connection(self) -> Any:
        return self._given

    def close(self) -> None:
        """Whoever opened the connection closes it."""


class Picture:
    """Implements LogReader, of one moment; for one thread. file: the entries, for walking over them."""

    def __init__(self, file: EntryFile, tail: Callable[[int], Tail], opened: ExitStack) -> None:
        self.file, self._tail, self._opened = file, tail, opened
        self._all = tail(1 << 62)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._opened.close()

    def _rows(self, query: str, *where: object) -> list[Any]:
        return list(self.file.connection.execute(query, where))

    def head(self) -> Head:
        """Of a file without a head: the empty log's."""
        rows = self._rows("SELECT frontier, recorded_at FROM head")
        return (
            Head(Frontier.from_bytes(bytes(rows[0][0])), rows[0][1]) if rows else Head(Frontier.empty(), "")
        )

    def notes(self, after: int, limit: int) -> list[tuple[int, str]]:
        """Stored checkpoints over more than `after` entries: (size, note), by size."""
        query = "SELECT size, note FROM checkpoints WHERE size > ? ORDER BY size LIMIT ?"
        return [(row[0], row[1]) for row in self._rows(query, after, limit)]

    def count(self, table: str) -> int:
        """table: a name of the program's own."""
        return int(self._rows(f"SELECT COUNT(*) FROM {table}")[0][0])  # noqa: S608 -- no name comes from outside

    def nodes(self, ids: Sequence[NodeId]) -> list[bytes]:
        """One question for each level: what is asked for of a level lies side by side."""
        found: dict[NodeId, bytes] = {}
        for level in {level for level, _ in ids}:
            indexes = [index for at, index in ids if at == level]
            query = "SELECT node_index, hash FROM nodes WHERE level=? AND node_index BETWEEN ? AND ?"
            rows = self._rows(query, level, min(indexes), max(indexes))
            found.update({(level, row[0]): bytes(row[1]) for row in rows})
        for node in ids:
            if node not in found:
                raise StorageError(Sentence("tree node {node} is missing", "node-missing", node=node))
        return [found[node] for node in ids]

    def checkpoint_after(self, index: int) -> tuple[int, str] | None:
        return next(iter(self.notes(index, 1)), None)

    def heads(self, position: int) -> list[StreamEnd]:
        return [StreamEnd(*row) for row in self._rows(_HEADS, position)]

    def at_position(self, position: int) -> Tail:
        return self._tail(position)

    def recorded(self, payload_hashes: Iterable[str]) -> dict[str, int]:
        return self._all.recorded(payload_hashes)

    def events(self, ids: Iterable[str]) -> dict[str, int]:
        return self._all.events(ids)

    def names(self, names: Iterable[str]) -> dict[str, str]:
        return self._all.names(names)

    def stream(self, stream: str) -> Iterator[Entry]:
        return self._all.stream(stream)

    def version(self, stream: str) -> int:
        return self._all.version(stream)

    def entries(self, start: int, limit: int) -> list[Entry]:
        return self._all.entries(start, limit)

    def entries_at(self, indexes: Sequence[int]) -> list[Entry]:
        return self._all.entries_at(indexes)


def open_picture(place: Path | Database) -> Picture:
    """To be closed. Raises StorageError: no ledger, or a database that is not migrated."""
    return _of_file(place) if isinstance(place, Path) else _of_database(place)


def _of_file(path: Path) -> Picture:
    if not path.is_file():
        raise StorageError(Sentence("{path} is not there", "file-absent", path=path))
    with ExitStack() as opened:
        try:
            connection = open_source(path)
            opened.callback(connection.close)
            connection.isolation_level = None
            connection.execute("BEGIN")
            connection.execute("SELECT size FROM head").fetchone()
        except sqlite3.Error as error:
            raise StorageError(
                Sentence("this is no ledger's file: {why}", "no-ledger-file", why=error)
            ) from error
        entries = _Entries(path, connection)
        return Picture(entries, lambda below: SQLiteTail(connection, below), opened.pop_all())


def _of_database(database: Database) -> Picture:
    from ledger.store.postgres.database import connect, telling  # noqa: PLC0415 -- the driver, where it is used
    from ledger.store.postgres.migrating import check_migrated  # noqa: PLC0415

    check_migrated(database)
    with ExitStack() as opened:
        connection = connect(database)
        opened.callback(connection.close)
        with telling(str(database)):
            connection.execute(
                "SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0;"
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            )
            connection.execute("SELECT 1 FROM head")  # the snapshot is taken with the first question
        return picture_over(database, connection, opened.pop_all())


def picture_over(database: Database, connection: psycopg.Connection[Any], opened: ExitStack) -> Picture:
    """As a connection sees a database, also within a transaction that is not committed yet."""
    from ledger.store.postgres.database import telling  # noqa: PLC0415 -- the driver, where it is used
    from ledger.store.postgres.entries import _question  # noqa: PLC0415
    from ledger.store.postgres.tail import PostgresTail, Rows  # noqa: PLC0415

    where = str(database)

    class Asked:
        """As much of sqlite3's connection as EntryFile asks for."""

        def execute(self, query: str, values: Sequence[Any] = ()) -> Iterator[Any]:
            with telling(where):
                return connection.execute(_question(query), values)

    def ask(query: str, values: Sequence[object]) -> Rows:
        with telling(where):
            return connection.execute(query.encode(), values).fetchall()

    entries = _Entries(Path(where), Asked())
    return Picture(entries, lambda below: PostgresTail(ask, below), opened)
