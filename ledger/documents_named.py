"""Which documents a log names, and which of these a place holds.

Nobody has to upload a document, so that one that is missing may never have been here; or it was lost.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.copying_picture import open_picture
from ledger.store.documents import Documents
from ledger.store.place import Database

_BATCH_ENTRIES: Final = 1000


@dataclass(frozen=True, slots=True)
class Compared:
    """named: how many documents, public and restricted, the log names; missing: SHA-256, hexadecimal."""

    named: int
    missing: tuple[str, ...]

    @property
    def here(self) -> int:
        return self.named - len(self.missing)


def documents_named(place: Path | Database) -> frozenset[str]:
    """The SHA-256 of each document that any entry names, whatever its access. Raises StorageError."""
    found: set[str] = set()
    with open_picture(place) as picture:
        start, size = 0, picture.head().size
        while start < size:
            entries = picture.entries(start, min(_BATCH_ENTRIES, size - start))
            found.update(ref.sha256 for entry in entries for ref in entry.stated().event.files)
            start += len(entries)
    return frozenset(found)


def compare_documents(named: AbstractSet[str], documents: Documents) -> Compared:
    """Each is looked for among the public and the restricted ones. Raises StorageError."""
    held = {one.sha256 for one in documents.everything()}
    return Compared(len(named), tuple(sorted(named - held)))
