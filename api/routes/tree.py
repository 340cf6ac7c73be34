"""A programme's tree: what is planned below what, and how much money each part has in a year."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import StringConstraints

from api import tables
from api.csv_table import to_csv
from api.documented import DATED, problems
from api.models.tree import Tree
from api.parameters import AskedPoint, Format, ProgrammeId
from api.responses import csv_answer, is_unchanged, json_answer, unchanged
from api.routes.programmes import MaybeYear, tag
from api.routes.router import new_router
from api.views import open_programme
from projections.cells import read_cell
from projections.tree import read_tree

router = new_router("programmes")

COLUMNS = (
    "id", "level", "depth", "parent", "title", "mode", "executor", "result", "kpkvk", "tasks", "measures",
    "works", "indicators", "year", "original", "amended", "appropriated", "paid", "money_doubt", "dash",
    "blank", "removed", "cell", "event", "index", "doubt",
)  # fmt: skip
Below = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")] | None,
    Query(description="Only this row and what is below it.", examples=["2.1"]),
]
MaybeDepth = Annotated[
    str | None,
    Query(pattern=r"^[0-9]$", description="Only rows at most this deep; 0 is the root.", examples=["0"]),
]
_LEVELS = {"priorities": "priority", "tasks": "task", "measures": "measure", "works": "work"}


@router.get(
    "/v1/programmes/{programme}/tree",
    response_model=Tree,
    summary="A programme's tree",
    description="Priorities, tasks, measures and works as they stand on the day, each with what is below it "
    "and the money of one year; without `year` that of the day.",
    responses=tables.responses(problems(*DATED, "no-such-programme"), COLUMNS),
)
def show_tree(
    request: Request,
    programme: ProgrammeId,
    asked: AskedPoint,
    year: MaybeYear = None,
    below: Below = None,
    depth: MaybeDepth = None,
    form: Format = "json",
) -> Response:
    with open_programme(request, programme, asked) as view:
        etag = tag(request, view, programme)
        if is_unchanged(request, etag):
            return unchanged(etag, view.known.position)
        wanted = year if year is not None else int(view.as_of[:4])
        every = read_tree(view.reading, programme, view.as_of, wanted)
        currency = read_cell(view.reading, programme, "/currency", view.as_of)
    rows = [row for row in _below(every, below) if depth is None or row["depth"] <= int(depth)]
    position = view.known.position
    if form == "csv":
        body = to_csv(COLUMNS, [{**row, **row["empties"], "year": wanted} for row in rows])
        return csv_answer(body, name=f"{programme}-tree", position=position, etag=etag)
    content = {
        "programme": programme,
        **view.point(),
        "year": wanted,
        "currency": currency.value if currency is not None else None,
        "items": rows,
        "totals": _totals(every),
        "next": None,
    }
    return json_answer(content, position=position, etag=etag)


def _below(rows: list[dict[str, Any]], root: str | None) -> list[dict[str, Any]]:
    if root is None:
        return rows
    kept = {root}
    for row in rows:  # parents come first
        if row["parent"] in kept:
            kept.add(row["id"])
    return [row for row in rows if row["id"] in kept]


def _totals(rows: list[dict[str, Any]]) -> dict[str, int]:
    counts = {name: sum(row["level"] == level for row in rows) for name, level in _LEVELS.items()}
    funded = sum(row["level"] == "measure" and row["amended"] is not None for row in rows)
    return {**counts, "funded": funded}
