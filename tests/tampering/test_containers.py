"""An archive that another program could unpack otherwise is no bundle. Source: APPNOTE.TXT §4.3, §4.4."""

from __future__ import annotations

import shutil
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from api.bundles.writing import Writer
from ledger.verify.container import Container
from ledger.verify.strict import BundleError
from tests.api.bundling import Desk
from tests.tampering.archives import BASE, CELL_PATH, DAY, Members, anchors, judged_bundle, packed, unpacked

MALFORMED = ("failed", frozenset(["format/bundle-malformed"]))
Change = Callable[[bytes], bytes]

_UNIX_20 = (3 << 8) + 20  # made by, as the server writes it
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def _directory(raw: bytes) -> int:
    """Where the directory starts, as the archive's end says."""
    return int(struct.unpack("<L", raw[-6:-2])[0])


def _moved(raw: bytes, by: int) -> bytes:
    """The end with a directory that starts elsewhere."""
    return raw[:-6] + struct.pack("<L", _directory(raw) + by) + raw[-2:]


def _put(raw: bytes, at: int, form: str, value: int) -> bytes:
    new = struct.pack(form, value)
    return raw[:at] + new + raw[at + len(new) :]


def _in_first_central(offset: int, form: str, value: int) -> Change:
    return lambda raw: _put(raw, _directory(raw) + offset, form, value)


def _in_first_local(offset: int, form: str, value: int) -> Change:
    return lambda raw: _put(raw, offset, form, value)


def _in_both(local: int, central: int, form: str, value: int) -> Change:
    return lambda raw: _put(_put(raw, local, form, value), _directory(raw) + central, form, value)


def _between(raw: bytes) -> bytes:
    """Bytes between the last member and the directory."""
    at = _directory(raw)
    return _moved(raw[:at] + b"hidden" + raw[at:], 6)


def _extra_beside_directory(raw: bytes) -> bytes:
    """A member that no row of the directory names, at the very end of the members."""
    at = _directory(raw)
    name = b"answer.json"
    hidden = _LOCAL + struct.pack("<5H3L2H", 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0) + name
    return _moved(raw[:at] + hidden + raw[at:], len(hidden))


def _comment(raw: bytes) -> bytes:
    return raw[:-2] + struct.pack("<H", 6) + b"hidden"


TRICKS: dict[str, Change] = {
    "bytes before the first member": lambda raw: b"#!/bin/sh\n" + raw,
    "bytes behind the end": lambda raw: raw + b"\n",
    "an archive behind the archive": lambda raw: raw + raw,
    "a comment": _comment,
    "a comment that is counted and not there": lambda raw: raw[:-2] + b"\x01\x00",
    "bytes between members and directory": _between,
    "a member that the directory does not name": _extra_beside_directory,
    "bytes behind the directory": lambda raw: raw[:-22] + b"hidden" + raw[-22:],
    "a directory that starts later": lambda raw: _moved(raw, 1),
    "one member more counted": lambda raw: _put(
        _put(raw, len(raw) - 14, "<H", struct.unpack("<H", raw[-12:-10])[0] + 1),
        len(raw) - 12,
        "<H",
        struct.unpack("<H", raw[-12:-10])[0] + 1,
    ),
    "another disk": lambda raw: _put(raw, len(raw) - 18, "<H", 1),
    "encrypted": _in_both(6, 8, "<H", 1),
    "sizes behind the bytes": _in_both(6, 8, "<H", 8),
    "another way of packing": _in_both(8, 10, "<H", 12),
    "another checksum in its own place": _in_first_local(14, "<L", 7),
    "another size in its own place": _in_first_local(22, "<L", 7),
    "another packed size in its own place": _in_first_local(18, "<L", 7),
    "another way of packing in its own place": _in_first_local(8, "<H", 8),
    "another name in its own place": lambda raw: raw[:30] + b"B" + raw[31:],
    "another checksum": _in_both(14, 16, "<L", 7),
    "a link": _in_first_central(38, "<L", 0o120777 << 16),
    "a folder": _in_first_central(38, "<L", 0o644 << 16 | 0x10),
    "the label of a disk": _in_first_central(38, "<L", 0o644 << 16 | 0x08),
    "hidden": _in_first_central(38, "<L", 0o644 << 16 | 0x02),
    "read by nobody": _in_first_central(38, "<L", 0o100000 << 16),
    "run with its owner's rights": _in_first_central(38, "<L", 0o104777 << 16),
    "of a program of later days in its own place": _in_first_local(4, "<H", 99),
    "of a program of later days": _in_both(4, 6, "<H", 99),
    "made on another system": _in_first_central(4, "<H", 20),
    "made in later days": _in_first_central(4, "<H", (3 << 8) + 99),
    "its line ends to be changed": _in_first_central(36, "<H", 1),
    "a place that is another's": _in_first_central(42, "<L", 1),
    "no archive": lambda raw: b"PK" + bytes(40),
    "nothing": lambda raw: b"",
}


@pytest.mark.parametrize("name", TRICKS)
def test_an_archive_with_a_trick_in_it_is_refused(name: str, programme: Members, tmp_path: Path) -> None:
    raw = packed(tmp_path / "plain.zip", programme).read_bytes()
    changed = TRICKS[name](raw)
    assert changed != raw
    (tmp_path / "trick.zip").write_bytes(changed)
    assert judged_bundle(tmp_path / "trick.zip", anchors()) == MALFORMED


@pytest.mark.parametrize("place", ["local", "central"])
def test_fields_that_another_program_may_read_are_refused(
    place: str, programme: Members, tmp_path: Path
) -> None:
    """A field of its own may give a member another name (0x7075), or say that it is a link."""
    field = struct.pack("<HH", 0x7075, 4) + b"name"
    info = zipfile.ZipInfo("bundle.json", (1980, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        if place == "local":
            info.extra = field
        archive.writestr(info, programme["bundle.json"])
        info.extra = field
        for name, content in programme.items():
            if name != "bundle.json":
                archive.writestr(name, content)
    assert judged_bundle(tmp_path / "b.zip", anchors()) == MALFORMED


def test_a_comment_of_a_member_is_refused(programme: Members, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        for name, content in programme.items():
            info = zipfile.ZipInfo(name)
            info.comment = b"hidden" if name == "bundle.json" else b""
            archive.writestr(info, content)
    assert judged_bundle(tmp_path / "b.zip", anchors()) == MALFORMED


def _deflated(packed_: bytes, size: int, crc: int) -> bytes:
    """An archive of one member with these packed bytes."""
    name = b"checkpoint"
    head = struct.pack("<5H3L2H", 20, 0, 8, 0, 33, crc, len(packed_), size, len(name), 0)[2:]
    local = _LOCAL + struct.pack("<H", 20) + head + name + packed_
    row = _CENTRAL + struct.pack("<2H", _UNIX_20, 20) + head[:-4]
    row += struct.pack("<5H2L", len(name), 0, 0, 0, 0, 0o100644 << 16, 0) + name
    return local + row + _END + struct.pack("<4H2LH", 0, 0, 1, 1, len(row), len(local), 0)


def _raw_deflate(content: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-15)
    return packing.compress(content) + packing.flush()


CONTENT = b"origin\n1\nAAAA\n" * 50


@pytest.mark.parametrize(
    ("packed_", "size", "said"),
    [
        (_raw_deflate(CONTENT) + b"hidden", len(CONTENT), CONTENT),
        (_raw_deflate(CONTENT), 100, CONTENT[:100]),  # some programs give the rest all the same
        (_raw_deflate(CONTENT)[:-3], len(CONTENT), CONTENT),
        (_raw_deflate(CONTENT), len(CONTENT) + 1, CONTENT),
        (b"hidden", 6, b"hidden"),
    ],
    ids=["bytes behind the packed ones", "more than it says", "cut", "less than it says", "not packed"],
)
def test_packed_bytes_give_just_what_they_say(packed_: bytes, size: int, said: bytes, tmp_path: Path) -> None:
    path = tmp_path / "one.zip"
    path.write_bytes(_deflated(_raw_deflate(CONTENT), len(CONTENT), zlib.crc32(CONTENT)))
    with Container(path) as honest:
        assert honest.read("checkpoint", 1000) == CONTENT
    path.write_bytes(_deflated(packed_, size, zlib.crc32(said)))
    with Container(path) as opened, pytest.raises(BundleError):
        opened.read("checkpoint", 1000)


def test_an_archive_of_very_many_members_is_read(tmp_path: Path) -> None:
    """More than the old form can count: Python writes the new one then."""
    path = tmp_path / "many.zip"
    with path.open("wb") as target, Writer(target) as out:
        for index in range(66_000):
            out.member(f"entries/{index}.json", b"")
    with Container(path) as opened:
        assert len(opened.members) == 66_000
        assert opened.read("entries/65999.json", 10) == b""
    raw = path.read_bytes()
    with (tmp_path / "less.zip").open("wb") as target, Writer(target) as out:
        for index in range(65_535):  # the most that the old form can count
            out.member(f"entries/{index}.json", b"")
    with Container(tmp_path / "less.zip") as opened:
        assert len(opened.members) == 65_535
    for changed in (_put(raw, len(raw) - 42 - 24, "<Q", 65_999), raw[:-42] + b"hidden" + raw[-42:]):
        path.write_bytes(changed)
        with pytest.raises(BundleError):
            Container(path)


@pytest.mark.parametrize("question", [{}, {"from_as_of": "2025-01-01"}, {"path": CELL_PATH}])
def test_what_the_server_writes_is_of_the_plain_form(question: dict[str, str], desk: Desk) -> None:
    path = desk.fetch(BASE, as_of=DAY, **question).path
    with zipfile.ZipFile(path) as archive, Container(path) as opened:
        assert archive.namelist() == list(opened.members)
        for name in archive.namelist():
            assert opened.read(name, 1 << 30) == archive.read(name)


# -- whatever is accepted, other programs read it so ---------------------------------------


def _heads(raw: bytes) -> list[int]:
    """Where in an archive each byte stands that is no content: heads, names, directory and end."""
    places = list(range(_directory(raw), len(raw)))
    at = 0
    while at < _directory(raw):
        packed_size, _, name_size, extra_size = struct.unpack("<2L2H", raw[at + 18 : at + 30])
        places += range(at, at + 30 + name_size + extra_size)
        at += 30 + name_size + extra_size + packed_size
    return places


def _read_by_us(path: Path) -> Members | None:
    try:
        with Container(path) as opened:
            return {name: opened.read(name, 1 << 20) for name in opened.members}
    except BundleError:
        return None


def _read_by_unzip(path: Path, names: Sequence[str]) -> Members:
    """Each member as the program gives it; {} if it complains."""
    unzip = shutil.which("unzip") or pytest.skip("unzip is not installed")
    tested = subprocess.run([unzip, "-tq", path], capture_output=True, check=False)
    if tested.returncode:
        return {}
    command = [unzip, "-p", str(path)]
    return {name: subprocess.run([*command, name], capture_output=True).stdout for name in names}  # noqa: PLW1510


def test_no_flipped_bit_of_a_head_makes_an_archive_that_others_read_otherwise(tmp_path: Path) -> None:
    """Refused, or harmless: Python's own reader, and unzip, find the same members and bytes."""
    members, path = {"checkpoint": CONTENT, "entries/7.json": b"{}"}, tmp_path / "one.zip"
    with path.open("wb") as target, Writer(target) as out:
        for name, content in members.items():
            out.member(name, content)
    raw, taken = path.read_bytes(), 0
    assert _read_by_us(path) == members
    for place in _heads(raw):
        for bit in range(8):
            path.write_bytes(raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :])
            found = _read_by_us(path)
            if found is None:
                continue
            taken += 1
            assert found == members, (place, bit)
            assert unpacked(path) == found, (place, bit)
            assert _read_by_unzip(path, list(found)) == found, (place, bit)
    assert taken == 14  # of two members: five rights, that it is a file, the mark "archive"
