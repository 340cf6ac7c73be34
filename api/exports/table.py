"""The one shape of what can be exported: a table's columns, filters and rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from api.exports.point import Filters, Point

Row = dict[str, Any]
# money: two decimals, or the word for what stands there instead; list: of texts.
Type = Literal["string", "integer", "boolean", "date", "money", "list"]
Form = Literal["jsonl", "csv", "parquet"]
FORMS: tuple[Form, ...] = ("jsonl", "csv", "parquet")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the flat forms. printed: may a word stand where the amount would?"""

    name: str
    type: Type = "string"
    printed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """title: Ukrainian, English. columns: of CSV and Parquet. is_dated: does it have a day (`as_of`)?

    batches: rows as the lists of the API have them, a bounded number at a time, each read in a short look.
    flat: such a row by its columns.
    """

    name: str
    title: tuple[str, str]
    columns: tuple[Column, ...]
    filters: tuple[str, ...]
    is_dated: bool
    batches: Callable[[Point, Filters], Iterator[Sequence[Row]]]
    flat: Callable[[Row], Mapping[str, Any]]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def columns_of(
    names: Sequence[str],
    *,
    integers: Sequence[str] = (),
    dates: Sequence[str] = (),
    amounts: Sequence[str] = (),
    lists: Sequence[str] = (),
) -> tuple[Column, ...]:
    """The columns by their names; what is not said to be something else is text."""
    typed: dict[Type, Sequence[str]] = {
        "integer": integers,
        "date": dates,
        "money": amounts,
        "list": lists,
    }
    kinds = {name: type_ for type_, some in typed.items() for name in some}
    assert kinds.keys() <= set(names), "a column that the table does not have"
    return tuple(Column(name, kinds.get(name, "string"), kinds.get(name) == "money") for name in names)
