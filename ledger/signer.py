"""The only holder of the log key: it never signs two histories.

The signer keeps its own memory of what it signed last, outside the database and its
backups, and makes it durable before a signature is released. So a restored or forked
database cannot obtain a second signature for a tree of another past.
"""

from __future__ import annotations

import fcntl
import os
import stat
import struct
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from ledger.checkpoint import Checkpoint, format_checkpoint
from ledger.errors import Stopped, VerificationError
from ledger.merkle import EMPTY_ROOT, check_consistency
from ledger.note import Ed25519Signer, check_name, sign_note
from ledger.sentence import Sentence

SLOT_OFFSETS = (0, 4096)
SLOT_BYTES = 512

# What an operator is told to do; DIR is the ledger's directory.
RESTORE = "pledger restore SOURCE DIR"
NEW_MEMORY = "--new-memory --policy FILE"

_FILE_BYTES = 8192
_MAGIC = b"PLSIGN\x00\x01"
_RECORD = struct.Struct(">8sQQ32sH422s")  # magic, sequence, size, root, origin's length, origin
_ORIGIN_BYTES_MAX = 422
_KEY_FILE_BYTES_MAX = 4096


class LogSigner(Protocol):
    """Signs the checkpoints of one log.

    It signs only the (size, root) that it signed last, or a larger tree that the proof shows
    to be an extension of it; when sign returns, that memory is durable.
    """

    @property
    def verifier_key(self) -> str:
        """The verifier key text of the first key."""

    @property
    def verifier_keys(self) -> tuple[str, ...]:
        """The texts of all keys that sign, the first one first; two while keys overlap."""

    @property
    def origin(self) -> str:
        """The log's origin, which is the keys' name."""

    def last(self) -> tuple[int, bytes]:
        """(size, root) of the tree signed last; size 0 and the empty root before the first."""

    def sign(self, size: int, root: bytes, proof: Sequence[bytes]) -> str:
        """The whole signed checkpoint note.

        root: 32 bytes. proof: RFC 6962 §2.1.2 from last() to this tree, empty from size 0
        and for the same tree. Raises Stopped, and signs nothing, otherwise.
        """


def generate_key(key_path: Path) -> None:
    """Write a new Ed25519 key, PKCS #8 PEM, mode 0600. Raises Stopped when the file is there."""
    key = Ed25519PrivateKey.generate()
    _write_new(key_path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


class FileLogSigner:
    """A LogSigner with its key in one file and its memory in another.

    While the file of a next key exists, each checkpoint is signed by both keys, the first one
    first: one memory, so that neither signs what the other would not.
    Only one process at a time can open a memory. After a failed write it signs nothing more:
    whether the disk holds that write is unknown until the memory is opened anew.
    """

    def __init__(self, key_path: Path, memory_path: Path, next_key_path: Path | None = None) -> None:
        """Open keys and memory. Raises Stopped, with what to do, when one cannot be trusted."""
        private_keys = [load_key(path) for path in _key_paths(key_path, next_key_path)]
        self._memory = _MemoryFile(memory_path)
        self._keys = [Ed25519Signer(self._memory.record.origin, key) for key in private_keys]
        self._lock = threading.Lock()
        if len(set(self.verifier_keys)) < len(self._keys):
            self.close()
            raise Stopped(
                Sentence(
                    "{path} holds the same key as {key}: remove it",
                    "next-key-is-key",
                    path=next_key_path,
                    key=key_path,
                )
            )

    @classmethod
    def create(
        cls, key_path: Path, memory_path: Path, *, origin: str, size: int = 0, root: bytes = EMPTY_ROOT
    ) -> Self:
        """Start a memory for a log, and open it.

        size, root: the tree signed last, for a log that lost its memory; only after its
        witnesses were asked, for nothing below this size is protected any more.
        Raises Stopped when there is a memory already or the values make no checkpoint.
        """
        try:
            check_name(origin)
            Checkpoint(origin, size, root)
            check_consistency(old_size=0, new_size=size, old_root=EMPTY_ROOT, new_root=root, proof=[])
        except VerificationError as error:
            raise Stopped(
                Sentence("no signer memory can start from this: {why}", "no-memory-from-this", why=error)
            ) from error
        load_key(key_path)
        _write_new(memory_path, _Record(0, origin, size, root).to_slot().ljust(_FILE_BYTES, b"\x00"))
        return cls(key_path, memory_path)

    @property
    def verifier_key(self) -> str:
        return self.verifier_keys[0]

    @property
    def verifier_keys(self) -> tuple[str, ...]:
        return tuple(str(key.key) for key in self._keys)

    @property
    def origin(self) -> str:
        return self._keys[0].name

    def last(self) -> tuple[int, bytes]:
        record = self._memory.record
        return record.size, record.root

    def sign(self, size: int, root: bytes, proof: Sequence[bytes]) -> str:
        with self._lock:
            text = self._text_of_extension(size, root, proof)
            self._memory.remember(size, root)
            return sign_note(text, self._keys)

    def close(self) -> None:
        """Release the memory for another process; nothing can be signed afterwards."""
        with self._lock:
            self._memory.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _text_of_extension(self, size: int, root: bytes, proof: Sequence[bytes]) -> str:
        old_size, old_root = self.last()
        try:
            text = format_checkpoint(Checkpoint(self.origin, size, root))
            check_consistency(old_size=old_size, new_size=size, old_root=old_root, new_root=root, proof=proof)
        except VerificationError as error:
            raise Stopped(
                Sentence(
                    "the log key signs no tree of size {size}: {why}. It signed size {signed}, root {root},"
                    " last. If the database was restored, bring back the missing entries: `{restore}`. This"
                    " memory is never set back; only for one that is lost, `{restore} {new_memory}` asks"
                    " every witness and starts another",
                    "tree-not-signed",
                    size=size,
                    why=error,
                    signed=old_size,
                    root=old_root.hex(),
                    restore=RESTORE,
                    new_memory=NEW_MEMORY,
                )
            ) from error
        return text


@dataclass(frozen=True, slots=True)
class _Record:
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
    def from_slot(cls, slot: bytes) -> _Record | None:
        """None when the slot is not whole, as after a crash while it was written."""
        body, checksum = slot[: _RECORD.size], slot[_RECORD.size :]
        if len(slot) != SLOT_BYTES or sha256(body).digest() != checksum:
            return None
        magic, sequence, size, root, length, origin = _RECORD.unpack(body)
        if magic != _MAGIC:
            return None
        return cls(sequence, origin[:length].decode("utf-8", "replace"), size, root)


class _MemoryFile:
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
                    "the signer memory {path} is in use by another process", "memory-in-use", path=self._path
                )
            ) from error
        return file

    def _newest(self) -> _Record:
        assert self._file is not None
        found = _newest_of([os.pread(self._file, SLOT_BYTES, offset) for offset in SLOT_OFFSETS])
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
    newest = _newest_of([raw[offset : offset + SLOT_BYTES] for offset in SLOT_OFFSETS])
    if newest is None:
        raise Stopped(Sentence("the signer memory {path} has no whole slot", "memory-not-whole", path=path))
    return newest.origin, newest.size, newest.root


def _newest_of(slots: Sequence[bytes]) -> _Record | None:
    """The newest whole slot that stands where its sequence puts it."""
    records = [_Record.from_slot(slot) for slot in slots]
    found = [one for parity, one in enumerate(records) if one is not None and one.sequence % 2 == parity]
    return max(found, key=lambda record: record.sequence, default=None)


def verifier_key_of(key_path: Path, origin: str) -> str:
    """The verifier key text of a key in a file, for the log of this origin. Raises Stopped."""
    return str(Ed25519Signer(origin, load_key(key_path)).key)


def _key_paths(key_path: Path, next_key_path: Path | None) -> list[Path]:
    if next_key_path is None or not next_key_path.exists():
        return [key_path]
    return [key_path, next_key_path]


def load_key(path: Path, what: str = "log key") -> Ed25519PrivateKey:
    """Read the private key of a file that only its owner can read; what: whose it is. Raises Stopped."""
    pem = _read_private(path, what)
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Stopped(
            Sentence(
                "the {what} {path} is no unencrypted PKCS #8 PEM file", "key-no-pem", what=what, path=path
            )
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Stopped(
            Sentence("the {what} {path} is no PKCS #8 Ed25519 key", "key-no-ed25519", what=what, path=path)
        )
    return key


def _read_private(path: Path, what: str) -> bytes:
    try:
        with path.open("rb") as file:
            # The open file is judged, not its path, which may change in between.
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode) or mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise Stopped(
                    Sentence(
                        "the {what} {path} is open to others: chmod 600, and think who read it",
                        "key-open",
                        what=what,
                        path=path,
                    )
                )
            return file.read(_KEY_FILE_BYTES_MAX)
    except OSError as error:
        raise Stopped(
            Sentence(
                "the {what} {path} cannot be read: {why}", "key-unreadable", what=what, path=path, why=error
            )
        ) from error


def _write_new(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 that was not there, durably. Raises Stopped."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)  # else a crash can forget the file's name
        finally:
            os.close(directory)
    except OSError as error:
        raise Stopped(
            Sentence("{path} cannot be made: {why}", "file-not-made", path=path, why=error)
        ) from error
