"""What the log key signed last: a file with two slots, made durable before a signature is released."""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from ledger.errors import Stopped
from ledger.sentence import Sentence
from ledger.signing.private_files import write_new

SLOT_OFFSETS = (0, 4096)
SLOT_BYTES = 512

# What an operator is told to do; DIR is the ledger's directory.
RESTORE = "pledger restore SOURCE DIR"
NEW_MEMORY = "--new-memory --policy FILE"

_FILE_BYTES = 8192
_MAGIC = b"PLSIGN\x00\x01"
_RECORD = struct.Struct(">8sQQ32sH422s")  # magic, sequence, size, root, origin's length, origin
_ORIGIN_BYTES_MAX = 422


@dataclass(frozen=True, slots=True)
class Record:
    """What one slot holds; the sequence tells which slot is newer and where it belongs."""

    sequence: int
    origin: str
    size: int
    root: bytes

    def to_slot(self) -> bytes:
        origin = self.origin.encode()
        if len(origin) > _ORIGIN_BYTES_MAX:
            raise Stopped(
                Sentence(
                    "an origin has at most {size_max} bytes", "origin-too-long", size_max=_ORIGIN_BYTES_MAX
                )
            )
        body = _RECORD.pack(_MAGIC, self.sequence, self.size, self.root, len(origin), origin)
        return body + sha256(body).digest()

    @classmethod
    def from_slot(cls, slot: bytes) -> Record | None:
        """None when the slot is not whole, as after a crash while it was written."""
        body, checksum = slot[: _RECORD.size], slot[_RECORD.size :]
        if len(slot) != SLOT_BYTES or sha256(body).digest() != checksum:
            return None
        magic, sequence, size, root, length, origin = _RECORD.unpack(body)
        if magic != _MAGIC:
            return None
        return cls(sequence, origin[:length].decode("utf-8", "replace"), size, root)


class MemoryFile:
    """Two slots written in turn, so that one is whole at every moment.

    A slot fits one disk sector. Should the newest slot rot later, the older one is taken:
    the memory then is one checkpoint behind, and it is for the witnesses to notice.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = self._open_locked()
        try:
            self.record = self._newest()
            # What was read may live in the page cache only, after an earlier failed write.
            self._write(self.record.size, self.record.root)
        except BaseException:
            self.close()
            raise

    def remember(self, size: int, root: bytes) -> None:
        """Return only when the tree is durably the last one. Raises Stopped."""
        if self._file is None:
            raise Stopped(
                Sentence(
                    "the signer memory {path} is closed or failed: open it anew",
                    "memory-closed",
                    path=self._path,
                )
            )
        if (size, root) != (self.record.size, self.record.root):
            self._write(size, root)

    @property
    def is_open(self) -> bool:
        """False once it was closed, or failed."""
        return self._file is not None

    def close(self) -> None:
        """Give up the file and its lock."""
        if self._file is not None:
            os.close(self._file)
        self._file = None

    def _open_locked(self) -> int | None:
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        except OSError as error:
            problem = Sentence("cannot be opened ({why})", "cannot-be-opened", why=error)
            raise Stopped(self._advice(problem)) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(file)
            raise Stopped(
                Sentence(
                    "the signer memory {path} is in use by another process: stop it, or, where several"
                    " servers are meant, give each of them --signer (`pledger signer serve`)",
                    "memory-in-use",
                    path=self._path,
                )
            ) from error
        return file

    def _newest(self) -> Record:
        assert self._file is not None
        found = newest_of([os.pread(self._file, SLOT_BYTES, offset) for offset in SLOT_OFFSETS])
        if found is None:
            raise Stopped(self._advice(Sentence("has no whole slot", "no-whole-slot")))
        return found

    def _write(self, size: int, root: bytes) -> None:
        """Write the older slot and make it durable; on failure nothing more is signed."""
        assert self._file is not None
        record = replace(self.record, sequence=self.record.sequence + 1, size=size, root=root)
        try:
            written = os.pwrite(self._file, record.to_slot(), SLOT_OFFSETS[record.sequence % 2])
            os.fdatasync(self._file)
        except OSError as error:
            self.close()
            raise Stopped(
                Sentence(
                    "the signer memory {path} cannot be written: {why}",
                    "memory-unwritable",
                    path=self._path,
                    why=error,
                )
            ) from error
        if written != SLOT_BYTES:
            self.close()
            raise Stopped(
                Sentence(
                    "the signer memory {path} was written in part: is the disk full?",
                    "memory-cut",
                    path=self._path,
                )
            )
        self.record = record

    def _advice(self, problem: Sentence) -> Sentence:
        return Sentence(
            "the signer memory {path} {problem}, so what the log key signed last is unknown and nothing is"
            " signed. Put the file back if it was moved. If it is lost, move away what is left of it, and ask"
            " every witness for its last size: `{restore} {new_memory}` does, and starts a new memory only if"
            " SOURCE holds at least that tree",
            "memory-lost",
            path=self._path,
            problem=problem,
            restore=RESTORE,
            new_memory=NEW_MEMORY,
        )


def write_memory(path: Path, origin: str, size: int, root: bytes) -> None:
    """Start a memory in a file that was not there. Raises Stopped."""
    write_new(path, Record(0, origin, size, root).to_slot().ljust(_FILE_BYTES, b"\x00"))


def read_memory(path: Path) -> tuple[str, int, bytes] | None:
    """(origin, size, root) of the tree signed last, without opening the memory; None if there is no file.

    For a look while nothing signs. Raises Stopped when no slot is whole.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Stopped(
            Sentence(
                "the signer memory {path} cannot be read: {why}", "memory-unreadable", path=path, why=error
            )
        ) from error
    newest = newest_of([raw[offset : offset + SLOT_BYTES] for offset in SLOT_OFFSETS])
    if newest is None:
        raise Stopped(Sentence("the signer memory {path} has no whole slot", "memory-not-whole", path=path))
    return newest.origin, newest.size, newest.root


def newest_of(slots: Sequence[bytes]) -> Record | None:
    """The newest whole slot that stands where its sequence puts it."""
    records = [Record.from_slot(slot) for slot in slots]
    found = [one for parity, one in enumerate(records) if one is not None and one.sequence % 2 == parity]
    return max(found, key=lambda record: record.sequence, default=None)
