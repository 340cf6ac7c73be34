"""Indicators with their targets, then and now, and what was reported. Source: projections/indicators.py."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from api.print.blocks import Block, Column, Figure, Row, Table, figure, heading, numbers
from api.print.paper import Paper
from projections.indicators import read_indicators

Line = dict[str, Any]


def indicators(paper: Paper, year: int | None = None) -> list[Block]:
    """year: only targets and actuals of this one."""
    words = paper.words
    rows = [
        row
        for row in read_indicators(paper.view.reading, paper.programme, paper.view.as_of)
        if year is None or row["year"] in (year, None)
    ]
    table = Table("indicators", words("indicators"), _columns(paper))
    for _, found in groupby(rows, key=lambda row: row["indicator"]):
        _add(paper, table, list(found))
    return [heading(words("indicators")), table.to_json()]


def _columns(paper: Paper) -> list[Column]:
    words = paper.words
    return [
        Column("code", words("code"), 0.8),
        Column("indicator", words("indicator"), 4.4),
        Column("unit", words("unit"), 1),
        Column("base", words("base"), 1.1),
        Column("year", words("year"), 0.7),
        Column("target-then", words("target-then"), 1.1),
        Column("target-now", words("target-now"), 1.1),
        Column("actual", words("actual"), 1.2),
        Column("status", words("status"), 1.2),
        Column("entry", words("entry"), 1.2),
    ]


def _add(paper: Paper, table: Table, rows: list[Line]) -> None:
    """One row a year; what is the same in all of them stands once, beside all."""
    for place, row in enumerate(rows):
        own = _own(paper, row, len(rows)) if place == 0 else []
        table.rows.append(Row([*own, *_of_year(paper, row)], "line", row["cell"], row["event"]))


def _own(paper: Paper, row: Line, years: int) -> list[Figure]:
    path = f"/indicators/{row['indicator']}"
    found = [paper.figure(f"{path}/{name}") for name in ("name", "unit", "base")]
    cells = [Figure(row["indicator"], value=row["indicator"]), *found]
    return [
        Figure(one.text, one.kind, one.value, one.paths, one.entries, one.doubt, rows=years) for one in cells
    ]


def _of_year(paper: Paper, row: Line) -> list[Figure]:
    words, year, indicator = paper.words, row["year"], row["indicator"]
    target = f"/indicators/{indicator}/targets/{year}"
    actuals = [one for one in paper.below(f"/actuals/{indicator}") if one.split("/")[3][:4] == str(year)]
    doubts = row["doubtful"]
    # The target that was in force then may rest on another entry than the one in force now, so that its
    # own is not named: the frozen link shows its story.
    then = figure(words, row["target_then"], doubt=doubts.get("target_then"))
    now = figure(
        words,
        row["target_now"],
        paths=[target],
        entries=paper.indexes(target),
        doubt=doubts.get("target_now"),
    )
    actual = figure(
        words, row["actual"], paths=actuals, entries=paper.indexes(*actuals), doubt=doubts.get("actual")
    )
    said = row["status"]
    status = Figure(words.maybe(f"status-{said}", str(said)), value=said) if said is not None else Figure("")
    shown = Figure(str(year) if year is not None else "", value=year)
    own = [] if year is not None else paper.indexes(f"/indicators/{indicator}")
    return [shown, then, now, actual, status, numbers([*now.entries, *actual.entries, *own])]
