"""Every cell of every table, as the database itself lists them, changed in every way.

Tables and columns come from sqlite_master and PRAGMA table_info: a new one cannot be left out silently.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.tampering.harness import Attack

Cell = Any


@dataclass(frozen=True)
class Column:
    """name: `rowid` is one too where it is not declared. key: the columns that name a row."""

    table: str
    name: str
    key: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


def tables_of(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
        return [str(name) for (name,) in connection.execute(query)]


def columns_of(path: Path) -> list[Column]:
    """Every column of every table."""
    found = []
    with closing(sqlite3.connect(path)) as connection:
        for table in tables_of(path):
            info = connection.execute(f"PRAGMA table_info({table})").fetchall()
            names = [str(row[1]) for row in info]
            keys = tuple(str(row[1]) for row in sorted(info, key=lambda row: row[5]) if row[5])
            if _has_rowid(connection, table) and not (len(keys) == 1 and _is_rowid(info, keys[0])):
                found += [Column(table, name, ("rowid",)) for name in ("rowid", *names)]
            else:
                found += [Column(table, name, keys) for name in names]
    return found


def _has_rowid(connection: sqlite3.Connection, table: str) -> bool:
    try:
        connection.execute(f"SELECT rowid FROM {table} LIMIT 1")
    except sqlite3.OperationalError:
        return False
    return True


def _is_rowid(info: list[Any], key: str) -> bool:
    return any(row[1] == key and str(row[2]).upper() == "INTEGER" for row in info)


def cells_of(path: Path, column: Column) -> list[tuple[tuple[Cell, ...], Cell]]:
    """(key, value) of each row, in the order of the keys."""
    key = ", ".join(column.key)
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(f"SELECT {key}, {column.name} FROM {column.table} ORDER BY {key}")
        return [(row[:-1], row[-1]) for row in rows]


def other(value: Cell) -> Cell:
    """Another value of the same type."""
    if isinstance(value, int):
        return value + 1_000_003
    if isinstance(value, bytes):
        return value[: len(value) // 2] + bytes([value[len(value) // 2] ^ 1]) + value[len(value) // 2 + 1 :]
    middle = len(value) // 2
    return value[:middle] + ("x" if value[middle] != "x" else "y") + value[middle + 1 :]


def of_other_type(value: Cell) -> Cell:
    """The same in another type, which SQLite stores as it is told."""
    if isinstance(value, int):
        return f"n{value}"
    return value.encode() if isinstance(value, str) else value.decode("latin-1")


def changes(path: Path, column: Column, finds: frozenset[str], *, every: bool) -> Iterator[Attack]:
    """Ways to change the cells of a column. every: each cell in each way; else the first, the middle and
    the last one, the ways among them."""
    cells = cells_of(path, column)
    last = len(cells) - 1
    for place, (key, value) in enumerate(cells):
        ways = {"another value": other(value), "NULL": None, "another type": of_other_type(value)}
        beside, neighbour = cells[place - 1]  # the first one's is the last
        if neighbour != value:
            ways["a neighbour's value"] = neighbour
        wanted = [name for at, name in _AMONG if at(place, last)]
        for way, new in ways.items():
            if every or way in wanted:
                yield _update(column, key, new, f"{column} of {_shown(key)}: {way}", finds)
        if neighbour != value and (every or "swapped" in wanted):
            yield _swap(column, key, beside, f"{column} of {_shown(key)}: swapped", finds)


_AMONG: list[tuple[Callable[[int, int], bool], str]] = [
    (lambda place, last: place in (0, last), "another value"),
    (lambda place, last: place == 0, "NULL"),
    (lambda place, last: place == last // 2, "another type"),
    (lambda place, last: place == last // 2, "swapped"),
    (lambda place, last: place == last, "a neighbour's value"),
]


def _update(column: Column, key: tuple[Cell, ...], new: Cell, name: str, finds: frozenset[str]) -> Attack:
    def apply(path: Path) -> None:
        with unguarded(path) as connection:
            _set(connection, column, key, new)

    return Attack(name, finds, apply)


def _swap(
    column: Column, key: tuple[Cell, ...], beside: tuple[Cell, ...], name: str, finds: frozenset[str]
) -> Attack:
    """Exchange a cell with its neighbour's."""

    def apply(path: Path) -> None:
        with unguarded(path) as connection:
            mine, theirs = _get(connection, column, key), _get(connection, column, beside)
            held: Cell = -7 if isinstance(mine, int) else type(mine)()
            _set(connection, column, key, held)  # so that no unique index objects in between
            moved = tuple(
                held if name == column.name else part for name, part in zip(column.key, key, strict=True)
            )
            _set(connection, column, beside, mine)
            _set(connection, column, moved, theirs)

    return Attack(name, finds, apply)


def _where(column: Column) -> str:
    return " AND ".join(f"{name} = ?" for name in column.key)


def _set(connection: sqlite3.Connection, column: Column, key: tuple[Cell, ...], new: Cell) -> None:
    query = f"UPDATE {column.table} SET {column.name} = ? WHERE {_where(column)}"
    assert connection.execute(query, (new, *key)).rowcount == 1


def _get(connection: sqlite3.Connection, column: Column, key: tuple[Cell, ...]) -> Cell:
    query = f"SELECT {column.name} FROM {column.table} WHERE {_where(column)}"
    return connection.execute(query, key).fetchone()[0]


def _shown(key: tuple[Cell, ...]) -> str:
    return "/".join(part.hex()[:8] if isinstance(part, bytes) else str(part) for part in key)


class unguarded:  # noqa: N801 -- a context manager, used as a function is
    """A connection that no NOT NULL and no CHECK stops: they are taken away, and put back afterwards."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> sqlite3.Connection:
        self._kept = self._rewrite(lambda text: text.replace(" NOT NULL", ""))
        self._connection = sqlite3.connect(self._path, isolation_level=None)
        self._connection.execute("PRAGMA ignore_check_constraints = ON")
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._rewrite(lambda text: self._kept.get(text, text))

    def _rewrite(self, change: Any) -> dict[str, str]:
        """Change the text of every table; what each was before, by what it is now."""
        before = {}
        with closing(sqlite3.connect(self._path, isolation_level=None)) as connection:
            query = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL"
            for name, text in connection.execute(query).fetchall():
                new = change(text)
                if new != text:
                    before[new] = text
                    connection.execute("PRAGMA writable_schema = ON")
                    query = "UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?"
                    connection.execute(query, (new, name))
        return before
