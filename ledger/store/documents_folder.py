"""Documents as files: DIR/files/ab/abcd…, and those that are never served in a closed folder apart."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from ledger.errors import StorageError
from ledger.sentence import Sentence
from ledger.store.documents import PIECE_BYTES, Held, WrongHash, WrongSize

_NAME: Final = re.compile(r"^[0-9a-f]{64}$")


def path_of(folder: Path, sha256: str) -> Path:
    """sha256: 64 hexadecimal digits, checked by the caller."""
    return folder / sha256[:2] / sha256


def restricted_folder(folder: Path) -> Path:
    """Where bytes lie that are kept and never served: apart, and closed to other accounts."""
    apart = folder / "restricted"
    if not apart.exists():
        apart.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync(folder)
    return apart


class FolderDocuments:
    """Implements Documents. folder: made when something comes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _apart(self, restricted: bool) -> Path:
        return self.folder / "restricted" if restricted else self.folder

    def path(self, held: Held) -> Path:
        return path_of(self._apart(held.restricted), held.sha256)

    def find(self, sha256: str, *, restricted: bool) -> Held | None:
        try:
            size = path_of(self._apart(restricted), sha256).stat().st_size
        except FileNotFoundError:
            return None
        return Held(sha256, size, restricted)

    def receive(self, sha256: str, sizes: frozenset[int], *, restricted: bool) -> FileIncoming:
        return FileIncoming(restricted_folder(self.folder) if restricted else self.folder, sha256, sizes)

    def pieces(self, held: Held) -> Iterator[bytes]:
        path = self.path(held)
        try:
            with path.open("rb") as source:
                while piece := source.read(PIECE_BYTES):
                    yield piece
        except OSError as error:
            raise StorageError(
                Sentence("{path} cannot be read: {why}", "file-unreadable", path=path, why=error)
            ) from error

    def everything(self) -> Iterator[Held]:
        for restricted in (False, True):
            for folder in sorted(self._apart(restricted).glob("[0-9a-f][0-9a-f]")):
                for path in sorted(folder.iterdir()):
                    if _NAME.match(path.name) and path.is_file():
                        yield Held(path.name, path.stat().st_size, restricted)


class FileIncoming:
    """Implements Incoming: a file beside its place; use it in a `with`."""

    def __init__(self, folder: Path, sha256: str, sizes: frozenset[int]) -> None:
        self.folder, self.sha256, self.sizes = folder, sha256, sizes
        self.size = 0
        self._hash = hashlib.sha256()
        self._temporary = folder / "incoming" / f"{sha256}-{secrets.token_hex(8)}"
        self._handle: IO[bytes] | None = None

    def __enter__(self) -> FileIncoming:
        self._temporary.parent.mkdir(parents=True, exist_ok=True)
        self._handle = self._temporary.open("xb")
        return self

    def __exit__(self, *_: object) -> None:
        if self._handle is not None:
            self._handle.close()
        self._temporary.unlink(missing_ok=True)

    def write(self, piece: bytes) -> None:
        assert self._handle is not None  # inside the `with`
        self.size += len(piece)
        if self.size > max(self.sizes):
            raise WrongSize(self.size)
        self._hash.update(piece)
        self._handle.write(piece)

    def keep(self) -> None:
        assert self._handle is not None  # inside the `with`
        if self.size not in self.sizes:
            raise WrongSize(self.size)
        if self._hash.hexdigest() != self.sha256:
            raise WrongHash(self._hash.hexdigest())
        self._handle.flush()
        os.fsync(self._handle.fileno())
        place = path_of(self.folder, self.sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        self._temporary.replace(place)
        for folder in (place.parent, self.folder):
            _sync(folder)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
