"""Bundles: an answer with everything that is needed to check it without a network, as one archive."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, Annotated, Literal

from fastapi import Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from api.bundles.evidence import Heads
from api.bundles.making import make_bundle, newest_heads
from api.bundles.questions import Question, check_question, subject_of
from api.bundles.subjects import Subject
from api.context import Context, context_of, public_address
from api.documented import DATED, Responses, problems
from api.parameters import (
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
)
from api.print.bundled import Prints
from api.problems import Problem
from api.responses import answer_headers
from api.routes.registry import RecordId
from api.routes.router import new_router

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
Files = Annotated[
    Literal["yes", "no"],
    Query(
        description="no: the bytes of public files stay out, and the bundle says so of each; of these it "
        "says neither that they are there nor that they are missing.",
        examples=["no"],
    ),
]
WithPrint = Annotated[
    Literal["no", "uk", "en"],
    Query(
        alias="print",
        description="uk or en: with the documents to print (template and data) in this language, of a state "
        "or a difference. Checking finds what was altered in them, and recomputes none of their figures.",
        examples=["uk"],
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
    responses={**_BUNDLE, **problems(*DATED, "no-such-programme", "print-too-large", *_PROVED)},
)
async def bundle_programme(
    request: Request,
    programme: ProgrammeId,
    asked: AskedPoint,
    path: MaybeCell = None,
    from_as_of: AsOf = None,
    from_known: KnownText = None,
    remembered: From = None,
    files: Files = "yes",
    prints: WithPrint = "no",
) -> Response:
    if prints != "no" and path is not None:
        raise bad_parameter("print", prints, "print-of")
    question = Question("programmes", programme, asked, path, from_as_of, from_known)
    wanted = Prints(prints, public_address(request)) if prints != "no" else None
    return await _answer(context_of(request), question, remembered, files, wanted)


@router.get(
    "/v1/events/{event}/bundle",
    summary="One event, with its proofs",
    description="The event, who its signers were and what it rests on: a selection that proves no absence.",
    response_class=Response,
    responses={**_BUNDLE, **problems(*DATED, "no-such-event", *_PROVED)},
)
async def bundle_event(
    request: Request, event: EventName, asked: AskedKnown, remembered: From = None, files: Files = "yes"
) -> Response:
    return await _answer(context_of(request), Question("events", event, asked), remembered, files)


@router.get(
    "/v1/acts/{record}/bundle",
    summary="One legal act, with its proofs",
    description="The act, what became of it, and all that cites it: a selection that proves no absence.",
    response_class=Response,
    responses={**_BUNDLE, **problems(*DATED, "no-such-record", *_PROVED)},
)
async def bundle_act(
    request: Request, record: RecordId, asked: AskedKnown, remembered: From = None, files: Files = "yes"
) -> Response:
    return await _answer(context_of(request), Question("acts", record, asked), remembered, files)


async def _answer(
    context: Context,
    question: Question,
    remembered: int | None,
    files: Files,
    prints: Prints | None = None,
) -> Response:
    """Make the archive on a thread, so many at once, and send it. Raises Problem busy."""
    check_question(question)
    if remembered is not None and not context.reaches(remembered):
        raise ahead("from", remembered, context.position)
    slots = context.bundles
    if slots.locked():
        raise Problem("busy", headers={"Retry-After": "5"})
    async with slots:
        subject, archive, size = await run_in_threadpool(_make, context, question, remembered, files, prints)
    headers = answer_headers(position=subject.point.known.position)
    headers["Content-Disposition"] = f'attachment; filename="{subject.file_name()}"'
    headers["Content-Length"] = str(size)
    return StreamingResponse(_chunks(archive), 200, headers, ZIP_TYPE)


def _make(
    context: Context, question: Question, remembered: int | None, files: Files, prints: Prints | None
) -> tuple[Subject, IO[bytes], int]:
    """What was asked, the archive at its beginning, and its size. A file without a name goes when closed."""
    heads = newest_heads(context)
    if heads is None:
        raise Problem("no-heads")
    subject = _subject(context, heads, question)
    archive = tempfile.TemporaryFile(prefix="pledger-bundle-")  # noqa: SIM115 -- closed once it is sent
    try:
        make_bundle(context, subject, heads, archive, remembered, files == "yes", prints)
        size = archive.tell()
        archive.seek(0)
    except BaseException:
        archive.close()
        raise
    return subject, archive, size


def _subject(context: Context, heads: Heads, question: Question) -> Subject:
    """Raises Problem as subject_of does; beyond the heads it says when to ask again."""
    try:
        return subject_of(context, heads, question)
    except Problem as problem:
        if problem.code == "beyond-heads":  # later heads will cover it
            problem.headers["Retry-After"] = str(round(context.settings.trust_seconds))
        raise


def _chunks(archive: IO[bytes]) -> Iterator[bytes]:
    with archive:
        while chunk := archive.read(CHUNK_BYTES):
            yield chunk
