"""A witness's folder: everything that one command makes at its first start.

witness-key.pem    the key, mode 0600; keep it out of backups that others read
witness-state.db   what was cosigned; never put an older copy in its place
logs               `log <vkey>` lines: whom the witness follows
lock               held by the process that serves
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ledger.clock import Clock
from ledger.cosignature import CosignatureSigner
from ledger.errors import Stopped, StorageError
from ledger.note import check_name
from ledger.sentence import Sentence
from ledger.signer import generate_key
from ledger.witness.memory import WitnessMemory, key_of
from ledger.witness.witness import Witness, logs_of

_FILE_BYTES_MAX: Final = 65_536
_LOG: Final = "log "


class WitnessFolder:
    """Locked while it is open: use it in a `with`, and only for as long as it is served."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.key, self.state, self.logs = path / "witness-key.pem", path / "witness-state.db", path / "logs"
        self._handle: int | None = None
        self._memory: WitnessMemory | None = None

    @property
    def is_new(self) -> bool:
        """Neither key nor state is there."""
        return not self.key.exists() and not self.state.exists()

    def open(self, *, name: str | None, logs: Iterable[str], clock: Clock) -> Witness:
        """The witness of this folder; a new folder gets a key, a state and the name.

        logs: verifier keys to follow from now on, beside those followed already. Raises
        Stopped or StorageError when the folder cannot be trusted, NoteError for a name or key.
        """
        fresh = list(logs)
        logs_of(fresh)
        if self.is_new:
            check_name(name or "")
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock()
        self._check_pair()
        followed = dict.fromkeys([*self.followed(), *fresh])
        if not followed:
            raise Stopped(
                Sentence(
                    "{path} names no log to follow: give its verifier key", "witness-no-log", path=self.path
                )
            )
        if self.is_new:
            generate_key(self.key)
            self._memory = WitnessMemory.create(self.state, self._signer(str(name), clock).verifier)
        signer = self._signer(key_of(self.state).name, clock)
        if name not in (None, signer.name):
            raise Stopped(
                Sentence(
                    "{path} belongs to the witness {found}, not to {name}",
                    "witness-other-name",
                    path=self.path,
                    found=signer.name,
                    name=name,
                )
            )
        self._memory = self._memory or WitnessMemory(self.state, signer.verifier)
        self._follow(list(followed))
        return Witness(signer, self._memory, logs_of(followed), clock)

    def followed(self) -> list[str]:
        """The verifier keys of the logs. Raises StorageError."""
        if not self.logs.exists():
            return []
        lines = [line.strip() for line in _read(self.logs).decode("utf-8", "replace").split("\n")]
        said = [line for line in lines if line and not line.startswith("#")]
        for line in said:
            if not line.startswith(_LOG):
                raise StorageError(
                    Sentence(
                        "{path}: {line!r} is no `log <vkey>` line",
                        "witness-log-line",
                        path=self.logs,
                        line=line,
                    )
                )
        return [line.removeprefix(_LOG).strip() for line in said]

    def close(self) -> None:
        if self._memory is not None:
            self._memory.close()
            self._memory = None
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _lock(self) -> None:
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
        self._handle = handle

    def _check_pair(self) -> None:
        """A key without its state has forgotten what it cosigned: it must not sign again."""
        if self.key.exists() == self.state.exists():
            return
        lost, found = (self.state, self.key) if self.key.exists() else (self.key, self.state)
        raise Stopped(
            Sentence(
                "{found} is there, but {lost} is not, so that nothing is cosigned. Put it back if it was"
                " moved. If it is lost, this witness ends here: start a new one in an empty folder, and tell"
                " everybody whose policy names the old key",
                "witness-half-lost",
                found=found,
                lost=lost,
            )
        )

    def _signer(self, name: str, clock: Clock) -> CosignatureSigner:
        return CosignatureSigner(name, _load(self.key), lambda: int(clock.now().timestamp()))

    def _follow(self, keys: list[str]) -> None:
        if keys == self.followed():
            return
        fresh = self.logs.with_name("logs.new")
        with fresh.open("w", encoding="utf-8") as file:
            file.write("".join(f"{_LOG}{key}\n" for key in keys))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.logs)


def _load(path: Path) -> Ed25519PrivateKey:
    """Raises Stopped for a key that others can read, or that is none."""
    try:
        key = load_pem_private_key(_read(path, private=True), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Stopped(
            Sentence(
                "the witness key {path} is no unencrypted PKCS #8 PEM file", "witness-key-no-pem", path=path
            )
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Stopped(
            Sentence("the witness key {path} is no Ed25519 key", "witness-key-no-ed25519", path=path)
        )
    return key


def _read(path: Path, *, private: bool = False) -> bytes:
    try:
        with path.open("rb") as file:
            # The open file is judged, not its path, which may change in between.
            mode = os.fstat(file.fileno()).st_mode
            if private and (not stat.S_ISREG(mode) or mode & (stat.S_IRWXG | stat.S_IRWXO)):
                raise Stopped(
                    Sentence(
                        "the witness key {path} is open to others: chmod 600, and think who read it",
                        "witness-key-open",
                        path=path,
                    )
                )
            return file.read(_FILE_BYTES_MAX)
    except OSError as error:
        raise StorageError(
            Sentence("{path} cannot be read: {why}", "file-unreadable", path=path, why=error)
        ) from error
