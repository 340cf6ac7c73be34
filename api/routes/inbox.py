"""The inbox: what waits for an office, or for a person in the offices that the person holds."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request, Response

from api.documented import DATED, problems
from api.models.inbox import Inbox
from api.parameters import (
    Asked,
    AskedPoint,
    Format,
    Limit,
    MaybeOffice,
    MaybePerson,
    Whole,
    missing_parameter,
)
from api.problems import Problem
from api.responses import csv_answer, url_with
from api.routes.programmes import paged
from api.routes.router import new_router
from api.tables import responses
from api.tables_inbox import INBOX, inbox
from api.views import View, known_json, open_view
from projections.inbox import Reminder, Task, Wanted, read_office_inbox, read_person_inbox
from projections.positions import day_of

router = new_router("inbox")

OfTask = Annotated[Task | None, Query(description="Only this task.", examples=["report"])]
OfReminder = Annotated[
    Reminder | None,
    Query(description="Only what is due within a week, today, or overdue.", examples=["week"]),
]
After = Annotated[Whole, Query(ge=0, description="Leave out so many items from the top.", examples=[100])]


@router.get(
    "/v1/inbox",
    response_model=Inbox,
    summary="What waits for an office or a person",
    description="To endorse, enact or withdraw a change, to report, to correct, accept or return a report, "
    "to answer an observation, to re-affirm an entry in doubt: what the policies in force and the record "
    "ask on a day (`as_of`: by default the day of `known`, or today), the next due first. A person's inbox "
    "is the union over the offices held on that day, without what the ledger would refuse this person. "
    "A report is shown as soon as its period is over, and a week before its due day at the latest: "
    "`reminder` says what is due within a week, today, or is overdue. "
    "Where no policy says what is asked, `not_configured` names the setting.",
    responses=responses(problems(*DATED, "missing-parameter", "no-such-office", "no-such-person"), INBOX),
)
def show_inbox(
    request: Request,
    asked: AskedPoint,
    office: MaybeOffice = None,
    person: MaybePerson = None,
    task: OfTask = None,
    reminder: OfReminder = None,
    after: After = 0,
    limit: Limit = 100,
    form: Format = "json",
) -> Response:
    if (office is None) == (person is None):
        raise missing_parameter("office", "holder")
    with open_view(request, asked) as view:
        day = _day(view, asked)
        found = _found(view, day, office, person, Wanted(task, reminder))
    items = found["items"]
    if form == "csv":
        more = {"after": after + limit, "as_of": day, "known": view.known.position, "min_position": None}
        return csv_answer(
            inbox(items[after : after + limit]),
            name="inbox",
            position=view.known.position,
            next_url=url_with(request, **more) if len(items) > after + limit else None,
        )
    return paged(
        request,
        view,
        items[after : after + limit + 1],
        limit,
        lambda row: {"after": after + limit},
        as_of=day,
        known=known_json(view.known),
        **{name: value for name, value in found.items() if name != "items"},
        office=office,
        person=person,
        total=len(items),
    )


def _day(view: View, asked: Asked) -> str:
    """As asked; else the day of the position asked for, today at the newest."""
    if asked.as_of is not None or asked.known is None:
        return view.as_of
    return day_of(view.known.recorded_at, view.context.identity.zone)


def _found(view: View, day: str, office: str | None, person: str | None, wanted: Wanted) -> dict[str, Any]:
    """Raises Problem no-such-office, no-such-person."""
    if office is not None:
        found = read_office_inbox(view.reading, day, office, wanted)
        if found is None:
            raise Problem("no-such-office", "/query/office", office, position=view.known.position)
        return found
    found = read_person_inbox(view.reading, day, str(person), wanted)
    if found is None:
        raise Problem("no-such-person", "/query/person", person, position=view.known.position)
    return found
