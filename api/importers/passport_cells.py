"""One cell of a passport's workbook as the text that the import file would have; "" and none stay apart."""

from __future__ import annotations

from api.importers.errors import Problems
from api.importers.passport_layout import Column, unblank
from api.importers.sheet_table import WRONG_SORTS, YES_NO
from api.importers.workbook import Cell


def text_of(cell: Cell, column: Column, row: int, place: str, problems: Problems) -> str | None:
    """None after a problem was noted. What the text means is judged by the file's own rules later."""
    code, words = _unfit(cell, column)
    if code is not None:
        problems.add(row, place, code, got=cell.text, digits=words)
        return None
    if cell.sort == "boolean":
        return YES_NO[cell.text]
    if cell.sort == "number" and column.sort == "money":
        return _amount(cell.text)
    if column.sort == "quoted":
        return unblank(cell.text)
    text = unblank(cell.text.strip())
    return (column.words or {}).get(text.lower(), text)


def _unfit(cell: Cell, column: Column) -> tuple[str | None, int]:
    """Why a cell cannot hold what somebody meant by it: the code of a message, and digits for its words."""
    if cell.sort in WRONG_SORTS:
        return WRONG_SORTS[cell.sort], 0
    if cell.sort == "date" and column.sort != "day":
        return "cell-not-number" if column.sort in ("money", "year") else "cell-date-for-text", 0
    if cell.sort == "boolean" and column.sort != "value":
        return "cell-not-number" if column.sort in ("money", "year") else "cell-number-for-text", 0
    if cell.sort != "number":
        return None, 0
    if "." in cell.text and column.sort not in ("money", "value", "year", "day"):
        return "cell-number-for-text", 0
    short = len(cell.text) < column.digits
    return ("cell-lost-zero", column.digits) if short else (None, 0)


def _amount(text: str) -> str:
    """A number has no second decimal when it is 0."""
    whole, dot, decimals = text.partition(".")
    return f"{whole}.{decimals:0<2}" if dot else text
