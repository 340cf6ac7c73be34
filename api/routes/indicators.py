"""A programme's indicators: all, one, or some at a time."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request, Response

from api import tables
from api.documented import DATED, problems
from api.models.programmes import Indicators
from api.parameters import LIMIT_MAX, AskedPoint, Format, MaybeIndicator, ProgrammeId, Whole
from api.responses import csv_answer, is_unchanged, json_answer, unchanged, url_with
from api.routes.programmes import tag
from api.routes.router import new_router
from api.views import View, open_programme
from projections.indicator_pages import read_indicator_page, sum_indicators
from projections.indicators import read_indicators

router = new_router("programmes")

AfterIndicator = Annotated[
    str, Query(max_length=64, description="Indicators after this one, by code.", examples=["1.1.2"])
]
MaybeLimit = Annotated[
    Whole | None,
    Query(
        ge=1,
        le=LIMIT_MAX,
        description="How many indicators a page has at most, each with all of its years; by default all.",
        examples=[50],
    ),
]


@router.get(
    "/v1/programmes/{programme}/indicators",
    response_model=Indicators,
    summary="A programme's indicators",
    description="Base, targets then and now, actuals, and dynamics as printed and as computed. `reached` "
    "compares only where the year is over and its figure surely whole; a year's evaluation looks closer.",
    responses=tables.responses(problems(*DATED, "no-such-programme"), tables.INDICATORS),
)
def show_indicators(
    request: Request,
    programme: ProgrammeId,
    asked: AskedPoint,
    indicator: MaybeIndicator = None,
    after: AfterIndicator = "",
    limit: MaybeLimit = None,
    form: Format = "json",
) -> Response:
    with open_programme(request, programme, asked) as view:
        etag = tag(request, view, programme)
        if is_unchanged(request, etag):
            return unchanged(etag, view.known.position)
        rows, more = _read(view, programme, indicator, after, limit)
    position, next_url = view.known.position, None
    if more:
        frozen = {"known": position, "as_of": view.as_of, "min_position": None}
        next_url = url_with(request, **frozen, after=rows[-1]["indicator"])
    if form == "csv":
        body, name = tables.indicators(rows), f"{programme}-indicators"
        return csv_answer(body, name=name, position=position, etag=etag, next_url=next_url)
    totals = sum_indicators(rows)
    content = {"programme": programme, **view.point(), "items": rows, "totals": totals, "next": next_url}
    return json_answer(content, position=position, etag=etag, next_url=next_url)


def _read(
    view: View, programme: str, indicator: str | None, after: str, limit: int | None
) -> tuple[list[dict[str, Any]], bool]:
    if indicator is not None:
        return read_indicators(view.reading, programme, view.as_of, only=[indicator]), False
    if limit is None and not after:
        return read_indicators(view.reading, programme, view.as_of), False
    most = limit if limit is not None else LIMIT_MAX
    return read_indicator_page(view.reading, programme, view.as_of, after=after, limit=most)
