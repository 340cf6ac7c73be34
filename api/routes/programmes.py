"""A programme's state, budget, indicators and history on a day, as known at a position."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Query, Request, Response

from api import tables, validators
from api.documented import DATED, problems
from api.models.programmes import Budget, History, Programmes, State
from api.parameters import (
    AskedKnown,
    AskedPoint,
    Format,
    Limit,
    MaybeAct,
    MaybeIndicator,
    MaybeKind,
    MaybeLate,
    MaybeMeasure,
    MaybeOffice,
    MaybeOnly,
    MaybeOwner,
    MaybePath,
    MaybeSource,
    ProgrammeId,
    Whole,
)
from api.responses import csv_answer, is_unchanged, json_answer, unchanged, url_with, weak_etag
from api.routes.router import new_router
from api.views import View, known_json, open_programme, open_view
from projections.bodies import bodies_meant
from projections.budget import read_budget
from projections.cells import read_cells
from projections.history import find_in_programme
from projections.history_sought import Sought
from projections.money.chain import read_evidence, with_evidence
from projections.money.priorities import read_tree
from projections.money.sources import all_totals, read_sources
from projections.programmes import read_programmes
from projections.state import read_state

router = new_router("programmes")

AfterId = Annotated[str, Query(max_length=64, description="Ids after this one.", examples=["a-programme"])]
MaybeYear = Annotated[Whole | None, Query(ge=1991, le=2200, description="Only this year.", examples=[2025])]
MaybeBefore = Annotated[
    Whole | None, Query(ge=0, description="Entries below this leaf index.", examples=[12])
]
SCANNED_MAX = 2000  # entries that one page of a history looks at
ERRORS = problems(*DATED, "no-such-programme")


@router.get(
    "/v1/programmes",
    response_model=Programmes,
    summary="All programmes",
    description="The programmes on the record, by id.",
    responses=tables.responses(problems(*DATED), tables.PROGRAMMES),
)
def list_programmes(
    request: Request,
    asked: AskedPoint,
    body: MaybeOwner = None,
    after: AfterId = "",
    limit: Limit = 100,
    form: Format = "json",
) -> Response:
    with open_view(request, asked) as view:
        bodies = bodies_meant(view.reading, body) if body is not None else None
        rows = read_programmes(view.reading, view.as_of, bodies=bodies, after=after, limit=limit + 1)
    answer = paged(request, view, rows, limit, lambda row: {"after": row["id"]}, **view.point())
    if form != "csv":
        return answer
    made = csv_answer(tables.programmes(rows), name="programmes", position=view.known.position)
    if "link" in answer.headers:
        made.headers["link"] = answer.headers["link"]
    return made


def paged(
    request: Request,
    view: View,
    rows: list[dict[str, Any]],
    limit: int,
    cursor: Callable[[dict[str, Any]], dict[str, Any]],
    **members: Any,
) -> Response:
    """One page of at most `limit` of the rows, of which there is one more if a page follows.

    The next page is asked for as of the same position and day.
    """
    next_url = None
    if len(rows) > limit:
        del rows[limit:]
        frozen = {name: members[name] for name in ("as_of",) if name in members}
        next_url = url_with(
            request, known=view.known.position, min_position=None, **frozen, **cursor(rows[-1])
        )
    content = {"items": rows, "next": next_url, **members}
    return json_answer(content, position=view.known.position, next_url=next_url)


@router.get(
    "/v1/programmes/{programme}",
    response_model=State,
    summary="A programme's state",
    description="Every cell's value on a day, as known at a position, with the event that set it.",
    responses=ERRORS,
)
def show_state(
    request: Request, programme: ProgrammeId, asked: AskedPoint, path: MaybePath = None
) -> Response:
    with open_programme(request, programme, asked) as view:
        etag = tag(request, view, programme)
        if is_unchanged(request, etag):
            return unchanged(etag, view.known.position)
        content = state_of(view, programme, path or "")
    return json_answer(content, position=view.known.position, etag=etag)


def state_of(view: View, programme: str, path: str = "") -> dict[str, Any]:
    return {"programme": programme, **view.point(), **read_state(view.reading, programme, view.as_of, path)}


def tag(request: Request, view: View, programme: str) -> str:
    """The validator of an answer about one programme: appends elsewhere do not void it."""
    etag = weak_etag(request, view.concern(programme), view.as_of)
    validators.give(request.scope, etag, view.known.position)
    return etag


@router.get(
    "/v1/programmes/{programme}/budget",
    response_model=Budget,
    summary="A programme's budget",
    description="Original, amended, appropriated and actual side by side, by measure, year and source.",
    responses=tables.responses(ERRORS, tables.BUDGET),
)
def show_budget(
    request: Request,
    programme: ProgrammeId,
    asked: AskedPoint,
    year: MaybeYear = None,
    source: MaybeSource = None,
    measure: MaybeMeasure = None,
    form: Format = "json",
) -> Response:
    with open_programme(request, programme, asked) as view:
        etag = tag(request, view, programme)
        if is_unchanged(request, etag):
            return unchanged(etag, view.known.position)
        wanted = {"year": year, "source": source, "measure": measure}
        cells = list(read_cells(view.reading, programme, view.as_of))
        every = read_budget(view.reading, programme, view.as_of, cells)
        evidences = read_evidence(view.reading, programme, view.as_of, cells)
        rows = with_evidence([row for row in every if _fits(row, wanted)], evidences)
        sources = read_sources(view.reading, programme, view.as_of)
        tree = read_tree(view.reading, programme, view.as_of)
    position = view.known.position
    if form == "csv":
        return csv_answer(tables.budget(rows), name=f"{programme}-budget", position=position, etag=etag)
    content = {
        "programme": programme,
        **view.point(),
        "items": rows,
        "next": None,
        "totals": all_totals(rows, sources, tree),
    }
    return json_answer(content, position=position, etag=etag)


def _fits(row: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all(value is None or row[name] == value for name, value in wanted.items())


@router.get(
    "/v1/programmes/{programme}/history",
    response_model=History,
    summary="A programme's history",
    description="Entries that concern the programme, newest first: its own, and those of the acts it cites. "
    "`path` keeps those that wrote, or began or ceased to count in, a cell at or below it; `measure` and "
    "`indicator` likewise. A page that filters may hold fewer items than its limit, and still have a next "
    "one.",
    responses=tables.responses(ERRORS, tables.HISTORY),
)
def show_history(
    request: Request,
    programme: ProgrammeId,
    asked: AskedKnown,
    before: MaybeBefore = None,
    limit: Limit = 50,
    kind: MaybeKind = None,
    path: MaybePath = None,
    measure: MaybeMeasure = None,
    indicator: MaybeIndicator = None,
    office: MaybeOffice = None,
    act: MaybeAct = None,
    only: MaybeOnly = None,
    late: MaybeLate = None,
    form: Format = "json",
) -> Response:
    with open_programme(request, programme, asked) as view:
        etag = weak_etag(request, view.concern(programme))
        position = view.known.position
        if is_unchanged(request, etag):
            return unchanged(etag, position)
        sought = Sought(
            kind,
            office,
            act,
            path or "",
            measure,
            indicator,
            money=only == "money",
            corrections=only == "corrections",
            late=late,
            zone=view.context.identity.zone,
        )
        rows, below = find_in_programme(
            view.reading, programme, sought, before=before, limit=limit, scanned=SCANNED_MAX
        )
    next_url = None
    if below is not None:
        next_url = url_with(request, known=position, before=below, min_position=None)
    if form == "csv":
        body = tables.history(rows)
        name = f"{programme}-history"
        return csv_answer(body, name=name, position=position, etag=etag, next_url=next_url)
    content = {"programme": programme, "known": known_json(view.known), "items": rows, "next": next_url}
    return json_answer(content, position=position, etag=etag, next_url=next_url)
