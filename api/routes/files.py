"""PUT and GET /v1/files/{sha256}: the bytes of documents that events name."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from api.bodies import check_length, check_media_type, too_slow
from api.context import Context, context_of
from api.documented import problems
from api.files import CHUNK_BYTES, Upload, find_kept, is_restricted, wrong_size
from api.limits.gate import busy, uploading
from api.models.service import Stored
from api.parameters import FileHash
from api.problems import Problem
from api.responses import is_unchanged, json_answer
from api.routes.router import new_router
from api.settings import Settings
from ledger.attachments import holds_private_key, note_on
from ledger.event import FILE_BYTES_MAX
from ledger.store.documents import Documents, Held, documents_of
from projections.files import FileNamed, read_named

router = new_router("files")

MEDIA_TYPE = "application/octet-stream"
LEAST_RATE = 1000  # bytes a second, of an upload
_SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_BODY = {"requestBody": {"required": True, "content": {MEDIA_TYPE: _BINARY}}}


@router.put(
    "/v1/files/{sha256}",
    response_model=Stored,
    status_code=201,
    summary="Send the bytes of a file",
    description="Only bytes that a logged event names, of exactly the size that it names. 200 if they are "
    "here already. Restricted files are kept too, and never served.",
    responses={
        200: {"description": "The bytes were here already.", "model": Stored},
        **problems(
            "bad-parameter", "unknown-parameter", "no-such-file", "private-key-file", "file-size",
            "file-hash", "wrong-media-type", "body-too-large", "body-too-slow", "busy", "behind",
        ),
    },
    openapi_extra=_BODY,
)  # fmt: skip
async def put_file(request: Request, sha256: FileHash) -> Response:
    context = context_of(request)
    check_media_type(request, MEDIA_TYPE)
    named = await run_in_threadpool(find_named, context, sha256)
    sizes = frozenset(one.size for one in named)
    length = check_length(request, FILE_BYTES_MAX)
    if length is not None and length not in sizes:
        raise wrong_size(length, sizes)
    documents, found = await run_in_threadpool(_place, context, named, sha256)
    if found is not None:
        return json_answer({"sha256": sha256, "size": found.size, "fresh": False})
    upload = Upload(documents, sha256, sizes, restricted=is_restricted(named))
    size = await _receive(request, context, upload)
    return json_answer({"sha256": sha256, "size": size, "fresh": True}, status=201)


def find_named(context: Context, sha256: str) -> list[FileNamed]:
    """What events say of a file. Raises Problem no-such-file, behind."""
    with context.reading(context.newest_position()) as reading:
        named = read_named(reading, sha256)
    if not named:
        raise Problem("no-such-file", "/path/sha256", sha256)
    return named


def _place(context: Context, named: list[FileNamed], sha256: str) -> tuple[Documents, Held | None]:
    """The ledger's documents, and the bytes if they are here already. Raises Problem private-key-file."""
    if any(holds_private_key(one.name, one.media_type) for one in named):
        raise Problem("private-key-file", "/path/sha256", named[-1].name)
    documents = documents_of(context.ledger.directory)
    return documents, find_kept(documents, sha256, restricted=is_restricted(named))


async def _receive(request: Request, context: Context, upload: Upload) -> int:
    """Stream the body to its place, the disk's work on a thread."""
    slots = context.uploads
    if slots.locked():
        raise busy()
    begun = time.monotonic()
    with uploading(request.scope):
        async with slots:
            with upload:
                try:
                    await _copy(request, upload, context.settings)
                except TimeoutError:
                    raise too_slow(time.monotonic() - begun) from None
                await run_in_threadpool(upload.keep)
    return upload.size


async def _copy(request: Request, upload: Upload, settings: Settings) -> None:
    """Raises TimeoutError also where so little comes that others would wait for its place."""
    now = asyncio.get_running_loop().time
    waiting, came = bytearray(), 0
    last = now() + settings.upload_seconds
    allowed = now() + settings.upload_grace_seconds
    async with asyncio.timeout_at(min(allowed, last)) as limit:
        async for chunk in request.stream():
            waiting += chunk
            came += len(chunk)
            if len(waiting) >= CHUNK_BYTES:
                limit.reschedule(last)
                before = now()
                await run_in_threadpool(upload.write, bytes(waiting))
                allowed += now() - before  # the disk's time is not the client's
                waiting.clear()
            limit.reschedule(min(allowed + came / LEAST_RATE, last))
        limit.reschedule(last)
        if waiting:
            await run_in_threadpool(upload.write, bytes(waiting))


@router.get(
    "/v1/files/{sha256}",
    summary="The bytes of a file",
    description="As a download, never shown by the browser. Restricted files are a hash only.",
    response_class=Response,
    responses={
        200: {
            "description": "The bytes.",
            "content": {MEDIA_TYPE: _BINARY | {"example": "%PDF-1.7"}},
        },
        **problems(
            "bad-parameter", "unknown-parameter", "no-such-file", "file-not-uploaded", "file-restricted",
            "behind",
        ),
    },
)  # fmt: skip
def get_file(request: Request, sha256: FileHash) -> Response:
    context = context_of(request)
    named = find_named(context, sha256)
    if is_restricted(named):
        raise _restricted(named, sha256)
    documents = documents_of(context.ledger.directory)
    found = find_kept(documents, sha256, restricted=False)
    if found is None:
        raise Problem("file-not-uploaded", "/path/sha256", sha256)
    etag = f'"{sha256}"'
    if is_unchanged(request, etag):
        return Response(None, 304, {"ETag": etag})
    return _download(documents, found, named[-1].name, etag)


def _restricted(named: list[FileNamed], sha256: str) -> Problem:
    """Kept, hash only; of a container of a signature it says what to verify it with."""
    notes = [note for one in named if (note := note_on(one.name, one.media_type)) is not None]
    details: dict[str, Any] = {"note": notes[0]} if notes else {}
    return Problem("file-restricted", "/path/sha256", sha256, **details)


def _download(documents: Documents, found: Held, name: str, etag: str) -> StreamingResponse:
    """In one piece whatever Range asks for, as a server may answer (RFC 9110 §14.2); read as it is sent."""
    headers = {
        "ETag": etag,
        "Content-Length": str(found.size),
        "Content-Disposition": _disposition(name),
        "Content-Security-Policy": _SANDBOX,
        "Cache-Control": "no-cache",
        "Accept-Ranges": "none",
    }
    return StreamingResponse(documents.pieces(found), 200, headers, MEDIA_TYPE)


def _disposition(name: str) -> str:
    """Source: RFC 6266, RFC 8187."""
    escaped = quote(name, safe="")
    return f'attachment; filename="{name}"' if escaped == name else f"attachment; filename*=utf-8''{escaped}"
