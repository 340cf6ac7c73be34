"""A bundle's archive, read as something hostile: bounded, no folders but its own, nothing twice.

What may be how large goes by how much is here, not by what the bundle says of itself: by the number of
entries, and by the bytes that the file has.

Source: docs/proof.md, Bundles; security.md, Imports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from ledger.entry import ENTRY_SIZE_MAX
from ledger.verify.container import Container
from ledger.verify.manifest import FORMAT, Joined, Manifest, read_joined, read_manifest, read_proofs
from ledger.verify.strict import BundleError, read_json

SMALL_MAX: Final = 64 * 1024 * 1024  # bytes of bundle.json, answer.json
VALUES_MAX: Final = 4_000_000  # of answer.json; each takes a hundred bytes in memory, or more
PROOFS_MAX: Final = 1024 * 1024 * 1024
FILE_MAX: Final = 64 * 1024 * 1024
JOINED_MAX: Final = 16 * 1024
UNPACKED_TIMES: Final = 100  # entries are keys, hashes and signatures: they do not shrink to less
CHECKPOINT_MAX: Final = 64 * 1024
STAMP_MAX: Final = 64 * 1024
README_MAX: Final = 64 * 1024
PRINT_MAX: Final = 16 * 1024 * 1024

_NAMES = re.compile(
    r"bundle\.json|answer\.json|README\.txt|checkpoint|proofs\.json|consistency\.json"
    r"|entries/(?:0|[1-9][0-9]{0,15})\.json|stamps/[1-9][0-9]?\.tsr|files/[0-9a-f]{64}"
    r"|print/[a-z0-9-]{1,40}\.(?:json|typ)"
)
_HASHES: Final = 64  # of a proof, in a tree of any size
_PROOF_BYTES: Final = _HASHES * 48 + 64  # each in base64 between quotation marks; and the index before them
_MARGIN: Final = 1024 * 1024
# Of an entry: its stream and two beside it, proved; itself a single one; the files that it names.
_ROW_BYTES: Final = 3 * (_PROOF_BYTES + 512) + 64 * 1024
_NEEDED = ("bundle.json", "answer.json", "README.txt", "checkpoint", "proofs.json")


@dataclass(slots=True)
class Archive:
    """An open bundle. manifest: bundle.json; indexes: of its entries, in order."""

    path: Path
    container: Container
    manifest: Manifest
    indexes: list[int]

    @classmethod
    def open(cls, path: Path) -> Self:
        """Raises BundleError for what is no bundle, OSError for what cannot be read."""
        container = Container(path)
        try:
            _check_names(container)
            indexes = sorted(int(name[8:-5]) for name in container.members if name.startswith("entries/"))
            _check_size(container)
            room = min(SMALL_MAX, _MARGIN + len(indexes) * _ROW_BYTES)
            manifest = read_manifest(_json(container, "bundle.json", room))
            if not {*manifest.singles} <= {*indexes}:
                raise BundleError("bundle.json names single entries that are not here")
        except BaseException:
            container.close()
            raise
        return cls(path, container, manifest, indexes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.container.close()

    def entries(self) -> Iterator[tuple[int, bytes]]:
        """(leaf index, exact bytes), in order. Raises BundleError."""
        for index in self.indexes:
            yield index, self.container.read(f"entries/{index}.json", ENTRY_SIZE_MAX)

    def checkpoint(self) -> str:
        """The note. Raises BundleError."""
        try:
            return self.container.read("checkpoint", CHECKPOINT_MAX).decode()
        except UnicodeDecodeError as error:
            raise BundleError("the checkpoint is no text") from error

    def readme(self) -> bytes:
        return self.container.read("README.txt", README_MAX)

    def answer(self) -> dict[str, Any]:
        return _json(self.container, "answer.json", SMALL_MAX)

    def proofs(self) -> tuple[int, Mapping[int, tuple[bytes, ...]]]:
        """Of which tree; and the audit path of each entry. Raises BundleError."""
        entries = len(self.indexes) + _HASHES  # some too many are told as such
        room = min(PROOFS_MAX, entries * _PROOF_BYTES)
        return read_proofs(_json(self.container, "proofs.json", room, entries * (_HASHES + 2)))

    def consistency(self) -> Joined | None:
        if "consistency.json" not in self.container.members:
            return None
        return read_joined(_json(self.container, "consistency.json", JOINED_MAX))

    @property
    def stamps(self) -> int:
        """How many there are."""
        return sum(1 for name in self.container.members if name.startswith("stamps/"))

    def responses(self) -> Iterator[tuple[str, bytes]]:
        """(name, DER TimeStampResp) of each stamp."""
        for name in sorted(self.container.members):
            if name.startswith("stamps/"):
                yield name, self.container.read(name, STAMP_MAX)

    def files(self) -> Iterator[tuple[str, int]]:
        """(SHA-256 that the name says, size that the archive says); nothing is unpacked for it.

        Raises BundleError for more bytes than any file may have.
        """
        for name in sorted(self.container.members):
            if name.startswith("files/"):
                yield name[6:], self.container.size(name, FILE_MAX)

    def prints(self) -> Iterator[tuple[str, int]]:
        """(name, size that the archive says) of each template and its data. Raises BundleError."""
        for name in sorted(self.container.members):
            if name.startswith("print/"):
                yield name, self.container.size(name, PRINT_MAX)

    def printed(self, name: str) -> bytes:
        """Its bytes. Raises BundleError."""
        return self.container.read(name, PRINT_MAX)

    def content(self, digest: str) -> bytes:
        """A file's bytes, as many as the archive says. Raises BundleError."""
        return self.container.read(f"files/{digest}", FILE_MAX)


def _json(container: Container, name: str, size_max: int, values_max: int = VALUES_MAX) -> dict[str, Any]:
    """Raises BundleError, also for more values than there can be: `[],` grows in memory to thirty times."""
    content = container.read(name, size_max)
    if sum(content.count(mark) for mark in (b",", b"[", b"{")) > values_max:
        raise BundleError(f"{name} holds more than {values_max} values")
    return read_json(name, content)


def _check_size(container: Container) -> None:
    """Entries are unpacked onto a disk before anything is known of them: they may not fill it."""
    entries = [one for name, one in container.members.items() if name.startswith("entries/")]
    if sum(one.size for one in entries) > SMALL_MAX + UNPACKED_TIMES * sum(one.packed for one in entries):
        raise BundleError(f"the entries are packed to less than a {UNPACKED_TIMES}th")


def _check_names(container: Container) -> None:
    names = container.members
    for name in names:
        if not _NAMES.fullmatch(name):
            raise BundleError(f"{name!r} has no place in a bundle")
    for name in _NEEDED:
        if name not in names:
            raise BundleError(f"{name} is missing")
    stamps = sum(1 for name in names if name.startswith("stamps/"))
    if any(f"stamps/{number}.tsr" not in names for number in range(1, stamps + 1)):
        raise BundleError("the stamps are not counted from 1")


__all__ = ["FORMAT", "Archive", "BundleError"]
