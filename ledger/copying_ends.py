"""The two ends of a copy: where each is, and the one that is written, batch by batch."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Protocol, Self

from ledger.copying_picture import Picture, open_picture, picture_over
from ledger.directory import Directory
from ledger.errors import StorageError
from ledger.log import open_log
from ledger.merkle import Frontier
from ledger.sentence import Sentence
from ledger.store.base import Head, Plan
from ledger.store.documents import Documents, documents_in
from ledger.store.documents_folder import FolderDocuments
from ledger.store.place import Database
from ledger.store.sqlite import insert_plan, select_head
from ledger.walking import BackupError

EMPTY = Head(Frontier.empty(), "")


@dataclass(frozen=True, slots=True)
class End:
    """A ledger's directory, a lone file with its documents beside, or a database without a directory."""

    place: Path | Database
    documents: Documents
    directory: Directory | None = None

    def __str__(self) -> str:
        return str(self.place)


def end_of(text: str, *, standbys: int = 0, unsafe: bool = False) -> End:
    """text: a directory, a ledger's file, or a connection string of PostgreSQL."""
    if is_conninfo(text):
        database = Database(text, standbys, unsafe)
        return End(database, documents_in(Directory(Path(gettempdir())), database))
    path = Path(text)
    if path.is_file():
        return End(path, FolderDocuments(documents_beside(path)))
    directory = Directory(path)
    named = directory.database
    if named is None:
        return End(directory.ledger_db, documents_in(directory, None), directory)
    database = Database(named.conninfo, standbys, unsafe)
    return End(database, documents_in(directory, database), directory)


def is_conninfo(text: str) -> bool:
    """A URI, or libpq's words (host=… dbname=…), which no directory is called."""
    return text.startswith(("postgresql://", "postgres://")) or ("=" in text and not Path(text).exists())


def documents_beside(file: Path) -> Path:
    """town.db → town.files; a ledger.db in its directory → files there."""
    return file.parent / "files" if file.name == "ledger.db" else file.with_suffix(".files")


class Target(Protocol):
    """What is written. It holds the beginning of the same log already, or nothing."""

    def insert(self, before: Head, plan: Plan) -> None:
        """One durable transaction. Raises StorageError if the log does not end with `before` any more."""

    def picture(self) -> Picture:
        """What is there, to be closed."""


class FileTarget:
    """Implements Target: an SQLite file, made if it is not there; in a `with`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        log, reader = open_log(path)
        reader.close()
        log.close()
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA synchronous=FULL")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def insert(self, before: Head, plan: Plan) -> None:
        try:
            with closing(self._connection.cursor()) as cursor:
                cursor.execute("BEGIN IMMEDIATE")
                try:
                    check_unmoved(before, select_head(cursor), self._path)
                    insert_plan(cursor, plan)
                    cursor.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        cursor.execute("ROLLBACK")
                    raise
        except sqlite3.Error as error:
            raise StorageError(
                Sentence("{path} cannot be written: {why}", "file-unwritable", path=self._path, why=error)
            ) from error

    def picture(self) -> Picture:
        return open_picture(self._path)


class DatabaseTarget:
    """Implements Target: a migrated PostgreSQL database, over one connection; in a `with`.

    Raises StorageError, and Stopped for a database that does not sync what it commits.
    """

    def __init__(self, database: Database) -> None:
        from ledger.store.postgres.database import connect, telling  # noqa: PLC0415 -- the driver, where it is used
        from ledger.store.postgres.durable import DURABILITY, check_durable  # noqa: PLC0415
        from ledger.store.postgres.migrating import check_migrated  # noqa: PLC0415

        check_migrated(database)
        self._database, self._telling, self._whole = database, telling, False
        with ExitStack() as opened:
            self._connection = connect(database)
            opened.callback(self._connection.close)
            with telling(str(database)):
                self._connection.execute(
                    "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0"
                )
                row = self._connection.execute(DURABILITY).fetchone() or ("off", "off", "")
            check_durable(row, database.standbys, database.unsafe)
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    @contextmanager
    def whole(self) -> Iterator[None]:
        """One transaction around everything: nobody sees any of it before all of it is there and checked."""
        with self._telling(str(self._database)), self._durably():
            self._whole = True
            try:
                yield
            finally:
                self._whole = False

    def head(self) -> Head:
        """Under the lock of the head row, which is kept to the end of the transaction."""
        row = self._connection.execute("SELECT frontier, recorded_at FROM head FOR UPDATE").fetchone()
        if row is None:
            raise StorageError(Sentence("the log has no head row", "head-missing"))
        return Head(Frontier.from_bytes(bytes(row[0])), row[1])

    def insert(self, before: Head, plan: Plan) -> None:
        from ledger.store.postgres.inserting import insert_plan as insert_rows  # noqa: PLC0415 -- the driver

        with self._telling(str(self._database)), self._transaction(), self._connection.cursor() as cursor:
            check_unmoved(before, self.head(), self._database)
            insert_rows(cursor, plan)

    def _transaction(self) -> AbstractContextManager[object]:
        return ExitStack() if self._whole else self._durably()

    @contextmanager
    def _durably(self) -> Iterator[None]:
        """One transaction; a commit that was answered with a warning is none."""
        from ledger.store.postgres.durable import Patience  # noqa: PLC0415 -- the driver, where it is used

        with Patience(0).watching(self._connection) as watch:
            with self._connection.transaction():
                yield
            watch.check_commit()

    def picture(self) -> Picture:
        """Within `whole`: of what is not committed yet."""
        if self._whole:
            return picture_over(self._database, self._connection, ExitStack())
        return open_picture(self._database)


def check_unmoved(before: Head, found: Head, where: object) -> None:
    if found != before:
        raise StorageError(
            Sentence(
                "{where} was written by another process meanwhile: stop whoever serves it, and look at it",
                "copy-moved",
                where=where,
            )
        )


def check_prefix(head: Head, root: bytes | None, size: int, where: object) -> None:
    """Does a target's log go on as the source does? root: the source's at the target's size.

    Raises BackupError.
    """
    if head.size > size:
        raise BackupError(
            Sentence(
                "{where} holds {size} entries, and the source only {held}: it is kept",
                "copy-longer",
                where=where,
                size=head.size,
                held=size,
            )
        )
    if head.size and head.frontier.root() != root:
        raise BackupError(
            Sentence(
                "{where} holds another log, or another past of this one: its {size} entries are not the"
                " source's first ones",
                "copy-other-log",
                where=where,
                size=head.size,
            )
        )
