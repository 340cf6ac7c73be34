"""The only holder of the log key: it never signs two histories.

The signer keeps its own memory of what it signed last, outside the database and its
backups, and makes it durable before a signature is released. So a restored or forked
database cannot obtain a second signature for a tree of another past.

Here is the signer of one process, with key and memory in files; ledger/signing/ has those files, and
the service that gives many processes one signer.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from ledger.checkpoint import Checkpoint, format_checkpoint
from ledger.errors import Moved, Stopped, VerificationError
from ledger.merkle import EMPTY_ROOT, ConsistencyProofError, check_consistency
from ledger.note import Ed25519Signer, check_name, sign_note
from ledger.sentence import Sentence
from ledger.signing.memory import (
    NEW_MEMORY,
    RESTORE,
    SLOT_BYTES,
    SLOT_OFFSETS,
    MemoryFile,
    read_memory,
    write_memory,
)
from ledger.signing.private_files import generate_key, key_paths, load_key, verifier_key_of

__all__ = [
    "SLOT_BYTES",
    "SLOT_OFFSETS",
    "FileLogSigner",
    "LogSigner",
    "Moved",
    "generate_key",
    "load_key",
    "not_signed",
    "read_memory",
    "verifier_key_of",
]


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
        """(size, root) of the tree signed last; size 0 and the empty root before the first.

        Raises Stopped when it cannot be asked.
        """

    def sign(self, size: int, root: bytes, proof: Sequence[bytes], since: int | None = None) -> str:
        """The whole signed checkpoint note.

        root: 32 bytes. proof: RFC 6962 §2.1.2 from the tree of `since` entries to this one, empty from
        size 0 and for the same tree. since: the size that last() gave, by which it is told that another
        process signed meanwhile; None: whatever was signed last.
        Raises Moved, and signs nothing, for a tree smaller than that signed last and for a proof from
        elsewhere; the tree signed last itself is signed again all the same. Raises Stopped for what is no
        extension, among it another tree of the size signed last.
        """

    def close(self) -> None:
        """Let go of it; nothing can be signed afterwards."""


class FileLogSigner:
    """A LogSigner with its key in one file and its memory in another.

    While the file of a next key exists, each checkpoint is signed by both keys, the first one
    first: one memory, so that neither signs what the other would not.
    Only one process at a time can open a memory. After a failed write it signs nothing more:
    whether the disk holds that write is unknown until the memory is opened anew.
    """

    def __init__(self, key_path: Path, memory_path: Path, next_key_path: Path | None = None) -> None:
        """Open keys and memory. Raises Stopped, with what to do, when one cannot be trusted."""
        private_keys = [load_key(path) for path in key_paths(key_path, next_key_path)]
        self._memory = MemoryFile(memory_path)
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
        write_memory(memory_path, origin, size, root)
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

    @property
    def usable(self) -> bool:
        """False once it was closed or its memory could not be written: open it anew."""
        return self._memory.is_open

    def last(self) -> tuple[int, bytes]:
        record = self._memory.record
        return record.size, record.root

    def sign(self, size: int, root: bytes, proof: Sequence[bytes], since: int | None = None) -> str:
        with self._lock:
            text = self._text_of_extension(size, root, proof, since)
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

    def _text_of_extension(self, size: int, root: bytes, proof: Sequence[bytes], since: int | None) -> str:
        old_size, old_root = self.last()
        elsewhere = since is not None and since != old_size
        try:
            text = format_checkpoint(Checkpoint(self.origin, size, root))
            if size < old_size:
                raise _Overtaken(f"a tree of {old_size} cannot have grown to {size}")
            if elsewhere and size > old_size:
                raise _Overtaken(f"the proof starts at size {since}")
            # The tree signed last needs no proof, wherever that of an overtaken process starts.
            proof = () if elsewhere else proof
            check_consistency(old_size=old_size, new_size=size, old_root=old_root, new_root=root, proof=proof)
        except _Overtaken as error:
            raise Moved(not_signed(size, error, old_size, old_root), old_size, old_root) from error
        except VerificationError as error:
            raise Stopped(not_signed(size, error, old_size, old_root)) from error
        return text


class _Overtaken(ConsistencyProofError):
    """What was signed last is not what the caller took it for."""


def not_signed(size: int, why: VerificationError, old_size: int, old_root: bytes) -> Sentence:
    """What is said of a tree that the log key does not sign. old_size, old_root: signed last."""
    return Sentence(
        "the log key signs no tree of size {size}: {why}. It signed size {signed}, root {root},"
        " last. If the database was restored, bring back the missing entries: `{restore}`. This"
        " memory is never set back; only for one that is lost, `{restore} {new_memory}` asks"
        " every witness and starts another",
        "tree-not-signed",
        size=size,
        why=why,
        signed=old_size,
        root=old_root.hex(),
        restore=RESTORE,
        new_memory=NEW_MEMORY,
    )
