"""Printed pages and sheets read again: their text, their tags, their cells."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, fromstring

from pypdf import PdfReader

from tests.api.door import BASE, Door

# Days before and after the storied town's second act was suspended.
IN_FORCE, SUSPENDED = "2025-04-15", "2025-06-01"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True)
class Page:
    """A PDF read by another program than the one that wrote it."""

    raw: bytes

    @property
    def reader(self) -> PdfReader:
        return PdfReader(io.BytesIO(self.raw))

    @property
    def pages(self) -> list[str]:
        """The text of each page, without spaces and breaks: lines are broken anywhere."""
        return [squeezed(page.extract_text()) for page in self.reader.pages]

    @property
    def text(self) -> str:
        return "".join(self.pages)

    @property
    def catalogue(self) -> Any:
        return self.reader.trailer["/Root"]


def squeezed(text: str) -> str:
    """A text as it can be compared over line breaks: no spaces, and no hyphens that may be of a break."""
    return re.sub(r"[\s\u00a0\u200b\u00ad-]+", "", text)


def ask(door: Door, which: str, /, **asked: object) -> Any:
    """The answer; `from_` and the like lose their underline."""
    given = {name.rstrip("_"): value for name, value in asked.items() if value is not None}
    return door.get(f"{BASE}/print/{which}?{urlencode(given)}")


def page_of(door: Door, which: str, /, **asked: object) -> Page:
    answer = ask(door, which, **asked)
    assert answer.status_code == 200, answer.text
    return Page(answer.content)


def data_of(door: Door, which: str, /, **asked: object) -> Any:
    answer = ask(door, which, format="json", **asked)
    assert answer.status_code == 200, answer.text
    return json.loads(answer.content)


def table_of(data: Any, name: str) -> Any:
    (found,) = [one for one in data["blocks"] if one["type"] == "table" and one["name"] == name]
    return found


def rows_of(data: Any, name: str) -> list[list[str]]:
    """The words of a table, row by row."""
    return [[cell["text"] for cell in row["cells"]] for row in table_of(data, name)["rows"]]


def texts_of(data: Any) -> list[str]:
    """Whatever the page must show."""
    found = [data["title"], data["subtitle"], data["point"], data["root"]["hash"], data["link"]["url"]]
    for block in data["blocks"]:
        if block["type"] != "table":
            found.append(block["text"])
            continue
        found += [column["text"] for column in block["columns"]]
        found += [cell["text"] for row in block["rows"] for cell in row["cells"]]
    return found


def sheets_of(raw: bytes) -> dict[str, dict[str, str]]:
    """A workbook: sheet → cell → value; a text as it is, a number behind a `#`, a formula behind a `=`."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        strings = _strings(archive)
        book = _read(archive.read("xl/workbook.xml"))
        names = [str(one.get("name")) for one in book.iter(f"{_MAIN}sheet")]
        return {
            name: _cells(archive.read(f"xl/worksheets/sheet{place}.xml"), strings)
            for place, name in enumerate(names, 1)
        }


def _read(raw: bytes) -> Element:
    return fromstring(raw)  # noqa: S314 -- of a sheet that was made a moment ago


def _strings(archive: zipfile.ZipFile) -> list[str]:
    root = _read(archive.read("xl/sharedStrings.xml"))
    return ["".join(part.text or "" for part in one.iter(f"{_MAIN}t")) for one in root.iter(f"{_MAIN}si")]


def _cells(raw: bytes, strings: list[str]) -> dict[str, str]:
    found = {}
    for cell in _read(raw).iter(f"{_MAIN}c"):
        value, formula = cell.find(f"{_MAIN}v"), cell.find(f"{_MAIN}f")
        if formula is not None:
            found[str(cell.get("r"))] = f"={formula.text}"
        elif value is not None and value.text is not None:
            is_text = cell.get("t") == "s"
            found[str(cell.get("r"))] = strings[int(value.text)] if is_text else f"#{value.text}"
    return found
