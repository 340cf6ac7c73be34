"""A workbook's zip, checked before anything in it is believed.

Names, methods, flags and places of all entries are judged by the directory; bytes are counted as they come
out of the decompressor, whatever the directory says of them. Imports nothing of Pledger: it runs in the
child.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import IO, Final

ENTRIES_MAX: Final = 1000
ENTRY_BYTES_MAX: Final = 96 * 1024 * 1024
TOTAL_BYTES_MAX: Final = 160 * 1024 * 1024
# Tables of repeated rows shrink to a thirtieth, a bomb to a thousandth.
RATIO_MAX: Final = 200
RATIO_FREE_BYTES: Final = 1024 * 1024
_CHUNK_BYTES: Final = 256 * 1024
_LOCAL_HEADER_BYTES: Final = 30
_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Refused(Exception):
    """The workbook will not do. code: of a message; where: sheet and cell, if it has a place."""

    def __init__(self, code: str, got: object = "", sheet: str = "", cell: str = "") -> None:
        super().__init__(code)
        self.code, self.got, self.sheet, self.cell = code, str(got)[:200], sheet, cell


class Archive:
    """The entries of a zip that passed all checks. Raises Refused."""

    def __init__(self, file: IO[bytes]) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError):
            raise Refused("workbook-broken") from None
        self._infos = _checked(self._zip.infolist())
        self._left = TOTAL_BYTES_MAX

    @property
    def names(self) -> list[str]:
        return [info.filename for info in self._infos.values()]

    def find(self, name: str) -> str | None:
        """An entry's own spelling of a name: parts are named without regard to case (OPC §6.2.2)."""
        info = self._infos.get(name.lower())
        return info.filename if info is not None else None

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of an entry, counted."""
        info = self._infos[name.lower()]
        done = 0
        try:
            with self._zip.open(info) as entry:
                while chunk := entry.read(_CHUNK_BYTES):
                    done += len(chunk)
                    self._left -= len(chunk)
                    _check_size(done, info)
                    if self._left < 0:
                        raise Refused("zip-too-large", TOTAL_BYTES_MAX)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError):
            raise Refused("workbook-broken") from None


def _check_size(size: int, info: zipfile.ZipInfo) -> None:
    if size > ENTRY_BYTES_MAX:
        raise Refused("zip-too-large", ENTRY_BYTES_MAX)
    if size > RATIO_FREE_BYTES and size > RATIO_MAX * max(info.compress_size, 1):
        raise Refused("zip-bomb", info.filename)


def _checked(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    if len(infos) > ENTRIES_MAX:
        raise Refused("zip-too-many", ENTRIES_MAX)
    found: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        _check_entry(info)
        if info.filename.lower() in found:
            raise Refused("zip-duplicate", info.filename)
        found[info.filename.lower()] = info
    _check_places(infos)
    if sum(info.file_size for info in infos) > TOTAL_BYTES_MAX:
        raise Refused("zip-too-large", TOTAL_BYTES_MAX)
    return found


def _check_entry(info: zipfile.ZipInfo) -> None:
    # zipfile cuts a name at its first NUL and keeps what it was.
    name = info.orig_filename
    parts = name.removesuffix("/").split("/")
    if (
        "\\" in name
        or ":" in name
        or not name.isprintable()
        or any(part in ("", ".", "..") for part in parts)
    ):
        raise Refused("zip-name", name)
    if info.flag_bits & _ENCRYPTED:
        raise Refused("workbook-encrypted")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise Refused("zip-link", name)
    if info.compress_type not in _METHODS:
        raise Refused("workbook-broken")
    _check_size(info.file_size, info)


def _check_places(infos: list[zipfile.ZipInfo]) -> None:
    """Entries that share bytes are a bomb that no count of compressed bytes would show."""
    placed = sorted(infos, key=lambda info: info.header_offset)
    for info, following in pairwise(placed):
        if info.header_offset + _LOCAL_HEADER_BYTES + info.compress_size > following.header_offset:
            raise Refused("zip-overlap", following.filename)
