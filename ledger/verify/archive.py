"""A bundle's archive, read as something hostile: bounded, no folders but its own, nothing twice.

Source: docs/proof.md, Bundles; security.md, Imports.
"""

from __future__ import annotations

import json
import re
import zipfile
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import orjson

from ledger.entry import ENTRY_SIZE_MAX
from ledger.errors import VerificationError

FORMAT: Final = "pledger-bundle/1"
MEMBERS_MAX: Final = 2_000_000
SMALL_MAX: Final = 64 * 1024 * 1024  # bytes of bundle.json, answer.json
PROOFS_MAX: Final = 1024 * 1024 * 1024
FILE_MAX: Final = 64 * 1024 * 1024
CHECKPOINT_MAX: Final = 64 * 1024
STAMP_MAX: Final = 64 * 1024
DEPTH_MAX: Final = 32  # of JSON in JSON
INTEGER_MAX: Final = (1 << 53) - 1

_NAMES = re.compile(
    r"bundle\.json|answer\.json|README\.txt|checkpoint|proofs\.json|consistency\.json"
    r"|entries/(?:0|[1-9][0-9]{0,15})\.json|stamps/[0-9]{1,4}\.tsr|files/[0-9a-f]{64}"
)
_NEEDED = ("bundle.json", "answer.json", "README.txt", "checkpoint", "proofs.json")


class BundleError(VerificationError):
    """An archive that is no bundle."""


@dataclass(slots=True)
class Archive:
    """An open bundle. manifest: bundle.json; indexes: of its entries, in order."""

    path: Path
    archive: zipfile.ZipFile
    manifest: dict[str, Any]
    indexes: list[int]

    @classmethod
    def open(cls, path: Path) -> Self:
        """Raises BundleError for what is no bundle, OSError for what cannot be read."""
        try:
            archive = zipfile.ZipFile(path)
        except zipfile.BadZipFile as error:
            raise BundleError(f"{path.name} is no archive: {error}") from error
        try:
            names = _checked_names(archive)
            manifest = _manifest(archive)
        except BaseException:
            archive.close()
            raise
        indexes = sorted(int(name[8:-5]) for name in names if name.startswith("entries/"))
        return cls(path, archive, manifest, indexes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.archive.close()

    def entries(self) -> Iterator[tuple[int, bytes]]:
        """(leaf index, exact bytes), in order. Raises BundleError."""
        for index in self.indexes:
            yield index, read_member(self.archive, f"entries/{index}.json", ENTRY_SIZE_MAX)

    def checkpoint(self) -> str:
        """The note. Raises BundleError."""
        try:
            return read_member(self.archive, "checkpoint", CHECKPOINT_MAX).decode()
        except UnicodeDecodeError as error:
            raise BundleError("the checkpoint is no text") from error

    def answer(self) -> dict[str, Any]:
        return read_object(self.archive, "answer.json", SMALL_MAX)

    def proofs(self) -> dict[str, Any]:
        return read_object(self.archive, "proofs.json", PROOFS_MAX)

    def consistency(self) -> dict[str, Any] | None:
        if "consistency.json" not in self.archive.namelist():
            return None
        return read_object(self.archive, "consistency.json", SMALL_MAX)

    def stamps(self) -> Iterator[tuple[str, bytes]]:
        for name in sorted(self.archive.namelist()):
            if name.startswith("stamps/"):
                yield name, read_member(self.archive, name, STAMP_MAX)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """(SHA-256 that the name says, bytes)."""
        for name in sorted(self.archive.namelist()):
            if name.startswith("files/"):
                yield name[6:], read_member(self.archive, name, FILE_MAX)


def _checked_names(archive: zipfile.ZipFile) -> list[str]:
    names = archive.namelist()
    if len(names) > MEMBERS_MAX:
        raise BundleError(f"the archive has {len(names)} members")
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise BundleError(f"{twice!r} is twice in the archive")
    for name in names:
        if not _NAMES.fullmatch(name):
            raise BundleError(f"{name!r} has no place in a bundle")
    for name in _NEEDED:
        if name not in names:
            raise BundleError(f"{name} is missing")
    return names


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    manifest = read_object(archive, "bundle.json", SMALL_MAX)
    if manifest.get("format") != FORMAT:
        raise BundleError(f"the format is {manifest.get('format')!r}, not {FORMAT}")
    return manifest


def read_member(archive: zipfile.ZipFile, name: str, size_max: int) -> bytes:
    """A member's bytes, counted as they come: what the archive says of its size is not believed."""
    try:
        with archive.open(name) as member:
            content = member.read(size_max + 1)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise BundleError(f"{name} cannot be unpacked: {error}") from error
    except Exception as error:  # zlib.error and others have no common root
        raise BundleError(f"{name} cannot be unpacked: {error!r}") from error
    if len(content) > size_max:
        raise BundleError(f"{name} has more than {size_max} bytes")
    return content


def read_object(archive: zipfile.ZipFile, name: str, size_max: int) -> dict[str, Any]:
    """A JSON object that can be read in one way only: nothing twice, whole numbers, no depths.

    What is there twice, another reader takes from another place. Raises BundleError.
    """
    content = read_member(archive, name, size_max)
    try:
        orjson.loads(content)  # refuses what is no UTF-8, and half characters
        members = json.loads(
            content,
            object_pairs_hook=_once,
            parse_int=_integer,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{name} is no JSON of a bundle: {error}") from error
    if not isinstance(members, dict):
        raise BundleError(f"{name} is no JSON object")
    if _is_deeper(members, DEPTH_MAX):
        raise BundleError(f"{name} is nested more than {DEPTH_MAX} deep")
    return members


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ValueError."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is there twice")
    return members


def _integer(text: str) -> int:
    """Raises ValueError."""
    if len(text) > 17 or abs(int(text)) > INTEGER_MAX or text == "-0":
        raise ValueError(f"{text[:20]} is no number of a ledger")
    return int(text)


def _no_number(text: str) -> Any:
    """Raises ValueError."""
    raise ValueError(f"{text[:20]} is no whole number")


def _is_deeper(value: Any, depth: int) -> bool:
    """Nothing calls itself here deeper than it asks for."""
    if not isinstance(value, dict | list):
        return False
    if depth == 0:
        return True
    inner = value.values() if isinstance(value, dict) else value
    return any(_is_deeper(one, depth - 1) for one in inner if isinstance(one, dict | list))


def hashes(value: Any) -> list[bytes]:
    """A list of hashes in standard base64. Raises BundleError."""
    try:
        return [b64decode(one, validate=True) for one in value]
    except (TypeError, ValueError) as error:
        raise BundleError(f"a proof is malformed: {error}") from error
