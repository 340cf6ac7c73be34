"""The log on eventsourcing: an Application whose stored state is the entry's exact bytes."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from eventsourcing.application import Application
from eventsourcing.persistence import Mapper, PersistenceError, StoredEvent

from ledger.entry import TOPIC
from ledger.errors import StorageError
from ledger.sentence import Sentence
from ledger.store.base import Group, Head, LogReader, Plan, SharedRecorder, Tail
from ledger.store.place import Database
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

    def probe(self) -> None:
        """Write nothing, as an append would write something. Raises what an append would."""
        self.append(_Nothing())

    def share(self, checkpoint: tuple[int, str]) -> None:
        """Let other processes find a signed checkpoint (size, note) at once; the next commit keeps it."""
        if self._shared is not None:
            self._shared.share(checkpoint)

    @property
    def is_shared(self) -> bool:
        """May others append to it? Then what can be read may be less durable than a commit."""
        return self._shared is not None

    def settle(self) -> Head | None:
        """The log's head, once it is as durable as a commit of ours; None where whatever can be read is."""
        return self._shared.settle() if self._shared is not None else None

    @cached_property
    def _shared(self) -> SharedRecorder | None:
        # Asked at every commit, and slow to find out.
        return self.recorder if isinstance(self.recorder, SharedRecorder) else None


class _Nothing:
    """A group that inserts nothing, and commits all the same."""

    def plan(self, head: Head, tail: Tail) -> Plan:
        return Plan((), (), head, ())


def open_log(place: Path | Database) -> tuple[Log, LogReader]:
    """The log in an SQLite file, made if it is not there, or in a PostgreSQL database; and a reader of it.

    Raises StorageError if the file is no database or cannot be written, or the database is not migrated.
    """
    if isinstance(place, Path):
        return _open_file(place)
    from ledger.store.postgres.opening import environment, unopenable  # noqa: PLC0415 -- only where it is used
    from ledger.store.postgres.reader import PostgresReader  # noqa: PLC0415

    env = environment(place)
    reader = PostgresReader(place.conninfo, place.schema)
    try:
        return Log(env=env), reader
    except PersistenceError as error:
        reader.close()
        raise unopenable(place, error) from error


def open_reader(place: Path | Database) -> LogReader:
    """A reader of a log that others may write. Raises StorageError for a database that is not migrated."""
    if isinstance(place, Path):
        return SQLiteReader(place)
    from ledger.store.postgres.migrating import check_migrated  # noqa: PLC0415
    from ledger.store.postgres.reader import PostgresReader  # noqa: PLC0415

    check_migrated(place)
    return PostgresReader(place.conninfo, place.schema)


def _open_file(path: Path) -> tuple[Log, LogReader]:
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
