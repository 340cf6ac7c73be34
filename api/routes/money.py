"""A programme's money: its whole chain, where it was moved, and how it stands against the treasury."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from api import money_tables, tables
from api.context import context_of
from api.documented import DATED, problems
from api.models.money import Money, Moves
from api.models.reconciliation import Reconciliation
from api.parameters import (
    Asked,
    AskedPoint,
    AsOf,
    Format,
    KnownText,
    MinPosition,
    ProgrammeId,
    missing_parameter,
    resolve,
)
from api.responses import csv_answer, is_unchanged, json_answer, unchanged, weak_etag
from api.routes.programmes import MaybeYear, tag
from api.routes.router import new_router
from api.views import View, check_programme, known_json, open_programme, open_view
from projections.budget import read_budget
from projections.diff import Point
from projections.money.chain import BY, LINE, read_chain
from projections.money.moves import read_moves, sum_moves
from projections.money.priorities import read_tree
from projections.money.reconciling import read_reconciliation
from projections.money.sources import all_totals, read_sources

router = new_router("programmes")
ERRORS = problems(*DATED, "no-such-programme")


def _by(value: str) -> str:
    names = value.split(",")
    if not set(names) <= set(BY) or len(set(names)) != len(names):
        raise PydanticCustomError("not-a-group", "not a list of what lines can be grouped by")
    return value


MaybeBy = Annotated[
    Annotated[str, AfterValidator(_by)] | None,
    Query(
        max_length=80,
        description=f"What to group the lines by, with commas: {', '.join(BY)}; by default every line alone. "
        "Under source-tree a line counts for its source and for each one above it.",
        examples=["source,kpkvk"],
    ),
]


@router.get(
    "/v1/programmes/{programme}/money",
    response_model=Money,
    summary="The whole chain of a programme's money",
    description="Need, appropriation, schedule, commitment, paid, incurred, payable and returned, each with "
    "its deviation from the step before, its cells and its events; by line, or by what `by` names.",
    responses=tables.responses(ERRORS, money_tables.CHAIN),
)
def show_money(
    request: Request,
    programme: ProgrammeId,
    asked: AskedPoint,
    by: MaybeBy = None,
    year: MaybeYear = None,
    form: Format = "json",
) -> Response:
    names = tuple(by.split(",")) if by is not None else ()
    with open_programme(request, programme, asked) as view:
        etag = tag(request, view, programme)
        if is_unchanged(request, etag):
            return unchanged(etag, view.known.position)
        content = money_of(view, programme, names, year)
    position = view.known.position
    if form == "csv":
        body = money_tables.chain(content["items"], names or LINE)
        return csv_answer(body, name=f"{programme}-money", position=position, etag=etag)
    return json_answer(content, position=position, etag=etag)


def money_of(view: View, programme: str, by: tuple[str, ...] = (), year: int | None = None) -> dict[str, Any]:
    """The whole answer."""
    every = read_budget(view.reading, programme, view.as_of)
    rows = [row for row in every if year is None or row["year"] == year]
    sources = read_sources(view.reading, programme, view.as_of)
    return {
        "programme": programme,
        **view.point(),
        "by": list(by or LINE),
        "items": read_chain(view.reading, programme, view.as_of, by=by, rows=rows),
        "next": None,
        "totals": all_totals(rows, sources, read_tree(view.reading, programme, view.as_of)),
    }


@router.get(
    "/v1/programmes/{programme}/moves",
    response_model=Moves,
    summary="Where money was moved to",
    description="Between two points, act by act: what was taken from some lines and given to others, what "
    "was added or taken besides, and the net; of need, appropriation and schedule apart.",
    responses=tables.responses(
        problems(*DATED, "missing-parameter", "no-such-programme"), money_tables.MOVES
    ),
)
def show_moves(
    request: Request,
    programme: ProgrammeId,
    from_as_of: AsOf = None,
    from_known: KnownText = None,
    to_as_of: AsOf = None,
    to_known: KnownText = None,
    form: Format = "json",
    min_position: MinPosition = 0,
) -> Response:
    if from_as_of is None and from_known is None:
        raise missing_parameter("from_as_of", "point")
    earlier = None if from_known is None else resolve(context_of(request), from_known, name="from_known")
    with open_view(request, Asked(to_as_of, to_known, min_position, name="to_known")) as view:
        known = earlier or view.known
        points = Point(from_as_of or view.as_of, known.position), Point(view.as_of, view.known.position)
        check_programme(view, programme, max(point.position for point in points))
        etag = _tag(request, view, programme, *points)
        if is_unchanged(request, etag):
            return unchanged(etag, view.known.position)
        rows = read_moves(view.reading, programme, *points)
    position = view.known.position
    if form == "csv":
        body = money_tables.moves(rows)
        return csv_answer(body, name=f"{programme}-moves", position=position, etag=etag)
    content = {
        "programme": programme,
        "from": {"as_of": points[0].as_of, "known": known_json(known)},
        "to": view.point(),
        "items": rows,
        "next": None,
        "totals": sum_moves(rows),
    }
    return json_answer(content, position=position, etag=etag)


def _tag(request: Request, view: View, programme: str, start: Point, end: Point) -> str:
    """A mirrored question has its own answer, and both points may end at one concern."""
    concerns = [(view.concern(programme, point.position), point.as_of) for point in (start, end)]
    return weak_etag(request, *concerns, start.position <= end.position)


@router.get(
    "/v1/programmes/{programme}/reconciliation",
    response_model=Reconciliation,
    summary="The treasury's figures beside the ledger's",
    description="The newest extract of a year on or before the day, through the signed allocation, beside "
    "the ledger on the extract's own day: what differs, which acts explain it to the kopiyka, and what none "
    "does. Without `year` that of the day.",
    responses=tables.responses(ERRORS, money_tables.RECONCILIATION),
)
def show_reconciliation(
    request: Request,
    programme: ProgrammeId,
    asked: AskedPoint,
    year: MaybeYear = None,
    form: Format = "json",
) -> Response:
    with open_programme(request, programme, asked) as view:
        etag = tag(request, view, programme)
        if is_unchanged(request, etag):
            return unchanged(etag, view.known.position)
        content = reconciliation_of(view, programme, year)
    position = view.known.position
    if form == "csv":
        body = money_tables.reconciliation(content)
        return csv_answer(body, name=f"{programme}-reconciliation", position=position, etag=etag)
    return json_answer(content, position=position, etag=etag)


def reconciliation_of(view: View, programme: str, year: int | None = None) -> dict[str, Any]:
    """The whole answer; without a year that of the day."""
    asked = year if year is not None else int(view.as_of[:4])
    found = read_reconciliation(view.reading, programme, view.as_of, asked)
    return {"programme": programme, **view.point(), **found, "next": None}
