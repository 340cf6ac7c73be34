"""Sending an export: worked on a step at a time, so many at once, and never ended as if it were whole.

Between two steps nothing is held but the rows in hand: no thread, no slot, no reading of the tables. So
whoever reads slowly keeps nobody else from it.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from typing import IO, Final

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.exports.export import TYPES, Export
from api.exports.lines import PIECE_BYTES
from api.problems import Problem

Steps = Iterator[bytes]
_END: Final = object()


async def send(
    request: Request, slots: asyncio.Semaphore, export: Export, headers: dict[str, str]
) -> Response:
    """The answer. What fails before the first byte is a problem; later the connection breaks off.

    Raises Problem busy while as many as may be are worked on.
    """
    if slots.locked():
        raise Problem("busy", headers={"Retry-After": "5"})
    packed = _takes_gzip(request) and export.form != "parquet"
    headers = headers | {"Content-Disposition": f'attachment; filename="{export.name}"'}
    if export.form != "parquet":
        headers |= {"Vary": "Accept-Encoding"} | ({"Content-Encoding": "gzip"} if packed else {})
    media_type = TYPES[export.form]
    # Without chunks (HTTP/1.0, as some proxies speak) the end of the connection is that of the answer: only
    # a length that was said before can show that something is missing.
    if export.form == "parquet" or request.scope["http_version"] == "1.0":
        file, size = await _written(request, slots, export, packed=packed)
        return StreamingResponse(_read(file), 200, headers | {"Content-Length": str(size)}, media_type)
    steps = export.pieces(packed=packed)
    first = await _first(request, slots, steps)
    return StreamingResponse(_following(slots, first, steps), 200, headers, media_type)


async def _step(slots: asyncio.Semaphore, steps: Steps) -> bytes | None:
    """One step on a thread; None at the end."""
    async with slots:
        found = await run_in_threadpool(next, steps, _END)
    return found if isinstance(found, bytes) else None


async def _first(request: Request, slots: asyncio.Semaphore, steps: Steps) -> bytes:
    """The first piece that has any bytes. Raises ClientDisconnect if nobody waits for it any more."""
    while (piece := await _step(slots, steps)) is not None:
        if piece:
            return piece
        await _check_waiting(request)
    return b""


async def _following(slots: asyncio.Semaphore, first: bytes, steps: Steps) -> AsyncIterator[bytes]:
    yield first
    while (piece := await _step(slots, steps)) is not None:
        if piece:
            yield piece


async def _written(
    request: Request, slots: asyncio.Semaphore, export: Export, *, packed: bool
) -> tuple[IO[bytes], int]:
    """The whole of it, in a file without a name that goes when it is closed; and its size."""
    file = tempfile.TemporaryFile(prefix="pledger-export-")  # noqa: SIM115 -- closed once it is sent
    try:
        steps = export.write(file, packed=packed)
        while await _step(slots, steps) is not None:
            await _check_waiting(request)
        size = file.tell()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file, size


async def _check_waiting(request: Request) -> None:
    if await request.is_disconnected():
        raise ClientDisconnect


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _takes_gzip(request: Request) -> bool:
    """Does Accept-Encoding name gzip, and not as refused? RFC 9110 §12.5.3."""
    for item in request.headers.get("accept-encoding", "").split(","):
        name, _, weight = item.strip().partition(";")
        if name.strip().lower() == "gzip":
            return weight.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
