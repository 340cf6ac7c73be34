"""A log's entries as the verifier reads them, wherever the log is."""

from __future__ import annotations

from pathlib import Path

from ledger.store.place import Database
from ledger.verify.entry_file import EntryFile


def open_entries(place: Path | Database) -> EntryFile:
    """To be closed. Raises StorageError."""
    if isinstance(place, Path):
        return EntryFile(place)
    from ledger.store.postgres.entries import DatabaseEntries  # noqa: PLC0415 -- the driver, where it is used

    return DatabaseEntries(place)
