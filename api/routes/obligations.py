"""A programme's obligations: what is due from whom and when, also as a calendar."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request, Response

from api import calendars, tables
from api.context import public_address
from api.documented import DATED, problems
from api.models.obligations import Obligations
from api.parameters import AskedPoint, Limit, MaybeOffice, ProgrammeId, Whole, bad_parameter
from api.responses import (
    answer_headers,
    csv_answer,
    is_unchanged,
    json_answer,
    unchanged,
    url_with,
    weak_etag,
)
from api.routes.router import new_router
from api.tables_duties import OBLIGATIONS, obligations
from api.texts.language import Language
from api.views import View, open_programme
from projections.obligations.core import STATUSES
from projections.obligations.shown import read_obligations

router = new_router("programmes")

FORMS = ("json", "csv", "ics")
OfStatus = Annotated[
    str | None,
    Query(
        description="Only in this status on the day.",
        examples=["missing"],
        json_schema_extra={"enum": list(STATUSES)},
    ),
]
Form = Annotated[
    str,
    Query(
        alias="format",
        description="json, csv, or ics: a calendar of what waits, with reminders a week before and that day.",
        json_schema_extra={"enum": list(FORMS)},
    ),
]
Lang = Annotated[str, Query(description="Of the calendar.", json_schema_extra={"enum": ["uk", "en"]})]
After = Annotated[Whole, Query(ge=0, description="Leave out so many items from the top.", examples=[100])]

_RESPONSES = tables.responses(problems(*DATED, "no-such-programme"), OBLIGATIONS)
_RESPONSES[200]["content"]["text/calendar"] = {
    "schema": {"type": "string"},
    "example": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Pledger//obligations//UK\r\nEND:VCALENDAR\r\n",
}


@router.get(
    "/v1/programmes/{programme}/obligations",
    response_model=Obligations,
    summary="What is due from whom and when",
    description="Every report that the dated policies ask for in the programme's years: who owes it, by "
    "which working day, and whether it was on time, late, is missing, was returned or is not yet due. It is "
    "on time if its first statement was recorded on or before the due day: a correction is no lateness. "
    "Without a policy that sets deadlines `configured` is false; `years` says about which years one asks.",
    responses=_RESPONSES,
)
def show_obligations(
    request: Request,
    programme: ProgrammeId,
    asked: AskedPoint,
    office: MaybeOffice = None,
    status: OfStatus = None,
    form: Form = "json",
    lang: Lang = "uk",
    after: After = 0,
    limit: Limit = 500,
) -> Response:
    chosen = next((one for one in STATUSES if one == status), None)
    if status is not None and chosen is None:
        raise bad_parameter("status", status, "duty-status")
    if form not in FORMS:
        raise bad_parameter("format", form, "calendar")
    language: Language = "uk" if lang == "uk" else "en"
    if lang != language:
        raise bad_parameter("lang", lang)
    with open_programme(request, programme, asked) as view:
        position = view.known.position
        etag = weak_etag(
            request, view.context.identity.genesis, position, view.as_of, public_address(request)
        )
        if is_unchanged(request, etag):
            return unchanged(etag, position)
        case = view.context.findings.case(view.reading, programme, view.as_of)
        found = read_obligations(case, office=office, status=chosen)
    if form == "csv":
        body = obligations(found["items"])
        return csv_answer(body, name=f"{programme}-obligations", position=position, etag=etag)
    if form == "ics":
        return _calendar(request, view, programme, language, found["items"], etag)
    rows, next_url = found["items"], None
    if after + limit < len(rows):
        frozen = {"known": position, "as_of": view.as_of, "min_position": None}
        next_url = url_with(request, **frozen, after=after + limit)
    content = {"programme": programme, **view.point(), **found, "total": len(rows), "next": next_url}
    content["items"] = rows[after : after + limit]
    return json_answer(content, position=position, etag=etag, next_url=next_url)


def _calendar(
    request: Request, view: View, programme: str, language: Language, rows: list[dict[str, Any]], etag: str
) -> Response:
    shown = calendars.Shown(
        origin=view.context.identity.origin,
        programme=programme,
        position=view.known.position,
        recorded_at=view.known.recorded_at,
        address=public_address(request),
        language=language,
    )
    headers = answer_headers(position=view.known.position, etag=etag)
    headers["Content-Disposition"] = f'attachment; filename="{programme}-obligations.ics"'
    return Response(calendars.calendar_of(rows, shown), 200, headers, calendars.MEDIA_TYPE)
