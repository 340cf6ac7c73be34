"""A source to restore from: copied beside its place at first, then checked, then trusted.

A ledger's file (or the directory that holds it), a published folder of tiles, or the log exported as JSON
Lines. What is checked is the copy: the source may change meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ledger.backup_lines import holds_lines, read_lines
from ledger.checkpoint import parse_checkpoint
from ledger.directory import Directory
from ledger.entry import read_entry
from ledger.errors import Refusal, StorageError
from ledger.log import open_log
from ledger.merkle import Frontier, leaf_hash, read_frontier
from ledger.note import parse_note
from ledger.sentence import Sentence
from ledger.store.base import Head, Plan, in_their_places
from ledger.store.sqlite import SQLiteReader, insert_plan
from ledger.tlog.paths import CHECKPOINT
from ledger.tlog.reading import TiledLog, fetch_folder
from ledger.verify.entry_file import EntryFile
from ledger.verify.report import Check
from ledger.verify.tables import check_tables
from ledger.walking import BATCH_ENTRIES, BackupError, identify, row_of, walk


@dataclass(frozen=True, slots=True)
class Backup:
    """A checked copy. root: 32 bytes, of all its entries. note: its newest stored checkpoint, None if
    none is stored; log_keys: verifier keys that the registrars ever put in force, the last one in force."""

    path: Path
    origin: str
    genesis: str
    size: int
    root: bytes
    note: str | None
    log_keys: tuple[str, ...]

    def root_at(self, size: int) -> bytes:
        """The root that this log had when it was `size` entries long, at most its own size."""
        with closing(SQLiteReader(self.path)) as reader:
            return read_frontier(reader.nodes, size).root()


def copy_source(source: Path, copy: Path) -> None:
    """Copy a source into a ledger's file that is not there yet. Raises StorageError, VerificationError."""
    database = Directory(source).ledger_db if source.is_dir() else source
    if source.is_file() and holds_lines(source):
        _copy_lines(source, copy)
    elif database.is_file():
        _copy_database(database, copy)
    elif (source / CHECKPOINT).is_file():
        _copy_tiles(source, copy)
    else:
        raise StorageError(
            Sentence("{source} holds no ledger.db, and no published log", "no-source", source=source)
        )
    fold(copy)


def remove_copy(copy: Path) -> None:
    """Take away a copy, and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)


def check_copy(path: Path) -> Backup:
    """Check a copy as a whole, but for the signatures and rules of its entries.

    Every stream goes on without a gap, the opening gives the genesis that all entries name, every table,
    column and object of the database follows from the entries (as `pledger verify` computes them), and
    the newest stored checkpoint is signed by a key of this log, over this tree. A restore waits for this
    in an emergency, so that it is two walks over the entries and no more: a forged entry makes another
    tree than the key's memory and the witnesses know, which are asked next, and signatures and rules are
    for `pledger verify`, at leisure. Raises BackupError, StorageError.
    """
    try:
        with closing(sqlite3.connect(path)) as connection:
            (state,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if state != "ok":
                raise BackupError(Sentence("the file is damaged: {why}", "file-damaged", why=state))
        with closing(EntryFile(path)) as file:
            walked = walk(file)
        _check_tables(path, walked.size)
        with closing(SQLiteReader(path)) as reader:
            root, note = identify(reader, walked)
        return Backup(
            path, root.origin, walked.genesis, walked.size, walked.frontier.root(), note, root.log_keys
        )
    except sqlite3.Error as error:
        raise StorageError(
            Sentence("this is no ledger's file: {why}", "no-ledger-file", why=error)
        ) from error
    except BackupError:
        raise
    except StorageError as error:
        raise BackupError(*error.args) from error


# -- copying ----------------------------------------------------------------------


def _copy_database(database: Path, copy: Path) -> None:
    """SQLite's own backup: a consistent copy, also of a file in use."""
    try:
        with closing(open_source(database)) as given, closing(sqlite3.connect(copy)) as taken:
            given.backup(taken)
    except sqlite3.Error as error:
        raise StorageError(
            Sentence("{path} cannot be copied: {why}", "file-not-copied", path=database, why=error)
        ) from error


def fold(copy: Path) -> None:
    """One file without a write-ahead log beside it, so that it can be moved. The server makes its own."""
    try:
        with closing(sqlite3.connect(copy)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise StorageError(
            Sentence("this is no ledger's file: {why}", "no-ledger-file", why=error)
        ) from error


def open_source(database: Path) -> sqlite3.Connection:
    """Read-only; where nothing may be written beside the file, as it is, if no write-ahead log is there."""
    uri = f"{database.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True)
    try:
        connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        left = database.with_name(database.name + "-wal")
        if left.exists() and left.stat().st_size:
            raise
        return sqlite3.connect(f"{uri}&immutable=1", uri=True)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _copy_tiles(source: Path, copy: Path) -> None:
    """Build a ledger's file from the entries that a checkpoint's root vouches for.

    Its signature is checked with the copy: the keys of the log are in its entries.
    """
    fetch = fetch_folder(source)
    note = fetch(CHECKPOINT).decode("utf8", "replace")
    checkpoint = parse_checkpoint(parse_note(note).text)
    _fill(copy, TiledLog(fetch, checkpoint).entries(), ((checkpoint.size, note),))


def _copy_lines(source: Path, copy: Path) -> None:
    """Nobody vouches for an exported log yet: whatever is in its lines, it is a copy or a StorageError."""
    try:
        _fill(copy, read_lines(source))
    except (sqlite3.Error, ValueError, KeyError, TypeError, AttributeError, Refusal) as error:
        raise StorageError(
            Sentence("{path} cannot be copied: {why}", "file-not-copied", path=source, why=error)
        ) from error


def _fill(copy: Path, raws: Iterator[bytes], notes: Sequence[tuple[int, str]] = ()) -> None:
    """Make a ledger's file of entries in their order, and of checkpoints (size, note)."""
    log, reader = open_log(copy)
    reader.close()
    log.close()
    head = Head(Frontier.empty(), "")
    with closing(sqlite3.connect(copy)) as connection, connection:
        for batch in _batches(raws):
            entries = in_their_places([read_entry(raw) for raw in batch], head.size)
            frontier, nodes = head.frontier.extend(map(leaf_hash, batch))
            head = Head(frontier, entries[-1].recorded_at)
            insert_plan(connection.cursor(), Plan(tuple(map(row_of, entries)), nodes, head, ()))
        insert_plan(connection.cursor(), Plan((), (), head, notes))


def _batches(raws: Iterator[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for raw in raws:
        batch.append(raw)
        if len(batch) == BATCH_ENTRIES:
            yield batch
            batch = []
    if batch:
        yield batch


# -- checking ---------------------------------------------------------------------


def _check_tables(path: Path, size: int) -> None:
    """The server answers by the tables, and runs what triggers the file brings along."""
    check = Check("tables")
    with closing(EntryFile(path)) as file:
        check_tables(check, file, size)
    if check.status == "failed":
        found = check.faults[0]
        words = f"{found.where or 'the database'}: {found.code}: {found.detail}".rstrip(": ")
        raise BackupError(
            Sentence("a table is not what the entries make it: {words}", "table-differs", words=words)
        )
