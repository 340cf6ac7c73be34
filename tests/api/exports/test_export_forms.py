"""What is exported is read by others' programs: to the kopiyka, with every word in its place."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it brings no types
import pytest

from api.csv_table import encode
from api.exports.tables import TABLES
from tests.api.door import Door, open_door
from tests.api.exports.asking import Exports
from tests.support.town import COUNCIL_STREAM, PROGRAMME, PROGRAMME_ID, TestLedger, line

READ = {
    "csv": "read_csv('{}', header=true, all_varchar=true)",
    "jsonl": "read_json('{}', format='newline_delimited')",
    "parquet": "read_parquet('{}')",
}
# How an amount is read in each form: of CSV and JSON it is text, of Parquet a number already.
AMOUNT = {
    "csv": "TRY_CAST({} AS DECIMAL(24,2))",
    "jsonl": "TRY_CAST({} AS DECIMAL(24,2))",
    "parquet": "{}",
}
SUMMED = ("original", "amended", "appropriated", "paid")


def saved(exports: Exports, folder: Path, table: str, form: str, **query: object) -> Path:
    path = folder / f"{table}.{form}"
    path.write_bytes(exports.answer(table, format=form, **query).content)
    return path


def asked(path: Path, select: str, rest: str = "") -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        source = READ[path.suffix[1:]].format(path)
        question = f"SELECT {select} FROM {source} {rest}"  # noqa: S608 -- put together by the tests below
        return connection.execute(question).fetchall()


@pytest.mark.parametrize("form", sorted(READ))
def test_duckdb_adds_up_what_the_api_adds_up(exports: Exports, tmp_path: Path, form: str) -> None:
    path = saved(exports, tmp_path, "budget", form)
    sums = ", ".join(f"SUM({AMOUNT[form].format(name)})" for name in SUMMED)
    found = {row[0]: row[1:] for row in asked(path, f"programme, {sums}", "GROUP BY programme")}
    for programme in exports.programmes({}, None, None):
        totals = exports.client.get(f"/v1/programmes/{programme}/budget").json()["totals"]["all"]
        if not totals:
            continue
        expected = [Decimal(totals[0][name]) if totals[0][name] is not None else None for name in SUMMED]
        assert list(found[programme]) == expected, programme
    assert len(found) == len(exports.programmes({}, None, None))


@pytest.mark.parametrize("table", sorted(TABLES))
def test_the_three_forms_have_the_same_rows(exports: Exports, tmp_path: Path, table: str) -> None:
    key = {"cells": "path", "acts": "id"}.get(table, '"index"')
    order = "ORDER BY ALL"
    read = [asked(saved(exports, tmp_path, table, form), f"CAST({key} AS VARCHAR)", order) for form in READ]
    assert len(read[0]) == len(exports.rows(table))
    assert read[0] == read[1] == read[2]


def test_parquet_has_types_and_says_of_what_it_is(exports: Exports, tmp_path: Path) -> None:
    path = saved(exports, tmp_path, "budget", "parquet", as_of="2025-06-01", known=200)
    file = pq.ParquetFile(path)
    types = {field.name: str(field.type) for field in file.schema_arrow}
    assert (types["amended"], types["year"], types["index"]) == ("decimal128(24, 2)", "int64", "int64")
    assert (types["amended_printed"], types["entries"]) == ("string", "list<element: string>")
    said = {name.decode(): value.decode() for name, value in file.schema_arrow.metadata.items()}
    identity = exports.client.get("/v1").json()
    assert said["pledger.as_of"] == "2025-06-01"
    assert said["pledger.position"] == "200"
    assert (said["pledger.origin"], said["pledger.genesis"]) == (identity["origin"], identity["genesis"])
    assert {file.metadata.row_group(0).column(n).compression for n in range(4)} == {"ZSTD"}
    cells = pq.ParquetFile(saved(exports, tmp_path, "cells", "parquet"))
    types = {field.name: str(field.type) for field in cells.schema_arrow}
    assert (types["from"], types["removed"], types["amount"]) == ("date32[day]", "bool", "decimal128(24, 2)")


def test_parquet_of_the_same_point_is_the_same_file(exports: Exports) -> None:
    one, other = (exports.answer("indicators", format="parquet").content for _ in range(2))
    assert one == other


def test_row_groups_are_bounded(exports: Exports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.exports.parquet.GROUP_ROWS", 64)
    file = pq.ParquetFile(saved(exports, tmp_path, "events", "parquet"))
    sizes = [file.metadata.row_group(n).num_rows for n in range(file.metadata.num_row_groups)]
    assert sum(sizes) == len(exports.rows("events"))
    assert set(sizes[:-1]) == {64}
    assert 0 < sizes[-1] <= 64


def test_an_empty_table_is_a_table(exports: Exports, tmp_path: Path) -> None:
    assert exports.rows("budget", body="nobody") == []
    assert exports.records("budget", body="nobody") == []
    assert exports.answer("budget", format="csv", body="nobody").text.startswith("programme,measure,")
    file = pq.ParquetFile(saved(exports, tmp_path, "budget", "parquet", body="nobody"))
    assert file.metadata.num_rows == 0
    assert file.schema_arrow.names[:3] == ["programme", "measure", "year"]


# -- words where an amount would be, and texts that mean harm --------------------------------------

HOSTILE = (
    "=1+1",
    "+38 044",
    "-5",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    'каже "так", і ще "ні"',
    "рядок\nдругий\n\nчетвертий",
    "крапка; з комою, і кома",
    "'вже з апострофом",
    "＝ШИРОКЕ()",
)


@pytest.fixture
def worded(model_town: TestLedger, tmp_path: Path) -> Any:
    """A town with a dash, a blank, a removed amount, and acts whose titles mean harm."""
    with open_door(model_town, tmp_path / "town") as door:
        blank = line("", measure="1.2") | {"source": "oblast"}
        unset = {"measure": "1.1", "year": 2025, "source": "local", "op": "unset"}
        door.say("financing.changed", PROGRAMME, {"lines": [blank]}, **FROM)
        door.say("financing.changed", PROGRAMME, {"lines": [unset]}, **FROM)
        for number, title in enumerate(HOSTILE):
            door.say("act.registered", COUNCIL_STREAM, _act(number, title))
        yield door


FROM = {"effective": "2025-03-01"}


def _act(number: int, title: str) -> dict[str, Any]:
    return {
        "act": f"hostile-{number:02}",
        "kind": "other",
        "number": title.splitlines()[0],
        "date": "2025-03-01",
        "title": title,
    }


def test_a_dash_a_blank_a_removal_and_nothing_are_four_answers_in_every_form(
    worded: Door, tmp_path: Path
) -> None:
    exports, point = Exports(worded.client), {"as_of": "2025-06-01"}
    expected = {("1.1", "local"): "removed", ("1.2", "local"): "-", ("1.2", "oblast"): ""}
    rows = {(row["measure"], row["source"]): row for row in exports.rows("budget", **point)}
    assert {key: row["amended"] for key, row in rows.items()} == expected
    assert {row["paid"] for row in rows.values()} == {None}
    records = {(row["measure"], row["source"]): row for row in exports.records("budget", **point)}
    shown = {key: word or "blank" for key, word in expected.items()}
    assert {key: row["amended"] for key, row in records.items()} == shown
    assert {row["paid"] for row in records.values()} == {""}
    path = saved(exports, tmp_path, "budget", "parquet", **point)
    found = asked(path, "measure, source, amended, amended_printed, paid, paid_printed", "ORDER BY 1, 2")
    assert found == [(*key, None, word, None, None) for key, word in sorted(shown.items())]


def test_a_removed_cell_is_told_from_one_whose_text_says_so(worded: Door) -> None:
    rows = {row["path"]: row for row in Exports(worded.client).rows("cells", as_of="2025-06-01")}
    cell = rows["/financing/1.1/2025/local"]
    assert (cell["value"], cell["amount"], cell["removed"]) == (None, None, True)
    dash = rows["/financing/1.2/2025/local"]
    assert (dash["value"], dash["amount"], dash["removed"]) == ("-", None, False)


def test_hostile_texts_come_back_whole_and_no_spreadsheet_computes_them(worded: Door, tmp_path: Path) -> None:
    exports = Exports(worded.client)
    texts = [row["title"] for row in exports.rows("acts") if row["id"].startswith("hostile")]
    assert texts == list(HOSTILE), "JSON Lines"
    path = saved(exports, tmp_path, "acts", "parquet")
    assert [row[0] for row in asked(path, "title", "WHERE kind = 'other' ORDER BY id")] == texts
    raw = exports.answer("acts", format="csv").content.decode()
    fields = [field for row in csv.reader(io.StringIO(raw, newline="")) for field in row]
    assert [field for field in fields if field.startswith(("=", "+", "@", "＝", "\t", "\r"))] == []
    records = [row["title"] for row in exports.records("acts") if row["id"].startswith("hostile")]
    assert records == [encode(text) for text in texts]
    assert [one.removeprefix("'") for one in records] == [text.removeprefix("'") for text in texts]
    with_duckdb = asked(saved(exports, tmp_path, "acts", "csv"), "title", "WHERE kind = 'other' ORDER BY id")
    assert [row[0] for row in with_duckdb] == records


def test_a_line_break_in_a_text_ends_no_line_of_json(worded: Door) -> None:
    body = Exports(worded.client).answer("acts").content
    assert body.count(b"\n") == len(HOSTILE) + 1
    assert PROGRAMME_ID.encode() not in body
