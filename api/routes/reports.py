"""A programme's reports, statement by statement."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request, Response

from api import tables
from api.documented import DATED, problems
from api.models.oversight import Reports
from api.models.shape import EVENT
from api.parameters import (
    AskedPoint,
    Format,
    Limit,
    MaybeIndicator,
    MaybeMeasure,
    MaybePeriod,
    ProgrammeId,
)
from api.responses import csv_answer, is_unchanged, json_answer, unchanged, url_with
from api.routes.programmes import tag
from api.routes.router import new_router
from api.tables_reports import REPORTS
from api.tables_reports import reports as reports_table
from api.views import open_programme
from projections.doubtful import mark_entries
from projections.reports import read_reports

router = new_router("programmes")

AfterReport = Annotated[str, Query(max_length=64, description="Reports after this one.", examples=[EVENT])]


@router.get(
    "/v1/programmes/{programme}/reports",
    response_model=Reports,
    summary="A programme's reports",
    description="Every statement of every report: the current ones, those that another report of the same "
    "cell superseded, and those that were corrected or voided, each with status, remarks and signers. A "
    "page holds at most `limit` reports, each with all of its statements.",
    responses=tables.responses(problems(*DATED, "no-such-programme"), REPORTS),
)
def show_reports(
    request: Request,
    programme: ProgrammeId,
    asked: AskedPoint,
    indicator: MaybeIndicator = None,
    measure: MaybeMeasure = None,
    period: MaybePeriod = None,
    after: AfterReport = "",
    limit: Limit = 100,
    form: Format = "json",
) -> Response:
    wanted = {"indicator": indicator, "measure": measure, "period": period}
    with open_programme(request, programme, asked) as view:
        etag = tag(request, view, programme)
        if is_unchanged(request, etag):
            return unchanged(etag, view.known.position)
        rows = read_reports(view.reading, programme, view.as_of, **wanted, after=after, limit=limit + 1)
        mark_entries(view.reading, rows)
    next_url = None
    reports = list(dict.fromkeys(row["report"] for row in rows))
    if len(reports) > limit:
        rows = [row for row in rows if row["report"] != reports[limit]]
        frozen = {"known": view.known.position, "as_of": view.as_of, "min_position": None}
        next_url = url_with(request, **frozen, after=reports[limit - 1])
    if form == "csv":
        body, name = reports_table(rows), f"{programme}-reports"
        return csv_answer(body, name=name, position=view.known.position, etag=etag, next_url=next_url)
    content: dict[str, Any] = {"programme": programme, **view.point(), "items": rows, "next": next_url}
    return json_answer(content, position=view.known.position, etag=etag, next_url=next_url)
