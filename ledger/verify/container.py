"""A zip archive in its plainest form, so that every program that unpacks it finds the same.

One member after another from the first byte on, then the directory, then the end: nothing before, between
or behind, nothing said twice in two ways. Archives of old and new (zip64) ends are read, for a bundle may
hold many entries. Source: APPNOTE.TXT §4.3, §4.4.
"""

from __future__ import annotations

import os
import stat
import zlib
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import IO, Final, Self

from ledger.verify.strict import BundleError

MEMBERS_MAX: Final = 2_000_000

_LOCAL = Struct("<4sHHHHHLLLHH")
_CENTRAL = Struct("<4sHHHHHHLLLHHHHHLL")
_END = Struct("<4s4H2LH")
_END_64 = Struct("<4sQ2H2L4Q")
_LOCATOR_64 = Struct("<4sLQL")
_OFFSET_64 = Struct("<HHQ")
_SHORT, _LONG = 0xFFFF, 0xFFFFFFFF  # "see the zip64 field"
_STORED, _DEFLATED = 0, 8
# Programs look at these before they unpack, each in its own way: old ones refuse a newer version, some pass
# over what is no file on their system. Source: APPNOTE.TXT §4.4.2, §4.4.3, §4.4.15.
_VERSIONS: Final = (10, 20, 45)  # needed to unpack: stored, deflated, a wide place
_MADE_BY: Final = ((3 << 8) + 20, (3 << 8) + 45)  # Unix, as ours are wherever they are made
_ARCHIVE: Final = 0x20  # the one attribute of DOS that a plain file may have


@dataclass(frozen=True, slots=True)
class Member:
    """at: of its packed bytes in the file; packed, size: bytes before and after unpacking."""

    name: str
    at: int
    packed: int
    size: int
    method: int
    crc: int


class Container:
    """An open archive; close it."""

    def __init__(self, path: Path) -> None:
        """Raises BundleError for what is no such archive, OSError for what cannot be read."""
        self._file: IO[bytes] = path.open("rb")
        try:
            self.members = _read_directory(self._file)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def size(self, name: str, size_max: int) -> int:
        """How many bytes a member is said to have. Raises BundleError for more than it may."""
        one = self.members[name]
        if one.size > size_max or one.packed > size_max + size_max // 512 + 64:  # deflate adds no more
            raise BundleError(f"{name} has more than {size_max} bytes")
        return one.size

    def read(self, name: str, size_max: int) -> bytes:
        """A member's bytes, counted as they come: what the archive says of its size is not believed.

        Raises BundleError.
        """
        one = self.members[name]
        self.size(name, size_max)
        self._file.seek(one.at)
        content = self._file.read(one.packed)
        if one.method == _DEFLATED:
            content = _inflated(name, content, one.size)
        if len(content) != one.size or zlib.crc32(content) != one.crc:
            raise BundleError(f"{name} is damaged")
        return content


def _inflated(name: str, packed: bytes, size: int) -> bytes:
    unpacking = zlib.decompressobj(-15)
    try:
        content = unpacking.decompress(packed, size + 1)
    except zlib.error as error:
        raise BundleError(f"{name} is damaged") from error
    if not unpacking.eof or unpacking.unused_data or unpacking.unconsumed_tail:
        raise BundleError(f"{name} is damaged, or larger than it says")
    return content


# -- the directory --------------------------------------------------------------------------


def _read_directory(file: IO[bytes]) -> dict[str, Member]:
    count, start, end = _bounds(file)
    if count > MEMBERS_MAX:
        raise BundleError(f"the archive has {count} members")
    file.seek(start)
    directory = file.read(end - start)
    found: dict[str, Member] = {}
    at = place = 0
    for _ in range(count):
        head, name, extra, at = _central(directory, at)
        member = _member(file, head, name, extra, place)
        if name in found:
            raise BundleError(f"{name!r} is twice in the archive")
        found[name] = member
        place = member.at + member.packed
    if at != len(directory) or place != start:
        raise BundleError("there are bytes in the archive that belong to no member")
    return found


def _bounds(file: IO[bytes]) -> tuple[int, int, int]:
    """How many members there are; where the directory starts and ends."""
    length = file.seek(0, os.SEEK_END)
    at = length - _END.size
    mark, disk, first, here, count, size, start, comment = _END.unpack(_taken(file, at, _END.size))
    if mark != b"PK\x05\x06" or (disk, first, comment) != (0, 0, 0) or here != count:
        raise BundleError("it is no archive, or does not end where an archive ends")
    if start + size == at and _LONG not in (size, start):  # 65,535 members need no wider fields yet
        return count, start, at
    if count == _SHORT or _LONG in (size, start):
        return _bounds_64(file, at, count, size, start)
    raise BundleError("there are bytes in the archive that belong to no member")


def _bounds_64(file: IO[bytes], end: int, count: int, size: int, start: int) -> tuple[int, int, int]:
    """The same of a large archive, which says it once more in wider fields."""
    locator = end - _LOCATOR_64.size
    mark, disk, record, disks = _LOCATOR_64.unpack(_taken(file, locator, _LOCATOR_64.size))
    if mark != b"PK\x06\x07" or (disk, disks) != (0, 1) or record + _END_64.size != locator:
        raise BundleError("the archive's end is malformed")
    wide = _END_64.unpack(_taken(file, record, _END_64.size))
    (mark, length, made_by, version, disk, first, here, all_, wide_size, wide_start) = wide
    if (made_by & 0xFF, version) != (45, 45):
        raise BundleError("the archive's end is made for other programs")
    narrow = (min(all_, _SHORT), min(wide_size, _LONG), min(wide_start, _LONG))
    if mark != b"PK\x06\x06" or length != _END_64.size - 12 or (disk, first) != (0, 0) or here != all_:
        raise BundleError("the archive's end is malformed")
    if narrow != (count, size, start) or wide_start + wide_size != record:
        raise BundleError("the archive's two ends say different things")
    return all_, wide_start, record


def _taken(file: IO[bytes], at: int, size: int) -> bytes:
    """Raises BundleError if they are not there."""
    if at < 0:
        raise BundleError("it is no archive: it is too short")
    file.seek(at)
    found = file.read(size)
    if len(found) != size:
        raise BundleError("it is no archive: it is too short")
    return found


def _central(directory: bytes, at: int) -> tuple[tuple[int, ...], str, bytes, int]:
    """One row of the directory: its numbers, its name, what it adds, and where the next one starts."""
    end = at + _CENTRAL.size
    if end > len(directory):
        raise BundleError("the archive's directory is cut")
    mark, *head = _CENTRAL.unpack_from(directory, at)
    name_size, extra_size, comment_size = head[9:12]
    if mark != b"PK\x01\x02" or comment_size or end + name_size + extra_size > len(directory):
        raise BundleError("the archive's directory is malformed")
    raw = directory[end : end + name_size]
    try:
        name = raw.decode("ascii")
    except UnicodeDecodeError as error:
        raise BundleError(f"{raw!r} has no place in a bundle") from error
    extra = directory[end + name_size : end + name_size + extra_size]
    return tuple(head), name, extra, end + name_size + extra_size


def _is_plain(outside: int) -> bool:
    """External attributes of a file that its owner may read, and nobody run."""
    mode = outside >> 16
    rights = stat.S_IMODE(mode)
    return (
        stat.S_IFMT(mode) in (0, stat.S_IFREG)
        and bool(rights & 0o400)
        and not rights & ~0o666
        and not outside & 0xFFFF & ~_ARCHIVE
    )


def _member(file: IO[bytes], head: tuple[int, ...], name: str, extra: bytes, place: int) -> Member:
    """A member that starts at a place, of which its own head says the same as the directory."""
    made_by, version, flags, method, time, date, crc, packed, size, name_size, *rest = head
    _, _, disk, inside, outside, offset = rest
    if offset == _LONG and len(extra) == _OFFSET_64.size:
        kind, length, offset = _OFFSET_64.unpack(extra)
        extra = b"" if (kind, length) == (1, 8) else extra
    if flags or extra or disk or method not in (_STORED, _DEFLATED) or _LONG in (packed, size):
        raise BundleError(f"{name!r} is packed in a way that is none of a bundle's")
    if version not in _VERSIONS or made_by not in _MADE_BY:
        raise BundleError(f"{name!r} is made for other programs")
    if not _is_plain(outside) or inside:
        raise BundleError(f"{name!r} is no plain file")
    if offset != place:
        raise BundleError(f"{name!r} does not follow the member before it")
    local = _LOCAL.unpack(_taken(file, place, _LOCAL.size))
    said = (b"PK\x03\x04", flags, method, time, date, crc, packed, size, name_size, 0)
    at = place + _LOCAL.size
    if (local[0], *local[2:]) != said or _taken(file, at, name_size) != name.encode():
        raise BundleError(f"{name!r} is called otherwise in its own place")
    if local[1] not in _VERSIONS:  # only the directory says that a place is wide
        raise BundleError(f"{name!r} is made for other programs")
    return Member(name, at + name_size, packed, size, method, crc)
