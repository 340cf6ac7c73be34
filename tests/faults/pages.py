"""Bit rot: bytes of a database's pages flipped, past the program that owns it."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

FLIPPED = 24  # bytes of one page


def tables_of(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as opened:
        rows = opened.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name").fetchall()
        return [row[0] for row in rows]


def pages_of(database: Path, table: str) -> list[int]:
    """The numbers of a table's pages, from 1 on."""
    with closing(sqlite3.connect(database)) as opened:
        rows = opened.execute("SELECT pageno FROM dbstat WHERE name=? ORDER BY pageno", (table,)).fetchall()
        return [row[0] for row in rows]


def settle_wal(database: Path) -> None:
    """Move SQLite's log into the file, which nobody uses."""
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def flip(database: Path, page: int, chance: random.Random) -> None:
    """Flip bits of a page's bytes where its rows are: the second half is never empty space."""
    with database.open("r+b") as file:
        file.seek(16)
        size = int.from_bytes(file.read(2), "big")
        for place in chance.sample(range(size // 2, size), FLIPPED):
            at = (page - 1) * size + place
            file.seek(at)
            (byte,) = file.read(1)
            file.seek(at)
            file.write(bytes([byte ^ 1 << chance.randrange(8)]))


def wipe(database: Path, page: int) -> None:
    """A page as a disk gives it back that lost it."""
    with database.open("r+b") as file:
        file.seek(16)
        size = int.from_bytes(file.read(2), "big")
        file.seek((page - 1) * size)
        file.write(bytes(size))
