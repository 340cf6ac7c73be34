"""Documents in PostgreSQL, where every machine finds them: a row for each piece, all in one transaction.

What comes is spooled on this machine first: a client may be slow, and no transaction waits for one.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final

import psycopg

from ledger.sentence import Sentence
from ledger.store.documents import PIECE_BYTES, CutShort, Held, WrongHash, WrongSize
from ledger.store.place import Database
from ledger.store.postgres.database import connect, telling
from ledger.store.postgres.durable import DURABILITY, Patience, check_durable

CONNECTIONS_MAX: Final = 8  # of this process at once, beside the pools of the log and the projections
AT_ONCE: Final = 4  # pieces fetched over one connection, and held in memory
LISTED: Final = 1000
KEEP_SECONDS: Final = 120.0  # for the rows of one document, and their commit

_READING: Final = Patience(20.0)
_slots = threading.BoundedSemaphore(CONNECTIONS_MAX)

_FIND: Final = "SELECT size FROM documents WHERE sha256 = %s AND restricted = %s"
# Who brings the same bytes at once waits here for the other's commit.
_CLAIM: Final = "INSERT INTO documents VALUES (%s, %s, %s) ON CONFLICT DO NOTHING RETURNING size"
_PIECE: Final = "INSERT INTO document_pieces VALUES (%s, %s, %s, %b)"
_PIECES: Final = (
    "SELECT place, piece FROM document_pieces "
    "WHERE sha256 = %s AND restricted = %s AND place >= %s ORDER BY place LIMIT %s"
)
_EVERYTHING: Final = (
    "SELECT sha256, size, restricted FROM documents "
    "WHERE (restricted, sha256) > (%s, %s) ORDER BY restricted, sha256 LIMIT %s"
)


class DatabaseDocuments:
    """Implements Documents. spool: a folder of this machine, for what is on its way."""

    def __init__(self, database: Database, spool: Path) -> None:
        self._database, self._spool = database, spool

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Any]]:
        with _slots, telling(str(self._database)), connect(self._database) as connection:
            yield connection

    @contextmanager
    def _asking(self) -> Iterator[psycopg.Connection[Any]]:
        """For questions: a server that is frozen gives no answer, and breaks no connection."""
        with self._connection() as connection, _READING.watching(connection):
            yield connection

    def find(self, sha256: str, *, restricted: bool) -> Held | None:
        with self._asking() as connection:
            row = connection.execute(_FIND, (bytes.fromhex(sha256), restricted)).fetchone()
        return Held(sha256, row[0], restricted) if row is not None else None

    def receive(self, sha256: str, sizes: frozenset[int], *, restricted: bool) -> RowsIncoming:
        return RowsIncoming(self, sha256, sizes, restricted, self._spool)

    def pieces(self, held: Held) -> Iterator[bytes]:
        """No connection is held between: whoever reads may be slow."""
        place, size = 0, 0
        while size < held.size:
            where = (bytes.fromhex(held.sha256), held.restricted, place, AT_ONCE)
            with self._asking() as connection:
                rows = connection.execute(_PIECES, where, binary=True).fetchall()
            if [row[0] for row in rows] != list(range(place, place + len(rows))) or not rows:
                raise CutShort(
                    Sentence(
                        "of the document {sha256} pieces are missing", "document-cut", sha256=held.sha256
                    )
                )
            for _, piece in rows:
                size += len(piece)
                yield bytes(piece)
            place += len(rows)

    def everything(self) -> Iterator[Held]:
        after: tuple[bool, bytes] = (False, b"")
        while True:
            with self._asking() as connection:
                rows = connection.execute(_EVERYTHING, (*after, LISTED)).fetchall()
            for digest, size, restricted in rows:
                yield Held(bytes(digest).hex(), size, restricted)
            if len(rows) < LISTED:
                return
            after = (rows[-1][2], bytes(rows[-1][0]))

    def insert(self, held: Held, source: IO[bytes]) -> None:
        """All rows of one document, or none; as durable as an entry. Raises StorageError, Stopped."""
        digest, patience = bytes.fromhex(held.sha256), Patience(KEEP_SECONDS)
        try:
            with self._connection() as connection, patience.watching(connection) as watch:
                with connection.transaction():
                    connection.execute("SET LOCAL lock_timeout = 0")
                    row = connection.execute(DURABILITY).fetchone() or ("off", "off", "")
                    check_durable(row, self._database.standbys, self._database.unsafe)
                    if connection.execute(_CLAIM, (digest, held.restricted, held.size)).fetchone():
                        for place, piece in enumerate(iter(lambda: source.read(PIECE_BYTES), b"")):
                            connection.execute(_PIECE, (digest, held.restricted, place, piece))
                watch.check_commit()
        finally:
            patience.close()


class RowsIncoming:
    """Implements Incoming: a file without a name, which is gone with the process; use it in a `with`."""

    def __init__(
        self, documents: DatabaseDocuments, sha256: str, sizes: frozenset[int], restricted: bool, spool: Path
    ) -> None:
        self._documents, self._spool = documents, spool
        self.sha256, self.sizes, self.restricted = sha256, sizes, restricted
        self.size = 0
        self._hash = hashlib.sha256()
        self._handle: IO[bytes] | None = None

    def __enter__(self) -> RowsIncoming:
        self._spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._handle = TemporaryFile(dir=self._spool)
        return self

    def __exit__(self, *_: object) -> None:
        if self._handle is not None:
            self._handle.close()

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
        self._handle.seek(0)
        self._documents.insert(Held(self.sha256, self.size, self.restricted), self._handle)
