"""The last step of a restore: what was checked takes its place, in a file or in a database."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from ledger.backup import Backup
from ledger.copying import check_same, copy_documents, copy_entries, copy_notes, quiet, read_source
from ledger.copying_ends import EMPTY, DatabaseTarget, documents_beside
from ledger.copying_picture import open_picture
from ledger.directory import Directory
from ledger.durable import replace_durably, write_whole
from ledger.errors import Stopped, StorageError
from ledger.restored import Restored, read_restored, record_path
from ledger.sentence import Sentence
from ledger.signer import FileLogSigner
from ledger.store.base import Head
from ledger.store.documents import Documents, Held, documents_of
from ledger.store.documents_folder import FolderDocuments
from ledger.store.place import Database


def put(
    directory: Path, backup: Backup, record: Restored, source: Path, database: Database | None = None
) -> tuple[int, tuple[Held, ...]]:
    """Write the record, bring the documents, put the log in its place, then start a memory if it says so.

    In this order, so that a crash leaves a record too many rather than one too few, and no entry before its
    documents. source: what was restored from, with the documents beside it. Returns how many documents were
    brought, and those whose bytes are damaged. Raises StorageError, Stopped.
    """
    place = Directory(directory, database)
    if record.new_memory and not place.log_key.exists():
        raise Stopped(
            Sentence(
                "{path} is not there: a new memory can be made only beside the key",
                "no-key-for-memory",
                path=place.log_key,
            )
        )
    history = [*read_restored(directory), record]
    write_whole(record_path(directory), {"restored": [asdict(one) for one in history]})
    brought = copy_documents(documents_with(source), documents_of(place), quiet)
    if place.database is not None:
        _fill(place.database, backup)
    elif record.before != record.size:  # with the same size it is the same log: it was compared
        _move(backup.path, place.ledger_db)
    if record.new_memory:
        FileLogSigner.create(
            place.log_key, place.log_memory, origin=backup.origin, size=backup.size, root=backup.root
        ).close()
    return brought


def documents_with(source: Path) -> Documents:
    """The documents that lie beside a backup, if any do."""
    return FolderDocuments(Directory(source).files if source.is_dir() else documents_beside(source))


def _fill(database: Database, backup: Backup) -> None:
    """All in one transaction, which is checked as a whole before it is committed: nobody can serve a part."""
    with open_picture(backup.path) as picture, DatabaseTarget(database) as target:
        walked, *_ = read_source(picture, 0, quiet)
        with target.whole():
            copy_entries(picture, target, EMPTY, walked.size, quiet)
            copy_notes(picture, target, Head(walked.frontier, walked.recorded_at))
            with target.picture() as found:
                check_same(found, walked, quiet)


def _move(copy: Path, database: Path) -> None:
    """Replace the ledger's file; a write-ahead log of the old one would be taken for the new one's."""
    try:
        if database.exists():
            _fold_wal(database)
        with copy.open("rb") as file:
            os.fsync(file.fileno())
        replace_durably(copy, database)
    except OSError as error:
        raise StorageError(
            Sentence("{path} cannot be replaced: {why}", "file-unreplaceable", path=database, why=error)
        ) from error


def _fold_wal(database: Path) -> None:
    try:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise StorageError(
            Sentence(
                "{path} is in use, or cannot be written: {why}", "ledger-in-use", path=database, why=error
            )
        ) from error
    if database.with_name(database.name + "-wal").exists():
        raise StorageError(
            Sentence(
                "{path}-wal is still there: is another process using it?", "wal-still-there", path=database
            )
        )
