"""The files that a bundle's entries name: present, withheld, missing, or left out (proof.md says when).

Source: docs/proof.md, Bundles.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from api.files import find_kept, is_restricted
from api.sources import Source
from ledger.entry import read_entry
from ledger.event import FileRef
from ledger.store.documents import Documents, Held, documents_of
from ledger.verify.entry_file import EntryFile
from projections.files import read_named


class _Bytes(io.RawIOBase):
    """A document as a file that is read from its beginning on."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        if not self._left:
            self._left = memoryview(next(self._pieces, b""))
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size


@dataclass(frozen=True, slots=True)
class Bytes:
    """A document that is here, wherever that is."""

    documents: Documents
    held: Held

    def open(self, _: str = "rb") -> IO[bytes]:
        """As a path is opened to be read; never all of it in memory."""
        return io.BufferedReader(_Bytes(self.documents.pieces(self.held)))


@dataclass(frozen=True, slots=True)
class Listed:
    """What one event says of a file. path: opens its bytes (Bytes), None if they are not in the bundle."""

    ref: FileRef
    event: str
    state: str
    path: Any

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
    named = list(_named(file, indexes))
    refs: dict[str, list[FileRef]] = {}
    for _, ref in named:
        refs.setdefault(ref.sha256, []).append(ref)
    states = {
        digest: _state(source, digest, restricted=is_restricted(said), with_bytes=with_bytes)
        for digest, said in refs.items()
    }
    return [Listed(ref, event, *states[ref.sha256]) for event, ref in named]


def _named(file: EntryFile, indexes: Iterable[int]) -> Iterator[tuple[str, FileRef]]:
    """(event, what it says of a file) of these entries, in their order."""
    for index in indexes:
        for row in file.rows(index, index + 1):
            event = read_entry(row.raw).stated().event
            yield from ((event.id, ref) for ref in event.files)


def _state(source: Source, sha256: str, *, restricted: bool, with_bytes: bool) -> tuple[str, Bytes | None]:
    """Whoever restricts a file, also later, restricts it everywhere: as when it is asked for alone.

    restricted: by an entry of the bundle. By another one it is not proved here, and the file is left out.
    """
    with source.follower.reading() as reading:
        if is_restricted(read_named(reading, sha256)):
            return "withheld" if restricted else "left-out", None
    if not with_bytes:  # whether it was ever uploaded is not said either
        return "left-out", None
    documents = documents_of(source.ledger.directory)
    held = find_kept(documents, sha256, restricted=False)
    return ("present", Bytes(documents, held)) if held is not None else ("missing", None)
