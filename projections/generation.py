"""Generations of the projections: projections-<n>.db, and CURRENT that names the one in use.

CURRENT is replaced atomically, so that a rebuild swaps in a new generation while the old
one still answers; the tables can always be rebuilt, so a commit need not reach the disk.
A new one is on the disk as a whole before CURRENT names it.
"""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

from eventsourcing import sqlite as stock
from eventsourcing.persistence import Tracking

from ledger.durable import replace_durably
from ledger.store.sql import statements

# Raised whenever the tables, or what is written into them, change their meaning.
RULES_VERSION = 9
APPLICATION = "pledger"
_BATCH = "INSERT INTO batches VALUES (?,?) ON CONFLICT (position) DO UPDATE SET root=excluded.root"
STATEMENTS = statements(Path(__file__).parent / "schema.sql")
_NAME = re.compile(r"^projections-([0-9]+)\.db$")
_FILE = re.compile(r"^projections-([0-9]+)\.db(-wal|-shm)?$")


class GenerationRecorder(stock.SQLiteTrackingRecorder):
    """The tables of one generation, tracked by eventsourcing's own tracking table."""

    def construct_create_table_statements(self) -> list[str]:
        return [*super().construct_create_table_statements(), *STATEMENTS]

    def position(self) -> int:
        """How many entries are applied."""
        return self.max_tracking_id(APPLICATION) or 0

    def track(self, cursor: stock.SQLiteCursor, position: int, root: bytes) -> None:
        """Note a batch's position and root in the transaction that applies it."""
        self._insert_tracking(cursor, Tracking(APPLICATION, position))
        cursor.execute(_BATCH, (position, root))


class QuickPool(stock.SQLiteConnectionPool):
    """Connections that leave syncing to the system: what is lost is applied again."""

    def _create_connection(self) -> stock.SQLiteConnection:
        connection = super()._create_connection()
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA cache_size=-65536")
        cursor.execute("PRAGMA wal_autocheckpoint=4000")
        return connection


class FreshPool(stock.SQLiteConnectionPool):
    """For a generation that nobody reads: its file is written in place, not through a write-ahead log.

    A transaction can be rolled back; a crash in the middle leaves a useless file that CURRENT never named.
    """

    def _create_connection(self) -> stock.SQLiteConnection:
        connection = super()._create_connection()
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=MEMORY")
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.execute("PRAGMA cache_size=-65536")
        return connection


def open_generation(path: Path, *, fresh: bool = False) -> tuple[stock.SQLiteDatastore, GenerationRecorder]:
    """Open a generation's file for writing, made if it is not there. fresh: it is not current yet."""
    datastore = stock.SQLiteDatastore(str(path), pool_size=1, originator_id_type="text")
    datastore.pool.close()
    datastore.pool = (FreshPool if fresh else QuickPool)(db_name=str(path), pool_size=1)
    recorder = GenerationRecorder(datastore)
    recorder.create_table()
    return datastore, recorder


def current(directory: Path) -> Path | None:
    """The generation in use; None before the first, or if CURRENT names none."""
    pointer = directory / "CURRENT"
    if not pointer.is_file():
        return None
    name = pointer.read_text(encoding="utf8", errors="replace").strip()
    return directory / name if _NAME.match(name) else None


def following(directory: Path, used: str = "") -> Path:
    """The path for the next generation: no file has it, nor does a write-ahead log left behind.

    used: the name of one that may be gone from the directory and is open all the same.
    """
    named = current(directory)
    names = [path.name for path in directory.iterdir()] + ([named.name] if named is not None else []) + [used]
    numbers = [int(match[1]) for name in names if (match := _FILE.match(name))]
    return directory / f"projections-{max(numbers, default=0) + 1}.db"


def make_current(directory: Path, generation: Path) -> None:
    """Point CURRENT at a generation, atomically. Nobody has it open; all of it reaches the disk first."""
    with closing(sqlite3.connect(generation)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")  # from here on it is read while it is written
    _sync(generation)
    temporary = directory / "CURRENT.new"
    temporary.write_text(generation.name + "\n", encoding="utf8")
    _sync(temporary)
    replace_durably(temporary, directory / "CURRENT")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_generation(path: Path) -> None:
    """Remove a generation's files; readers that still have them open keep reading."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def is_usable(path: Path) -> bool:
    """Can the file be opened, and was it written under these rules?"""
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(path)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            connection.execute("SELECT 1 FROM batches LIMIT 1")
    except sqlite3.DatabaseError:
        return False
    return bool(version == RULES_VERSION)
