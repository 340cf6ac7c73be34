"""The files that a bundle's entries name: present, withheld, missing, or left out because somebody asked so.

Source: docs/proof.md, Bundles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.files import is_restricted, path_of
from api.sources import Source
from ledger.entry import read_entry
from ledger.event import FileRef
from ledger.verify.entry_file import EntryFile
from projections.files import read_named


@dataclass(frozen=True, slots=True)
class Listed:
    """What one event says of a file. path: where its bytes lie, None if they are not in the bundle."""

    ref: FileRef
    event: str
    state: str
    path: Path | None

    def to_json(self) -> dict[str, Any]:
        """One of `files` in bundle.json."""
        return {
            "sha256": self.ref.sha256,
            "size": self.ref.size,
            "name": self.ref.name,
            "event": self.event,
            "state": self.state,
        }


def list_files(
    source: Source, file: EntryFile, indexes: Iterable[int], *, with_bytes: bool = True
) -> list[Listed]:
    """Every file that these entries name, in the order of the log. with_bytes: else none is looked for."""
    found: list[Listed] = []
    states: dict[str, tuple[str, Path | None]] = {}
    for index in indexes:
        for row in file.rows(index, index + 1):
            event = read_entry(row.raw).stated().event
            for ref in event.files:
                if ref.sha256 not in states:
                    states[ref.sha256] = _state(source, ref.sha256, with_bytes=with_bytes)
                found.append(Listed(ref, event.id, *states[ref.sha256]))
    return found


def _state(source: Source, sha256: str, *, with_bytes: bool) -> tuple[str, Path | None]:
    """Whoever restricts a file, also later, restricts it everywhere: as when it is asked for alone."""
    with source.follower.reading() as reading:
        if is_restricted(read_named(reading, sha256)):
            return "withheld", None
    if not with_bytes:  # whether it was ever uploaded is not said either
        return "left-out", None
    path = path_of(source.ledger.directory.files, sha256)
    return ("present", path) if path.is_file() else ("missing", None)
