"""The feed: entries as they come, and acts and cells that changed since a position."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.context import Context, context_of
from api.documented import DATED, QUESTION, problems
from api.feed.cells import Span, read_cells_page
from api.feed.hub import hub_of
from api.feed.items import Wanted
from api.feed.streams import Stream
from api.models.feed import ActsChanged, CellsChanged
from api.parameters import (
    Asked,
    KnownText,
    Limit,
    MaybeKind,
    MaybeProgramme,
    Whole,
    ahead,
    bad_parameter,
    is_position,
    missing_parameter,
)
from api.problems import Problem
from api.responses import json_answer, url_with
from api.routes.events import After, MaybeSubject
from api.routes.router import new_router
from api.views import View, check_programme, known_json, open_view
from ledger.values import Day
from projections.changed import read_acts_changed
from projections.diff import Point
from projections.positions import at_position

router = new_router("feed")

LAST_EVENT_ID = "Last-Event-ID"
MESSAGE = (
    'retry: 2000\nevent: position\ndata: {"position":12}\nid: 12\n\n'
    'event: entry\ndata: {"index":12,"position":13,"kind":"financing.changed",…}\nid: 13\n\n'
)
MaybeAfter = Annotated[
    Whole | None,
    Query(ge=0, description="Entries from this position on; by default only those to come.", examples=[12]),
]
MaybeLastId = Annotated[
    str | None,
    Header(
        alias=LAST_EVENT_ID,
        description="The id of the last message that came, as a browser sends it when it connects again: a "
        "position. It goes before `after`.",
        examples=["13"],
    ),
]
ToDay = Annotated[
    Day | None,
    Query(description="The day on which the cells are told; by default today.", examples=["2025-08-02"]),
]
FromDay = Annotated[
    Day | None,
    Query(
        description="The day of what the reader has: `as_of` of the last answer. By default `as_of`, where "
        "that is named; from position 0 on it is not needed.",
        examples=["2025-08-01"],
    ),
]
Past = Annotated[
    str,
    Query(
        max_length=400,
        pattern=r"^([a-z0-9][a-z0-9._-]{0,63}(/[A-Za-z0-9._~:/-]+)?)?$",
        description="Where the page begins: `next` of the page before says it.",
        examples=["town-digital-2025/financing/2.1.4/2025/local"],
    ),
]


@router.get(
    "/v1/events/stream",
    response_class=Response,
    summary="The log as Server-Sent Events",
    description="Each entry as soon as it can be read, a message `entry` whose id is the position to go on "
    "from; docs/feed.md has the members of its data. A message `position` says how far the reader is: at "
    "first, and where entries were not asked for.",
    responses={
        200: {
            "description": "A stream (WHATWG HTML, server-sent events) without an end of its own.",
            "content": {"text/event-stream": {"schema": {"type": "string"}, "example": MESSAGE}},
        },
        **problems(*QUESTION, "position-ahead"),
    },
)
async def stream_events(
    request: Request,
    after: MaybeAfter = None,
    kind: MaybeKind = None,
    subject: MaybeSubject = None,
    last_id: MaybeLastId = None,
) -> Response:
    begun = await run_in_threadpool(_begin, context_of(request), after, last_id)
    return Stream(hub_of(request), begun, Wanted(kind, subject))


def _begin(context: Context, after: int | None, last_id: str | None) -> int:
    """The position after which to tell. Raises Problem bad-parameter or position-ahead."""
    if last_id is not None:
        if not is_position(last_id):
            raise bad_parameter(LAST_EVENT_ID.lower(), last_id, "whole", where="headers")
        after = int(last_id)
    if after is None:
        return context.follower.position
    if not context.reaches(after):
        problem = ahead("after", after, context.position)
        if last_id is not None:
            problem = Problem(
                "position-ahead", f"/headers/{LAST_EVENT_ID.lower()}", after, position=context.position
            )
        raise problem
    return after


@router.get(
    "/v1/feed/acts",
    response_model=ActsChanged,
    summary="Acts that changed since a position",
    description="Acts that were registered, corrected or given a status since, or of which something else "
    "stands in doubt, each once and as a whole, in the order of their last change. Those that "
    "one entry changed are never parted, so that a page may have more than `limit`.",
    responses=problems(*DATED),
)
def list_acts_changed(
    request: Request, after: After = 0, known: KnownText = None, limit: Limit = 100
) -> Response:
    with _open(request, after, known) as view:
        end = view.known.position
        items, more = read_acts_changed(view.reading, min(after, end), limit=limit)
    cursor, next_url = end, None
    if more:
        cursor = items[-1]["index"] + 1
        next_url = url_with(request, after=cursor, known=end)
    content = {"items": items, "after": cursor, "next": next_url, "known": known_json(view.known)}
    return json_answer(content, position=end, next_url=next_url)


@contextmanager
def _open(request: Request, after: int, known: str | None) -> Iterator[View]:
    """Up to the newest, or to what the pages of one walk share. Raises Problem."""
    context = context_of(request)
    if not context.reaches(after):
        raise ahead("after", after, context.position)
    with open_view(request, Asked(None, known, after if known is None else 0)) as view:
        # Both as positions: within a batch they mean its beginning.
        if at_position(view.context.ledger.reader, after).position > view.known.position:
            raise bad_parameter("known", known, "known-after")
        yield view


@router.get(
    "/v1/feed/cells",
    response_model=CellsChanged,
    summary="Cells that changed since a position and a day",
    description="Cells whose value, deciding event or doubt is another one than on the day and position that "
    "the reader has, each once and as it stands: from 0 on all there are. The pages of one walk tell of one "
    "position and one day; the last of them says the position, and the address to ask the next time.",
    responses=problems(*DATED, "missing-parameter", "no-such-programme", "programme-blocked"),
)
def list_cells_changed(
    request: Request,
    after: After = 0,
    from_as_of: FromDay = None,
    as_of: ToDay = None,
    known: KnownText = None,
    programme: MaybeProgramme = None,
    past: Past = "",
    limit: Limit = 100,
) -> Response:
    if after and from_as_of is None and as_of is None:
        raise missing_parameter("from_as_of")  # today is another day than that of what the reader has
    with _open(request, after, known) as view:
        end = Point(as_of or view.as_of, view.known.position)
        if programme is not None:
            check_programme(view, programme, end.position, at="/query/programme")
        begun = at_position(view.context.ledger.reader, after).position
        span = Span(Point(from_as_of or end.as_of, begun), end, programme, past)
        page = read_cells_page(view.reading, span, limit)
    frozen = {"from_as_of": span.start.as_of, "as_of": end.as_of, "known": end.position}
    next_url = url_with(request, **frozen, past=page.past) if page.past is not None else None
    content = {
        "items": page.items,
        "states": page.states,
        "as_of": end.as_of,
        "known": known_json(view.known),
        "after": end.position if next_url is None else None,
        "next": next_url,
        "resume": _resume(request, end) if next_url is None else None,
    }
    return json_answer(content, position=end.position, next_url=next_url)


def _resume(request: Request, end: Point) -> str:
    """What to ask the next time, about the day that is today then."""
    gone = dict.fromkeys(("as_of", "known", "past", "min_position"))
    return url_with(request, **gone, after=end.position, from_as_of=end.as_of)
