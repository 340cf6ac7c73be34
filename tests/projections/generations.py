"""The generations of a directory, in files or in its database, as tests look at them and spoil them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.directory import Directory
from ledger.store.base import LogReader
from ledger.store.place import Database
from projections.follower import Follower
from projections.following import generations_beside
from projections.generation import current
from projections.rebuild import Progress, rebuild_in
from projections.store.base import Connection


@dataclass(frozen=True)
class InDatabase:
    """A generation in a database; it is there, and goes, as a file does."""

    database: Database
    name: str

    def exists(self) -> bool:
        with self._connected() as connection:
            row = connection.execute("SELECT to_regnamespace(%s) IS NOT NULL", (self.name,)).fetchone()
        return bool(row[0])

    def unlink(self) -> None:
        self.run(f"DROP SCHEMA {self.name} CASCADE")

    def run(self, statement: str) -> None:
        with self._connected() as connection:
            connection.execute(f"SET search_path TO {self.name}")
            connection.execute(statement)

    @contextmanager
    def tables(self) -> Iterator[Connection]:
        from ledger.store.postgres.durable import Patience
        from projections.store.postgres import PostgresConnection

        with self._connected() as connection:
            connection.execute(f"SET search_path TO {self.name}")
            yield PostgresConnection(connection, "the tables of a test", Patience(0))

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        from ledger.store.postgres.database import connect

        with closing(connect(self.database)) as connection:
            yield connection


Made = Path | InDatabase


def follower_of(directory: Path, log: LogReader) -> Follower:
    """As a server follows the log of a directory, but without hints."""
    database = Directory(directory).database
    if database is None:
        return Follower(directory, log)
    from projections.store.postgres import SchemaGenerations

    return Follower(SchemaGenerations(database), log)


def rebuilt(directory: Path, log: LogReader, progress: Progress | None = None) -> Made:
    """As `pledger rebuild` makes a new one."""
    with closing(generations_beside(Directory(directory))) as generations:
        return _made(directory, rebuild_in(generations, log, progress))


def in_use(directory: Path) -> Made | None:
    """The current one."""
    database = Directory(directory).database
    if database is None:
        return current(directory)
    from projections.store.postgres import SchemaGenerations

    with closing(SchemaGenerations(database)) as generations:
        name = generations.current()
    return InDatabase(database, name) if name is not None else None


def numbers(directory: Path) -> list[int]:
    """Of all that are there."""
    database = Directory(directory).database
    names = [path.name for path in directory.glob("projections-*.db")]
    if database is not None:
        with InDatabase(database, database.schema).tables() as connection:
            names = [name for (name,) in connection.execute("SELECT nspname FROM pg_namespace").fetchall()]
    pattern = re.compile(r"(?:projections-|pledger_p)([0-9]+)(?:\.db)?")
    return sorted(int(found[1]) for name in names if (found := pattern.fullmatch(name)))


def run(made: Made, statement: str) -> None:
    """Somebody changes a generation that nobody has open."""
    if isinstance(made, InDatabase):
        made.run(statement)
        return
    with closing(sqlite3.connect(made)) as connection, connection:
        connection.execute(statement)


def _made(directory: Path, name: str) -> Made:
    database = Directory(directory).database
    return directory / name if database is None else InDatabase(database, name)
