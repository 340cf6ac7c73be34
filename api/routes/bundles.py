"""Bundles: an answer with everything that is needed to check it without a network, as one archive."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from typing import IO, Annotated, Any

from fastapi import Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from api.bundles.evidence import Heads
from api.bundles.making import make_bundle, newest_heads
from api.bundles.subjects import Point, Subject
from api.context import Context, context_of
from api.documented import DATED, Responses, problems
from api.parameters import (
    Asked,
    AskedKnown,
    AskedPoint,
    AsOf,
    CellPath,
    EventName,
    KnownText,
    ProgrammeId,
    Whole,
    ahead,
    bad_parameter,
    resolve,
)
from api.problems import Problem
from api.responses import answer_headers
from api.routes.events import find_entry
from api.routes.registry import RecordId
from api.routes.router import new_router
from projections.positions import Known
from projections.records import read_record
from projections.state import is_known

router = new_router("bundles")

ZIP_TYPE = "application/zip"
CHUNK_BYTES = 1 << 20
_BUNDLE: Responses = {
    200: {
        "description": "A bundle; its file name says what it is about.",
        "content": {ZIP_TYPE: {"schema": {"type": "string", "format": "binary"}, "example": "PK"}},
    }
}
_PROVED = ("no-heads", "beyond-heads", "busy", "stopped")

From = Annotated[
    Whole | None,
    Query(
        alias="from",
        ge=1,
        description="The size of a tree that you saw: a proof joins it to the bundle's.",
        examples=[8],
    ),
]
MaybeCell = Annotated[
    CellPath | None,
    Query(description="The story of this one cell.", examples=["/financing/2.1.4/2025/local"]),
]


@router.get(
    "/v1/programmes/{programme}/bundle",
    summary="A programme's state, a difference or a cell's story, with its proofs",
    description="A zip archive that `pledger verify` checks without a network. Without more the state on "
    "`as_of`; with `from_as_of` or `from_known` what changed since; with `path` the story of one cell. Each "
    "is complete: the whole programme is in it. `known` is at most, and by default, the newest position that "
    "the heads of the streams prove.",
    response_class=Response,
    responses={**_BUNDLE, **problems(*DATED, "no-such-programme", *_PROVED)},
)
async def bundle_programme(
    request: Request,
    programme: ProgrammeId,
    asked: AskedPoint,
    path: MaybeCell = None,
    from_as_of: AsOf = None,
    from_known: KnownText = None,
    remembered: From = None,
) -> Response:
    context = context_of(request)
    is_diff = from_as_of is not None or from_known is not None
    if is_diff and path is not None:
        raise bad_parameter("path", path, "cell-or-diff")

    def question(heads: Heads) -> Subject:
        known = _known(context, asked, heads)
        point, start = Point(asked.as_of or context.today(), known), None
        if is_diff:
            earlier = known if from_known is None else resolve(context, from_known, name="from_known")
            start = Point(from_as_of or point.as_of, earlier)
        subject = Subject(_type(start, path), programme, point, start, path or "")
        if not _is_known(context, programme, subject.position):
            newest = resolve(context, None).position
            if asked.known is None and _is_known(context, programme, newest):
                raise _beyond(context, heads, "/path/programme", programme)
            raise Problem("no-such-programme", "/path/programme", programme, position=subject.position)
        return subject

    return await _answer(context, question, remembered)


def _type(start: Point | None, path: str | None) -> Any:
    if start is not None:
        return "diff"
    return "cell" if path is not None else "programme"


@router.get(
    "/v1/events/{event}/bundle",
    summary="One event, with its proofs",
    description="The event, who its signers were and what it rests on: a selection that proves no absence.",
    response_class=Response,
    responses={**_BUNDLE, **problems(*DATED, "no-such-event", *_PROVED)},
)
async def bundle_event(
    request: Request, event: EventName, asked: AskedKnown, remembered: From = None
) -> Response:
    context = context_of(request)

    def question(heads: Heads) -> Subject:
        index, known = find_entry(context, event).index, _known(context, asked, heads)
        if index >= known.position:
            if asked.known is None:
                raise _beyond(context, heads, "/path/event", event)
            raise Problem("no-such-event", "/path/event", event)
        return Subject("event", event, Point("", known))

    return await _answer(context, question, remembered)


@router.get(
    "/v1/acts/{record}/bundle",
    summary="One legal act, with its proofs",
    description="The act, what became of it, and all that cites it: a selection that proves no absence.",
    response_class=Response,
    responses={**_BUNDLE, **problems(*DATED, "no-such-record", *_PROVED)},
)
async def bundle_act(
    request: Request, record: RecordId, asked: AskedKnown, remembered: From = None
) -> Response:
    context = context_of(request)

    def question(heads: Heads) -> Subject:
        known = _known(context, asked, heads)
        newest = known if asked.known is not None else resolve(context, None)
        came_later = newest.position > heads.size and _is_recorded(context, record, newest.position)
        if came_later and not _is_recorded(context, record, known.position):
            raise _beyond(context, heads, "/path/record", record)
        return Subject("act", record, Point("", known))

    return await _answer(context, question, remembered)


def _known(context: Context, asked: Asked, heads: Heads) -> Known:
    """As asked; else the newest position that the heads prove."""
    known = asked.known if asked.known is not None else str(heads.size)
    return resolve(context, known, min_position=asked.min_position)


def _is_known(context: Context, programme: str, position: int) -> bool:
    with context.follower.reading(position) as reading:
        return is_known(reading, programme)


def _is_recorded(context: Context, act: str, position: int) -> bool:
    with context.follower.reading(position) as reading:
        return read_record(reading, "act", act) is not None


def _beyond(context: Context, heads: Heads, at: str, got: object) -> Problem:
    """Later heads will cover it."""
    headers = {"Retry-After": str(round(context.settings.trust_seconds))}
    return Problem("beyond-heads", at, got, headers=headers, position=heads.size)


async def _answer(context: Context, question: Callable[[Heads], Subject], remembered: int | None) -> Response:
    """Make the archive on a thread, so many at once, and send it. Raises Problem busy."""
    if remembered is not None and remembered > context.position:
        raise ahead("from", remembered, context.position)
    slots = context.bundles
    if slots.locked():
        raise Problem("busy", headers={"Retry-After": "5"})
    async with slots:
        subject, archive, size = await run_in_threadpool(_make, context, question, remembered)
    headers = answer_headers(position=subject.point.known.position)
    headers["Content-Disposition"] = f'attachment; filename="{subject.file_name()}"'
    headers["Content-Length"] = str(size)
    return StreamingResponse(_chunks(archive), 200, headers, ZIP_TYPE)


def _make(
    context: Context, question: Callable[[Heads], Subject], remembered: int | None
) -> tuple[Subject, IO[bytes], int]:
    """What was asked, the archive at its beginning, and its size. A file without a name goes when closed."""
    heads = newest_heads(context)
    if heads is None:
        raise Problem("no-heads")
    subject = question(heads)
    if subject.position > heads.size:
        is_end = subject.position == subject.point.known.position
        raise _beyond(context, heads, "/query/known" if is_end else "/query/from_known", subject.position)
    archive = tempfile.TemporaryFile(prefix="pledger-bundle-")  # noqa: SIM115 -- closed once it is sent
    try:
        make_bundle(context, subject, heads, archive, remembered)
        size = archive.tell()
        archive.seek(0)
    except BaseException:
        archive.close()
        raise
    return subject, archive, size


def _chunks(archive: IO[bytes]) -> Iterator[bytes]:
    with archive:
        while chunk := archive.read(CHUNK_BYTES):
            yield chunk
