"""Shapes of the exports: which tables there are, with their columns, filters and forms."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from api.models.shape import Shape, Words, example


class ExportColumn(Shape):
    """A column of CSV and Parquet. money: two decimals.

    printed: a word may stand where the amount would; in Parquet it stands in `<name>_printed`.
    """

    name: str
    type: Literal["string", "integer", "boolean", "date", "money", "list"]
    printed: bool


class ExportTable(Shape):
    """dated: of a day (`as_of`) too, besides a position (`known`). filters: parameters that it takes."""

    name: str
    title: Words
    href: str
    dated: bool
    filters: list[str]
    formats: list[Literal["jsonl", "csv", "parquet"]]
    columns: list[ExportColumn] = Field(min_length=1)


_TABLE: dict[str, Any] = {
    "name": "budget",
    "title": {
        "uk": "фінансування: рядок на захід, рік і джерело",
        "en": "the budget: a line of measure, year and source",
    },
    "href": "/v1/exports/budget",
    "dated": True,
    "filters": ["programme", "body", "year", "source", "measure"],
    "formats": ["jsonl", "csv", "parquet"],
    "columns": [
        {"name": "programme", "type": "string", "printed": False},
        {"name": "amended", "type": "money", "printed": True},
    ],
}


class ExportTables(Shape):
    """formats: those that this server makes."""

    model_config = example(items=[_TABLE], next=None)
    items: list[ExportTable]
    next: None
