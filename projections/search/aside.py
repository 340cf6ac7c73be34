"""Words of many entries, made in a process of their own while the tables are made in ours.

What an entry can be found by depends on the entry alone, and is a third of all the work of a rebuild. The
process is a fresh interpreter (a server's threads must not be forked), reads entries from its standard input
and writes a file with the table `words` and nothing else, which the generation then takes over.
"""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from struct import Struct
from typing import IO, TYPE_CHECKING, Final

from ledger.errors import StorageError
from ledger.merkle import HASH_BYTES, leaf_hash
from ledger.store.sql import statements
from projections.search.indexing import INSERT_WORD, Words
from projections.store.many import executemany

if TYPE_CHECKING:
    from types import TracebackType

    from ledger.entry import Entry

# Rows in memory before they are written, some 200 bytes each: an eighth of those in the file, within these.
ROWS_MIN: Final = 50_000
ROWS_MAX: Final = 500_000
_ROOT: Final = Path(__file__).resolve().parents[2]
_SCHEMA: Final = _ROOT / "projections" / "schema.sql"
_CHILD: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from projections.search.aside import main; main()"
)
# What is sent: the size of a batch in bytes, then the batch. An empty one is the end of all.
_SIZE: Final = Struct(">Q")
# Of each entry: its leaf index and the payload's size in bytes, then the leaf's hash and the payload.
_ENTRY: Final = Struct(">QI")


class AsideFailed(StorageError):
    """The process ended before its work was done."""


class Aside:
    """The process. Entries go in by `take`; after `finish` all their words are in the file."""

    def __init__(self, path: Path) -> None:
        """path: of the file, which is made anew. Raises OSError if no process can be started."""
        self.path = path
        path.unlink(missing_ok=True)
        command = [sys.executable, "-I", "-c", _CHILD, str(_ROOT), str(path)]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 -- our own code

    def take(self, entries: Sequence[Entry]) -> None:
        """Waits while the process has not taken the batch before. Raises AsideFailed."""
        self._send(_packed(entries))

    def finish(self) -> None:
        """Wait until the file is whole. Raises AsideFailed."""
        self._send(b"")
        if self._child.wait() != 0:
            raise AsideFailed(f"the process that makes the words ended with {self._child.returncode}")

    def _send(self, batch: bytes) -> None:
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(_SIZE.pack(len(batch)) + batch)
            self._child.stdin.flush()
        except BrokenPipeError as error:
            raise AsideFailed(f"the process that makes the words ended with {self._child.wait()}") from error

    def __enter__(self) -> Aside:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """However it went, the process has ended and its file is gone."""
        self._child.kill()
        with suppress(BrokenPipeError):
            self._child.communicate()
        self.path.unlink(missing_ok=True)


def _packed(entries: Sequence[Entry]) -> bytes:
    parts: list[bytes] = []
    for entry in entries:
        parts += (_ENTRY.pack(entry.index, len(entry.payload)), leaf_hash(entry.raw), entry.payload)
    return b"".join(parts)


# What follows is done in the process.


def main() -> None:
    """Ends with 0 if the file is whole. Who started us and is gone, or failed, sends no end of all."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for whoever started us, who then stops us
    path = Path(sys.argv[2])
    try:
        _write(path, sys.stdin.buffer)
    except EOFError:
        path.unlink(missing_ok=True)
        sys.exit(1)


def _write(path: Path, source: IO[bytes]) -> None:
    """Rows are sorted and written many at once, and more at once the larger the tree is: few of its pages
    fit into memory, and each is to be touched for many rows. At first few, since whoever rebuilds a short log
    waits for the last ones.
    """
    words, written = Words(), 0
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")  # the file is read once, and removed
        connection.execute("PRAGMA cache_size=-65536")
        connection.execute(next(one for one in statements(_SCHEMA) if "EXISTS words " in one))
        for index, leaf, payload in _received(source):
            words.take(index, payload, leaf.hex())
            if words.count >= min(max(written // 8, ROWS_MIN), ROWS_MAX):
                executemany(connection, INSERT_WORD, words.rows())
                words, written = Words(), written + words.count
        executemany(connection, INSERT_WORD, words.rows())
        connection.commit()


def _received(source: IO[bytes]) -> Iterator[tuple[int, bytes, bytes]]:
    """Leaf index, leaf's hash and payload of each entry. Raises EOFError where the end of all is missing."""
    while size := _SIZE.unpack(_read(source, _SIZE.size))[0]:
        batch, at = _read(source, size), 0
        while at < size:
            index, length = _ENTRY.unpack_from(batch, at)
            start = at + _ENTRY.size + HASH_BYTES
            at = start + length
            yield index, batch[start - HASH_BYTES : start], batch[start:at]


def _read(source: IO[bytes], size: int) -> bytes:
    data = source.read(size)
    if len(data) < size:
        raise EOFError
    return data
