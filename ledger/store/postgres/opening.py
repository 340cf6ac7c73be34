"""Opening the log in a PostgreSQL database."""

from __future__ import annotations

from eventsourcing.persistence import PersistenceError

from ledger.errors import StorageError
from ledger.sentence import Sentence
from ledger.store.place import Database
from ledger.store.postgres.migrating import check_migrated

COMMIT_SECONDS = 20.0


def environment(database: Database, seconds: float = COMMIT_SECONDS) -> dict[str, str]:
    """What eventsourcing's Application is told. Raises StorageError for a database that is not migrated.

    seconds: how long a commit may take before its connection is cut.
    """
    check_migrated(database)
    return {
        "PERSISTENCE_MODULE": "ledger.store.postgres.recorder",
        "ORIGINATOR_ID_TYPE": "text",
        "PLEDGER_CONNINFO": database.conninfo,
        "PLEDGER_SCHEMA": database.schema,
        "PLEDGER_STANDBYS": str(database.standbys),
        "PLEDGER_UNSAFE": "y" if database.unsafe else "n",
        "PLEDGER_COMMIT_SECONDS": str(seconds),
    }


def unopenable(database: Database, error: PersistenceError) -> StorageError:
    return StorageError(
        Sentence("{path} cannot be opened: {why}", "file-unopenable", path=str(database), why=str(error))
    )
