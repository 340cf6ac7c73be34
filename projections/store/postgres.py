"""Generations as schemas beside the log's, in one PostgreSQL database; one process leads and writes.

Who leads holds an advisory lock on the very connection that it writes by: with the connection the lead is
lost, and nothing can be written. docs/decisions/0016-postgresql.md.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import psycopg
import psycopg_pool
from eventsourcing import postgres as stock
from eventsourcing.persistence import ProgrammingError, Tracking
from psycopg import sql
from psycopg.rows import DictRow, dict_row

from ledger.errors import StorageError
from ledger.store.place import Database
from ledger.store.postgres.database import (
    connect,
    connection_string,
    prepare,
    primary,
    shown,
    telling,
)
from ledger.store.postgres.durable import Patience
from ledger.store.postgres.tail import PostgresTail
from ledger.store.sql import statements
from projections.generation import APPLICATION, RULES_VERSION
from projections.store.base import Connection, Drained, Rows, Values, Writing
from projections.store.dialect import definition, question

STATEMENTS: Final = [definition(one) for one in statements(Path(__file__).parent.parent / "schema.sql")]
CHANNEL: Final = "pledger_applied"
CONNECTIONS_MAX: Final = 10
# For one answer: a server that is frozen gives none, and breaks no connection.
READ_SECONDS: Final = 20.0
REPLICA_SECONDS: Final = 3.0  # then the primary is asked
WRITE_SECONDS: Final = 60.0
STAND_SECONDS: Final = 0.5  # between tries to take the lead: each is a connection of its own
_CLASS: Final = 0x506C6564  # "Pled": the first half of the advisory lock's key
_BATCH: Final = "INSERT INTO batches VALUES (%s,%s) ON CONFLICT (position) DO UPDATE SET root=excluded.root"
_TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname=%s"
_NEWEST: Final = "SELECT position, root FROM batches ORDER BY position DESC LIMIT 1"


def _among(values: Sequence[int] | Sequence[str]) -> tuple[str, Any]:
    kind = "bigint" if values and isinstance(values[0], int) else "text"
    return f"(SELECT unnest(CAST(? AS {kind}[])))", list(values)


class PostgresConnection:
    """Implements Connection and Writing over one of psycopg's. with_log: is the log within reach, too?"""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        where: str,
        patience: Patience,
        *,
        with_log: bool = False,
    ) -> None:
        self._cursor = connection.cursor()
        self._connection, self._where, self._patience = connection, where, patience
        self.log = PostgresTail(self._ask) if with_log else None

    def _ask(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with telling(self._where), self._patience.watching(self._connection):
            return self._connection.execute(query.encode(), values).fetchall()

    def execute(self, query: str, values: Values = (), /) -> Rows:
        """Each answer is read whole: a cursor of its own, since some are asked while others are read."""
        with telling(self._where), self._patience.watching(self._connection):
            return self._connection.execute(question(query).encode(), values)

    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> object:
        with telling(self._where), self._patience.watching(self._connection):
            given = list(rows)
            if given:
                self._cursor.executemany(question(query).encode(), given)
            return None

    def among(self, values: Sequence[int] | Sequence[str], /) -> tuple[str, Any]:
        return _among(values)


class _OneConnection(stock.PostgresDatastore):
    """eventsourcing's datastore over one connection that somebody else holds."""

    def __init__(self, connection: psycopg.Connection[Any], schema: str) -> None:
        super().__init__("", "", 0, "", "", schema=schema, originator_id_type="text")
        self._connection = connection

    def register_type_adapters(self) -> None:
        """No composite type is used."""

    @contextmanager
    def get_connection(self) -> Iterator[psycopg.Connection[Any]]:
        ours = self._connection.row_factory
        self._connection.row_factory = dict_row
        try:
            yield self._connection
        except psycopg.ProgrammingError as error:  # what create_table takes for "not made yet"
            raise ProgrammingError(str(error)) from error
        finally:
            self._connection.row_factory = ours

    @contextmanager
    def transaction(self, *, commit: bool = False) -> Iterator[psycopg.Cursor[DictRow]]:
        with (
            self.get_connection(),
            self._connection.transaction(force_rollback=not commit),
            self._connection.cursor(row_factory=dict_row) as cursor,
        ):
            yield cursor


class SchemaGeneration:
    """Implements Generation: one schema, written by the connection that leads."""

    def __init__(
        self, connection: psycopg.Connection[Any], name: str, where: str, patience: Patience
    ) -> None:
        self.name = name
        self._connection, self._where, self._patience = connection, where, patience
        with telling(where):
            self._enter()
            self._recorder = stock.PostgresTrackingRecorder(
                _OneConnection(connection, name), tracking_table_name="tracking"
            )

    def _enter(self) -> None:
        self._connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(self.name)))

    def newest(self) -> tuple[int, bytes] | None:
        with telling(self._where):
            row = self._connection.execute(_NEWEST).fetchone()
            tracked = self._recorder.max_tracking_id(APPLICATION) or 0
        if tracked != (row[0] if row is not None else 0):
            raise StorageError("the projections are not whole: rebuild them")
        return (row[0], bytes(row[1])) if row is not None else None

    @contextmanager
    def transaction(self) -> Iterator[Writing]:
        with telling(self._where), self._connection.transaction():
            # What is lost with the power is applied again, and is not what anybody waits for.
            self._connection.execute("SET LOCAL synchronous_commit TO off")
            yield PostgresConnection(self._connection, self._where, self._patience)
            self._connection.execute(f"NOTIFY {CHANNEL}")

    def track(self, writing: Writing, position: int, root: bytes) -> None:
        with telling(self._where), self._connection.cursor(row_factory=dict_row) as cursor:
            self._recorder._insert_tracking(cursor, Tracking(APPLICATION, position))
            cursor.execute(_BATCH, (position, root))

    def close(self) -> None:
        """The connection is the lead's, and stays open."""


class SchemaGenerations:
    """Implements Generations.

    replica: a connection string of servers that may only be read; then nothing is written here.
    beside: make a generation beside the one that a server leads, which goes on with it when it is current.
    """

    def __init__(self, database: Database, *, replica: str | None = None, beside: bool = False) -> None:
        self.database, self._replica, self._beside = database, replica, beside
        self._where = shown(replica or database.conninfo)
        self._prefix = f"{database.schema}_p"
        self._name = re.compile(rf"^{re.escape(self._prefix)}([0-9]+)$")
        self._leading: psycopg.Connection[Any] | None = None
        self._stood = float("-inf")
        self._patience = Patience(WRITE_SECONDS)
        self.term = 0
        self._leaving: set[str] = set()  # generations that are not needed any more
        self._views = _Views(database, replica, self._where)

    # -- leading --------------------------------------------------------------------

    def lead(self) -> bool:
        if self._replica is not None:
            return False
        if self._leading is not None:
            try:
                with self._patience.watching(self._leading):
                    self._leading.execute("SELECT 1")
            except psycopg.Error:
                self._let_go()
        if self._leading is None and time.monotonic() - self._stood >= STAND_SECONDS:
            self._leading, self._stood = self._stand(), time.monotonic()
            self.term += 1
        if self._leading is not None:
            self._clear()
        return self._leading is not None

    def _stand(self) -> psycopg.Connection[Any] | None:
        """The connection that leads, if nobody else has one."""
        connection = _for_writing(connect(self.database))
        try:
            with telling(self._where):
                query = "SELECT pg_try_advisory_lock(%s, hashtext(%s))"
                row = connection.execute(query, (_CLASS, self.database.schema)).fetchone()
        except BaseException:
            connection.close()
            raise
        if row is not None and row[0]:
            return connection
        connection.close()
        return None

    def _let_go(self) -> None:
        if self._leading is not None:
            with suppress(psycopg.Error):
                self._leading.close()
        self._leading = None

    def _writing(self) -> psycopg.Connection[Any]:
        if self._leading is None and self._beside:
            self._leading = _for_writing(connect(self.database))
        if self._leading is None:
            raise StorageError("another process writes the projections")
        return self._leading

    # -- generations -----------------------------------------------------------------

    def current(self) -> str | None:
        with self._views.connection() as connection, self._views.patience.watching(connection):
            row = connection.execute("SELECT current FROM generations").fetchone()
        return row[0] if row is not None and row[0] is not None and self._name.match(row[0]) else None

    def is_usable(self, name: str) -> bool:
        with self._views.connection() as connection, self._views.patience.watching(connection):
            return _version(connection, name) == RULES_VERSION

    def create(self) -> SchemaGeneration:
        connection, name = self._writing(), self._following()
        with telling(self._where), connection.transaction():
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
            connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(name)))
            for statement in (*STATEMENTS, "CREATE TABLE rules (version bigint NOT NULL)"):
                connection.execute(statement.encode())
            connection.execute("INSERT INTO rules VALUES (%s)", (RULES_VERSION,))
        generation = SchemaGeneration(connection, name, self._where, self._patience)
        with telling(self._where):
            generation._recorder.create_table()
        return generation

    def _numbers(self) -> list[int]:
        """Of all generations that there are, and of the one that is named, were it gone."""
        with telling(self._where):
            query = sql.SQL(
                "SELECT nspname FROM pg_namespace WHERE nspname LIKE %s UNION SELECT current FROM {}"
            ).format(sql.Identifier(self.database.schema, "generations"))
            rows = self._writing().execute(query, (self._prefix.replace("_", r"\_") + "%",)).fetchall()
        return [int(match[1]) for (name,) in rows if name and (match := self._name.match(name))]

    def _following(self) -> str:
        """A name that no generation has, nor had last: who reads by the old one's must not find the new."""
        last = self.current() or f"{self._prefix}0"  # somebody may have dropped it
        return f"{self._prefix}{max([*self._numbers(), int(last.removeprefix(self._prefix))]) + 1}"

    def _before(self, name: str) -> list[str]:
        """Older ones, but for the one before, which others may read. Newer ones may be in the making."""
        number = int(name.removeprefix(self._prefix))
        return [f"{self._prefix}{one}" for one in sorted(self._numbers()) if one < number][:-1]

    def open(self, name: str) -> SchemaGeneration:
        return SchemaGeneration(self._writing(), name, self._where, self._patience)

    def readers(self, name: str) -> SchemaReaders:
        return SchemaReaders(self._views, name)

    def make_current(self, name: str) -> None:
        with telling(self._where):
            table = sql.Identifier(self.database.schema, "generations")
            self._writing().execute(sql.SQL("UPDATE {} SET current = %s").format(table), (name,))
        for older in self._before(name):  # what could not be removed in its time
            self.remove(older)

    def remove(self, name: str) -> None:
        """Whoever reads it on this server finishes first: it is tried again at each `lead`."""
        self._leaving.add(name)
        self._clear()

    def _clear(self) -> None:
        for name in sorted(self._leaving):
            with suppress(psycopg.Error):  # somebody reads it
                self._drop(name)
                self._leaving.remove(name)

    def _drop(self, name: str) -> None:
        """Without waiting: a reader that goes on to the next table would wait for us, and we for it."""
        connection = self._writing()
        with connection.transaction():
            tables = [sql.Identifier(name, table) for (table,) in connection.execute(_TABLES, (name,))]
            if tables:
                locked = sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE NOWAIT")
                connection.execute(locked.format(sql.SQL(", ").join(tables)))
            connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name)))

    def close(self) -> None:
        self._let_go()
        self._views.close()
        self._patience.close()


def _for_writing(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A batch may take its time."""
    connection.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
    return connection


class _Views:
    """A pool of connections for readers."""

    def __init__(self, database: Database, replica: str | None, where: str) -> None:
        whole = primary(database.conninfo)
        if replica is not None:
            whole = connection_string(replica, target_session_attrs="any")
        self.where, self.schema = where, database.schema
        self.patience = Patience(READ_SECONDS if replica is None else REPLICA_SECONDS)
        self._pool: psycopg_pool.ConnectionPool[psycopg.Connection[Any]] = psycopg_pool.ConnectionPool(
            whole,
            min_size=1,
            max_size=CONNECTIONS_MAX,
            timeout=5.0,
            reconnect_timeout=0,
            max_idle=300,
            configure=lambda connection: prepare(connection, database.schema),
            open=False,
            name="pledger-views",
        )
        self._pool.open()

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection[Any]]:
        with telling(self.where), self._pool.connection() as connection:
            yield connection

    def close(self) -> None:
        self._pool.close()
        self.patience.close()


class SchemaReaders:
    """Implements Readers: views of one schema, each one transaction with one snapshot."""

    damaged = False  # a rotten page is the database's, and its operator's

    def __init__(self, views: _Views, name: str) -> None:
        self._views, self._closed = views, threading.Event()
        self._begin = sql.SQL(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path TO {}, {}"
        ).format(sql.Identifier(name), sql.Identifier(views.schema))

    @contextmanager
    def view(self) -> Iterator[tuple[Connection, int]]:
        if self._closed.is_set():
            raise Drained
        with self._views.connection() as connection:
            try:
                try:
                    with self._views.patience.watching(connection):
                        connection.execute(self._begin)
                        row = connection.execute("SELECT MAX(position) FROM batches").fetchone()
                except psycopg.errors.UndefinedTable:  # it was removed: another one is current
                    raise Drained from None
                view = PostgresConnection(connection, self._views.where, self._views.patience, with_log=True)
                yield view, (row[0] if row else None) or 0
            finally:
                # Where it was cut, the pool makes another.
                with suppress(psycopg.Error), self._views.patience.watching(connection):
                    connection.execute("ROLLBACK")

    def close(self) -> None:
        self._closed.set()


def _version(connection: psycopg.Connection[Any], name: str) -> int | None:
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", (f"{name}.rules",)).fetchone()
    if row is None or not row[0]:
        return None
    query = sql.SQL("SELECT version FROM {}").format(sql.Identifier(name, "rules"))
    found = connection.execute(query).fetchone()
    return int(found[0]) if found is not None else None
