"""A programme in time: when its entries count and when they were recorded, its sessions and years."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from api import tables
from api.documented import DATED, problems
from api.models.passage import Passage
from api.parameters import AskedPoint, Format, Limit, ProgrammeId
from api.responses import csv_answer, is_unchanged, json_answer, unchanged, url_with
from api.routes.programmes import MaybeBefore, tag
from api.routes.router import new_router
from api.tables_passage import PASSAGE, passage
from api.views import View, open_programme
from projections.passage import Lanes, count_entries, read_adoption, read_lanes, read_sessions, read_years

router = new_router("programmes")


@router.get(
    "/v1/programmes/{programme}/timeline",
    response_model=Passage,
    summary="A programme in time",
    description="Its entries, newest first, each with the day from which it counts and the instant at which "
    "it was recorded; how it was adopted; the days of the council's decisions that it cites, of at most a "
    "hundred acts cited last; and the ends of its years.",
    responses=tables.responses(problems(*DATED, "no-such-programme"), PASSAGE),
)
def show_timeline(
    request: Request,
    programme: ProgrammeId,
    asked: AskedPoint,
    before: MaybeBefore = None,
    limit: Limit = 100,
    form: Format = "json",
) -> Response:
    with open_programme(request, programme, asked) as view:
        etag = tag(request, view, programme)
        position = view.known.position
        if is_unchanged(request, etag):
            return unchanged(etag, position)
        lanes = read_lanes(view.reading, programme, before=before, limit=limit)
        content = _content(view, programme, lanes)
    if lanes.more:
        last = lanes.rows[-1]["index"]
        point = {"as_of": view.as_of, "known": position, "min_position": None}
        content["next"] = url_with(request, **point, before=last)
    if form == "csv":
        name = f"{programme}-timeline"
        body = passage(content)
        return csv_answer(body, name=name, position=position, etag=etag, next_url=content["next"])
    return json_answer(content, position=position, etag=etag, next_url=content["next"])


def _content(view: View, programme: str, lanes: Lanes) -> dict[str, Any]:
    reading = view.reading
    return {
        "programme": programme,
        **view.point(),
        "items": lanes.rows,
        "total": count_entries(reading, programme),
        "adopted": read_adoption(reading, programme),
        "sessions": read_sessions(reading, programme),
        "years": read_years(reading, programme, view.as_of),
        "next": None,
    }
