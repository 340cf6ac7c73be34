"""Rows on the screen: a table where it fits the width, else one card per row; nothing is cut.

A column without a single value is left out, and named below: "not set" stays an answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from rich import box
from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from api.cli.screen import out
from api.cli.words import NONE, Pair, said, value
from api.texts.language import Language

Row = Mapping[str, Any]

GAP: Final = 3  # cells between two columns of this box


@dataclass(frozen=True, slots=True)
class Column:
    """name: the row's member; key: never folded and heads a card; money: to the right.

    always: shown even when no row has a value.
    """

    name: str
    uk: str
    en: str
    role: Literal["text", "money", "key"] = "text"
    always: bool = False

    def title(self, language: Language) -> str:
        return said((self.uk, self.en), language)

    def cell(self, row: Row, language: Language) -> Text:
        given = row.get(self.name)
        return given if isinstance(given, Text) else value(given, language, money=self.role == "money")


def show_rows(
    columns: Sequence[Column], rows: Sequence[Row], language: Language, *, empty: Pair | None = None
) -> None:
    """Print rows; empty: what to say if there are none."""
    console = out()
    if not rows:
        console.print(Text(said(empty or ("немає", "none"), language), style="dim"))
        return
    shown = [c for c in columns if c.always or any(row.get(c.name) is not None for row in rows)]
    cells = [[column.cell(row, language) for row in rows] for column in shown]
    widths = _widths(shown, cells, language, console.width)
    if widths is not None:
        console.print(_table(shown, cells, widths, language))
    else:
        _print_cards(console, shown, rows, language)
    _print_not_set(console, [column for column in columns if column not in shown], language)


def _table(
    columns: Sequence[Column], cells: Sequence[Sequence[Text]], widths: Sequence[int], language: Language
) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column, width in zip(columns, widths, strict=True):
        justify: JustifyMethod = "right" if column.role == "money" else "left"
        table.add_column(Text(column.title(language)), justify=justify, overflow="fold", width=width)
    for row in zip(*cells, strict=True):
        table.add_row(*row)
    return table


def _widths(
    columns: Sequence[Column], cells: Sequence[Sequence[Text]], language: Language, room: int
) -> list[int] | None:
    """The columns' widths in cells, so that no key, amount or word is broken; None if they do not fit.

    rich's own measure would let a column fall below its least width, and cut the others instead.
    """
    titles = [Text(column.title(language)) for column in columns]
    widths = [
        max(_longest_word(title), *(_least_width(column, cell) for cell in below))
        for column, title, below in zip(columns, titles, cells, strict=True)
    ]
    wanted = [
        max(title.cell_len, *(cell.cell_len for cell in below))
        for title, below in zip(titles, cells, strict=True)
    ]
    spare = room - sum(widths) - GAP * (len(columns) - 1)
    if spare < 0:
        return None
    for _ in range(min(spare, sum(wanted) - sum(widths))):
        neediest = max(range(len(widths)), key=lambda place: wanted[place] - widths[place])
        widths[neediest] += 1
    return widths


def _least_width(column: Column, cell: Text) -> int:
    return cell.cell_len if column.role == "key" else _longest_word(cell)


def _longest_word(text: Text) -> int:
    """In cells; an amount is one word, for its spaces are no-break ones."""
    return max(cell_len(word) for word in text.plain.split(" "))


def _print_cards(
    console: Console, columns: Sequence[Column], rows: Sequence[Row], language: Language
) -> None:
    """One card per row, its keys in the first line, what is not set in the last."""
    for row in rows:
        given = [column for column in columns if row.get(column.name) is not None]
        keys = [column.cell(row, language) for column in given if column.role == "key"]
        console.print(Text(" · ").join(keys), style="bold", soft_wrap=True)
        for column in given:
            if column.role != "key":
                line = Text.assemble(f"  {column.title(language)}: ", column.cell(row, language))
                console.print(line, soft_wrap=True)
        _print_not_set(console, [column for column in columns if column not in given], language, "  ")
        console.print()


def _print_not_set(console: Console, columns: Sequence[Column], language: Language, indent: str = "") -> None:
    if columns:
        titles = ", ".join(column.title(language) for column in columns)
        console.print(Text(f"{indent}{said(NONE, language)}: {titles}", style="dim"), soft_wrap=True)
