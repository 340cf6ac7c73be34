"""COMMITs of entries, and of what is applied of them, that fail by plan: before they did it, or after."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from eventsourcing.sqlite import SQLiteConnection

from tests.support.places import ON_POSTGRES

Meanwhile = Callable[[Callable[[], object]], object]


@contextmanager
def failing(meanwhile: Meanwhile) -> Iterator[None]:
    """Instead of each COMMIT of entries `meanwhile` is called with what would commit; then it fails."""
    with _failing_connections(meanwhile) if ON_POSTGRES else _failing_files(meanwhile):
        yield


@contextmanager
def _failing_files(meanwhile: Meanwhile) -> Iterator[None]:
    def commit(connection: SQLiteConnection) -> None:
        meanwhile(connection._sqlite_conn.commit)
        raise sqlite3.OperationalError("disk I/O error (planted)")

    with patch.object(SQLiteConnection, "commit", commit):
        yield


@contextmanager
def _failing_connections(meanwhile: Meanwhile) -> Iterator[None]:
    """The connection ends there, as when a network does. What only waits for a disk is let through."""
    import psycopg

    from ledger.store.postgres.inserting import insert_plan
    from projections.store.postgres import SchemaGeneration

    leave, track = psycopg.Transaction.__exit__, SchemaGeneration.track
    inserted: set[psycopg.Connection[Any]] = set()

    def noted(cursor: psycopg.Cursor[Any], plan: Any) -> None:
        insert_plan(cursor, plan)
        if plan.entries:  # else the outcome of such a commit is looked up
            inserted.add(cursor.connection)

    def tracked(generation: SchemaGeneration, *given: Any) -> None:
        track(generation, *given)
        inserted.add(generation._connection)

    def commit(transaction: psycopg.Transaction, *raised: Any) -> Any:
        connection = transaction.connection
        if connection not in inserted or raised[0] is not None:
            return leave(transaction, *raised)
        inserted.remove(connection)
        meanwhile(lambda: leave(transaction, None, None, None))
        connection.pgconn.finish()
        raise psycopg.OperationalError("connection lost (planted)")

    with (
        patch.object(psycopg.Transaction, "__exit__", commit),
        patch("ledger.store.postgres.recorder.insert_plan", noted),
        patch.object(SchemaGeneration, "track", tracked),
    ):
        yield
