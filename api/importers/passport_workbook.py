"""A programme's file as a workbook: read into the tree that a YAML file would give, with cells for lines.

The rules are the file's own (programme.py): only what a cell can spoil is judged here. An empty cell states
nothing, `____` is a blank in the source, `-` a printed dash.
"""

from __future__ import annotations

import re
from typing import Any, Final

from api.importers import passport_layout as layout
from api.importers.drafts import ProgrammeFile
from api.importers.passport_cells import text_of
from api.importers.passport_layout import Column, ListSheet
from api.importers.placed import PlacedProblems
from api.importers.programme import FORMAT, checked_programme
from api.importers.sheet_table import Table, check_layout, table_of, title_of
from api.importers.workbook import Row, Sheet, Workbook, read_workbook
from api.importers.yaml_source import Broken, Mapping, Node, Scalar, Sequence, escape

Leaf = Scalar | Broken
_TARGET: Final = re.compile("ціль ([0-9]{4})")


def read_tree(raw: bytes, problems: PlacedProblems) -> Node:
    """The tree of the whole file. Raises ImportFileError for what is no such workbook."""
    return _Reader(read_workbook(raw, problems), problems).tree()


class _Reader:
    """Puts what the sheets say where the file has it."""

    def __init__(self, book: Workbook, problems: PlacedProblems) -> None:
        self._book, self._problems = book, problems
        self._root: dict[str, Any] = {}

    def tree(self) -> Node:
        self._check_sheets()
        self._put("/format", Scalar(FORMAT, 0))
        self._fields(layout.DECISION, layout.DECISION_FIELDS)
        self._fields(layout.PASSPORT, layout.PASSPORT_FIELDS)
        for known in layout.LIST_SHEETS:
            sheet = self._sheet(known.name)
            if sheet is not None:
                self._rows(sheet, known)
        return _node(self._root)

    def _check_sheets(self) -> None:
        names = [sheet.name for sheet in self._book.sheets]
        for name in names:
            if name not in layout.SHEETS:
                self._problems.add(0, name, "unknown-sheet", got=name)
        for name in self._book.hidden:
            if name in layout.SHEETS:
                self._problems.add(0, name, "hidden-sheet", got=name)

    def _sheet(self, name: str) -> Sheet | None:
        return next((sheet for sheet in self._book.sheets if sheet.name == name), None)

    # -- lists ----------------------------------------------------------------------

    def _rows(self, sheet: Sheet, known: ListSheet) -> None:
        columns = {title_of(column.title): column for column in known.columns}
        table = self._table(sheet, {title: column.key for title, column in columns.items()}, known.needed)
        if table is None:
            return
        is_table = known is layout.TOTALS_SHEET
        self._problems.places[f"/{known.key}"] = (table.header, sheet.name)
        if not is_table:
            self._put(f"/{known.key}", [])
        by_key = {column.key: column for column in known.columns}
        for number, row in enumerate(table.rows):
            if is_table:
                self._total(table, row, by_key)
            else:
                self._row(table, row, by_key, f"/{known.key}/{number}")

    def _table(self, sheet: Sheet, names: dict[str, str], needed: tuple[str, ...]) -> Table | None:
        """The sheet's table, its header judged; None if it has none."""
        more = {} if "kind" not in names.values() else self._targets(sheet)
        table = table_of(sheet, names | more, needed)
        if table is None:
            titles = ", ".join(title for title, key in names.items() if key in needed)
            self._problems.add(1, sheet.name, "sheet-no-header", got=titles)
            return None
        for column, title in table.titles.items():
            if column not in table.columns:
                place = sheet.at(table.header, column)
                self._problems.add(table.header, place, "unknown-title", got=title)
        check_layout(table, self._problems)
        return table

    def _targets(self, sheet: Sheet) -> dict[str, str]:
        """The titles of columns of targets, which name their year."""
        titles = {title_of(cell.text) for row in sheet.rows[:21] for cell in row.cells.values()}
        found = (_TARGET.fullmatch(title) for title in titles)
        return {one[0]: f"targets/{one[1]}" for one in found if one is not None}

    def _row(self, table: Table, row: Row, by_key: dict[str, Column], path: str) -> None:
        self._problems.places[path] = (row.number, table.sheet.at(row.number, min(row.cells)))
        self._put(path, {})
        if "kind" in by_key:
            self._put(f"{path}/targets", {})
        for column, key in table.columns.items():
            place = f"{table.sheet.at(row.number, column)} ({table.titles[column]})"
            self._problems.places[f"{path}/{key}"] = (row.number, place)
            if column in row.cells:
                meant = by_key.get(key) or Column(table.titles[column], key, "value")
                text = text_of(row.cells[column], meant, row.number, place, self._problems)
                self._put(f"{path}/{key}", _leaf(text, row.number))

    def _total(self, table: Table, row: Row, by_key: dict[str, Column]) -> None:
        """A row of the sheet of totals is a key of the file's table and its value."""
        said: dict[str, str] = {}
        for column, key in table.columns.items():
            place = f"{table.sheet.at(row.number, column)} ({table.titles[column]})"
            if column not in row.cells:
                self._problems.add(row.number, place, "missing-cell")
                continue
            text = text_of(row.cells[column], by_key[key], row.number, place, self._problems)
            said |= {} if text is None else {key: text}
        if len(said) < len(by_key):
            return
        path, at = f"/passport/totals/{escape(total_key(said['key']))}", table.place(row.number, "key")
        if path in self._problems.places:
            self._problems.add(row.number, at, "duplicate-key", got=said["key"])
        self._problems.places[path] = (row.number, at)
        self._put(path, Scalar(said["amount"], row.number))

    # -- fields ---------------------------------------------------------------------

    def _fields(self, name: str, fields: tuple[Column, ...]) -> None:
        sheet = self._sheet(name)
        names = {title_of(one): one for one in (layout.FIELD, layout.VALUE, layout.LISTED)}
        if sheet is None:
            return
        table = table_of(sheet, names, (layout.FIELD, layout.VALUE))
        if table is None:
            got = f"{layout.FIELD}, {layout.VALUE}"
            self._problems.add(1, name, "sheet-no-header", got=got)
            return
        check_layout(table, self._problems)
        known = {title_of(column.title): column for column in fields}
        columns = {key: column for column, key in table.columns.items()}
        met: dict[str, list[tuple[Leaf, bool]]] = {}
        for row in table.rows:
            self._field(table, row, known, columns, met)
        for key, said in met.items():
            self._put_field(next(column for column in fields if column.key == key), said)

    def _field(
        self,
        table: Table,
        row: Row,
        known: dict[str, Column],
        columns: dict[str, int],
        met: dict[str, list[tuple[Leaf, bool]]],
    ) -> None:
        label, cell = row.cells.get(columns[layout.FIELD]), row.cells.get(columns[layout.VALUE])
        field = known.get(title_of(label.text)) if label is not None else None
        if field is None:
            at = table.sheet.at(row.number, columns[layout.FIELD])
            self._problems.add(row.number, at, "unknown-title", got=label.text if label else "")
            return
        place = f"{table.sheet.at(row.number, columns[layout.VALUE])} ({field.title})"
        at = f"/{field.key}"
        while at:
            self._problems.places.setdefault(at, (row.number, place))
            at = at.rpartition("/")[0]
        if cell is None:
            return
        text = text_of(cell, field, row.number, place, self._problems)
        said = met.setdefault(field.key, [])
        if said and not field.listed:
            self._problems.add(row.number, place, "duplicate-key", got=field.title)
        self._problems.places[f"/{field.key}/{len(said)}"] = (row.number, place)
        listed = row.cells.get(columns.get(layout.LISTED, 0))
        said.append((_leaf(text, row.number), listed is not None))

    def _put_field(self, field: Column, said: list[tuple[Leaf, bool]]) -> None:
        """A passport's field is one text or a list; an act's points are a list, were there only one."""
        several = len(said) > 1 or said[0][1] or field.key.startswith("act/")
        value = [one for one, _ in said] if field.listed and several else said[0][0]
        self._put(f"/{field.key}", value)

    def _put(self, path: str, value: Any) -> None:
        """Put a value at a pointer, making what is above it."""
        *above, last = path.split("/")[1:]
        at: Any = self._root
        for step in above:
            at = at[int(step)] if isinstance(at, list) else at.setdefault(step, {})
        if isinstance(at, list):
            at.append(value)
        else:
            at[last.replace("~1", "/").replace("~0", "~")] = value


def _leaf(text: str | None, line: int) -> Leaf:
    """A value, or the mark that a problem with it was noted."""
    return Broken(line) if text is None else Scalar(text, line)


def total_key(said: str) -> str:
    """«усього», 2025, «джерело: local» as the file has them: total, 2025, source:local."""
    low = title_of(said)
    if low in layout.TOTALS:
        return layout.TOTALS[low]
    return f"source:{said[len(layout.OF_SOURCE) :]}" if low.startswith(layout.OF_SOURCE) else said


def _node(value: Any) -> Node:
    """Lines are rows where a value is one; what is put together starts where its first value does."""
    if isinstance(value, Scalar | Broken):
        return value
    if isinstance(value, list):
        items = [_node(one) for one in value]
        return Sequence(items[0].line if items else 0, items)
    members = {key: _node(one) for key, one in value.items()}
    lines = {key: node.line for key, node in members.items()}
    return Mapping(min(lines.values(), default=0), members, lines)


def read_programme_workbook(raw: bytes) -> ProgrammeFile:
    """Read and check a whole workbook. Raises ImportFileError with every problem and its cell."""
    problems = PlacedProblems()
    return checked_programme(read_tree(raw, problems), problems)
