"""Documents beside events: bytes by hash in the ledger's directory, only those that a logged event names."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from api.problems import Problem
from ledger.attachments import holds_private_key, is_container
from ledger.event import FileRef
from projections.files import FileNamed

CHUNK_BYTES = 1 << 20


def is_restricted(named: Sequence[FileNamed | FileRef]) -> bool:
    """One event that restricts a file is enough; a container of a signature is, whatever an event says."""
    return any(
        one.access != "public"
        or is_container(one.name, one.media_type)
        or holds_private_key(one.name, one.media_type)
        for one in named
    )


def restricted_folder(folder: Path) -> Path:
    """Where bytes lie that are kept and never served: apart, and closed to other accounts."""
    apart = folder / "restricted"
    if not apart.exists():
        apart.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(folder)
    return apart


def path_of(folder: Path, sha256: str) -> Path:
    """sha256: 64 hexadecimal digits, checked by the caller."""
    return folder / sha256[:2] / sha256


@dataclass
class Upload:
    """Bytes on their way to their place; use it in a `with`. What does not fit leaves nothing."""

    folder: Path
    sha256: str
    sizes: frozenset[int]
    size: int = 0
    _hash: Any = field(default_factory=hashlib.sha256)
    _handle: IO[bytes] | None = None

    @property
    def _temporary(self) -> Path:
        return self.folder / "incoming" / self._name

    def __enter__(self) -> Upload:
        self._name = f"{self.sha256}-{secrets.token_hex(8)}"
        self._temporary.parent.mkdir(parents=True, exist_ok=True)
        self._handle = self._temporary.open("xb")
        return self

    def __exit__(self, *_: object) -> None:
        if self._handle is not None:
            self._handle.close()
        self._temporary.unlink(missing_ok=True)

    def write(self, chunk: bytes) -> None:
        """Raises Problem file-size as soon as there are too many bytes."""
        assert self._handle is not None  # inside the `with`
        self.size += len(chunk)
        if self.size > max(self.sizes):
            raise wrong_size(self.size, self.sizes)
        self._hash.update(chunk)
        self._handle.write(chunk)

    def keep(self) -> None:
        """Check, make durable, and put in place. Raises Problem file-size, file-hash."""
        assert self._handle is not None  # inside the `with`
        if self.size not in self.sizes:
            raise wrong_size(self.size, self.sizes)
        if self._hash.hexdigest() != self.sha256:
            raise Problem("file-hash", "", self._hash.hexdigest())
        self._handle.flush()
        os.fsync(self._handle.fileno())
        place = path_of(self.folder, self.sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        self._temporary.replace(place)
        for folder in (place.parent, self.folder):
            sync_folder(folder)


def store_bytes(folder: Path, content: bytes) -> str:
    """Put bytes in their place, durably; returns their SHA-256. For those who run the ledger."""
    digest = hashlib.sha256(content).hexdigest()
    if not path_of(folder, digest).exists():
        with Upload(folder, digest, frozenset([len(content)])) as upload:
            upload.write(content)
            upload.keep()
    return digest


def wrong_size(got: int, sizes: frozenset[int]) -> Problem:
    headers = {"Connection": "close"}
    return Problem("file-size", "", got, headers=headers, expected=sorted(sizes))


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
