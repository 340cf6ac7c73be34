"""Workbooks made to do harm: each ends in a clear refusal, in bounded memory and time, and leaves nothing."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from api.importers import workbook, workbook_child
from api.importers.archive import ENTRIES_MAX
from api.importers.errors import Problems
from api.importers.workbook import read_workbook
from api.importers.workbook_sheet import CELLS_MAX, COLUMNS_MAX
from tests.api.imports.books import (
    HEAD,
    book,
    data,
    inline,
    parts,
    places,
    read,
    saved,
    strings,
    worksheet,
    zipped,
)

MEMORY_KIB_MAX = workbook_child.MEMORY_BYTES_MAX // 1024
SHEET = "xl/worksheets/sheet1.xml"
GOOD_ROW = f'<row r="2">{inline("A2", "1")}<c r="B2"><v>5</v></c></row>'


def test_the_least_workbook_of_these_tests_is_read() -> None:
    (row,) = read(zipped(parts(data(GOOD_ROW))))
    assert row.cells == {"measure": "1", "amount": "5"}


def with_sheet(text: str) -> bytes:
    return zipped({**parts(), SHEET: text})


def bomb() -> bytes:
    """Thirty megabytes of spaces in thirty kilobytes."""
    return with_sheet(worksheet(data(GOOD_ROW) + " " * 30_000_000))


def bomb_of_cells() -> bytes:
    """Ten million empty cells, which are no less to walk over."""
    cells = "<c/>" * 10_000_000
    return with_sheet(worksheet(f'<sheetData>{HEAD}<row r="2">{cells}</row></sheetData>'))


def flat_bomb_of_cells() -> bytes:
    """As many as pass for a table by their bytes."""
    rows = "".join(f'<row r="{n}">{"<c/>" * 100}</row>' for n in range(2, CELLS_MAX // 100 + 10))
    return zipped({**parts(), SHEET: worksheet(f"<sheetData>{HEAD}{rows}</sheetData>")}, zipfile.ZIP_STORED)


def claims() -> bytes:
    """A sheet that says that it is as large as sheets can be, and strings that say they are billions."""
    sheet = f'<dimension ref="A1:XFD1048576"/>{data(GOOD_ROW)}'
    return zipped(parts(sheet, **{"xl/sharedStrings.xml": strings("а", count=4_000_000_000)}))


def corner() -> bytes:
    """Two cells, the last of them in the last corner."""
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return zipped(parts(data(GOOD_ROW, far)))


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ха">{entities}]>'
    return with_sheet(head + worksheet(data(f'<row r="2">{inline("A2", "&l11;")}</row>')).split("\n", 1)[1])


def outside() -> bytes:
    head = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    return with_sheet(head + worksheet(data(f'<row r="2">{inline("A2", "&e;")}</row>')).split("\n", 1)[1])


def deep() -> bytes:
    return with_sheet(worksheet("<sheetData>" * 10_000))


def deep_foreign() -> bytes:
    return with_sheet(worksheet('<x xmlns="urn:x">' * 10_000))


def repeated() -> bytes:
    """One long text that four hundred thousand cells name."""
    text = "ж" * 9_000
    rows = "".join(
        f'<row r="{n}">' + "".join(f'<c r="{c}{n}" t="s"><v>0</v></c>' for c in "AB") + "</row>"
        for n in range(2, 20_000)
    )
    files = {**parts(data(rows)), "xl/sharedStrings.xml": strings(text)}
    return zipped(files, zipfile.ZIP_STORED)


def named(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in parts(data(GOOD_ROW)).items():
            archive.writestr(name, text)
        for name in names:
            info = zipfile.ZipInfo(name)
            info.filename = name  # as given: ZipInfo mends some names
            archive.writestr(info, b"x")
    return target.getvalue()


def link() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in parts(data(GOOD_ROW)).items():
            archive.writestr(name, text)
        info = zipfile.ZipInfo("xl/media/link")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return target.getvalue()


def nul() -> bytes:
    return named("xl/media/aXb").replace(b"xl/media/aXb", b"xl/media/a\0b")


def flagged(bit: int) -> bytes:
    """Every entry claims a flag, in both headers."""
    raw = bytearray(zipped(parts(data(GOOD_ROW))))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = raw.find(mark)
        while place >= 0:
            raw[place + at] |= bit
            place = raw.find(mark, place + 1)
    return bytes(raw)


def overlapping() -> bytes:
    """The directory names one entry's bytes twice: a bomb whose size no entry shows."""
    raw = zipped({**parts(data(GOOD_ROW)), "xl/media/a": "a" * 50})
    directory = raw.index(b"PK\x01\x02")
    last = raw.rindex(b"PK\x01\x02")
    end = raw.index(b"PK\x05\x06")
    twin = bytearray(raw[last:end].replace(b"xl/media/a", b"xl/media/b"))
    count = struct.unpack_from("<H", raw, end + 10)[0] + 1
    closing = bytearray(raw[end:])
    struct.pack_into("<HHI", closing, 8, count, count, end - directory + len(twin))
    return raw[:end] + bytes(twin) + bytes(closing)


def lying() -> bytes:
    """The directory says that the sheet is 40 bytes; the stream gives more."""
    raw = bytearray(zipped({**parts(data(GOOD_ROW)), "xl/styles.xml": worksheet("")}))
    info = next(one for one in zipfile.ZipFile(io.BytesIO(raw)).infolist() if one.filename == SHEET)
    struct.pack_into("<I", raw, info.header_offset + 22, 40)
    place = raw.index(SHEET.encode(), raw.index(b"PK\x01\x02")) - 46
    struct.pack_into("<I", raw, place + 24, 40)
    return bytes(raw)


def crowd() -> bytes:
    return named(*(f"xl/media/{n}" for n in range(ENTRIES_MAX + 1)))


def ods() -> bytes:
    return zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"})


HEAVY: dict[str, tuple[Callable[[], bytes], str]] = {
    "a bomb": (bomb, "zip-bomb"),
    "ten million empty cells": (bomb_of_cells, "zip-bomb"),
    "a table of empty cells": (flat_bomb_of_cells, "too-many-cells"),
    "one text in all cells": (repeated, "text-too-long"),
}
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a cell in the last corner": (corner, "sheet-too-wide"),
    "billion laughs": (laughs, "xml-dtd"),
    "an external entity": (outside, "xml-dtd"),
    "deep nesting": (deep, "xml-too-deep"),
    "deep nesting of foreign elements": (deep_foreign, "xml-too-deep"),
    "a name that leads out": (lambda: named("../x"), "zip-name"),
    "a name that leads out from within": (lambda: named("xl/../../x"), "zip-name"),
    "an absolute name": (lambda: named("/etc/x"), "zip-name"),
    "a name of Windows": (lambda: named("C:\\x"), "zip-name"),
    "a name with a backslash": (lambda: named("..\\x"), "zip-name"),
    "a name with NUL": (nul, "zip-name"),
    "a name of a bell": (lambda: named("xl/\a"), "zip-name"),
    "a symbolic link": (link, "zip-link"),
    "an entry named twice but for case": (lambda: named("XL/workbook.XML"), "zip-duplicate"),
    "encrypted entries": (lambda: flagged(1), "workbook-encrypted"),
    "overlapping entries": (overlapping, "zip-overlap"),
    "a size that lies": (lying, "workbook-broken"),
    "a crowd of entries": (crowd, "zip-too-many"),
    "an .ods": (ods, "not-a-workbook"),
    "an .xls or an encrypted file": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "old-workbook",
    ),
    "a truncated file": (lambda: zipped(parts(data(GOOD_ROW)))[:-30], "workbook-broken"),
    "half a file": (lambda: saved(book(("1", "", "", "1", "")))[:2000], "workbook-broken"),
    "a head and nothing else": (lambda: b"PK\x03\x04", "workbook-broken"),
    "macros": (lambda: named("xl/vbaProject.bin"), "workbook-macros"),
    "old macros": (lambda: named("xl/macrosheets/sheet1.xml"), "workbook-macros"),
    "an embedded object": (lambda: named("xl/embeddings/oleObject1.bin"), "workbook-embedded"),
    "an external link": (lambda: named("xl/externalLinks/externalLink1.xml"), "workbook-links"),
    "a connection": (lambda: named("xl/connections.xml"), "workbook-links"),
    "a string out of range": (
        lambda: zipped(parts(data('<row r="2"><c r="A2" t="s"><v>7</v></c></row>'))),
        "workbook-broken",
    ),
    "a string of minus one": (
        lambda: zipped(parts(data('<row r="2"><c r="A2" t="s"><v>-1</v></c></row>'))),
        "workbook-broken",
    ),
    "a number that is none": (
        lambda: zipped(parts(data('<row r="2"><c r="A2"><v>nan</v></c></row>'))),
        "workbook-broken",
    ),
    "a cell of another row": (
        lambda: zipped(parts(data('<row r="2"><c r="A7"><v>1</v></c></row>'))),
        "workbook-broken",
    ),
    "a cell twice": (
        lambda: zipped(parts(data(f'<row r="2">{inline("A2", "1")}{inline("A2", "2")}</row>'))),
        "cell-twice",
    ),
    "a row twice": (lambda: zipped(parts(data(GOOD_ROW, GOOD_ROW))), "cell-twice"),
    "a text without end": (
        lambda: zipped(parts(data(f'<row r="2">{inline("A2", "жу" * 9_000)}</row>')), zipfile.ZIP_STORED),
        "text-too-long",
    ),
    "a column too far": (
        lambda: zipped(parts(data(f'<row r="2"><c r="CW2"><v>{COLUMNS_MAX}</v></c></row>'))),
        "sheet-too-wide",
    ),
    "sheets without end": (
        lambda: saved_sheets(30),
        "too-many-sheets",
    ),
    "hidden columns without end": (
        lambda: zipped(parts('<col hidden="1"/>' * 20_000), zipfile.ZIP_STORED),
        "too-many-cells",
    ),
    "merged cells without end": (
        lambda: zipped(parts('<mergeCell ref="A1:A2"/>' * 20_000), zipfile.ZIP_STORED),
        "too-many-cells",
    ),
    "half an XML": (lambda: with_sheet(worksheet(data(GOOD_ROW))[:-20]), "workbook-broken"),
    "no XML": (lambda: with_sheet("Привіт"), "workbook-broken"),
    "a sheet of a part that is not there": (
        lambda: zipped({name: text for name, text in parts().items() if name != SHEET}),
        "sheet-missing-column",
    ),
}


def saved_sheets(count: int) -> bytes:
    made = book(("1", "", "", "1", ""))
    for number in range(count):
        made.create_sheet(f"s{number}")
    return saved(made)


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_workbook_is_refused_by_name(case: str) -> None:
    make, code = HOSTILE[case]
    assert [one for _, one in places(make())] == [code]


def child(raw: bytes) -> list[object]:
    """The last line of the child that reads it."""
    with tempfile.TemporaryFile() as given:
        given.write(raw)
        given.seek(0)
        ran = subprocess.run(
            [sys.executable, "-I", "-c", workbook._CHILD, str(workbook._ROOT)],
            stdin=given, capture_output=True, timeout=60, check=False,
        )  # fmt: skip
    said: list[object] = json.loads(ran.stdout.splitlines()[-1])
    return said


@pytest.mark.parametrize("case", HEAVY)
def test_the_child_stays_small_whatever_it_is_given(case: str) -> None:
    make, code = HEAVY[case]
    said = child(make())
    assert said[:2] == ["refused", code]
    assert 0 < int(str(said[-1])) < MEMORY_KIB_MAX // 4


def test_what_a_sheet_claims_of_its_size_costs_nothing() -> None:
    raw = claims()
    assert len(raw) < 2_500
    assert len(read(raw)) == 1
    assert read_workbook(raw, Problems()).peak_kib < MEMORY_KIB_MAX // 8


def test_a_child_that_takes_too_much_memory_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        workbook, "_CHILD",
        "import sys; sys.path.insert(0, sys.argv[1]); from api.importers import workbook_child as w\n"
        "w._read = lambda *_: bytearray(w.MEMORY_BYTES_MAX); w.main()",
    )  # fmt: skip
    assert [code for _, code in places(zipped(parts()))] == ["workbook-too-heavy"]


@pytest.mark.parametrize("ending", ["import time; time.sleep(600)", "import os; os.abort()", "pass"])
def test_a_child_that_hangs_or_dies_is_a_refusal_and_is_gone(
    ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "_CHILD", f'print(\'["sheet","S","visible"]\', flush=True); {ending}')
    monkeypatch.setattr(workbook, "WALL_SECONDS_MAX", 1)
    before = {one.pid for one in psutil.Process().children()}
    assert [code for _, code in places(zipped(parts()))] == ["workbook-too-heavy"]
    assert {one.pid for one in psutil.Process().children()} <= before


def test_a_child_that_writes_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        workbook, "_CHILD",
        "import sys; sys.path.insert(0, sys.argv[1]); from api.importers import workbook_child as w\n"
        "w.OUTPUT_BYTES_MAX = 1000000; w._limit()\n"
        "while True: print('[\"sheet\",\"S\",\"hidden\"]')",
    )  # fmt: skip
    assert [code for _, code in places(zipped(parts()))] == ["workbook-too-heavy"]


def test_nothing_is_left_in_the_folder_of_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    read(zipped(parts(data(GOOD_ROW))))
    places(laughs())
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_failed_makes_room_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(workbook.READERS_MAX + 1):
        places(b"PK\x03\x04")
    assert len(read(zipped(parts(data(GOOD_ROW))))) == 1
    monkeypatch.setattr(workbook, "WALL_SECONDS_MAX", 0.01)
    for _ in range(workbook.READERS_MAX):
        workbook._READERS.acquire()
    try:
        assert places(zipped(parts())) == [("", "workbook-busy")]
    finally:
        workbook._READERS.release(workbook.READERS_MAX)


def test_the_child_is_given_no_secret_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLEDGER_SECRET", "таємниця")
    monkeypatch.setattr(
        workbook, "_CHILD",
        "import os, json\nfor name in os.environ: print(json.dumps(['sheet', name, 'hidden']))\n"
        "print('[\"end\",0]')",
    )  # fmt: skip
    assert "PLEDGER_SECRET" in os.environ
    hidden = read_workbook(zipped(parts()), Problems()).hidden
    assert not [name for name in hidden if name.startswith("PLEDGER")]


@pytest.mark.parametrize("at", range(0, 3000, 263))
def test_a_flipped_byte_is_read_as_it_was_or_refused(at: int) -> None:
    raw = bytearray(zipped(parts(data(GOOD_ROW))))
    raw[at % len(raw)] ^= 0x5A
    if places_or_none(bytes(raw)) is None:
        assert read(bytes(raw))[0].cells == {"measure": "1", "amount": "5"}


def places_or_none(raw: bytes) -> object:
    try:
        return places(raw)
    except AssertionError:
        return None


def test_the_checksum_of_a_part_is_checked() -> None:
    raw = bytearray(zipped(parts(data(GOOD_ROW)), zipfile.ZIP_STORED))
    at = raw.index(b"<v>5</v>") + 3
    raw[at : at + 1] = b"6"
    assert zlib.crc32(b"5") != zlib.crc32(b"6")
    assert [code for _, code in places(bytes(raw))] == ["workbook-broken"]
