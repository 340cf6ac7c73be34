"""Counting work: steps and statements of SQLite, entries read, hashes of the tree, signatures verified."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

import ledger.merkle
import ledger.store.sqlite
from ledger.keys import PublicKey

STEPS_EACH = 1  # instructions of SQLite's machine between two calls of the counter
FOLLOWING = "projections"  # the thread that looks for new entries now and then, so more often in a slow test


@dataclass
class Work:
    """steps: instructions of SQLite's virtual machine. A row that is looked at takes some; a bare COUNT(*) of
    a whole table is one.

    statements: as they were given; streams: those that were read as a whole; entries, nodes: read from
    the log; hashes: of the tree.
    """

    steps: int = 0
    hashes: int = 0
    entries: int = 0
    nodes: int = 0
    signatures: int = 0
    statements: list[str] = field(default_factory=list)
    streams: list[str] = field(default_factory=list)

    @property
    def written(self) -> list[str]:
        return [one for one in self.statements if one.lstrip().upper().startswith(("INSERT", "UPDATE"))]

    def touches(self, table: str) -> bool:
        """Does any statement name a table?"""
        return any(table in one.split() for one in self.statements)


class Counter:
    """Counts what is done through connections that are opened after it, until it is taken away."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._work = Work()
        self._patch = patch
        self._watch_connections()
        self._watch_entries()
        self._watch_tree()
        self._watch(PublicKey, "verify", self._verified)

    @contextmanager
    def counting(self) -> Iterator[Work]:
        """What is done within, by whatever thread."""
        self._work = work = Work()
        try:
            yield work
        finally:
            self._work = Work()

    def _watch_connections(self) -> None:
        connect = sqlite3.connect

        def watched(*args: Any, **options: Any) -> sqlite3.Connection:
            connection: sqlite3.Connection = connect(*args, **options)
            if threading.current_thread().name != FOLLOWING:
                connection.set_progress_handler(self._stepped, STEPS_EACH)
                connection.set_trace_callback(self._said)
            return connection

        self._patch.setattr(sqlite3, "connect", watched)

    def _watch_entries(self) -> None:
        self._watch(ledger.store.sqlite, "read_entry", self._read)
        self._watch(ledger.store.sqlite.SQLiteTail, "stream", self._streamed)
        self._watch(ledger.store.sqlite.SQLiteReader, "nodes", self._noded)

    def _watch_tree(self) -> None:
        self._watch(ledger.merkle, "sha256", self._hashed)

    def _watch(self, place: object, name: str, note: Any) -> None:
        """Let note(*arguments) know of each call."""
        original = getattr(place, name)

        def watched(*args: Any, **options: Any) -> Any:
            note(*args)
            return original(*args, **options)

        self._patch.setattr(place, name, watched)

    def _stepped(self) -> None:
        self._work.steps += STEPS_EACH

    def _said(self, statement: str) -> None:
        self._work.statements.append(statement)

    def _read(self, _: bytes) -> None:
        self._work.entries += 1

    def _streamed(self, _: object, stream: str) -> None:
        self._work.streams.append(stream)

    def _noded(self, _: object, ids: list[Any]) -> None:
        self._work.nodes += len(ids)

    def _hashed(self, _: bytes) -> None:
        self._work.hashes += 1

    def _verified(self, *_: object) -> None:
        self._work.signatures += 1
