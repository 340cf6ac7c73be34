"""A bundle's archive, read as something hostile: bounded, no folders but its own, nothing twice.

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
PROOFS_MAX: Final = 1024 * 1024 * 1024
FILE_MAX: Final = 64 * 1024 * 1024
CHECKPOINT_MAX: Final = 64 * 1024
STAMP_MAX: Final = 64 * 1024
README_MAX: Final = 64 * 1024

_NAMES = re.compile(
    r"bundle\.json|answer\.json|README\.txt|checkpoint|proofs\.json|consistency\.json"
    r"|entries/(?:0|[1-9][0-9]{0,15})\.json|stamps/[1-9][0-9]{0,3}\.tsr|files/[0-9a-f]{64}"
)
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
            manifest = read_manifest(read_json("bundle.json", container.read("bundle.json", SMALL_MAX)))
            indexes = sorted(int(name[8:-5]) for name in container.members if name.startswith("entries/"))
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
        return read_json("answer.json", self.container.read("answer.json", SMALL_MAX))

    def proofs(self) -> tuple[int, Mapping[int, tuple[bytes, ...]]]:
        """Of which tree; and the audit path of each entry. Raises BundleError."""
        return read_proofs(read_json("proofs.json", self.container.read("proofs.json", PROOFS_MAX)))

    def consistency(self) -> Joined | None:
        if "consistency.json" not in self.container.members:
            return None
        return read_joined(read_json("consistency.json", self.container.read("consistency.json", SMALL_MAX)))

    @property
    def stamps(self) -> int:
        """How many there are."""
        return sum(1 for name in self.container.members if name.startswith("stamps/"))

    def responses(self) -> Iterator[tuple[str, bytes]]:
        """(name, DER TimeStampResp) of each stamp."""
        for name in sorted(self.container.members):
            if name.startswith("stamps/"):
                yield name, self.container.read(name, STAMP_MAX)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """(SHA-256 that the name says, bytes)."""
        for name in sorted(self.container.members):
            if name.startswith("files/"):
                yield name[6:], self.container.read(name, FILE_MAX)


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
