"""The stores that the rows are about: how a server starts on one, and what is found in it afterwards.

What breaks only one of them is of its own class; everything else is said once, of `Store`.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Protocol

from ledger.entry import Entry, read_entry
from ledger.merkle import leaf_hash
from tests.faults.account import Found
from tests.faults.process import Ended, Forge, Server
from tests.support.log import Small, audit
from tests.support.town import ORIGIN

LOCK_SECONDS = 5.0  # how long a submission waits for the store's lock


class Store(Protocol):
    """One ledger in one store, and the machine's own folder of it.

    small: its keys and its files. name: of the table's column.
    """

    name: str
    small: Small

    def serve(self, *words: object, **environment: str) -> Server:
        """Start a server; it is not waited for."""

    def refused(self, *words: object, **environment: str) -> Ended:
        """A server that does not start: how it ended."""

    def found(self) -> Found:
        """All that is there, read past the ledger's own code."""

    def check(self) -> int:
        """Recompute everything, and have `pledger verify` judge it; the number of entries.

        Everything includes tree, head and keys. Fails with what is wrong.
        """

    def locked(self) -> AbstractContextManager[None]:
        """While somebody else holds the lock that appending takes."""


class SQLiteStore:
    """ledger.db in a folder."""

    name = "sqlite"

    def __init__(self, small: Small, forge: Forge) -> None:
        self.small, self._forge = small, forge

    @property
    def path(self) -> Path:
        return self.small.path

    @property
    def database(self) -> Path:
        return self.path / "ledger.db"

    def serve(self, *words: object, **environment: str) -> Server:
        return self._forge.serve("--data", self.path, *words, **environment)

    def refused(self, *words: object, **environment: str) -> Ended:
        return self.serve(*words, **environment).refused()

    def found(self) -> Found:
        with closing(sqlite3.connect(self.database)) as database:
            return found_in(database)

    def check(self) -> int:
        read = audit(self.path, self.small.log_key)
        ended = self.verified()
        assert ended.code == 0, ended
        return read.size

    def verified(self) -> Ended:
        """What `pledger verify` says of the file."""
        return verified(self.small, self._forge)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Somebody looks into the file with a tool that writes."""
        with closing(sqlite3.connect(self.database, isolation_level=None, timeout=30)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")


def verified(small: Small, forge: Forge) -> Ended:
    """`pledger verify` of a ledger.db, by a trust file."""
    trust = small.path.parent / "trust.json"
    trusted = {"origin": ORIGIN, "genesis": small.genesis, "log_key": small.log_key}
    trust.write_text(json.dumps(trusted), encoding="utf8")
    return forge.run("verify", small.path / "ledger.db", "--trust", trust)


def found_in(database: sqlite3.Connection) -> Found:
    """All that a ledger.db holds."""
    rows = database.execute("SELECT rowid, state FROM stored_events ORDER BY rowid").fetchall()
    entries = [read_entry(row[1]) for row in rows]
    return Found(entries, list(_torn(database, [row[0] for row in rows], entries)))


def _torn(database: sqlite3.Connection, rowids: list[int], entries: list[Entry]) -> Iterator[str]:
    """What is there without what belongs to it."""
    if rowids != list(range(1, len(rowids) + 1)):
        yield "leaf indexes have gaps"
    size = database.execute("SELECT size FROM head").fetchone()[0]
    if size != len(entries):
        yield f"the head says {size}, and there are {len(entries)} entries"
    leaves = dict(database.execute("SELECT node_index, hash FROM nodes WHERE level=0"))
    payloads = dict(database.execute("SELECT leaf_index, payload FROM payloads"))
    events = {row[0] for row in database.execute("SELECT leaf_index FROM events")}
    for entry in entries:
        if leaves.pop(entry.index, None) != leaf_hash(entry.raw):
            yield f"entry {entry.index} has no leaf"
        if payloads.pop(entry.index, None) != hashlib.sha256(entry.payload).digest():
            yield f"entry {entry.index} cannot be found by its payload"
        if entry.index not in events:
            yield f"entry {entry.index} cannot be found by its event"
    yield from (f"leaf {index} has no entry" for index in leaves)
    yield from (f"a payload of entry {index}, which is not there" for index in payloads)
