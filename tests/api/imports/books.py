"""Workbooks for tests: as openpyxl makes them, and as an attacker puts them together part by part."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl  # type: ignore[import-untyped]

from api.importers.errors import ImportFileError, Problem, Problems
from api.importers.table import Cells, read_table

NAMES = {"код": "measure", "кпквк": "kpkvk", "назва": "title", "сума": "amount", "дата": "day"}
HEADER = ("Код", "КПКВК", "Назва", "Сума", "Дата")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def book(*rows: Sequence[Any], title: str = "Аркуш1", header: Sequence[str] = HEADER) -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = title
    for row in (header, *rows):
        sheet.append(list(row))
    return made


def saved(made: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def read(raw: bytes) -> list[Cells]:
    return read_table(raw, NAMES, ("measure", "amount"), Problems())


def problems(raw: bytes) -> list[Problem]:
    try:
        read(raw)
    except ImportFileError as error:
        return list(error.problems)
    raise AssertionError("the workbook was read")


def places(raw: bytes) -> list[tuple[str, str]]:
    """(cell, code) of every problem."""
    return [(one.path, one.code) for one in problems(raw)]


def parts(sheet: str = "", **more: str) -> dict[str, str]:
    """The least that a workbook is made of. sheet: what stands in its only worksheet."""
    workbook = (
        f'{_XML}<workbook xmlns="{MAIN}" xmlns:r="{_REL}"><sheets>'
        f'<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    relations = (
        f'{_XML}<Relationships xmlns="{_PACKAGE}">'
        f'<Relationship Id="rId1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )
    to_book = '<Relationship Id="rId1" Target="xl/workbook.xml"/>'
    main = f'{_XML}<Relationships xmlns="{_PACKAGE}">{to_book}</Relationships>'
    return {
        "[Content_Types].xml": f"{_XML}<Types/>",
        "_rels/.rels": main,
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": relations,
        "xl/worksheets/sheet1.xml": worksheet(sheet),
        **more,
    }


def worksheet(inside: str) -> str:
    return f'{_XML}<worksheet xmlns="{MAIN}">{inside}</worksheet>'


def strings(*texts: str, count: int | None = None) -> str:
    inside = "".join(f"<si><t>{text}</t></si>" for text in texts)
    claimed = count or len(texts)
    return f'{_XML}<sst xmlns="{MAIN}" count="{claimed}" uniqueCount="{claimed}">{inside}</sst>'


def zipped(files: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return target.getvalue()


def inline(address: str, text: str) -> str:
    return f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'


HEAD = f'<row r="1">{inline("A1", "Код")}{inline("B1", "Сума")}</row>'


def data(*rows: str) -> str:
    return f"<sheetData>{HEAD}{''.join(rows)}</sheetData>"
