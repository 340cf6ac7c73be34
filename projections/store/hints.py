"""NOTIFY as a hint: it may be lost, and on a replica there is none; looking again tells the truth."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import psycopg

from ledger.errors import StorageError
from ledger.store.place import Database
from ledger.store.postgres.database import connect
from ledger.store.postgres.inserting import CHANNEL as APPENDED
from projections.store.postgres import CHANNEL as APPLIED


class DatabaseHints:
    """Implements projections.follower.Hints. Used by one thread, but for `wake` and `close`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: psycopg.Connection[Any] | None = None
        self._closed = threading.Event()

    def wait(self, seconds: float) -> bool:
        try:
            connection = self._listening()
            came = any(True for _ in connection.notifies(timeout=seconds, stop_after=1))
            for _ in connection.notifies(timeout=0):
                pass  # what came meanwhile is seen by the same look
            return came
        except (psycopg.Error, StorageError):
            self._let_go()
            self._closed.wait(seconds)
            return False

    def _listening(self) -> psycopg.Connection[Any]:
        if self._connection is None:
            connection = connect(self._database)
            connection.execute(f"LISTEN {APPENDED}; LISTEN {APPLIED}")
            self._connection = connection
        return self._connection

    def _let_go(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
        self._connection = None

    def wake(self) -> None:
        """A commit has notified everybody already."""

    def close(self) -> None:
        """The thread that waits sees so within its next wait, and gives up the connection itself."""
        self._closed.set()

    def released(self) -> None:
        """After the thread has ended."""
        self._let_go()
