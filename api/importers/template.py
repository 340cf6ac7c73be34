"""A programme's workbook, empty or filled: the sheets that passport_workbook.py reads, with an explanation.

Codes are formatted as text, so that a spreadsheet keeps their zeros; amounts are numbers up to 15 digits.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import xlsxwriter  # type: ignore[import-untyped]

from api.importers import passport_layout as layout
from api.importers.passport_layout import Column, ListSheet, blanked
from api.importers.rows import Template
from api.importers.template_texts import ABOUT
from api.importers.yaml_source import Mapping as Node
from api.importers.yaml_source import Node as AnyNode
from api.importers.yaml_source import Scalar
from api.importers.yaml_source import Sequence as Nodes

# A time of its own would make another file of the same data.
_MADE: Final = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_AMOUNT: Final = re.compile(r"(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?")
_WHOLE: Final = re.compile("0|[1-9][0-9]{0,8}")
YEARS_MAX: Final = 50
ROWS_CHECKED: Final = 2000
Raw = Mapping[str, Any]


def plain(node: AnyNode) -> Any:
    """A file's tree as mappings, lists and texts."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Nodes):
        return [plain(one) for one in node.items]
    return {key: plain(one) for key, one in node.members.items()} if isinstance(node, Node) else None


def to_workbook(raw: Raw) -> bytes:
    """raw: texts as the import file has them; what it lacks stays empty. The same bytes for the same file."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    book.set_properties({"created": _MADE, "title": raw.get("title", "")})
    writer = _Writer(book)
    writer.about()
    writer.fields(layout.DECISION, layout.DECISION_FIELDS, raw)
    writer.fields(layout.PASSPORT, layout.PASSPORT_FIELDS, raw)
    for sheet in layout.LIST_SHEETS:
        columns = (*sheet.columns, *_targets(raw)) if sheet is layout.INDICATOR_SHEET else sheet.columns
        writer.rows(sheet.name, columns, list(_rows(sheet, raw)))
    book.close()
    return target.getvalue()


def to_table(table: Template) -> bytes:
    """A table of rows to be filled in, with rows that show how. Everything is text."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    book.set_properties({"created": _MADE})
    head = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#DDE6F0", "border": 1})
    text = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet(table.sheet)
    sheet.set_column(0, len(table.headers) - 1, 22, text)
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(table.headers):
        sheet.write_string(0, column, title, head)
    for number, row in enumerate(table.rows, 1):
        for column, cell in enumerate(row):
            if cell:
                sheet.write_string(number, column, cell, text)
    book.close()
    return target.getvalue()


def _targets(raw: Raw) -> Iterator[Column]:
    """A column for each year of the term, and for each that a target names."""
    term = raw.get("term") or {}
    years = {year for row in raw.get("indicators") or () for year in row.get("targets", {})}
    if all(re.fullmatch("[0-9]{4}", str(term.get(end, ""))) for end in ("from", "to")):
        first, last = int(term["from"]), int(term["to"])
        years |= {str(year) for year in range(first, min(last, first + YEARS_MAX) + 1)}
    for year in sorted(years):
        yield Column(f"{layout.TARGET}{year}", f"targets/{year}", "value")


def _rows(sheet: ListSheet, raw: Raw) -> Iterator[Raw]:
    found = _at(raw, sheet.key)
    if sheet is layout.TOTALS_SHEET:
        for key, amount in (found or {}).items():
            yield {"key": _total_words(key), "amount": amount}
    else:
        yield from found or ()


def _total_words(key: str) -> str:
    words = {code: word for word, code in layout.TOTALS.items()}
    kind, _, source = key.partition(":")
    return words.get(key) or (f"{layout.OF_SOURCE}{source}" if kind == "source" else key)


def _at(raw: Any, key: str) -> Any:
    for step in key.split("/"):
        raw = raw.get(step) if isinstance(raw, Mapping) else None
    return raw


class _Writer:
    """Writes sheets in one style: a header that stays in sight, codes as text."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._head = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#DDE6F0", "border": 1})
        self._text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self._money = book.add_format({"num_format": "#,##0.00", "valign": "top"})
        self._whole = book.add_format({"num_format": "0", "valign": "top"})

    def about(self) -> None:
        sheet = self._book.add_worksheet(layout.ABOUT)
        sheet.set_column(0, 0, 110)
        for row, text in enumerate(ABOUT):
            sheet.write_string(row, 0, text, self._text)

    def rows(self, name: str, columns: Sequence[Column], rows: Sequence[Raw]) -> None:
        sheet = self._sheet(name, [(column.title, column.width) for column in columns])
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width, self._format(column))
            self._choices(sheet, column, 1, ROWS_CHECKED, place)
            for number, row in enumerate(rows, 1):
                self._write(sheet, number, place, column, _at(row, column.key))

    def fields(self, name: str, fields: Sequence[Column], raw: Raw) -> None:
        sheet = self._sheet(name, [(layout.FIELD, 34), (layout.VALUE, 90), (layout.LISTED, 12)])
        sheet.set_column(1, 1, 90, self._text)
        row = 0
        for field in fields:
            value = _at(raw, field.key)
            listed = isinstance(value, list)
            for one in (value or [None]) if isinstance(value, list) else [value]:
                row += 1
                sheet.write_string(row, 0, field.title)
                self._write(sheet, row, 1, field, one)
                self._choices(sheet, field, row, row, 1)
                if listed and one is not None:
                    sheet.write_string(row, 2, layout.IN_LIST)

    def _sheet(self, name: str, titles: Sequence[tuple[str, int]]) -> Any:
        sheet = self._book.add_worksheet(name)
        for place, (title, width) in enumerate(titles):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, title, self._head)
        sheet.freeze_panes(1, 0)
        return sheet

    def _format(self, column: Column) -> Any:
        return {"money": self._money, "year": self._whole}.get(column.sort, self._text)

    def _choices(self, sheet: Any, column: Column, first: int, last: int, place: int) -> None:
        if column.words:
            options = {"validate": "list", "source": list(column.words)}
            sheet.data_validation(first, place, last, place, options)

    def _write(self, sheet: Any, row: int, place: int, column: Column, value: Any) -> None:
        """A number only where it says the same to the letter."""
        if value is None:
            return
        text = str(value)
        shown = {code: word for word, code in (column.words or {}).items()}.get(text, text)
        if column.sort == "money" and _AMOUNT.fullmatch(text):
            sheet.write_number(row, place, float(text), self._money)
        elif column.sort == "year" and _WHOLE.fullmatch(text):
            sheet.write_number(row, place, int(text), self._whole)
        else:
            sheet.write_string(row, place, blanked(shown), self._text)
