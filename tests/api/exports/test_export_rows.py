"""An export's rows are those of the lists, for every table, filter, day and position."""

from __future__ import annotations

from typing import Any

import pytest

from api import tables
from api.exports.events import ENTRY
from api.exports.tables import TABLES
from api.tables_registry import COLUMNS
from tests.api.exports.asking import Exports, Row

NOW: Row = {}
THEN: Row = {"as_of": "2024-09-15", "known": "150"}
OF_PROGRAMME = {"programme": "c0-p1"}
# Every filter of every table, alone and with others.
ASKED: dict[str, list[Row]] = {
    "events": [
        {},
        {"kind": "financing.changed"},
        {"subject": "programme:c1-p0"},
        {"subject": "body:c0", "kind": "act.registered"},
        {"office": "secretary-c1"},
        {"office": "secretary-c1", "kind": "actual.reported"},
        {"act": "c0-2"},
        {"act": "c0-2", "office": "secretary-c0", "kind": "financing.changed"},
        OF_PROGRAMME,
        OF_PROGRAMME | {"kind": "financing.changed"},
        OF_PROGRAMME | {"path": "/financing/1.2/2025"},
        OF_PROGRAMME | {"measure": "1.3"},
        OF_PROGRAMME | {"indicator": "1.1"},
        OF_PROGRAMME | {"only": "money"},
        OF_PROGRAMME | {"only": "corrections"},
        OF_PROGRAMME | {"late": 400},
        OF_PROGRAMME | {"act": "c0-3"},
        OF_PROGRAMME | {"office": "secretary-c0", "measure": "1.1", "only": "money"},
    ],
    "cells": [
        {},
        OF_PROGRAMME,
        {"body": "c1"},
        {"path": "/financing/1.1"},
        {"body": "c0", "path": "/indicators"},
        OF_PROGRAMME | {"body": "c1"},
        {"body": "nobody"},
    ],
    "budget": [
        {},
        OF_PROGRAMME,
        {"body": "c1"},
        {"year": 2025},
        {"source": "oblast"},
        {"measure": "1.2"},
        OF_PROGRAMME | {"year": 2026, "source": "local", "measure": "1.1"},
    ],
    "indicators": [{}, OF_PROGRAMME, {"body": "c0"}, {"indicator": "1.3"}, {"indicator": "none"}],
    "acts": [
        {},
        {"body": "c1"},
        {"year": 2024},
        {"q": "5"},
        {"ids": "c0-1,c1-2,none"},
        {"ids": "c0-1,c1-2", "body": "c1", "year": 2023, "q": "інформатизації"},
    ],
}
CASES = [(table, query) for table, queries in ASKED.items() for query in queries]


def point_of(table: str, point: Row) -> Row:
    """A table without a day is asked at the position alone."""
    return {name: value for name, value in point.items() if name == "known" or TABLES[table].is_dated}


def bare(table: str, row: Row) -> Row:
    """A row without what only the export says of it."""
    if table == "events":
        return {name: value for name, value in row.items() if name not in ("programme", ENTRY)}
    if table == "cells":
        return {name: value for name, value in row.items() if name not in ("amount", "removed", "gone")}
    return row


def test_every_filter_of_every_table_is_asked_below() -> None:
    for name, table in TABLES.items():
        assert {one for query in ASKED[name] for one in query} == set(table.filters), name


@pytest.mark.parametrize("point", [NOW, THEN], ids=["now", "then"])
@pytest.mark.parametrize(("table", "query"), CASES, ids=str)
def test_the_rows_are_those_of_the_lists_with_the_same_filters(
    exports: Exports, table: str, query: Row, point: Row
) -> None:
    rows = exports.rows(table, **point_of(table, point), **query)
    listed = exports.listed(table, point_of(table, point), **query)
    assert [bare(table, row) for row in rows] == listed


@pytest.mark.parametrize(("table", "query"), [case for case in CASES if case[1]], ids=str)
def test_a_filter_leaves_rows_out_and_csv_leaves_out_the_same(
    exports: Exports, table: str, query: Row
) -> None:
    """A filter that is lost on the way would give everything: the classic fault of exports."""
    rows, every = exports.rows(table, **query), exports.rows(table)
    assert len(rows) < len(every)
    records = exports.records(table, **query)
    assert len(records) == len(rows)
    key = "index" if table != "cells" else "path"
    assert [one[key] for one in records] == ["" if row[key] is None else str(row[key]) for row in rows]


def test_the_filters_tried_are_not_all_empty(exports: Exports) -> None:
    counts = {(table, str(query)): len(exports.rows(table, **query)) for table, query in CASES}
    empty = {key for key, count in counts.items() if not count}
    assert {table for table, _ in counts.keys() - empty} == set(TABLES)
    assert len(empty) <= 4, empty


@pytest.mark.parametrize("table", sorted(TABLES))
def test_what_another_table_is_filtered_by_is_refused_and_never_ignored(exports: Exports, table: str) -> None:
    every = {name for one in TABLES.values() for name in one.filters} | {"as_of", "x", "limit", "after"}
    dated = {"as_of"} if TABLES[table].is_dated else set()
    for name in sorted(every - set(TABLES[table].filters) - dated):
        answer = exports.client.get(f"/v1/exports/{table}?{name}=2025")
        assert answer.status_code == 400, name
        assert answer.json()["type"].endswith(":unknown-parameter")


@pytest.mark.parametrize("name", ["path=/title", "measure=1.1", "indicator=1.1", "only=money"])
def test_what_asks_about_cells_needs_a_programme(exports: Exports, name: str) -> None:
    told = exports.client.get(f"/v1/exports/events?{name}").json()
    assert told["type"].endswith(":missing-parameter")
    assert told["errors"] == [{"pointer": "/query/programme", "got": None}]


def test_the_flat_columns_are_those_of_the_lists_csv_with_the_programme_first() -> None:
    assert TABLES["budget"].names == ("programme", *tables.BUDGET)
    assert TABLES["indicators"].names == ("programme", *tables.INDICATORS)
    assert TABLES["events"].names == ("programme", *tables.HISTORY)
    assert TABLES["acts"].names == COLUMNS["act"]


@pytest.mark.parametrize("table", ["budget", "indicators"])
def test_the_csv_of_one_programme_is_that_of_its_list(exports: Exports, table: str) -> None:
    own = exports.client.get(f"/v1/programmes/c0-p1/{table}?format=csv").text.split("\r\n")
    text = exports.answer(table, format="csv", programme="c0-p1").text.split("\r\n")
    assert text[:-1] == ["programme," + own[0], *("c0-p1," + line for line in own[1:-1])]


def test_amounts_of_cells_are_what_the_budget_adds_up(exports: Exports) -> None:
    (row,) = [
        row for row in exports.rows("cells", programme="c0-p1") if row["path"] == "/financing/1.1/2025/local"
    ]
    (line,) = exports.rows("budget", programme="c0-p1", measure="1.1", year=2025, source="local")
    assert row["amount"] == row["value"] == line["amended"]
    titles = [one for one in exports.rows("cells") if one["path"] == "/title"]
    assert {one["amount"] for one in titles} == {None}


def test_the_list_of_tables_says_what_each_takes(exports: Exports) -> None:
    told: Any = exports.client.get("/v1/exports").json()
    assert {one["name"]: one["filters"] for one in told["items"]} == {
        name: list(table.filters) for name, table in TABLES.items()
    }
    for one in told["items"]:
        assert exports.client.get(one["href"]).status_code == 200
        assert [column["name"] for column in one["columns"]] == list(TABLES[one["name"]].names)
        assert one["formats"] == ["jsonl", "csv", "parquet"]
