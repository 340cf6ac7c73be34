"""Documents beside events: bytes by their hash, in a folder of one machine or in the database of all.

Restricted ones are kept and never served; they lie apart, so that the same bytes may be there twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Final, NamedTuple, Protocol

from ledger.directory import Directory
from ledger.errors import StorageError, VerificationError
from ledger.sentence import Sentence
from ledger.store.place import Database

PIECE_BYTES: Final = 1 << 20


class Held(NamedTuple):
    """One document that is there. sha256: hexadecimal; size: bytes."""

    sha256: str
    size: int
    restricted: bool


class WrongSize(VerificationError):
    """Not so many bytes as an event says. got: how many came, those too many not all counted."""

    def __init__(self, got: int) -> None:
        super().__init__(Sentence("a document of another size came: {got} bytes", "document-size", got=got))
        self.got = got


class WrongHash(VerificationError):
    """Other bytes than an event names. got: their SHA-256, hexadecimal."""

    def __init__(self, got: str) -> None:
        super().__init__(Sentence("a document of other bytes came: SHA-256 {got}", "document-hash", got=got))
        self.got = got


class CutShort(StorageError):
    """Not all of a document is there."""


class Incoming(Protocol):
    """Bytes on their way. Nobody sees any of them before `keep`, and without it nothing is left."""

    @property
    def size(self) -> int:
        """So many bytes came."""

    def write(self, piece: bytes) -> None:
        """Raises WrongSize as soon as there are too many bytes; OSError."""

    def keep(self) -> None:
        """Check, make durable, and let everybody find it. The same bytes may have come meanwhile: they stay.

        Raises WrongSize, WrongHash, StorageError, Stopped, OSError.
        """


class Documents(Protocol):
    """A ledger's documents, for many threads."""

    def find(self, sha256: str, *, restricted: bool) -> Held | None:
        """restricted: among those that are never served. Raises StorageError."""

    def receive(
        self, sha256: str, sizes: frozenset[int], *, restricted: bool
    ) -> AbstractContextManager[Incoming]:
        """sizes: those that events name, one of which it must have."""

    def pieces(self, held: Held) -> Iterator[bytes]:
        """What is in it, a piece of at most PIECE_BYTES at a time; nothing is held while nobody asks.

        Raises StorageError.
        """

    def everything(self) -> Iterator[Held]:
        """All that are there, by their hashes; those that come meanwhile may be left out."""


def documents_of(directory: Directory) -> Documents:
    """Where the documents of a ledger are: with the log. Raises StorageError where that is not clear."""
    return documents_in(directory, directory.database)


def documents_in(directory: Directory, database: Database | None) -> Documents:
    """As documents_of, of a database that was found already."""
    if database is None:
        from ledger.store.documents_folder import FolderDocuments  # noqa: PLC0415 -- each imports this

        return FolderDocuments(directory.files)
    from ledger.store.documents_database import DatabaseDocuments  # noqa: PLC0415 -- the driver, where it is used

    return DatabaseDocuments(database, directory.files / "incoming")


def copy_document(held: Held, source: Documents, target: Documents) -> bool:
    """Bring a document over, unless it is there; checked by its hash. Was it brought?

    Raises WrongSize, WrongHash, StorageError, Stopped, OSError.
    """
    if target.find(held.sha256, restricted=held.restricted) is not None:
        return False
    sizes = frozenset([held.size])
    with target.receive(held.sha256, sizes, restricted=held.restricted) as incoming:
        for piece in source.pieces(held):
            incoming.write(piece)
        incoming.keep()
    return True
