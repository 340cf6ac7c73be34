"""GET /v1/events/{event}/checks and …/writes: what is recomputed of one event, and what it set."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from api import csv_table, tables
from api.checking.making import Checks, counts_of, rows_of
from api.context import Context, context_of
from api.documented import QUESTION, problems
from api.models.event_checks import EventChecks, EventWrites
from api.parameters import EventName, Format, Limit, Whole
from api.problems import Problem
from api.responses import csv_answer, json_answer, url_with
from api.routes.router import new_router
from api.tables_event import CHECKS, WRITES, checks_table
from projections.event_writes import read_writes
from projections.statements import is_event_id

router = new_router("events")

ERRORS = problems(*QUESTION, "no-such-event", "behind")
AfterWrite = Annotated[Whole, Query(ge=0, description="Leave out so many first ones.", examples=[100])]


@router.get(
    "/v1/events/{event}/checks",
    response_model=EventChecks,
    summary="The checks of one event",
    description="Each is computed anew from the log's bytes, the stored files and the signed checkpoints: "
    "nothing that was noted as checked is believed. It is this server that checks itself: whoever does not "
    "trust it verifies the event's bundle with `pledger verify`. Texts in both languages.",
    responses=tables.responses(ERRORS, CHECKS),
)
def show_checks(request: Request, event: EventName, form: Format = "json") -> Response:
    context = context_of(request)
    index = _index(context, event)
    with context.reading(index + 1) as reading:
        asked = Checks(context, reading, event, index)
        found, days = asked.all(), asked.days_after_act()
    rows = rows_of(found, context.identity.zone)
    if form == "csv":
        return csv_answer(checks_table(rows), name=f"{event}-checks", position=context.position)
    content = {
        "event": event,
        "index": index,
        "counts": counts_of(found),
        "items": rows,
        "days_after_act": days,
        "proof": asked.proof(),
    }
    return json_answer(content)


@router.get(
    "/v1/events/{event}/writes",
    response_model=EventWrites,
    summary="What one event set",
    description="Cell by cell: what it found, what the cell reads with it, the difference of money, and the "
    "entry that set what was found, all as known when it was recorded.",
    responses=tables.responses(problems(*QUESTION, "no-such-event", "behind"), WRITES),
)
def show_writes(
    request: Request, event: EventName, after: AfterWrite = 0, limit: Limit = 100, form: Format = "json"
) -> Response:
    context = context_of(request)
    index = _index(context, event)
    with context.reading(index + 1) as reading:
        stated = reading.entry(index).stated()
        rows, total = read_writes(reading, stated, after=after, limit=limit)
    done = after + len(rows)
    next_url = url_with(request, after=done) if done < total else None
    if form == "csv":
        body = csv_table.to_csv(WRITES, [{**row, **_previous(row)} for row in rows])
        return csv_answer(body, name=f"{event}-writes", position=context.position, next_url=next_url)
    content = {"event": event, "index": index, "total": total, "items": rows, "next": next_url}
    return json_answer(content, next_url=next_url)


def _previous(row: dict[str, object]) -> dict[str, object]:
    found = row["previous"]
    return {f"previous_{name}": value for name, value in found.items()} if isinstance(found, dict) else {}


def _index(context: Context, event: str) -> int:
    """By the log's own list of ids; the entry itself may be damaged. Raises Problem no-such-event."""
    index = context.ledger.reader.events([event]).get(event) if is_event_id(event) else None
    if index is None:
        raise Problem("no-such-event", "/path/event", event)
    return index
