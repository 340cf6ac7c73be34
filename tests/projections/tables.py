"""A generation beside a log, written step by step, and a connection that reads it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.store.base import LogReader
from projections.reading import Reading
from projections.store.base import Connection, Generation
from projections.store.sqlite import FileGeneration, SQLiteConnection
from projections.writer import Writer
from tests.projections.generations import InDatabase, Made
from tests.support.places import ON_POSTGRES, new_database

if TYPE_CHECKING:
    from projections.store.postgres import SchemaGenerations

Rows = dict[str, list[tuple[Any, ...]]]

# Batches and tracking tell how the log was cut into transactions, not what is in it.
CONTENTS = {
    "cells": "SELECT programme, path FROM cells",
    "lives": "SELECT programme, path, since, act_date, act_order, slot, line, counts_from, known_from, "
    "counts_to, known_to, said FROM lives JOIN cells ON cells.id=cell",
    "signers": "SELECT person, office, kid FROM signers",
    "signatures": "SELECT person, office, kid, leaf_index FROM signatures JOIN signers ON signers.id=signer",
    "last batch": "SELECT position, root FROM batches ORDER BY position DESC LIMIT 1",
}
WAYS_OF_WRITING = ("batches", "tracking", "migration", "rules")

_PLACES: dict[Path, SchemaGenerations] = {}  # tables that are in a database


def contents(path: Made) -> Rows:
    """Every row of every table, without ids; what depends on the size of batches is left out."""
    if isinstance(path, InDatabase):
        with path.tables() as connection:
            return rows_of(connection, "SELECT tablename FROM pg_tables WHERE schemaname=current_schema()")
    if path in _PLACES:
        with _PLACES[path].readers(_name_in(_PLACES[path])).view() as (connection, _):
            return rows_of(connection, "SELECT tablename FROM pg_tables WHERE schemaname=current_schema()")
    with sqlite3.connect(path, factory=SQLiteConnection) as file:
        found = rows_of(file, "SELECT name FROM sqlite_master WHERE type='table'")
    file.close()
    return found


def rows_of(connection: Connection, tables: str) -> Rows:
    """tables: a question for the names of all tables."""
    names = [name for (name,) in connection.execute(tables).fetchall() if name not in WAYS_OF_WRITING]
    queries = {name: f"SELECT * FROM {name}" for name in names} | CONTENTS  # noqa: S608
    return {
        name: sorted((tuple(row) for row in connection.execute(query).fetchall()), key=repr)
        for name, query in queries.items()
    }


def _name_in(generations: SchemaGenerations) -> str:
    name = generations.current()
    assert name is not None
    return name


class Tables:
    """Applies a log to a file of its own, or to a database; `restart` forgets everything but the tables."""

    def __init__(self, path: Path, log: LogReader, *, postgres: bool = ON_POSTGRES) -> None:
        self.path, self._log = path, log
        self._opened = ExitStack()
        self._open = self._in_database() if postgres else self._in_file()
        self.writer = Writer(self._open(), log)
        self.connection = self._view() if postgres else self._connect()

    def _in_file(self) -> Callable[[], Generation]:
        return lambda: FileGeneration(self.path)

    def _in_database(self) -> Callable[[], Generation]:
        from projections.store.postgres import SchemaGenerations

        _PLACES[self.path] = generations = SchemaGenerations(new_database(self.path), beside=True)
        self._opened.callback(generations.close)
        self._opened.callback(_PLACES.pop, self.path)
        name = generations.create().name
        generations.make_current(name)
        return lambda: generations.open(name)

    def _connect(self) -> Connection:
        connection = sqlite3.connect(self.path, factory=SQLiteConnection)
        self._opened.callback(connection.close)
        connection.execute("PRAGMA query_only=ON")
        return connection

    def _view(self) -> Connection:
        """In autocommit: every question sees what is there by then, as with a file."""
        from ledger.store.postgres.database import connect
        from ledger.store.postgres.durable import Patience
        from projections.store.postgres import PostgresConnection

        generations = _PLACES[self.path]
        connection = connect(generations.database)
        self._opened.callback(connection.close)
        connection.execute(f"SET search_path TO {_name_in(generations)}".encode())
        return PostgresConnection(connection, "the tables of a test", Patience(0))

    def close(self) -> None:
        self.writer.close()
        self._opened.close()

    def __enter__(self) -> Tables:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def position(self) -> int:
        return self.writer.position

    def apply(self, count: int) -> int:
        """Apply the next entries, in one transaction; returns how many there were."""
        entries = self._log.entries(self.writer.position, count)
        if entries:
            self.writer.apply(entries)
        return len(entries)

    def catch_up(self, batch: int = 1000) -> None:
        while self.apply(batch):
            pass

    def restart(self) -> None:
        self.writer.close()
        self.writer = Writer(self._open(), self._log)

    def reading(self, position: int | None = None) -> Reading:
        """As known at a position, by default at the log's head, which is applied first."""
        self.catch_up()
        return Reading(self.connection, self._log, self.position if position is None else position)
