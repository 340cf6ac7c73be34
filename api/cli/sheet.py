"""Rows on the screen: a table where it fits the width, else one card per row; nothing is cut.

A column without a single value is left out, and named below: "not set" stays an answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rich import box
from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from api.cli.screen import out
from api.cli.words import NONE, Pair, said, value
from api.texts.language import Language

Row = Mapping[str, Any]


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
    table = _table(shown, rows, language)
    if _width_needed(console, table) <= console.width:
        console.print(table)
    else:
        _print_cards(console, shown, rows, language)
    left_out = [column.title(language) for column in columns if column not in shown]
    if left_out:
        text = f"{said(NONE, language)}: {', '.join(left_out)}"
        console.print(Text(text, style="dim"), soft_wrap=True)


def _table(columns: Sequence[Column], rows: Sequence[Row], language: Language) -> Table:
    """Columns no narrower than their keys, amounts and words; only titles and texts may fold."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    cells = [[column.cell(row, language) for row in rows] for column in columns]
    for column, below in zip(columns, cells, strict=True):
        title = Text(column.title(language))
        least = [_longest_word(title), *(_least_width(column, cell) for cell in below)]
        justify: JustifyMethod = "right" if column.role == "money" else "left"
        table.add_column(title, justify=justify, overflow="fold", min_width=max(least))
    for row in zip(*cells, strict=True):
        table.add_row(*row)
    return table


def _least_width(column: Column, cell: Text) -> int:
    return _longest_word(cell) if column.role == "text" else cell.cell_len


def _longest_word(text: Text) -> int:
    return max((cell_len(word) for word in text.plain.split()), default=1)


def _width_needed(console: Console, table: Table) -> int:
    """The least width in which no word is broken. rich answers at most the width that it may use."""
    return Measurement.get(console, console.options.update(max_width=10_000), table).minimum


def _print_cards(
    console: Console, columns: Sequence[Column], rows: Sequence[Row], language: Language
) -> None:
    """One card per row, its keys in the first line."""
    for row in rows:
        keys = [c.cell(row, language) for c in columns if c.role == "key" and row.get(c.name) is not None]
        console.print(Text(" · ").join(keys), style="bold", soft_wrap=True)
        for column in columns:
            if column.role != "key":
                line = Text.assemble(f"  {column.title(language)}: ", column.cell(row, language))
                console.print(line, soft_wrap=True)
        console.print()
