"""How fast the machine is just now: on a shared one the same work takes half as much again an hour later."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from contextlib import closing

import orjson

from tests.bench.marks import median

ROUNDS, ROWS = 9, 400


def pace() -> float:
    """Milliseconds of processor time of a fixed work in Python, SQLite and hashing; the median of some."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE told (id INTEGER PRIMARY KEY, said TEXT)")
        said = [(n, orjson.dumps({"n": n, "text": "рішення " * 20}).decode()) for n in range(ROWS)]
        connection.executemany("INSERT INTO told VALUES (?,?)", said)
        return median([_once(connection) for _ in range(ROUNDS)])


def _once(connection: sqlite3.Connection) -> float:
    begun = time.thread_time()
    for n in range(ROWS):
        row = connection.execute("SELECT said FROM told WHERE id=?", (n,)).fetchone()
        hashlib.sha256(orjson.dumps(orjson.loads(row[0]))).digest()
    return (time.thread_time() - begun) * 1000
