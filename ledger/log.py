"""The log on eventsourcing: an Application whose stored state is the entry's exact bytes."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eventsourcing.application import Application
from eventsourcing.persistence import Mapper, PersistenceError, StoredEvent

from ledger.entry import TOPIC
from ledger.errors import StorageError
from ledger.sentence import Sentence
from ledger.store.base import Group
from ledger.store.sqlite import SQLiteReader


@dataclass(frozen=True)
class LoggedEntry:
    """An entry as eventsourcing sees it: its stream, its version there, and its bytes."""

    originator_id: str
    originator_version: int
    entry: bytes


class EntryMapper(Mapper[str]):
    """Stores an entry's bytes as they are; no class is ever imported by a stored name."""

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        return StoredEvent(
            domain_event.originator_id, domain_event.originator_version, TOPIC, domain_event.entry
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        if stored_event.topic != TOPIC:
            raise StorageError(f"unknown kind of stored entry: {stored_event.topic!r}")
        return LoggedEntry(
            str(stored_event.originator_id), stored_event.originator_version, bytes(stored_event.state)
        )


class Log(Application[str]):
    """One ledger's log. Entries enter through `append` alone."""

    name = "pledger"

    def construct_mapper(self) -> Mapper[str]:
        return EntryMapper(transcoder=self.construct_transcoder())

    def append(self, group: Group) -> None:
        """Decide and insert a group in one durable transaction."""
        self.save(group=group)


def open_log(path: Path) -> tuple[Log, SQLiteReader]:
    """The log in an SQLite file, made if it is not there, and a reader of it.

    Raises StorageError if the file is no database or cannot be written.
    """
    env = {
        "PERSISTENCE_MODULE": "ledger.store.sqlite",
        "SQLITE_DBNAME": str(path),
        "ORIGINATOR_ID_TYPE": "text",
        "APPLICATION_RECORDER_TOPIC": "ledger.store.sqlite:LedgerRecorder",
    }
    try:
        log = Log(env=env)
    except (sqlite3.Error, PersistenceError) as error:
        raise StorageError(
            Sentence("{path} cannot be opened: {why}", "file-unopenable", path=path, why=error)
        ) from error
    return log, SQLiteReader(path)
