"""cells, budget, indicators: of each wanted programme the rows of its own lists, programme by programme."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson

from api import tables
from api.exports.point import Filters, Point, programmes_of
from api.exports.table import Column, Row, Table, columns_of
from ledger.values import is_money
from projections.budget import SUMMED, read_budget
from projections.cells import read_cells
from projections.diff import MONEY
from projections.doubtful import read_doubtful
from projections.indicators import read_indicators
from projections.money.chain import read_evidence, with_evidence
from projections.reading import Reading

Read = Callable[[Reading, str, str, Filters], list[Row]]  # of a programme on a day


def _each(read: Read) -> Callable[[Point, Filters], Iterator[Sequence[Row]]]:
    """One look for each programme: what is in memory at once is one programme's rows."""

    def batches(point: Point, wanted: Filters) -> Iterator[Sequence[Row]]:
        for programme in programmes_of(point, wanted):
            with point.reading() as reading:
                rows = read(reading, programme, point.as_of, wanted)
            yield [{"programme": programme, **row} for row in rows]

    return batches


def _cells(reading: Reading, programme: str, as_of: str, wanted: Filters) -> list[Row]:
    """Every cell (under a path), also those that have no value by what is in doubt, by path."""
    prefix = wanted.path or ""
    doubtful = read_doubtful(reading, programme)
    cells = list(read_cells(reading, programme, as_of, prefix))
    rows = [
        {
            "path": path,
            "value": answer.value,
            "amount": answer.value if _is_amount(path, answer.value) else None,
            "removed": answer.removed,
            "from": answer.last.rank[0],
            "event": answer.last.event,
            "index": answer.last.entry,
            "doubt": doubtful.of(path, as_of, answer),
            "gone": False,
        }
        for path, answer in cells
    ]
    gone = doubtful.gone(as_of, {cell.path for cell in cells}, prefix)
    rows += [{**_GONE, "path": path, "doubt": word} for path, word in gone.items()]
    return sorted(rows, key=_path)


_GONE: Final[Row] = {
    "path": "",
    "value": None,
    "amount": None,
    "removed": False,
    "from": None,
    "event": None,
    "index": None,
    "doubt": None,
    "gone": True,
}


def _path(row: Row) -> str:
    return str(row["path"])


def _is_amount(path: str, value: Any) -> bool:
    return path.split("/", 2)[1] in MONEY and is_money(value)


def _cell(row: Row) -> Mapping[str, Any]:
    value = row["value"]
    if value is not None and not isinstance(value, str):
        value = orjson.dumps(value).decode()
    return {**row, "value": "removed" if row["removed"] else value}


def _budget(reading: Reading, programme: str, as_of: str, wanted: Filters) -> list[Row]:
    cells = list(read_cells(reading, programme, as_of))
    asked = {"year": wanted.year, "source": wanted.source, "measure": wanted.measure}
    rows = [
        row
        for row in read_budget(reading, programme, as_of, cells)
        if all(value is None or row[name] == value for name, value in asked.items())
    ]
    return with_evidence(rows, read_evidence(reading, programme, as_of, cells))


def _indicators(reading: Reading, programme: str, as_of: str, wanted: Filters) -> list[Row]:
    only = [wanted.indicator] if wanted.indicator is not None else None
    return read_indicators(reading, programme, as_of, only=only)


CELLS: Final = Table(
    "cells",
    ("показники стану: шлях і значення", "cells of the state: path and value"),
    (
        Column("programme"),
        Column("path"),
        Column("value"),
        Column("amount", "money"),
        Column("removed", "boolean"),
        Column("from", "date"),
        Column("event"),
        Column("index", "integer"),
        Column("doubt"),
        Column("gone", "boolean"),
    ),
    ("programme", "body", "path"),
    True,
    _each(_cells),
    _cell,
)
BUDGET: Final = Table(
    "budget",
    ("фінансування: рядок на захід, рік і джерело", "the budget: a line of measure, year and source"),
    columns_of(
        ("programme", *tables.BUDGET),
        integers=("year", "index"),
        amounts=(*SUMMED, "unfunded", "variance"),
        lists=("entries", "doubtful"),
    ),
    ("programme", "body", "year", "source", "measure"),
    True,
    _each(_budget),
    tables.budget_row,
)
INDICATORS: Final = Table(
    "indicators",
    ("індикатори: рядок на індикатор і рік", "indicators: a row for each and its year"),
    columns_of(
        ("programme", *tables.INDICATORS),
        integers=("year", "evidence", "index", "reported_index"),
        lists=("doubtful",),
    ),
    ("programme", "body", "indicator"),
    True,
    _each(_indicators),
    tables.indicator_row,
)
