"""A ledger file's tables: everything beside the entries follows from them, and is computed again.

What an administrator changes there would mislead whoever asks the server, though no entry was touched.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from hashlib import sha256

import orjson

from ledger.entry import read_entry
from ledger.errors import LedgerError, VerificationError
from ledger.kinds import KINDS
from ledger.merkle import Frontier, leaf_hash
from ledger.store.sqlite import STATEMENTS
from ledger.verify.entry_file import EntryFile, Row, recorded_at_of
from ledger.verify.registry import Registry
from ledger.verify.report import Check, Fault
from ledger.verify.tree import open_by_log, read_note
from ledger.verify.workers import cores, run
from ledger.world import names_made

CHUNK = 4096

# Everything that a ledger file holds; SQLite's own names are left out.
TABLES = {
    "stored_events": ["originator_id", "originator_version", "topic", "state"],
    "head": ["id", "size", "frontier", "recorded_at"],
    "nodes": ["level", "node_index", "hash"],
    "payloads": ["payload", "leaf_index"],
    "events": ["event", "leaf_index"],
    "names": ["name", "stream", "leaf_index"],
    "checkpoints": ["size", "note"],
}

Progress = Callable[[int, int], None]


def check_tables(
    check: Check, file: EntryFile, count: int, progress: Progress = lambda done, of: None
) -> None:
    """Compute every table from the entries, and compare. count: how many entries there are."""
    try:
        _check_schema(check, file.connection)
        _check_rows(check, file, count, progress)
        _check_checkpoints(check, file.connection)
    except sqlite3.DatabaseError as error:
        check.fail(Fault("database-damaged", None, "", str(error)))


def _check_schema(check: Check, connection: sqlite3.Connection) -> None:
    for kind, name in connection.execute(
        "SELECT type, name FROM sqlite_master WHERE substr(name, 1, 7) <> 'sqlite_'"
    ).fetchall():
        check.count += 1
        known = kind == "index" or (kind == "table" and name in TABLES)
        if not known:
            check.fail(Fault("unknown-object", None, f"{kind} {name}"))
    for table, columns in TABLES.items():
        found = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        if found != columns:
            check.fail(Fault("other-columns", None, table, ", ".join(found)))
    _check_definitions(check, connection)
    for (problem,) in connection.execute("PRAGMA integrity_check(10)").fetchall():
        if problem != "ok":
            check.fail(Fault("database-damaged", None, "", str(problem)))


def _check_definitions(check: Check, connection: sqlite3.Connection) -> None:
    """Our tables are defined as we define them: another collation, say, would find other rows."""
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    found = {str(name): _plain(str(sql)) for name, sql in rows}
    for statement in map(_plain, STATEMENTS):
        if statement.startswith("create table "):
            table = statement.split()[2]
            if table in found and found[table] != statement:
                check.fail(Fault("other-columns", None, table, "another definition"))


def _plain(sql: str) -> str:
    """A statement without what may be written in more than one way; "" for none."""
    words = re.sub(r"--[^\n]*", "", sql).lower().replace("if not exists ", "").replace("(", " ( ")
    return " ".join(words.replace(")", " ) ").split()).rstrip(";").strip()


def _check_rows(check: Check, file: EntryFile, count: int, progress: Progress) -> None:
    """Nodes, payloads, events, names and the head, in one walk over the entries."""
    frontier, recorded_at, nodes = Frontier.empty(), "", 0
    names: dict[str, tuple[str, int]] = {}
    for start in range(0, count, CHUNK):
        rows = list(file.rows(start, min(start + CHUNK, count)))
        frontier, made = frontier.extend(leaf_hash(row.raw) for row in rows if isinstance(row.raw, bytes))
        nodes += len(made)
        _check_nodes(check, file.connection, made)
        for row in rows:
            _check_found_again(check, file.connection, row)
            for name in _names_of(row):
                names.setdefault(name, (row.stream, row.leaf))
        recorded_at = recorded_at_of(rows[-1].raw) if rows else recorded_at
        progress(min(start + CHUNK, count), count)
    _check_names(check, file.connection, names)
    _check_counts(check, file.connection, {"nodes": nodes, "payloads": count, "events": count})
    head = (1, count, frontier.to_bytes(), recorded_at)
    found = file.connection.execute("SELECT id, size, frontier, recorded_at FROM head").fetchall()
    check.count += 1
    if found != [head]:
        check.fail(Fault("head-differs", None, "head", f"size {[row[1] for row in found]}; entries: {count}"))


def _check_nodes(check: Check, connection: sqlite3.Connection, made: list[tuple[int, int, bytes]]) -> None:
    check.count += len(made)
    for level in sorted({node[0] for node in made}):
        mine = {index: digest for at, index, digest in made if at == level}
        query = "SELECT node_index, hash FROM nodes WHERE level = ? AND node_index BETWEEN ? AND ?"
        found = dict(connection.execute(query, (level, min(mine), max(mine))).fetchall())
        for index in mine.keys() | found.keys():
            if mine.get(index) != found.get(index):
                check.fail(Fault("row-differs", None, "nodes", f"level {level}, index {index}"))


def _check_found_again(check: Check, connection: sqlite3.Connection, row: Row) -> None:
    """By its event's id, and by its payload's hash."""
    try:
        payload = read_entry(row.raw).payload
        event = bytes.fromhex(orjson.loads(payload)["id"].replace("-", ""))
    except (LedgerError, ValueError, KeyError, TypeError, AttributeError):
        return  # no entry: another check says so
    for table, column, key in (("events", "event", event), ("payloads", "payload", sha256(payload).digest())):
        check.count += 1
        found = connection.execute(f"SELECT leaf_index FROM {table} WHERE {column} = ?", (key,)).fetchall()  # noqa: S608 -- both are of the line above
        if found != [(row.leaf,)]:
            check.fail(Fault("row-differs", row.leaf, table, str(found)))


def _names_of(row: Row) -> Iterator[str]:
    """The names that an entry introduces, if it can be read."""
    try:
        entry = read_entry(row.raw)
        if orjson.loads(entry.payload)["kind"] in KINDS:
            yield from names_made(entry.stated().event)
    except (LedgerError, ValueError, KeyError, TypeError):
        return


def _check_names(check: Check, connection: sqlite3.Connection, names: dict[str, tuple[str, int]]) -> None:
    found = {
        name: (stream, index)
        for name, stream, index in connection.execute("SELECT name, stream, leaf_index FROM names")
    }
    check.count += len(names)
    for name in sorted(names.keys() | found.keys(), key=str):
        if names.get(name) != found.get(name):
            check.fail(Fault("row-differs", None, "names", str(name)))


def _check_counts(check: Check, connection: sqlite3.Connection, wanted: dict[str, int]) -> None:
    for table, count in wanted.items():
        (found,) = connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()  # noqa: S608 -- names of this file
        if found != count:
            check.fail(Fault("rows-too-many" if found > count else "rows-missing", None, table, str(found)))


def _check_checkpoints(check: Check, connection: sqlite3.Connection) -> None:
    """Whether a note holds, and is of this tree, another check says."""
    for size, note in connection.execute("SELECT size, note FROM checkpoints ORDER BY size"):
        check.count += 1
        try:
            if not isinstance(note, str) or read_note(note).size != size:
                raise VerificationError("of another size")
        except VerificationError as error:
            check.fail(Fault("row-differs", None, "checkpoints", f"size {size}: {error}"))


def stored_notes(connection: sqlite3.Connection, below: int) -> Iterator[tuple[int, str]]:
    """(size, note) of the stored checkpoints that are smaller, in order; what is none is left out."""
    query = "SELECT size, note FROM checkpoints WHERE size < ? ORDER BY size"
    for size, note in connection.cursor().execute(query, (below,)):
        if isinstance(size, int) and isinstance(note, str):
            yield size, note


def newest_note(connection: sqlite3.Connection) -> tuple[int, str] | None:
    """The stored checkpoint of the largest tree."""
    query = "SELECT size, note FROM checkpoints WHERE typeof(size) = 'integer' ORDER BY size DESC LIMIT 1"
    row = connection.execute(query).fetchone()
    return (row[0], row[1]) if row is not None and isinstance(row[1], str) else None


def check_note_signatures(check: Check, file: EntryFile, registry: Registry, below: int) -> None:
    """Every stored checkpoint is signed by the log's key in force at its size; on all cores."""
    tasks = [(start, min(start + CHUNK, below)) for start in range(0, below, CHUNK)]
    processes = cores() if len(tasks) > 1 else 1
    for count, faults in run(_verify_notes, (file, registry), tasks, processes=processes):
        check.count += count
        for fault in faults:
            check.fail(fault)


def _verify_notes(shared: tuple[EntryFile, Registry], task: tuple[int, int]) -> tuple[int, list[Fault]]:
    file, registry = shared
    start, end = task
    query = "SELECT size, note FROM checkpoints WHERE size > ? AND size <= ?"
    count, faults = 0, []
    for size, note in file.connection.execute(query, (start or -1, end)):
        count += 1
        try:
            # The log of no entries was signed by the key that the opening then names.
            open_by_log(str(note), registry.root_at(max(size, 1)))
        except VerificationError as error:
            faults.append(Fault("note-unsigned", None, "checkpoints", f"size {size}: {error}"))
    return count, faults
