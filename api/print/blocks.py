"""What a print is made of: headings, texts and tables, the same for the page and for the spreadsheet.

A figure carries its raw value beside the words, the cells that it is made of, the entries behind them (leaf
indexes), and the word of the doubt in which they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from api.print.wording import Words, amount
from api.texts.doubts import DOUBTS

Kind = Literal["text", "money", "none", "blank", "removed", "dash"]
RowKind = Literal["line", "priority", "task", "measure", "total"]
Style = Literal["plain", "note", "center", "right"]
Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """What stands in one place of a table. span, rows: columns and rows that it covers."""

    text: str
    kind: Kind = "text"
    value: Any = None
    paths: tuple[str, ...] = ()
    entries: tuple[int, ...] = ()
    doubt: str | None = None
    span: int = 1
    rows: int = 1

    def to_json(self) -> dict[str, Any]:
        mark = DOUBTS[self.doubt].mark if self.doubt in DOUBTS else ""
        return {
            "text": f"{self.text} {mark}".strip() if mark else self.text,
            "kind": self.kind,
            "value": self.value,
            "paths": list(self.paths),
            "entries": list(self.entries),
            "doubt": self.doubt,
            "span": self.span,
            "rows": self.rows,
        }


@dataclass(frozen=True, slots=True)
class Column:
    """width: its share of the page's width; money: amounts, aligned to the right."""

    name: str
    text: str
    width: float = 1
    money: bool = False

    def to_json(self) -> dict[str, Any]:
        align = "right" if self.money else "left"
        return {"name": self.name, "text": self.text, "width": self.width, "align": align}


@dataclass(frozen=True, slots=True)
class Row:
    """event: of the cell that the row is about."""

    cells: Sequence[Figure]
    kind: RowKind = "line"
    cell: str | None = None
    event: str | None = None

    def to_json(self) -> dict[str, Any]:
        cells = [one.to_json() for one in self.cells]
        return {"kind": self.kind, "cell": self.cell, "event": self.event, "cells": cells}


@dataclass(frozen=True, slots=True)
class Table:
    """name: of the sheet in a spreadsheet, and for machines."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: list[Row] = field(default_factory=list)

    def to_json(self) -> Block:
        rows = [one.to_json() for one in self.rows]
        _place(rows)
        return {
            "type": "table",
            "name": self.name,
            "title": self.title,
            "columns": [one.to_json() for one in self.columns],
            "rows": rows,
        }


def _place(rows: list[dict[str, Any]]) -> None:
    """Say of each cell in which column it begins: those that cover rows push others to the right."""
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        column = 0
        for cell in row["cells"]:
            while (number, column) in taken:
                column += 1
            cell["column"] = column
            right, down = range(column, column + cell["span"]), range(number, number + cell["rows"])
            taken |= {(y, x) for y in down for x in right}


def heading(text: str, level: int = 1) -> Block:
    return {"type": "heading", "level": level, "text": text}


def text(words: str, style: Style = "plain") -> Block:
    return {"type": "text", "style": style, "text": words}


def figure(
    words: Words,
    given: Any,
    *,
    money: bool = False,
    paths: Iterable[str] = (),
    entries: Iterable[int] = (),
    doubt: str | None = None,
) -> Figure:
    """A value in words: None was never set, "removed" was removed, "" is blank, "-" a printed dash."""
    found: tuple[Kind, str]
    if given is None:
        found = ("none", words.empty("none", short=money))
    elif given == "removed":
        found = ("removed", words.empty("removed", short=money))
    elif given == "":
        found = ("blank", words.empty("blank", short=money))
    elif given == "-":
        found = ("dash", words("dash"))
    elif money and isinstance(given, str) and amount(given) != given:
        found = ("money", amount(given))
    else:
        found = ("text", words.plain(given))
    return Figure(found[1], found[0], given, tuple(paths), tuple(sorted({*entries})), doubt)


def numbers(entries: Iterable[int]) -> Figure:
    """Entries as people count them: № 1 is the first."""
    found = tuple(sorted({*entries}))
    return Figure(", ".join(str(index + 1) for index in found), value=list(found), entries=found)


def tables_of(blocks: Iterable[Block]) -> list[Block]:
    return [one for one in blocks if one["type"] == "table"]


def entries_of(blocks: Iterable[Block]) -> list[int]:
    """Every entry on which a document's figures rest."""
    found = {
        index
        for table in tables_of(blocks)
        for row in table["rows"]
        for cell in row["cells"]
        for index in cell["entries"]
    }
    return sorted(found)


def doubts_of(blocks: Iterable[Block]) -> list[str]:
    """The words of doubt that stand somewhere in a document, in the order of their gravity."""
    present = {cell["doubt"] for table in tables_of(blocks) for row in table["rows"] for cell in row["cells"]}
    return [word for word in DOUBTS if word in present]
