"""A ledger's directory: which files it has, and one process at a time in it.

ledger.db            sacred
projections-<n>.db   can always be rebuilt; CURRENT names the one in use
files/               documents that logged events name, by hash
log-key.pem          the log's key (move it to where only the signer can read it)
log-key.next.pem     while it is there: the key that will follow, which signs beside the first
log-memory           what the log's key has signed last; never restored from a backup
restored.json        which backups were put in the ledger's place, if any were
service-key.pem      the service key, which states how the log stands and signs refusals
witnesses.policy     which witnesses are asked, where no other policy is named (C2SP tlog-policy)
witness-sizes.json   what each of them cosigned last: a hint, which may be lost
webhooks.toml        who is told of new entries, where no other file is named
webhooks.db          how far each of them is; it may be lost, and they are told again or from the end
lock                 held by the process that serves
database             where the log is, if it is not in ledger.db: a connection string of PostgreSQL

With a database the log, the projections and the documents are there; the other files are of this machine.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from ledger.errors import StorageError
from ledger.sentence import Sentence
from ledger.store.place import Database


class Directory:
    """Paths inside a ledger's directory, its database if it has one, and its lock.

    database: instead of the one that the file `database` names.
    """

    def __init__(self, path: Path, database: Database | None = None) -> None:
        self.path = path
        self._database = database
        self._locks: list[int] = []

    @property
    def database_file(self) -> Path:
        return self.path / "database"

    @property
    def database(self) -> Database | None:
        """None where the log is in ledger.db. Raises StorageError where it would be in both."""
        found = self._database
        if found is None and self.database_file.exists():
            found = Database(self._read_database())
        if found is not None and self.ledger_db.exists():
            raise StorageError(
                Sentence(
                    "{path} holds a ledger.db, and a database is named too: a ledger is in one place. If it"
                    " was copied (`pledger copy`), move ledger.db aside with its -wal and -shm",
                    "two-places",
                    path=self.path,
                )
            )
        return found

    def _read_database(self) -> str:
        try:
            return self.database_file.read_text(encoding="utf8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise StorageError(
                Sentence(
                    "{path} cannot be read: {why}", "file-unreadable", path=self.database_file, why=error
                )
            ) from error

    @property
    def place(self) -> Path | Database:
        """Where the log is."""
        return self.database or self.ledger_db

    @property
    def holds_ledger(self) -> bool:
        """Is there a log? Of a database only its being named is known here."""
        return self.database is not None or self.ledger_db.exists()

    @property
    def ledger_db(self) -> Path:
        return self.path / "ledger.db"

    @property
    def log_key(self) -> Path:
        return self.path / "log-key.pem"

    @property
    def next_log_key(self) -> Path:
        return self.path / "log-key.next.pem"

    @property
    def log_memory(self) -> Path:
        return self.path / "log-memory"

    @property
    def service_key(self) -> Path:
        return self.path / "service-key.pem"

    @property
    def witness_policy(self) -> Path:
        return self.path / "witnesses.policy"

    @property
    def witness_sizes(self) -> Path:
        return self.path / "witness-sizes.json"

    @property
    def files(self) -> Path:
        return self.path / "files"

    def lock(self) -> None:
        """Raises StorageError if another process serves this directory.

        With a database many may; the log key's memory has a lock of its own.
        """
        if self.database is not None:
            return
        self._check_one_name()
        folders = dict.fromkeys([self.path.resolve(), self.ledger_db.resolve().parent])
        try:
            for folder in folders:
                self._locks.append(self._locked(folder))
        except BaseException:
            self.unlock()
            raise

    def _check_one_name(self) -> None:
        """SQLite keeps its log beside the name that it was given: of two names each has its own past."""
        names = self.ledger_db.stat().st_nlink if self.ledger_db.exists() else 1
        if names > 1:
            raise StorageError(
                Sentence(
                    "{path} has {names} names (hard links), and under each another process could write it:"
                    " remove the others, or make this one a copy",
                    "database-linked",
                    path=self.ledger_db,
                    names=names,
                )
            )

    def _locked(self, folder: Path) -> int:
        """A lock beside the database itself, wherever it is named from."""
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            raise StorageError(
                Sentence(
                    "{path} is in use by another process: stop it first", "directory-in-use", path=self.path
                )
            ) from error
        return handle

    def unlock(self) -> None:
        while self._locks:
            os.close(self._locks.pop())
