"""A ledger in PostgreSQL, for the rows that both stores share: a real server, which syncs what it commits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psycopg

from ledger.log import open_log
from ledger.store.place import SCHEMA, Database
from ledger.store.postgres.migrating import migrate
from tests.faults.account import Found
from tests.faults.process import Ended, Forge, Server
from tests.faults.stores import found_in, verified
from tests.support.log import Small, audit

# Of each table of a ledger.db: its columns, its name here, and its columns here.
_SAME = {
    "nodes": "level, node_index, hash",
    "payloads": "payload, leaf_index",
    "events": "event, leaf_index",
    "names": "name, stream, leaf_index",
    "checkpoints": "size, note",
    "head": "id, size, frontier, recorded_at",
}
_EVENTS = "originator_id, originator_version, topic, state"
TABLES = {
    "stored_events": (f"{_EVENTS}, rowid", "pledger_events", f"{_EVENTS}, notification_id"),
    **{table: (columns, table, columns) for table, columns in _SAME.items()},
}


class PostgresStore:
    """Implements Store: a database of its own, and a folder with the keys that names it."""

    name = "postgres"

    def __init__(self, small: Small, forge: Forge, conninfo: str) -> None:
        self.small, self._forge, self.conninfo = small, forge, conninfo
        migrate(Database(conninfo))
        with closing(sqlite3.connect(small.path / "ledger.db")) as given, self._connection() as taken:
            taken.execute("DELETE FROM head")
            _copy_in(given, taken)
        for file in [*small.path.glob("ledger.db*"), *small.path.glob("projections-*")]:
            file.unlink()
        (small.path / "CURRENT").unlink(missing_ok=True)
        (small.path / "database").write_text(f"{conninfo}\n", encoding="utf8")

    def _connection(self) -> psycopg.Connection:
        return psycopg.connect(self.conninfo, options=f"-c search_path={SCHEMA}")

    @property
    def path(self) -> Path:
        return self.small.path

    def serve(self, *words: object, **environment: str) -> Server:
        return self._forge.serve("--data", self.path, *words, **environment)

    def refused(self, *words: object, **environment: str) -> Ended:
        return self.serve(*words, **environment).refused()

    def found(self) -> Found:
        with self._copied_out() as copy, closing(sqlite3.connect(copy.path / "ledger.db")) as database:
            return found_in(database)

    def check(self) -> int:
        """By a copy in a ledger's file: the same audit, and the same verifier."""
        with self._copied_out() as copy:
            read = audit(copy.path, copy.log_key)
            ended = verified(copy, self._forge)
            assert ended.code == 0, ended
            return read.size

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Somebody holds the row of the head."""
        with self._connection() as other:
            other.execute("SELECT 1 FROM head FOR UPDATE")
            yield
            other.rollback()

    def cut_connections(self) -> int:
        """End the sessions of all who are connected, at whatever they are; how many there were."""
        query = (
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname=current_database()"
        )
        with self._connection() as other:
            row = other.execute(f"{query} AND pid<>pg_backend_pid()").fetchone()
            assert row is not None
            return int(row[0])

    @contextmanager
    def _copied_out(self) -> Iterator[Small]:
        folder = self.path.parent / "copied-out"
        folder.mkdir()
        copy = replace(self.small, path=folder)
        log, reader = open_log(folder / "ledger.db")
        log.close()
        reader.close()
        with closing(sqlite3.connect(folder / "ledger.db")) as taken, self._connection() as given:
            for table, (columns, there, theirs) in TABLES.items():
                rows = given.execute(_select(there, theirs).encode()).fetchall()
                taken.executemany(_insert(table, columns, "?"), rows)
            taken.commit()
        try:
            yield copy
        finally:
            for file in folder.iterdir():
                with suppress(FileNotFoundError):
                    file.unlink()
            folder.rmdir()


def _copy_in(given: sqlite3.Connection, taken: psycopg.Connection) -> None:
    for table, (columns, there, theirs) in TABLES.items():
        rows = given.execute(_select(table, columns)).fetchall()
        taken.cursor().executemany(_insert(there, theirs, "%s").encode(), rows)


def _select(table: str, columns: str) -> str:
    return f"SELECT {columns} FROM {table}"  # noqa: S608 -- names of TABLES


def _insert(table: str, columns: str, mark: str) -> str:
    marks = ",".join(mark for _ in columns.split(","))
    return f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 -- names of TABLES
