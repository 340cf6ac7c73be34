"""The parts of a workbook (ECMA-376, SpreadsheetML), read as a stream by expat.

No DTD, no entities, bounded depth. What a cell says comes with what a number alone would hide: that it is a
formula, an error, a percentage, a date, or is shown in thousands. Imports nothing of Pledger: it runs in the
child.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from xml.parsers import expat

from api.importers.archive import Archive, Refused

DEPTH_MAX: Final = 64
TEXT_MAX: Final = 10_000
STRINGS_MAX: Final = 400_000
STRINGS_CHARS_MAX: Final = 16_000_000
SHEETS_MAX: Final = 20
MAIN: Final = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_RELATIONS: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_ESCAPE: Final = re.compile("_x([0-9A-Fa-f]{4})_")

Attributes = dict[str, str]
Start = Callable[[str, Attributes], None]
End = Callable[[str, str], None]


def parse(chunks: Iterator[bytes], start: Start, end: End, text_max: int = TEXT_MAX) -> None:
    """Tell of each element of the spreadsheet's namespace: start(name, attributes), end(name, text).

    text: what stands directly in the element. Elements of other namespaces are passed over with all that is
    in them. Raises Refused.
    """
    _Parser(start, end, text_max).run(chunks)


# Tags that were met, by what expat calls them: there are a dozen, and a sheet has hundreds of thousands.
_NAMES: Final[dict[str, str]] = {}
_NAMES_MAX: Final = 1000


def _name(tag: str) -> str:
    """The local name of an element of the spreadsheet's namespace, "" of any other."""
    space, _, name = tag.rpartition(" ")
    found = name if space in MAIN else ""
    if len(_NAMES) < _NAMES_MAX:
        _NAMES[tag] = found
    return found


class _Parser:
    """Counts depth and text; skips what is foreign."""

    def __init__(self, start: Start, end: End, text_max: int) -> None:
        self._start, self._end, self._text_max = start, end, text_max
        self._depth = self._foreign = 0
        self._texts: list[str] = []
        self._size = 0

    def run(self, chunks: Iterator[bytes]) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        try:
            for chunk in chunks:
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, LookupError, UnicodeError):
            raise Refused("workbook-broken") from None

    def _doctype(self, *_: Any) -> None:
        raise Refused("xml-dtd")

    def _open(self, tag: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise Refused("xml-too-deep", DEPTH_MAX)
        name = _NAMES.get(tag) or _name(tag)
        if self._foreign or not name:
            self._foreign += 1
            return
        if self._size:
            self._texts, self._size = [], 0
        self._start(name, attributes)

    def _close(self, tag: str) -> None:
        self._depth -= 1
        if self._foreign:
            self._foreign -= 1
            return
        text = ""
        if self._size:
            text = "".join(self._texts)
            self._texts, self._size = [], 0
        self._end(_NAMES.get(tag) or _name(tag), text)

    def _characters(self, text: str) -> None:
        self._size += len(text)
        if self._size > self._text_max:
            raise Refused("text-too-long", self._text_max)
        self._texts.append(text)


def unescape(text: str) -> str:
    """`_x000D_` is a character that XML cannot hold; halves of a pair stay as they are written."""
    return _ESCAPE.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    return match[0] if 0xD800 <= number <= 0xDFFF else chr(number)


def relations(archive: Archive, part: str) -> dict[str, str]:
    """Targets by id of what a part names, as entries' names; none if it names nothing."""
    folder, _, name = part.rpartition("/")
    entry = archive.find(f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels")
    found: dict[str, str] = {}
    if entry is None:
        return found

    def start(tag: str, attributes: Attributes) -> None:
        if tag.rpartition(" ")[2] == "Relationship" and attributes.get("TargetMode") != "External":
            found[attributes.get("Id", "")] = _resolved(folder, attributes.get("Target", ""))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse_doctype
    try:
        for chunk in archive.chunks(entry):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError, UnicodeError):
        raise Refused("workbook-broken") from None
    return found


def _refuse_doctype(*_: Any) -> None:
    raise Refused("xml-dtd")


def _resolved(folder: str, target: str) -> str:
    """A target as an entry's name; one that leads out of the archive names no entry."""
    steps = [] if target.startswith("/") or not folder else folder.split("/")
    for step in target.strip("/").split("/"):
        if step == ".." and steps:
            steps.pop()
        elif step != ".":
            steps.append(step)
    return "/".join(steps)


@dataclass(frozen=True, slots=True)
class SheetPart:
    """state: visible, hidden or veryHidden; part: the entry, None if there is none."""

    name: str
    state: str
    part: str | None


@dataclass(slots=True)
class Book:
    """What workbook.xml says. from_1904: days are counted from 1904."""

    sheets: list[SheetPart] = field(default_factory=list)
    from_1904: bool = False


def read_book(archive: Archive, part: str) -> Book:
    book, targets = Book(), relations(archive, part)

    def start(name: str, attributes: Attributes) -> None:
        if name == "workbookPr":
            book.from_1904 = attributes.get("date1904", "0") in ("1", "true")
        elif name == "sheet":
            if len(book.sheets) == SHEETS_MAX:
                raise Refused("too-many-sheets", SHEETS_MAX)
            ids = [attributes[f"{space} id"] for space in _RELATIONS if f"{space} id" in attributes]
            target = archive.find(targets.get(ids[0], "")) if ids else None
            title = unescape(attributes.get("name", ""))[:100]
            book.sheets.append(SheetPart(title, attributes.get("state", "visible"), target))

    parse(archive.chunks(part), start, lambda name, text: None)
    return book


def read_strings(archive: Archive, part: str | None) -> list[str]:
    """Shared strings; what is written above letters to show how they sound is no part of them."""
    found: list[str] = []
    if part is None:
        return found
    pieces: list[str] = []
    inside = {"rPh": 0}
    total = 0

    def start(name: str, attributes: Attributes) -> None:
        if name == "si":
            pieces.clear()
            if len(found) == STRINGS_MAX:
                raise Refused("too-many-cells", STRINGS_MAX)
        elif name == "rPh":
            inside["rPh"] += 1

    def end(name: str, text: str) -> None:
        nonlocal total
        if name == "t" and not inside["rPh"]:
            pieces.append(text)
            total += len(text)
            if total > STRINGS_CHARS_MAX:
                raise Refused("text-too-long", STRINGS_CHARS_MAX)
        elif name == "rPh":
            inside["rPh"] -= 1
        elif name == "si":
            found.append(unescape("".join(pieces)))

    parse(archive.chunks(part), start, end)
    return found
