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
lock                 held by the process that serves
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from ledger.errors import StorageError
from ledger.sentence import Sentence


class Directory:
    """Paths inside a ledger's directory, and its lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None

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
        """Raises StorageError if another process serves this directory."""
        handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            raise StorageError(
                Sentence(
                    "{path} is in use by another process: stop it first", "directory-in-use", path=self.path
                )
            ) from error
        self._lock = handle

    def unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
