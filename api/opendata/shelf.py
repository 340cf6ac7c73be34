"""Where releases lie: files named by the SHA-256 of their bytes, and a manifest for each release.

DIR/files/<sha256>.csv|json     written whole, never changed
DIR/releases/<name>.json        written last: without it there is no release
DIR/incoming/                   what is being written; whatever lies there after a crash is nothing
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import orjson

from api.csv_table import encode
from ledger.durable import replace_durably
from ledger.errors import StorageError
from ledger.sentence import Sentence

FILE_NAME: Final = re.compile(r"[0-9a-f]{64}\.(csv|json)")
RELEASE_NAME: Final = re.compile(r"[0-9]{10}-[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{16}")
FORMAT: Final = "pledger-opendata/1"
PIECE_BYTES: Final = 1 << 16
UNNAMED_SECONDS: Final = 3600.0  # a file may wait so long for its release


@dataclass(frozen=True, slots=True)
class Kept:
    """A file on the shelf. rows: without the header."""

    sha256: str
    bytes: int
    rows: int
    ending: str = "csv"

    @property
    def name(self) -> str:
        return f"{self.sha256}.{self.ending}"

    def to_json(self) -> dict[str, Any]:
        return {"file": self.name, "sha256": self.sha256, "bytes": self.bytes, "rows": self.rows}

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Kept:
        return cls(said["sha256"], said["bytes"], said["rows"], said["file"].rpartition(".")[2])


class Shelf:
    """A folder of releases."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files, self.releases, self.incoming = (
            folder / name for name in ("files", "releases", "incoming")
        )

    def file(self, name: str) -> Path | None:
        """A file's place; None where there is none, or the name is none of ours."""
        path = self.files / name
        return path if FILE_NAME.fullmatch(name) and path.is_file() else None

    def is_whole(self, name: str) -> bool:
        """Is a file there, with the bytes that its name says? Nothing else may go into another table."""
        path = self.file(name)
        try:
            return path is not None and hash_of(path) == path.stem
        except OSError:
            return False

    def sheet(self, columns: Sequence[str]) -> Sheet:
        """A table to be written: use it in a `with`."""
        return Sheet(self, columns)

    def keep_json(self, content: Any, *, rows: int = 0) -> Kept:
        with self.receive() as incoming:
            incoming.write(orjson.dumps(content, option=orjson.OPT_INDENT_2))
            return incoming.keep("json", rows)

    def receive(self) -> Incoming:
        return Incoming(self)

    def names(self) -> list[str]:
        """Of all releases, oldest state first."""
        if not self.releases.is_dir():
            return []
        stems = (path.stem for path in self.releases.glob("*.json"))
        return sorted(stem for stem in stems if RELEASE_NAME.fullmatch(stem))

    def manifest(self, name: str) -> dict[str, Any] | None:
        """None where there is no such release, or its manifest is damaged."""
        if not RELEASE_NAME.fullmatch(name):
            return None
        try:
            found = orjson.loads((self.releases / f"{name}.json").read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return None
        is_ours = isinstance(found, dict) and found.get("format") == FORMAT and found.get("release") == name
        return found if is_ours else None

    def put_manifest(self, manifest: dict[str, Any]) -> None:
        """The last step of a release. Raises StorageError."""
        self._write(
            self.releases / f"{manifest['release']}.json", orjson.dumps(manifest, option=orjson.OPT_INDENT_2)
        )

    def trim(self, keep: int, signed: Collection[int]) -> None:
        """Remove releases but the newest, and those of positions that signed publications name.

        Then the files that no release names any more, unless somebody may be about to name them.
        """
        names = self.names()
        dropped = [name for name in names[:-keep] if int(name[:10]) not in signed]
        if not dropped:
            return
        newest = (self.releases / f"{names[-1]}.json").stat().st_mtime
        for name in dropped:
            (self.releases / f"{name}.json").unlink(missing_ok=True)
        named = {one for name in self.names() for one in files_of(self.manifest(name) or {})}
        for path in self.files.iterdir():
            if path.name not in named and path.stat().st_mtime < newest - UNNAMED_SECONDS:
                path.unlink(missing_ok=True)

    def _write(self, path: Path, content: bytes) -> None:
        temporary = self.incoming / f"{path.name}.{secrets.token_hex(6)}"
        try:
            for folder in (self.incoming, path.parent):
                folder.mkdir(parents=True, exist_ok=True)
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            replace_durably(temporary, path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise _unwritable(path, error) from error


def files_of(manifest: Mapping[str, Any]) -> Iterator[str]:
    """The names of all files of a release."""
    if "file" in manifest:
        yield manifest["file"]
    for inner in manifest.values():
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, dict):
                yield from files_of(one)


def _unwritable(path: Path, error: OSError) -> StorageError:
    return StorageError(Sentence("{path} cannot be written: {why}", "file-unwritable", path=path, why=error))


class Incoming:
    """Bytes on their way to the shelf; use it in a `with`. What is not kept leaves nothing."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._temporary = shelf.incoming / secrets.token_hex(12)
        self._hash = hashlib.sha256()
        self._handle: IO[bytes] | None = None
        self.size = 0

    def __enter__(self) -> Incoming:
        try:
            self._shelf.incoming.mkdir(parents=True, exist_ok=True)
            self._handle = self._temporary.open("xb")
        except OSError as error:
            raise _unwritable(self._temporary, error) from error
        return self

    def __exit__(self, *_: object) -> None:
        if self._handle is not None:
            self._handle.close()
        self._temporary.unlink(missing_ok=True)

    @property
    def sha256(self) -> str:
        """Of what came so far."""
        return self._hash.hexdigest()

    def write(self, piece: bytes) -> None:
        assert self._handle is not None  # inside the `with`
        try:
            self._handle.write(piece)
        except OSError as error:
            raise _unwritable(self._temporary, error) from error
        self._hash.update(piece)
        self.size += len(piece)

    def keep(self, ending: str, rows: int) -> Kept:
        """Put it in its place under its hash, unless these bytes are there already."""
        assert self._handle is not None  # inside the `with`
        kept = Kept(self._hash.hexdigest(), self.size, rows, ending)
        place = self._shelf.files / kept.name
        try:
            if self._shelf.is_whole(kept.name):
                os.utime(place)  # it is wanted again: nobody may clear it away
                return kept
            self._handle.flush()
            os.fsync(self._handle.fileno())
            place.parent.mkdir(parents=True, exist_ok=True)
            replace_durably(self._temporary, place)
        except OSError as error:
            raise _unwritable(place, error) from error
        return kept


class Sheet:
    """A CSV table that is written row by row: RFC 4180, UTF-8, CRLF, a header row."""

    def __init__(self, shelf: Shelf, columns: Sequence[str]) -> None:
        self._incoming = shelf.receive()
        self._columns = columns
        self._writer = csv.writer(self, lineterminator="\r\n")  # it only asks for write()
        self.header_bytes = 0
        self.rows = 0

    def __enter__(self) -> Sheet:
        self._incoming.__enter__()
        self._writer.writerow(self._columns)
        self.header_bytes = self._incoming.size
        return self

    def __exit__(self, *_: object) -> None:
        self._incoming.__exit__()

    def write(self, text: str) -> int:
        self._incoming.write(text.encode())
        return len(text)

    def put(self, row: Mapping[str, Any]) -> None:
        self._writer.writerow([encode(row.get(column)) for column in self._columns])
        self.rows += 1

    def append(self, path: Path, kept: Kept) -> None:
        """All rows of another file with the same columns."""
        for piece in _pieces(path, self.header_bytes):
            self._incoming.write(piece)
        self.rows += kept.rows

    def keep(self) -> Kept:
        return self._incoming.keep("csv", self.rows)


def hash_of(path: Path) -> str:
    """SHA-256 of a file, read piece by piece. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def _pieces(path: Path, start: int) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            file.seek(start)
            while piece := file.read(PIECE_BYTES):
                yield piece
    except OSError as error:
        raise StorageError(
            Sentence("{path} cannot be read: {why}", "file-unreadable", path=path, why=error)
        ) from error
