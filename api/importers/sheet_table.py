"""A table on a sheet of a workbook: the row that names its columns, and the rows below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.importers.errors import Problems
from api.importers.workbook import Cell, Row, Sheet, Workbook

# A title, who approves, the unit of amounts: what papers print above a table.
ABOVE_MAX: Final = 20
YES_NO: Final = {"1": "Так", "0": "Ні"}
# Codes, in which 3.10 is not 3.1: a number with a fraction, or a date, was never typed as it is.
CODE_COLUMNS: Final = frozenset(
    [
        "act", "budget", "event", "fund", "id", "indicator", "kekv", "kpkvk", "measure", "office", "parent",
        "person", "point", "programme", "source", "unit",
    ]
)  # fmt: skip
_DIGITS: Final = {"kpkvk": 7, "edrpou": 8}
WRONG_SORTS: Final = {
    "percent": "cell-percent",
    "scaled": "cell-scaled",
    "moment": "cell-moment",
    "huge": "cell-huge",
}


@dataclass(frozen=True, slots=True)
class Table:
    """header: the number of the row of titles; columns: names by column; rows: those below."""

    sheet: Sheet
    header: int
    columns: Mapping[int, str]
    titles: Mapping[int, str]
    rows: Sequence[Row]

    def place(self, row: int, name: str) -> str:
        """Where a column's cell is; the row alone if the table has no such column."""
        found = next((column for column, named in self.columns.items() if named == name), 1)
        return self.sheet.at(row, found)


def title_of(text: str) -> str:
    """A title as it is looked up: lower case, one space for any white space."""
    return " ".join(text.split()).lower()


# Latin letters for the Cyrillic ones whose capitals look like them: КЕКВ is often typed KEKB.
_ALIKE: Final = str.maketrans("abcehikmoptxy", "авсенікмортху")


def column_of(title: str, names: Mapping[str, str]) -> str | None:
    """Which column a title names, typed in whatever letters of one look; None if none that is known."""
    plain = title_of(title)
    return names.get(plain) or names.get(plain.translate(_ALIKE))


# What a line of a budget is told apart by: without one of them an amount is another cell's.
_AXES: Final = frozenset(["kpkvk", "kekv", "fund", "unit"])


def overlooked(titles: Sequence[str], names: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Titles that name no column, and yet hold the name of a budget's axis that no other title names.

    Each with its place among the titles, and the header that it would have to be.
    """
    columns = [column_of(title, names) for title in titles]
    lacking = {header: name for header, name in names.items() if name in _AXES - set(columns)}
    for place, (title, column) in enumerate(zip(titles, columns, strict=True)):
        words = re.findall(r"\w+", title_of(title))
        header = next(
            (one for word in words for one in (word, word.translate(_ALIKE)) if one in lacking), None
        )
        if column is None and header is not None:
            yield place, header


def find_table(book: Workbook, names: Mapping[str, str], needed: Sequence[str], problems: Problems) -> Table:
    """The one table of a workbook whose columns hold the needed ones. Raises ImportFileError."""
    found = [table for sheet in book.sheets if (table := table_of(sheet, names, needed)) is not None]
    if not found:
        for name in book.hidden:
            problems.add(0, name, "hidden-sheet", got=name)
        problems.stop(0, "", "sheet-missing-column", got=", ".join(needed))
    if len(found) > 1:
        problems.stop(0, "", "table-twice", got=", ".join(table.sheet.name for table in found))
    table = found[0]
    check_layout(table, problems)
    places = list(table.titles)
    for place, header in overlooked(list(table.titles.values()), names):
        at = table.sheet.at(table.header, places[place])
        problems.add(table.header, at, "title-overlooked", got=table.titles[places[place]], first=header)
    problems.raise_if_any()
    return table


def table_of(sheet: Sheet, names: Mapping[str, str], needed: Sequence[str]) -> Table | None:
    """The table under the first row that names all the needed columns."""
    for place, row in enumerate(sheet.rows[: ABOVE_MAX + 1]):
        titles = {column: cell.text for column, cell in row.cells.items()}
        columns = {column: column_of(title, names) for column, title in titles.items()}
        if set(needed) <= set(columns.values()):
            known = {column: name for column, name in columns.items() if name is not None}
            return Table(sheet, row.number, known, titles, sheet.rows[place + 1 :])
    return None


def check_layout(table: Table, problems: Problems) -> None:
    """Note what hides or blurs: two columns of one name, merged cells, hidden rows and columns."""
    sheet, named = table.sheet, list(table.columns.values())
    for column, name in table.columns.items():
        at = sheet.at(table.header, column)
        if named.index(name) < list(table.columns).index(column):
            problems.add(table.header, at, "column-twice", got=table.titles[column])
        if sheet.is_hidden(column):
            problems.add(table.header, at, "hidden-column", got=table.titles[column])
    last = max((row.number for row in table.rows), default=table.header)
    for area in sheet.merged:
        below = area.last_row >= table.header and area.first_row <= last
        if below and any(area.first_column <= column <= area.last_column for column in table.columns):
            at = sheet.at(area.first_row, area.first_column)
            problems.add(area.first_row, at, "merged-cells", got=area.reference)
    for row in table.rows:
        _check_row(table, row, problems)


def _check_row(table: Table, row: Row, problems: Problems) -> None:
    if row.hidden:
        problems.add(row.number, table.sheet.at(row.number, min(row.cells)), "hidden-row")
    for column, cell in row.cells.items():
        if column not in table.titles:
            problems.add(row.number, table.sheet.at(row.number, column), "no-title", got=cell.text)


# Controls but for a tab and an end of line, and halves of surrogate pairs.
_STRANGE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def texts(table: Table, row: Row, problems: Problems) -> Iterator[tuple[str, str]]:
    """What the known columns of a row say, by name; a cell that will not do is noted and left out."""
    for column, name in table.columns.items():
        cell = row.cells.get(column)
        text = "" if cell is None else cell_text(table, row, column, name, problems)
        if text is not None:
            yield name, text


def cell_text(table: Table, row: Row, column: int, name: str, problems: Problems) -> str | None:
    cell = row.cells[column]
    if cell.sort in WRONG_SORTS:
        problems.add(row.number, table.sheet.at(row.number, column), WRONG_SORTS[cell.sort], got=cell.text)
        return None
    if name in CODE_COLUMNS and (code := _not_a_code(cell, name)) is not None:
        at = table.sheet.at(row.number, column)
        problems.add(row.number, at, code, got=cell.text, digits=_DIGITS.get(name, ""))
        return None
    if cell.sort == "boolean":
        return YES_NO[cell.text]
    strange = None if cell.text.isprintable() else _STRANGE.search(cell.text)
    if strange is not None:
        at = table.sheet.at(row.number, column)
        problems.add(row.number, at, "text-control", got=f"U+{ord(strange[0]):04X}")
        return None
    return cell.text.strip()


def _not_a_code(cell: Cell, name: str) -> str | None:
    """Why a cell cannot be the code that somebody typed; None if it can."""
    if cell.sort == "date":
        return "cell-date-for-text"
    if cell.sort != "number":
        return None
    if "." in cell.text:
        return "cell-number-for-text"
    return "cell-lost-zero" if len(cell.text) < _DIGITS.get(name, 0) else None
