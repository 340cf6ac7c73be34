"""A CSV file or a workbook as text, by columns that its header names.

What a CSV says of its own encoding is not trusted. Text is UTF-8, or else windows-1251: Cyrillic in
windows-1251 is never valid UTF-8, so that trying is sure. The delimiter is `;`, `,` or a tab, whichever gives
the header the columns that are asked for. A workbook is known by its first bytes; its table stands on one
sheet, under the first row that names the columns.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from api.importers.errors import Problems
from api.importers.sheet_table import Table, column_of, find_table, overlooked, texts
from api.importers.workbook import Row, is_workbook, read_workbook

ROWS_MAX: Final = 20_000
_DELIMITERS: Final = (";", ",", "\t")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Cells:
    """One row. line: 1-based, where it starts in the file; cells: by column, edges trimmed, "" for blank.

    table: the one on a workbook's sheet that the row is of; numbers: its columns whose cell is a number.
    """

    line: int
    cells: Mapping[str, str]
    table: Table | None = field(default=None, compare=False, repr=False)
    numbers: frozenset[str] = field(default=frozenset(), compare=False)

    def at(self, column: str) -> str:
        """The pointer of a cell, as problems name it; in a workbook sheet and cell: Аркуш1!C7."""
        return f"/{self.line}/{column}" if self.table is None else self.table.place(self.line, column)


def read_table(
    raw: bytes, names: Mapping[str, str], needed: Sequence[str], problems: Problems
) -> list[Cells]:
    """Rows with the columns that `names` knows (as headers spell them, in lower case → column).

    Raises ImportFileError: not text, no such columns, one twice, too many rows, rows of another width, and
    of a workbook what read_workbook and check_layout refuse.
    """
    if is_workbook(raw):
        return _read_sheet(raw, names, needed, problems)
    text = _decoded(raw, problems)
    for delimiter in _DELIMITERS:
        header = next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
        columns = [column_of(name, names) for name in header]
        if set(needed) <= set(columns):
            for place, wanted in overlooked(header, names):
                problems.add(1, f"/1/{wanted}", "title-overlooked", got=header[place], first=wanted)
            return _rows(text, delimiter, columns, problems)
    problems.stop(1, "", "missing-column", got=", ".join(needed))
    raise AssertionError  # stop() has raised


def _read_sheet(
    raw: bytes, names: Mapping[str, str], needed: Sequence[str], problems: Problems
) -> list[Cells]:
    table = find_table(read_workbook(raw, problems), names, needed, problems)
    if len(table.rows) > ROWS_MAX:
        problems.stop(table.rows[ROWS_MAX].number, "", "too-many-rows", got=ROWS_MAX)
    found = [_cells_of(table, row, problems) for row in table.rows]
    problems.raise_if_any()
    return found


def _cells_of(table: Table, row: Row, problems: Problems) -> Cells:
    typed = [table.columns.get(column) for column, cell in row.cells.items() if cell.sort == "number"]
    numbers = frozenset(name for name in typed if name is not None)
    return Cells(row.number, dict(texts(table, row, problems)), table, numbers)


def _decoded(raw: bytes, problems: Problems) -> str:
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text) is None:
            return text
        break
    problems.stop(0, "", "not-text")
    raise AssertionError  # stop() has raised


def _rows(text: str, delimiter: str, columns: Sequence[str | None], problems: Problems) -> list[Cells]:
    known = [column for column in columns if column is not None]
    for column in dict.fromkeys(known):
        if known.count(column) > 1:
            problems.add(1, f"/1/{column}", "column-twice", got=column)
    problems.raise_if_any()
    found: list[Cells] = []
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        next(reader)
        while True:
            line = reader.line_num + 1
            row = next(reader)
            if any(cell.strip() for cell in row):
                _take(found, line, row, columns, problems)
    except StopIteration:
        problems.raise_if_any()
        return found
    except csv.Error as error:
        problems.stop(reader.line_num, "", "not-a-row", got=error)
        raise AssertionError from error  # stop() has raised


def _take(
    found: list[Cells], line: int, row: Sequence[str], columns: Sequence[str | None], problems: Problems
) -> None:
    if len(row) != len(columns):
        problems.add(line, f"/{line}", "row-width", got=len(row), room=len(columns))
        return
    if len(found) == ROWS_MAX:
        problems.stop(line, "", "too-many-rows", got=ROWS_MAX)
    cells = {name: cell.strip() for name, cell in zip(columns, row, strict=True) if name is not None}
    found.append(Cells(line, cells))
