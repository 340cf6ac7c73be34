"""GET /v1/opendata/duty: what is published in time, by the record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import Request, Response

from api import tables
from api.csv_table import to_csv
from api.documented import DATED, problems
from api.models.opendata import Duty
from api.opendata.duty import duties_of, unavailable
from api.parameters import AskedPoint, Format, Limit, MaybeProgramme
from api.responses import csv_answer, json_answer, url_with
from api.routes.programmes import AfterId
from api.routes.router import new_router
from api.views import View, check_programme, open_view
from projections.programmes import read_programmes

router = new_router("opendata")
DUTY = (
    "programme", "dataset", "status", "published_day", "published_position", "published_event",
    "published_index", "changed_day", "changed_event", "changed_index", "due", "policy", "doubt",
)  # fmt: skip


@router.get(
    "/v1/opendata/duty",
    response_model=Duty,
    summary="Data sets published in time",
    description="For each programme's data sets: the newest signed publication, the first change that it "
    "does "
    "not show, and the last day to publish it (three working days, unless a policy says otherwise). A "
    "release "
    "of this server is no publication: what is on the record is signed. A page is of so many programmes.",
    responses=tables.responses(problems(*DATED, "no-such-programme"), DUTY),
)
def show_duty(
    request: Request,
    asked: AskedPoint,
    programme: MaybeProgramme = None,
    after: AfterId = "",
    limit: Limit = 100,
    form: Format = "json",
) -> Response:
    next_url = None
    with open_view(request, asked) as view:
        if programme is not None:
            check_programme(view, programme, view.known.position, at="/query/programme")
            names = [programme]
        else:
            rows = read_programmes(view.reading, view.as_of, after=after, limit=limit + 1)
            names = [row["id"] for row in rows[:limit]]
            if len(rows) > limit:
                point = {"as_of": view.as_of, "known": view.known.position, "min_position": None}
                next_url = url_with(request, **point, after=names[-1])
        items = [row for name in names for row in _rows(view, name)]
    if form == "csv":
        body = to_csv(DUTY, [_flat(row) for row in items])
        return csv_answer(body, name="duty", position=view.known.position, next_url=next_url)
    content = {"items": items, "next": next_url, **view.point()}
    return json_answer(content, position=view.known.position, next_url=next_url)


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    published, changed = row["published"] or {}, row["changed"] or {}
    return {
        **row,
        **{f"published_{name}": value for name, value in published.items()},
        **{f"changed_{name}": value for name, value in changed.items()},
        "doubt": published.get("doubt"),
    }


def _rows(view: View, programme: str) -> Iterator[dict[str, Any]]:
    if view.reading.is_blocked(programme):
        yield unavailable(programme)
        return
    yield from duties_of(view.context.findings.case(view.reading, programme, view.as_of))
