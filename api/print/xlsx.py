"""The same tables as a spreadsheet: a sheet each, the same bytes again; texts are texts, never formulas.

An amount of up to 15 digits is a number, as spreadsheets keep no more; everything else is a string.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import xlsxwriter  # type: ignore[import-untyped]

XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DIGITS_MAX: Final = 15
WIDTH: Final = 9.0  # characters for one share of the page
CELL_MAX: Final = 32_767  # characters that a cell may have
_MADE: Final = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML has no place for them
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def to_xlsx(data: dict[str, Any]) -> bytes:
    """data: a print's."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    book.set_properties({"title": data["title"], "subject": data["subtitle"], "created": _MADE})
    _about(book, data)
    for block in data["blocks"]:
        if block["type"] == "table":
            _sheet(book, block)
    book.close()
    return target.getvalue()


def _about(book: Any, data: dict[str, Any]) -> None:
    """The first sheet: what this is, of which point, and where it is checked."""
    sheet = book.add_worksheet("about")
    sheet.set_column(0, 0, 120, book.add_format({"text_wrap": True, "valign": "top"}))
    root = data["root"]
    lines = [data["title"], data["subtitle"], data["point"], root["words"], root["hash"]]
    lines += [data["link"]["words"], data["link"]["url"], data["notice"]]
    lines += [block["text"] for block in data["blocks"] if block["type"] == "text"]
    for place, line in enumerate(lines):
        sheet.write_string(place, 0, _fit(line))


def _sheet(book: Any, table: dict[str, Any]) -> None:
    sheet = book.add_worksheet(table["name"][:31])
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    plain = {"text_wrap": True, "valign": "top"}
    formats = {
        (bold, money): book.add_format(
            {**plain, "bold": bold, **({"num_format": "#,##0.00", "align": "right"} if money else {})}
        )
        for bold in (False, True)
        for money in (False, True)
    }
    for place, column in enumerate(table["columns"]):
        sheet.set_column(place, place, WIDTH * column["width"] + 2)
        sheet.write_string(0, place, _fit(column["text"]), head)
    for number, row in enumerate(table["rows"], 1):
        for cell in row["cells"]:
            form = formats[row["kind"] != "line", cell["kind"] == "money"]
            _write(sheet, number, cell["column"], cell, form)
    sheet.freeze_panes(1, 0)


def _write(sheet: Any, row: int, column: int, cell: dict[str, Any], form: Any) -> None:
    """An amount as a number unless a mark of doubt stands beside it, or it has too many digits."""
    value = cell["value"]
    is_plain = cell["kind"] == "money" and cell["doubt"] is None and isinstance(value, str)
    if is_plain and len(value.strip("-").replace(".", "")) <= DIGITS_MAX:
        sheet.write_number(row, column, Decimal(value), form)
    else:
        sheet.write_string(row, column, _fit(cell["text"]), form)


def _fit(text: str) -> str:
    return _UNFIT.sub("\ufffd", text)[:CELL_MAX]
