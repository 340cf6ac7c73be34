"""A reader of the feed, as docs/feed.md describes one: python -m tests.api.feed.consumer URL FILE.

It keeps a copy of all cells and entries in a file of SQLite. What a page says and where to go on from are
written in one transaction, so that it may be killed at any moment. With `--until N` it ends once it has N
entries and the cells as of them. Exits with 3 if a hash that the server tells is not that of its own copy.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
import urllib.request
from collections.abc import Iterable
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS cells (
    programme TEXT, path TEXT, value TEXT, event TEXT, doubt TEXT, PRIMARY KEY (programme, path)
);
CREATE TABLE IF NOT EXISTS entries (number INTEGER PRIMARY KEY, event TEXT UNIQUE);
CREATE TABLE IF NOT EXISTS cursors (feed TEXT PRIMARY KEY, address TEXT);
"""
LIMIT = 7
FIRST = {"cells": f"/v1/feed/cells?limit={LIMIT}", "entries": f"/v1/events?after=0&limit={LIMIT}"}


def state_hash(cells: Iterable[tuple[str, Any]]) -> str:
    """Of (path, value) of every cell; a removed one has the value None."""
    state: dict[str, Any] = {}
    for path, value in cells:
        *parents, last = path.split("/")[1:]
        node = state
        for name in parents:
            node = node.setdefault(name, {})
        node[last] = value
    text = json.dumps(state, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def ask(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 -- the test's own server
        return json.load(answer)


def kept(db: sqlite3.Connection, programme: str) -> str:
    rows = db.execute("SELECT path, value FROM cells WHERE programme=?", (programme,)).fetchall()
    return state_hash((path, json.loads(value)) for path, value in rows if value is not None)


def put_cells(db: sqlite3.Connection, page: Any) -> None:
    for item in page["items"]:
        none = item["cell"] == "none"
        value = None if none else json.dumps(item["value"])
        row = (item["programme"], item["path"], value, item["event"], item["doubt"])
        db.execute("INSERT OR REPLACE INTO cells VALUES (?,?,?,?,?)", row)
        if none and item["doubt"] is None:
            db.execute("DELETE FROM cells WHERE programme=? AND path=?", row[:2])
    for programme, told in page["states"].items():
        if kept(db, programme) != told:
            sys.exit(3)


def put_entries(db: sqlite3.Connection, page: Any) -> None:
    """An entry that is there already would break the transaction: none may come twice."""
    rows = [(row["index"], row["event"]) for row in page["items"]]
    db.executemany("INSERT INTO entries VALUES (?,?)", rows)


def step(db: sqlite3.Connection, url: str, feed: str) -> Any:
    """One page of a feed, with its cursor."""
    found = db.execute("SELECT address FROM cursors WHERE feed=?", (feed,)).fetchone()
    page = ask(url + (found[0] if found is not None else FIRST[feed]))
    with db:
        if feed == "cells":
            put_cells(db, page)
            following = page["next"] or page["resume"]
        else:
            put_entries(db, page)
            following = f"/v1/events?after={page['after']}&limit={LIMIT}"
        db.execute("INSERT OR REPLACE INTO cursors VALUES (?,?)", (feed, following))
    return page


def main() -> None:
    url, file, until = sys.argv[1], sys.argv[2], int(sys.argv[4]) if "--until" in sys.argv else None
    db = sqlite3.connect(file)
    db.execute("PRAGMA journal_mode=WAL")
    db.executescript(SCHEMA)
    print("begun", flush=True)
    while True:
        page = step(db, url, "entries")
        cells = step(db, url, "cells")
        if (
            until is not None
            and page["after"] >= until
            and cells["after"] is not None
            and cells["after"] >= until
        ):
            return


if __name__ == "__main__":
    main()
