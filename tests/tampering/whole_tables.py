"""Rows, tables, the schema and the file itself: deleted, added, emptied, replaced, cut, overwritten."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from tests.tampering.cells import Cell, cells_of, columns_of, other, tables_of, unguarded
from tests.tampering.harness import UNREADABLE, Attack, sql

PAGE = 4096


def deletions(path: Path, table: str, finds: frozenset[str], *, every: bool) -> Iterator[Attack]:
    """Each row deleted; else the middle one and the last."""
    column = next(one for one in columns_of(path) if one.table == table)
    where = " AND ".join(f"{name} = ?" for name in column.key)
    cells = cells_of(path, column)
    some = range(len(cells)) if every else sorted({len(cells) // 2, len(cells) - 1})
    for place in some:
        query = f"DELETE FROM {table} WHERE {where}"
        yield Attack(f"{table}: row {place} deleted", finds, _run(query, cells[place][0]))


def _run(query: str, parameters: tuple[Cell, ...] = ()) -> Callable[[Path], None]:
    return lambda path: sql(path, query, parameters=parameters)


def addition(path: Path, table: str, finds: frozenset[str]) -> Attack:
    """The last row once more, under another key."""

    def apply(copy: Path) -> None:
        with unguarded(copy) as connection:
            names = [str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")]
            column = next(one for one in columns_of(path) if one.table == table)
            key, _ = cells_of(path, column)[-1]
            where = " AND ".join(f"{name} = ?" for name in column.key)
            row = list(
                connection.execute(f"SELECT {', '.join(names)} FROM {table} WHERE {where}", key).fetchone()
            )
            keyed = "originator_version" if table == "stored_events" else column.key[-1]
            row[names.index(keyed)] = other(row[names.index(keyed)])
            marks = ", ".join("?" for _ in names)
            connection.execute(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", row)

    return Attack(f"{table}: a row added", finds, apply)


def emptied(table: str, finds: frozenset[str]) -> Attack:
    return Attack(f"{table}: emptied", finds, _run(f"DELETE FROM {table}"))


def dropped(table: str, finds: frozenset[str]) -> Attack:
    return Attack(f"{table}: dropped", finds, _run(f"DROP TABLE {table}"))


_OBJECT, _COLUMNS = frozenset(["tables/unknown-object"]), frozenset(["tables/other-columns"])


def schema_attacks(path: Path, *, every: bool) -> Iterator[Attack]:
    """What does not belong into a ledger's database, and tables of another make; of each make one, else."""
    for name, finds, query in (
        ("a table", _OBJECT, "CREATE TABLE notes (text TEXT)"),
        ("a view", _OBJECT, "CREATE VIEW everything AS SELECT * FROM stored_events"),
        (
            "a trigger",
            _OBJECT,
            "CREATE TRIGGER quiet AFTER INSERT ON stored_events BEGIN DELETE FROM names; END",
        ),
        ("a virtual table", _OBJECT, "CREATE VIRTUAL TABLE found USING fts5(text)"),
        ("a shadow of a ledger's name", _OBJECT, "CREATE TABLE stored_events_old (text TEXT)"),
    ):
        yield Attack(f"schema: {name} added", finds, _run(query))
    for place, table in enumerate(tables_of(path)):
        finds = _COLUMNS | {"format/other-columns", UNREADABLE}
        makes = (
            Attack(f"{table}: a column added", finds, _run(f"ALTER TABLE {table} ADD COLUMN more TEXT")),
            Attack(f"{table}: renamed", finds | _OBJECT, _run(f"ALTER TABLE {table} RENAME TO gone")),
            _viewed(table),
        )
        yield from makes if every else makes[place % 3 :][:1]


def _viewed(table: str) -> Attack:
    """A view under a table's name: it may show what it likes."""

    def apply(path: Path) -> None:
        sql(
            path,
            f"ALTER TABLE {table} RENAME TO hidden",
            f"CREATE VIEW {table} AS SELECT * FROM hidden",
        )

    return Attack(f"{table}: a view in its place", _OBJECT | {UNREADABLE}, apply)


# -- the file --------------------------------------------------------------------------

_DAMAGE = frozenset([
    UNREADABLE, "tables/database-damaged", "tables/row-differs", "tables/head-differs", "tree/other-root",
    "format/entries-missing", "entries/malformed-entry", "genesis/no-opening", "format/no-checkpoint",
])  # fmt: skip


def cuts(path: Path) -> Iterator[Attack]:
    """The file ends too early."""
    size = path.stat().st_size
    for kept in (0, 50, PAGE, size // 2, size - PAGE, size - 1):
        yield Attack(f"file: cut to {kept} of {size} bytes", _DAMAGE, _cut(kept))


def _cut(kept: int) -> Callable[[Path], None]:
    def apply(path: Path) -> None:
        with path.open("r+b") as file:
            file.truncate(kept)

    return apply


def garbage(path: Path, *, every: bool) -> Iterator[Attack]:
    """A page of the file overwritten."""
    pages = path.stat().st_size // PAGE
    for page in range(pages) if every else sorted({0, 1, pages // 2, pages - 1}):
        yield Attack(f"file: page {page} overwritten", _DAMAGE, _overwrite(page))


def _overwrite(page: int) -> Callable[[Path], None]:
    def apply(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(page * PAGE)
            file.write(random.Random(page).randbytes(PAGE))

    return apply


def content_of(path: Path) -> list[str] | None:
    """All that a database says; None if it cannot be read."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            return list(connection.iterdump())
    except (sqlite3.DatabaseError, UnicodeDecodeError, ValueError):
        return None
