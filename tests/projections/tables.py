"""A generation beside a log, written step by step, and a connection that reads it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from ledger.store.base import LogReader
from projections.reading import Reading
from projections.store.sqlite import SQLiteConnection
from projections.writer import Writer

Rows = dict[str, list[tuple[Any, ...]]]

# Batches and tracking tell how the log was cut into transactions, not what is in it.
CONTENTS = {
    "cells": "SELECT programme, path FROM cells",
    "lives": "SELECT programme, path, since, act_date, act_order, slot, line, counts_from, known_from, "
    "counts_to, known_to, said FROM lives JOIN cells ON cells.id=cell",
    "last batch": "SELECT position, root FROM batches ORDER BY position DESC LIMIT 1",
}
WAYS_OF_WRITING = ("batches", "tracking", "migration")


def contents(path: Path) -> Rows:
    """Every row of every table, without ids; what depends on the size of batches is left out."""
    with sqlite3.connect(path) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
        queries = {name: f"SELECT * FROM {name}" for (name,) in tables if name not in WAYS_OF_WRITING}  # noqa: S608
        queries |= CONTENTS
        rows = {name: sorted(connection.execute(query), key=repr) for name, query in queries.items()}
    connection.close()
    return rows


class Tables:
    """Applies a log to a file of its own; `restart` forgets everything but the file."""

    def __init__(self, path: Path, log: LogReader) -> None:
        self.path, self._log = path, log
        self.writer = Writer(path, log)
        self.connection = sqlite3.connect(path, factory=SQLiteConnection)
        self.connection.execute("PRAGMA query_only=ON")

    def close(self) -> None:
        self.connection.close()
        self.writer.close()

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
        self.writer = Writer(self.path, self._log)

    def reading(self, position: int | None = None) -> Reading:
        """As known at a position, by default at the log's head, which is applied first."""
        self.catch_up()
        return Reading(self.connection, self._log, self.position if position is None else position)
