"""A source to restore from: copied beside its place at first, then checked, then trusted.

A ledger's file (or the directory that holds it), or a published folder of tiles. What is checked is
the copy: the source may change meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

from ledger.checkpoint import open_checkpoint, parse_checkpoint
from ledger.directory import Directory
from ledger.entry import TOPIC, Entry, read_entry
from ledger.errors import LedgerError, StorageError, VerificationError
from ledger.ids import ROOT
from ledger.log import open_log
from ledger.merkle import EMPTY_ROOT, Frontier, leaf_hash, read_frontier
from ledger.note import Ed25519Verifier, NoteError, parse_note
from ledger.sentence import Sentence
from ledger.store.base import Head, NewEntry, Plan
from ledger.store.sqlite import SQLiteReader, insert_plan
from ledger.streams import load_stream
from ledger.tlog.paths import CHECKPOINT
from ledger.tlog.reading import TiledLog, fetch_folder
from ledger.tlog.stored import newest_stored
from ledger.verify.entry_file import EntryFile
from ledger.verify.report import Check
from ledger.verify.tables import check_tables
from ledger.world import World, names_made

BATCH_ENTRIES: Final = 1000


class BackupError(VerificationError):
    """A source is not a whole ledger, or not what its checkpoint says."""


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
    if database.is_file():
        _copy_database(database, copy)
    elif (source / CHECKPOINT).is_file():
        _copy_tiles(source, copy)
    else:
        raise StorageError(
            Sentence("{source} holds no ledger.db, and no published log", "no-source", source=source)
        )
    _fold(copy)


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
            frontier, genesis = _check_entries(connection)
        _check_tables(path, frontier.size)
        with closing(SQLiteReader(path)) as reader:
            return _identified(path, reader, frontier, genesis)
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
        with closing(_open_source(database)) as given, closing(sqlite3.connect(copy)) as taken:
            given.backup(taken)
    except sqlite3.Error as error:
        raise StorageError(
            Sentence("{path} cannot be copied: {why}", "file-not-copied", path=database, why=error)
        ) from error


def _fold(copy: Path) -> None:
    """One file without a write-ahead log beside it, so that it can be moved. The server makes its own."""
    try:
        with closing(sqlite3.connect(copy)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise StorageError(
            Sentence("this is no ledger's file: {why}", "no-ledger-file", why=error)
        ) from error


def _open_source(database: Path) -> sqlite3.Connection:
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
    log, reader = open_log(copy)
    reader.close()
    log.close()
    head = Head(Frontier.empty(), "")
    with closing(sqlite3.connect(copy)) as connection, connection:
        for batch in _batches(TiledLog(fetch, checkpoint).entries()):
            entries = [read_entry(raw) for raw in batch]
            frontier, nodes = head.frontier.extend(map(leaf_hash, batch))
            head = Head(frontier, entries[-1].recorded_at)
            insert_plan(connection.cursor(), Plan(tuple(map(_row_of, entries)), nodes, head, ()))
        notes = ((checkpoint.size, note),)
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


def _row_of(entry: Entry) -> NewEntry:
    stated = entry.stated()
    names = tuple(names_made(stated.event))
    return NewEntry(
        entry.index, entry.stream, entry.version, entry.raw, stated.payload_hash, stated.event.id, names
    )


# -- checking ---------------------------------------------------------------------


def _check_entries(connection: sqlite3.Connection) -> tuple[Frontier, str]:
    """The tree that the entries give, and the genesis that all of them name."""
    frontier, genesis = Frontier.empty(), ""
    versions: Counter[str] = Counter()
    query = "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events ORDER BY rowid"
    rows = connection.execute(query)
    while batch := rows.fetchmany(BATCH_ENTRIES):
        for place, row in enumerate(batch, frontier.size):
            entry = _checked_row(place, row, versions)
            named = str(orjson.loads(entry.raw).get("genesis"))
            genesis = genesis or named
            if named != genesis:
                raise BackupError(
                    Sentence(
                        "№ {number} is an entry of another ledger, {genesis}",
                        "entry-of-other-ledger",
                        number=place + 1,
                        genesis=named,
                    )
                )
        frontier = frontier.extend(leaf_hash(row[4]) for row in batch)[0]
    return frontier, genesis


def _checked_row(place: int, row: Sequence[object], versions: Counter[str]) -> Entry:
    rowid, stream, version, topic, raw = row
    if not isinstance(raw, bytes) or topic != TOPIC:
        raise BackupError(Sentence("row {row} is no entry", "row-no-entry", row=rowid))
    entry = read_entry(raw)
    if (rowid, entry.index) != (place + 1, place):
        raise BackupError(
            Sentence("№ {number} is missing, or stands elsewhere", "entry-missing", number=place + 1)
        )
    versions[entry.stream] += 1
    if not (entry.stream == stream and entry.version == version == versions[entry.stream]):
        raise BackupError(
            Sentence(
                "№ {number} is not the next entry of its stream {stream}",
                "entry-out-of-stream",
                number=place + 1,
                stream=entry.stream,
            )
        )
    return entry


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


def _identified(path: Path, reader: SQLiteReader, frontier: Frontier, genesis: str) -> Backup:
    """Whose log it is, by its own opening; and what its newest checkpoint says of it."""
    if not frontier.size:
        raise BackupError(Sentence("there is no entry", "no-entry"))
    try:
        root = load_stream(World(position=frontier.size), ROOT, reader.at_position(frontier.size)).root
    except LedgerError as error:
        raise BackupError(
            Sentence("its registry cannot be read: {why}", "registry-unreadable", why=error)
        ) from error
    if not root.opened or root.genesis != genesis:
        raise BackupError(
            Sentence(
                "its opening does not give the genesis that its entries name", "opening-of-other-genesis"
            )
        )
    note = _check_newest(reader, frontier.size, root.log_keys, root.origin)
    return Backup(path, root.origin, genesis, frontier.size, frontier.root(), note, root.log_keys)


def _check_newest(reader: SQLiteReader, size: int, log_keys: Sequence[str], origin: str) -> str | None:
    stored = newest_stored(reader)
    ahead = reader.checkpoint_after(size)
    if ahead is not None:
        raise BackupError(
            Sentence(
                "a checkpoint over {signed} entries is stored, and only {size} are there",
                "checkpoint-ahead",
                signed=ahead[0],
                size=size,
            )
        )
    if stored is None:
        return None
    try:
        checkpoint, _ = open_checkpoint(stored[1], [Ed25519Verifier.parse(key) for key in log_keys])
    except NoteError as error:
        raise BackupError(
            Sentence(
                "no key of this log signed its newest checkpoint: {why}", "checkpoint-of-nobody", why=error
            )
        ) from error
    root = read_frontier(reader.nodes, checkpoint.size).root() if checkpoint.size else EMPTY_ROOT
    if (checkpoint.origin, checkpoint.size, checkpoint.root) != (origin, stored[0], root):
        raise BackupError(
            Sentence(
                "the newest checkpoint, over {size} entries, is of another tree",
                "checkpoint-of-other-tree",
                size=checkpoint.size,
            )
        )
    return stored[1]
