"""GET /v1/history: what happened in the whole ledger, newest first, of an office or an act."""

from __future__ import annotations

from fastapi import Request, Response

from api import tables
from api.documented import DATED, problems
from api.models.programmes import LogHistory
from api.parameters import AskedKnown, Format, Limit, MaybeAct, MaybeKind, MaybeOffice
from api.responses import csv_answer, json_answer, url_with
from api.routes.programmes import SCANNED_MAX, MaybeBefore
from api.routes.router import new_router
from api.views import known_json, open_view
from projections.history import find_in_log
from projections.history_sought import Sought

router = new_router("events")


@router.get(
    "/v1/history",
    response_model=LogHistory,
    summary="The ledger's history",
    description="Entries of the whole ledger, newest first: what an office signed, and what is about an act "
    "or cites it. A page that filters may hold fewer items than its limit, and still have a next one.",
    responses=tables.responses(problems(*DATED), tables.HISTORY),
)
def show_log_history(
    request: Request,
    asked: AskedKnown,
    office: MaybeOffice = None,
    act: MaybeAct = None,
    kind: MaybeKind = None,
    before: MaybeBefore = None,
    limit: Limit = 50,
    form: Format = "json",
) -> Response:
    with open_view(request, asked) as view:
        sought = Sought(kind, office, act)
        rows, below = find_in_log(view.reading, sought, before=before, limit=limit, scanned=SCANNED_MAX)
    position, next_url = view.known.position, None
    if below is not None:
        next_url = url_with(request, known=position, before=below, min_position=None)
    if form == "csv":
        return csv_answer(tables.history(rows), name="history", position=position, next_url=next_url)
    content = {"known": known_json(view.known), "items": rows, "next": next_url}
    return json_answer(content, position=position, next_url=next_url)
