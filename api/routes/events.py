"""GET /v1/events: the log as a feed, one event, and its receipt."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated, Any, NamedTuple

from fastapi import Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api import tables
from api.context import Context, context_of
from api.documented import QUESTION, problems
from api.feed.hub import hub_of
from api.feed.items import Wanted
from api.feed.waiting import wait_beyond
from api.models.events import CHECKPOINT, EventShown, Feed, Receipt
from api.models.shape import B64
from api.parameters import EventName, Format, Limit, MaybeKind, MinPosition, Whole, ahead
from api.problems import Problem
from api.responses import answer_headers, csv_answer, json_answer, url_with
from api.routes.router import new_router
from api.sources import Source
from ledger.append.appender import make_receipt
from ledger.entry import Entry
from ledger.errors import StorageError
from ledger.sentence import Sentence
from ledger.values import STREAM
from projections.anchoring import times_of
from projections.consents import read_consent
from projections.doubtful import read_doubts
from projections.history import row_of
from projections.reading import Reading, entry_at
from projections.statements import corrections_of, is_event_id, statement_in_force

SCANNED_MAX = 2000

router = new_router("events")

After = Annotated[Whole, Query(ge=0, description="Entries from this position on.", examples=[12])]
WAIT_SECONDS_MAX = 30
Wait = Annotated[
    Whole,
    Query(
        ge=0,
        le=WAIT_SECONDS_MAX,
        description="Seconds to wait where nothing is recorded after the position yet (long-poll).",
        examples=[25],
    ),
]
RECEIPT_FORMATS = ("json", "tlog-proof")
ReceiptFormat = Annotated[
    str,
    Query(
        alias="format",
        description="json, or its proof as a tlog-proof.",
        json_schema_extra={"enum": list(RECEIPT_FORMATS)},
    ),
]
_RECEIPT_EXPECTED = {"uk": "json або tlog-proof", "en": "json or tlog-proof"}
TLOG_PROOF = f"c2sp.org/tlog-proof@v1\nindex 12\n{B64}\n\n{CHECKPOINT}"

MaybeSubject = Annotated[
    str | None,
    Query(pattern=STREAM, description="Only this stream.", examples=["programme:town-digital-2025"]),
]


@router.get(
    "/v1/events",
    response_model=Feed,
    summary="The log as a feed",
    description="Entries in the order of the log. A page that filters may hold fewer items than its limit, "
    "and still have a next one. `after` of the answer is where to go on from, always. With `wait` a request "
    "for what is not there yet is held until it is, or the time is over.",
    responses=tables.responses(problems(*QUESTION, "position-ahead", "behind"), tables.HISTORY),
)
async def list_events(
    request: Request,
    after: After = 0,
    limit: Limit = 100,
    kind: MaybeKind = None,
    subject: MaybeSubject = None,
    form: Format = "json",
    min_position: MinPosition = 0,
    wait: Wait = 0,
) -> Response:
    context, wanted = context_of(request), Wanted(kind, subject)
    found = await run_in_threadpool(_look, context, after, limit, wanted, min_position)
    if wait and not found.items and found.at >= found.head:
        hub = hub_of(request)
        at = await wait_beyond(request, hub, found.at, wanted, wait)
        least = max(min_position, hub.position)  # which a replica may not have yet
        found = await run_in_threadpool(_look, context, at, limit, wanted, least)
    next_url = (
        url_with(request, after=found.at, min_position=None, wait=None) if found.at < found.head else None
    )
    if form == "csv":
        return csv_answer(tables.history(found.items), name="events", position=found.head, next_url=next_url)
    content = {"items": found.items, "after": found.at, "next": next_url}
    return json_answer(content, position=found.head, next_url=next_url)


class _Found(NamedTuple):
    """items: rows; at: the position up to which entries were looked at; head: how many can be read."""

    items: list[dict[str, Any]]
    at: int
    head: int


def _look(context: Context, after: int, limit: int, wanted: Wanted, min_position: int) -> _Found:
    """Raises Problem position-ahead or behind."""
    head = _applied(context, min_position)
    if not context.reaches(after):
        raise ahead("after", after, context.position)
    with context.follower.reading(head) as reading:
        items, at = _page(reading, after, limit, wanted.kind, wanted.subject)
    return _Found(items, at, head)


def _applied(context: Context, min_position: int) -> int:
    """How many entries the projections hold, once they hold enough."""
    if not context.reaches(min_position):
        raise ahead("min_position", min_position, context.position)
    context.wait_for(min_position)
    return context.follower.newest(min_position)


def _page(
    reading: Reading, after: int, limit: int, kind: str | None, subject: str | None
) -> tuple[list[dict[str, Any]], int]:
    """Rows, and the position up to which entries were looked at."""
    items: list[dict[str, Any]] = []
    at, end = after, min(reading.position, after + SCANNED_MAX)
    while at < end and len(items) < limit:
        entries = reading.log.entries(at, min(200, end - at))
        if not entries:
            raise StorageError(
                Sentence("№ {number} is missing, or stands elsewhere", "entry-missing", number=at + 1)
            )
        for entry in entries:
            at = entry.index + 1
            if subject is not None and entry.stream != subject:
                continue
            if kind is not None and entry.stated().event.kind != kind:
                continue
            items.append(row_of(reading, entry))
            if len(items) == limit:
                break
    return items, at


@router.get(
    "/v1/events/{event}",
    response_model=EventShown,
    summary="One event",
    description="What was stated, the signed envelope, the exact bytes of the entry, its four times, and "
    "what corrects it.",
    responses=problems(*QUESTION, "no-such-event", "position-ahead", "behind"),
)
def show_event(request: Request, event: EventName, min_position: MinPosition = 0) -> Response:
    context = context_of(request)
    if not context.reaches(min_position):
        raise ahead("min_position", min_position, context.position)
    entry = find_entry(context, event)
    with context.reading(max(min_position, entry.index + 1)) as reading:
        shown = event_of(reading, entry)
    return json_answer(shown)


def event_of(reading: Reading, entry: Entry) -> dict[str, Any]:
    """One event with all that became of it. reading: as known after the entry."""
    row, event = row_of(reading, entry, all_writes=True), entry.event_id()
    row["consent"] = read_consent(reading, entry.stated(), whole=True)
    return {
        **row,
        "payload": entry.stated().payload_hash,
        "slot": entry.stated().slot,
        "in_force": statement_in_force(reading, entry),
        "corrections": corrections_of(reading, entry),
        "doubts": read_doubts(reading, entry.stream, entry.index),
        "times": times_of(reading, entry),
        "envelope": entry.envelope,
        "entry": b64encode(entry.raw).decode(),
        "links": {"receipt": f"/v1/events/{event}/receipt", "proof": f"/v1/proofs/inclusion?event={event}"},
    }


def find_entry(context: Source, event: str) -> Entry:
    """Raises Problem no-such-event."""
    index = context.ledger.reader.events([event]).get(event) if is_event_id(event) else None
    if index is None:
        raise Problem("no-such-event", "/path/event", event)
    return entry_at(context.ledger.reader, index)


@router.get(
    "/v1/events/{event}/receipt",
    response_model=Receipt,
    summary="The receipt of an event",
    description="The entry with its proof to the first checkpoint that covers it: the same for ever. As "
    "`tlog-proof` it is the proof alone, a text file (C2SP tlog-proof) that tools of others check.",
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}, "example": TLOG_PROOF}}},
        **problems(*QUESTION, "no-such-event", "stopped"),
    },
)
def show_receipt(request: Request, event: EventName, form: ReceiptFormat = "json") -> Response:
    if form not in RECEIPT_FORMATS:
        raise Problem("bad-parameter", "/query/format", form, name="format", expected=_RECEIPT_EXPECTED)
    context = context_of(request)
    entry = find_entry(context, event)
    covering = context.checkpoint_over(entry.index)
    receipt = make_receipt(entry, event, *covering, context.ledger.reader.nodes)
    if form == "tlog-proof":
        headers = answer_headers() | {"Content-Disposition": f'attachment; filename="{event}.tlog-proof"'}
        return Response(receipt.to_tlog_proof(), 200, headers, "text/plain; charset=utf-8")
    return json_answer(receipt.to_json())
