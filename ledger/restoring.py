"""Putting a backup in a ledger's place, so that nobody can overlook it.

The key and its memory are never touched. What the key had signed, and what the backup lacks, stands in
DIR/restored.json, which the server shows for ever; appends stop while the key's memory is ahead.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger.backing_up import remove_leftovers
from ledger.backup import Backup, check_copy, copy_source, remove_copy
from ledger.copying_picture import open_picture
from ledger.directory import Directory
from ledger.errors import StorageError, VerificationError
from ledger.merkle import read_frontier
from ledger.restored import Asked, SignerKind
from ledger.sentence import Sentence
from ledger.signer import read_memory
from ledger.store.place import Database
from ledger.store.sqlite import SQLiteReader
from ledger.walking import BackupError


class RestoreRefused(VerificationError):
    """The backup must not take this place, or nothing vouches for a new memory of the key."""


Memory = tuple[str, int, bytes]  # origin, entries, root (32 bytes) that were signed last


@dataclass(frozen=True, slots=True)
class Place:
    """Where the backup is to go, as it is. before: entries there; signed: the key's memory."""

    before: int | None
    signed: tuple[int, bytes] | None
    signer: SignerKind = "beside"


@contextmanager
def staged(source: Path, directory: Path, database: Database | None = None) -> Iterator[Backup]:
    """A checked copy of the source inside the directory, which is locked meanwhile.

    database: instead of the one that the directory names. The copy goes away unless it was put in its place.
    Raises StorageError, VerificationError.
    """
    place = Directory(directory, database)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        place.lock()
    except OSError as error:
        raise StorageError(
            Sentence("{folder} cannot be used: {why}", "folder-unusable", folder=directory, why=error)
        ) from error
    copy = directory / f".ledger.db.{os.getpid()}.new"
    try:
        remove_leftovers(directory / "ledger.db")
        remove_copy(copy)
        copy_source(source, copy)
        yield check_copy(copy)
    except BackupError as error:
        raise BackupError(
            Sentence("{source} is not restored: {why}", "not-restored", source=source, why=error)
        ) from error
    except StorageError as error:
        raise StorageError(
            Sentence("{source} is not restored: {why}", "not-restored", source=source, why=error)
        ) from error
    finally:
        remove_copy(copy)
        place.unlock()


def look_at(
    directory: Path, backup: Backup, database: Database | None = None, told: Memory | None = None
) -> Place:
    """May the backup go there? told: by a signer, which holds key and memory instead of the directory.

    Raises RestoreRefused for another or a longer log, Stopped, StorageError.
    """
    place = Directory(directory, database)
    before = _check_present(place.ledger_db, backup)
    if place.database is not None:
        _check_empty(place.database)
    memory = told if told is not None else read_memory(place.log_memory)
    if memory is None:
        elsewhere = place.database is not None and not place.log_key.exists()
        return Place(before, None, "unknown" if elsewhere else "beside")
    origin, size, root = memory
    if origin != backup.origin:
        raise RestoreRefused(
            Sentence(
                "{path} is of the log {origin}, and the backup of {other}",
                "memory-of-other-log",
                path=place.log_memory,
                origin=origin,
                other=backup.origin,
            )
        )
    signed = Sentence("what the log key signed last ({name})", "signed-last", name=place.log_memory.name)
    check_remembered(backup, signed, size, root)
    return Place(before, (size, root), "asked" if told is not None else "beside")


def check_remembered(backup: Backup, who: Sentence | str, size: int, root: bytes) -> None:
    """A head that somebody remembers must not be of another past. Raises RestoreRefused."""
    if size <= backup.size and backup.root_at(size) != root:
        raise RestoreRefused(
            Sentence(
                "{who}: {size} entries, root {root}. The backup's root at that size is {other}: it has"
                " another past, and is not restored",
                "other-past",
                who=who,
                size=size,
                root=root.hex(),
                other=backup.root_at(size).hex(),
            )
        )


def _check_present(database: Path, backup: Backup) -> int | None:
    """How many entries are there now, all of which the backup must hold; None if no file is."""
    log = database.with_name(database.name + "-wal")
    if not database.exists():
        if log.exists():
            raise RestoreRefused(
                Sentence(
                    "{path} may hold entries of a ledger.db that is gone: move it away, keep it",
                    "wal-without-ledger",
                    path=log,
                )
            )
        return None
    try:
        with closing(SQLiteReader(database)) as reader:
            size, first = reader.head().size, reader.entries(0, 1)
            genesis = json.loads(first[0].raw)["genesis"] if first else backup.genesis
            if genesis != backup.genesis:
                raise RestoreRefused(
                    Sentence(
                        "{path} holds another ledger, {genesis}: choose another directory",
                        "other-ledger-there",
                        path=database,
                        genesis=genesis,
                    )
                )
            if size > backup.size:
                raise RestoreRefused(
                    Sentence(
                        "{path} holds {size} entries, and the backup only {held}: it is kept. If it is"
                        " damaged, move it away, with its -wal: it may hold entries that nobody else has",
                        "longer-ledger-there",
                        path=database,
                        size=size,
                        held=backup.size,
                    )
                )
            if read_frontier(reader.nodes, size).root() != backup.root_at(size):
                raise RestoreRefused(
                    Sentence(
                        "{path} and the backup differ within the first {size} entries",
                        "ledgers-differ",
                        path=database,
                        size=size,
                    )
                )
            return size
    except (sqlite3.Error, StorageError) as error:
        raise RestoreRefused(
            Sentence(
                "{path} cannot be read ({why}), so that what it holds is unknown: move it away, with its"
                " -wal, and keep it",
                "ledger-unknown",
                path=database,
                why=error,
            )
        ) from error


def _check_empty(database: Database) -> None:
    """A database takes a backup only while nothing is in it."""
    with open_picture(database) as picture:
        size = max(picture.head().size, picture.count("pledger_events"))
    if size:
        raise RestoreRefused(
            Sentence(
                "the database {where} holds {size} entries, and is kept: a backup goes into an empty one"
                " (`pledger migrate`), which the server is then pointed at",
                "database-not-empty",
                where=database,
                size=size,
            )
        )


def missing_of(backup: Backup, place: Place, asked: Sequence[Asked]) -> tuple[int, int] | None:
    """The numbers (№) of entries that the key has signed, or somebody has seen, and the backup lacks."""
    signed = place.signed[0] if place.signed is not None else 0
    largest = max(signed, *(one.size or 0 for one in asked), 0)
    return (backup.size + 1, largest) if largest > backup.size else None


def check_memory(backup: Backup, place: Place, asked: Sequence[Asked]) -> None:
    """A memory behind what others saw would let the key sign a second history. Raises RestoreRefused."""
    if place.signed is None or place.signed[0] > backup.size:
        return  # nothing is signed until the entries are back, or a new memory is asked for
    ahead = _ahead(backup, asked)
    if ahead:
        raise RestoreRefused(
            Sentence(
                "the log key's memory says {signed} entries, and {ahead}: the memory was put back from a"
                " backup, which must never be. Keep the server stopped, and bring back a copy with all"
                " entries",
                "memory-put-back",
                signed=place.signed[0],
                ahead=ahead,
            )
        )


def _ahead(backup: Backup, asked: Sequence[Asked]) -> list[Sentence]:
    """Who has seen more than the backup holds, in words."""
    seen = [one for one in asked if one.size is not None and one.size > backup.size]
    return [Sentence("{who} has seen {size}", "has-seen", who=named(one.who), size=one.size) for one in seen]


def named(who: str) -> Sentence | str:
    """Who remembers the log, as a record of a restore names them: "witness w1", "client 0123….json"."""
    kind, _, name = who.partition(" ")
    if kind == "witness":
        return Sentence("witness {name}", "witness", name=name)
    return Sentence("client {name}", "client", name=name) if kind == "client" else who


def check_asked(backup: Backup, asked: Sequence[Asked]) -> None:
    """Before a new memory is made: everybody answered, and nobody has seen more. Raises RestoreRefused."""
    silent = [named(one.who) for one in asked if one.size is None]
    if silent:
        raise RestoreRefused(
            Sentence(
                "no new memory: {silent} did not answer, and may have seen more",
                "no-memory-silent",
                silent=silent,
            )
        )
    ahead = _ahead(backup, asked)
    if ahead:
        raise RestoreRefused(
            Sentence(
                "no new memory: the backup holds {held} entries, and {ahead}: entries are missing. Bring"
                " them back first",
                "no-memory-ahead",
                held=backup.size,
                ahead=ahead,
            )
        )
