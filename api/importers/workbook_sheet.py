"""One sheet of a workbook, cell by cell: the row, the column, what sort of thing stands there, and its text.

Imports nothing of Pledger: it runs in the child. Source: ECMA-376 part 1 §18.3.1.4, §18.17.4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

from api.importers.archive import Archive, Refused
from api.importers.workbook_styles import Kind
from api.importers.workbook_xml import Attributes, parse, unescape

CELLS_MAX: Final = 400_000
COLUMNS_MAX: Final = 100
SHEET_COLUMNS_MAX: Final = 16_384
# Rows of a table, and what may stand above it.
ROWS_MAX: Final = 20_050
MERGES_MAX: Final = 10_000
OUTPUT_CHARS_MAX: Final = 16_000_000

# huge: a number that has lost digits; moment: a date with a time of day, or none that the calendar has.
Sort = Literal[
    "text", "number", "percent", "scaled", "date", "moment", "boolean", "error", "formula", "huge"
]  # fmt: skip
Cell = tuple[int, Sort, str]
Emit = Callable[[int, bool, list[Cell]], None]

_PLAIN: Final = re.compile("-?[1-9][0-9]{0,14}|0")
_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", re.ASCII)
_DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T00:00:00(\.0+)?Z?)?", re.ASCII)
_TRUE: Final = ("1", "true")
_NO_WIDTH: Final = ("0", "0.0")
# Excel keeps 15 digits of a number.
_EXACT_BELOW: Final = 10**15
_LAST_DAY: Final = 2_958_465
# Day 60 of 1900 never was: days before it are counted differently by different programs.
_FIRST_DAY: Final = 61


@dataclass(slots=True)
class Budget:
    """What all sheets of a workbook may hold together; both run down."""

    cells: int = CELLS_MAX
    chars: int = OUTPUT_CHARS_MAX


@dataclass(frozen=True, slots=True)
class Meanings:
    """What a cell's number of a string or of a style means."""

    strings: Sequence[str]
    styles: Sequence[Kind]
    from_1904: bool


@dataclass(slots=True)
class Around:
    """hidden: first and last of hidden columns, 1-based; merged: references such as A1:C2."""

    hidden: list[tuple[int, int]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)


def column_name(number: int) -> str:
    """1 → A, 27 → AA."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_number(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


_COLUMNS: Final = {column_name(number): number for number in range(1, COLUMNS_MAX + 1)}


def _far_column(letters: str) -> int:
    """A column that no table reaches, 0 for what names none."""
    far = column_number(letters) if re.fullmatch("[A-Z]{1,3}", letters) else 0
    return far if far <= SHEET_COLUMNS_MAX else 0


def read_sheet(
    archive: Archive, part: str, name: str, meanings: Meanings, budget: Budget, emit: Emit
) -> Around:
    """Emit every row that says something: its number, whether it is hidden, its cells. Raises Refused."""
    reader = _Reader(name, meanings, budget, emit)
    parse(archive.chunks(part), reader.start, reader.end)
    return reader.around


class _Reader:
    """Hears of elements one by one."""

    def __init__(self, name: str, meanings: Meanings, budget: Budget, emit: Emit) -> None:
        self.around = Around()
        self._name, self._meanings, self._budget, self._emit = name, meanings, budget, emit
        self._row = self._column = self._rows = 0
        self._digits = ""
        self._hidden = False
        self._cells: list[Cell] = []
        self._taken: set[int] = set()
        self._type, self._style, self._value = "n", 0, ""
        self._formula = self._sounds = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "v":
            return  # half of all elements: its text comes with its end
        if name == "c":
            self._open_cell(attributes)
        elif name == "row":
            self._open_row(attributes)
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._sounds = True
        elif name == "col" and (attributes.get("hidden") in _TRUE or attributes.get("width") in _NO_WIDTH):
            self._hide(_count(attributes.get("min")), _count(attributes.get("max")))
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def end(self, name: str, text: str) -> None:
        if name == "v":
            self._value = text
        elif name == "t" and not self._sounds:
            self._value += text
        elif name == "rPh":
            self._sounds = False
        elif name == "c":
            self._close_cell()
        elif name == "row" and self._cells:
            self._close_row()

    def _hide(self, first: int, last: int) -> None:
        if len(self.around.hidden) == SHEET_COLUMNS_MAX:
            raise self._refused("too-many-cells", SHEET_COLUMNS_MAX)
        self.around.hidden.append((first, last))

    def _merge(self, reference: str) -> None:
        if len(self.around.merged) == MERGES_MAX:
            raise self._refused("too-many-cells", MERGES_MAX)
        self.around.merged.append(reference[:40])

    def _open_row(self, attributes: Attributes) -> None:
        number = _count(attributes["r"]) if "r" in attributes else self._row + 1
        if number <= self._row:
            raise self._refused("cell-twice", number)
        self._row, self._column, self._digits = number, 0, str(number)
        self._hidden = attributes.get("hidden") in _TRUE
        self._cells, self._taken = [], set()

    def _close_row(self) -> None:
        self._rows += 1
        if self._rows > ROWS_MAX:
            raise self._refused("sheet-too-long", ROWS_MAX)
        self._emit(self._row, self._hidden, self._cells)
        self._cells = []

    def _open_cell(self, attributes: Attributes) -> None:
        self._budget.cells -= 1
        if self._budget.cells < 0:
            raise self._refused("too-many-cells", CELLS_MAX)
        self._column = self._place(attributes["r"]) if "r" in attributes else self._column + 1
        self._type, self._value, self._formula = attributes.get("t", "n"), "", False
        self._style = _count(attributes.get("s", "0"))

    def _place(self, address: str) -> int:
        letters = address.removesuffix(self._digits)
        number = _COLUMNS.get(letters) or _far_column(letters)
        if not number or len(letters) + len(self._digits) != len(address):
            raise self._refused("workbook-broken")
        return number

    def _close_cell(self) -> None:
        if not self._value and not self._formula:
            return
        sort, text = self._said()
        if sort == "text" and not text:
            return
        if self._column > COLUMNS_MAX:
            raise self._refused("sheet-too-wide", COLUMNS_MAX, cell=True)
        if self._column in self._taken:
            raise self._refused("cell-twice", self._row, cell=True)
        self._taken.add(self._column)
        self._budget.chars -= len(text)
        if self._budget.chars < 0:
            raise self._refused("text-too-long", OUTPUT_CHARS_MAX, cell=True)
        self._cells.append((self._column, sort, text))

    def _said(self) -> tuple[Sort, str]:
        if self._formula:
            return "formula", self._value[:60]
        return _SAID.get(self._type, _Reader._number)(self)

    def _inline(self) -> tuple[Sort, str]:
        return "text", unescape(self._value)

    def _boolean(self) -> tuple[Sort, str]:
        return "boolean", "1" if self._value in _TRUE else "0"

    def _error(self) -> tuple[Sort, str]:
        return "error", self._value[:60]

    def _written_day(self) -> tuple[Sort, str]:
        day = _DAY.fullmatch(self._value)
        return ("date", day[1]) if day else ("moment", self._value[:60])

    def _shared(self) -> tuple[Sort, str]:
        named = re.fullmatch("[0-9]{1,7}", self._value, re.ASCII)
        if named is None or int(self._value) >= len(self._meanings.strings):
            raise self._refused("workbook-broken", cell=True)
        return "text", self._meanings.strings[int(self._value)]

    def _number(self) -> tuple[Sort, str]:
        styles = self._meanings.styles
        kind = styles[self._style] if self._style < len(styles) else "number"
        if self._type == "n" and kind == "number" and _PLAIN.fullmatch(self._value):
            return kind, self._value
        if self._type != "n" or not _NUMBER.fullmatch(self._value):
            raise self._refused("workbook-broken", cell=True)
        number = float(self._value)
        if not abs(number) < _EXACT_BELOW:
            return "huge", self._value[:60]
        return self._day(number) if kind == "date" else (kind, _plain(number))

    def _day(self, number: float) -> tuple[Sort, str]:
        days = number + (1462 if self._meanings.from_1904 else 0)
        if days != int(days) or not _FIRST_DAY <= days <= _LAST_DAY:
            return "moment", _plain(number)
        return "date", (date(1899, 12, 30) + timedelta(days=int(days))).isoformat()

    def _refused(self, code: str, got: object = "", *, cell: bool = False) -> Refused:
        at = f"{column_name(self._column)}{self._row}" if cell else ""
        return Refused(code, got, self._name, at)


# By the cell's type (§18.18.11); every other one must be a number.
_SAID: Final[dict[str, Callable[[_Reader], tuple[Sort, str]]]] = {
    "s": _Reader._shared,
    "inlineStr": _Reader._inline,
    "str": _Reader._inline,
    "b": _Reader._boolean,
    "e": _Reader._error,
    "d": _Reader._written_day,
}


def _plain(number: float) -> str:
    """The shortest decimal that is this number, without an exponent: 1250.50 and 1250.5 are one number."""
    text = f"{Decimal(repr(number)):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _count(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 9 else 0
