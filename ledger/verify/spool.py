"""Entries from anywhere, put into a file of a ledger's layout, so that each check is written once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ledger.entry import TOPIC, read_entry
from ledger.errors import StorageError, VerificationError
from ledger.verify.entry_file import EntryFile

_LAYOUT = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE stored_events (
    originator_id TEXT, originator_version INTEGER, topic TEXT, state BLOB
);
CREATE INDEX by_stream ON stored_events (originator_id);
CREATE TABLE ids (event TEXT PRIMARY KEY) WITHOUT ROWID;
"""


@contextmanager
def spooled(entries: Iterable[tuple[int, bytes]]) -> Iterator[EntryFile]:
    """The entries as a file that lasts as long as the `with`. entries: (leaf index, exact bytes).

    Stream and version are taken from each entry's bytes; whether they are true is for the checks.
    Raises VerificationError for bytes that name no stream and version.
    """
    with TemporaryDirectory(prefix="pledger-") as folder:
        path = Path(folder) / "entries.db"
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.executescript(_LAYOUT)
            connection.execute("BEGIN")
            for index, raw in entries:
                _insert(connection, index, raw)
            connection.execute("COMMIT")
        finally:
            connection.close()
        file = EntryFile(path)
        try:
            yield file
        finally:
            file.close()


def _insert(connection: sqlite3.Connection, index: int, raw: bytes) -> None:
    try:
        entry = read_entry(raw)
        members: tuple[Any, Any] = entry.stream, entry.version
        (stream, version), event = members, entry.event_id()
    except (StorageError, ValueError, KeyError, TypeError) as error:
        raise VerificationError(f"entry {index} is no entry: {error}") from error
    if not isinstance(stream, str) or type(version) is not int:
        raise VerificationError(f"entry {index} names no stream and version")
    try:
        connection.execute("INSERT INTO ids VALUES (?)", (event,))
    except sqlite3.IntegrityError:
        raise VerificationError(f"entry {index} states event {event}, which was stated before") from None
    connection.execute(
        "INSERT INTO stored_events (rowid, originator_id, originator_version, topic, state)"
        " VALUES (?, ?, ?, ?, ?)",
        (index + 1, stream, version, TOPIC, raw),
    )
