"""Entries of a database for what reads a ledger's file: the making of bundles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import psycopg

from ledger.store.place import Database
from ledger.store.postgres.database import connect, telling
from ledger.verify.entry_file import EntryFile

_WORDS: Final = {"rowid": "notification_id", "stored_events": "pledger_events", "?": "%s", "%": "%%"}
_WORD: Final = re.compile(r"\browid\b|\bstored_events\b|[?%]")


@lru_cache(maxsize=64)
def _question(query: str) -> bytes:
    return _WORD.sub(lambda match: _WORDS[match[0]], query).encode()


class _Connection:
    """As much of sqlite3's as EntryFile asks for."""

    def __init__(self, database: Database) -> None:
        self._where = str(database)
        self._connection: psycopg.Connection[Any] = connect(database)

    def execute(self, query: str, values: Sequence[Any] = ()) -> Iterator[Any]:
        with telling(self._where):
            return self._connection.execute(_question(query), values)

    def close(self) -> None:
        self._connection.close()


class DatabaseEntries(EntryFile):
    """The same questions, asked of the primary. A log only grows, so that each answer is of one log."""

    def __init__(self, database: Database) -> None:
        super().__init__(Path())
        self._database = database
        self._asked: _Connection | None = None

    @property
    def connection(self) -> Any:
        if self._asked is None:
            self._asked = _Connection(self._database)
        return self._asked

    def close(self) -> None:
        if self._asked is not None:
            self._asked.close()
        self._asked = None
