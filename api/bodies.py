"""Reading what a client sends: the right type, within a size and a time, never more."""

from __future__ import annotations

import asyncio

from fastapi import Request

from api.problems import Problem


def check_media_type(request: Request, expected: str) -> None:
    """Refuse another type, a parameter other than charset=utf-8, and compressed bodies."""
    given = request.headers.get("content-type", "")
    name, _, parameters = given.partition(";")
    charset = parameters.strip().lower().replace('"', "")
    encoding = request.headers.get("content-encoding", "identity")
    if name.strip().lower() != expected or charset not in ("", "charset=utf-8") or encoding != "identity":
        shown = given if encoding == "identity" else f"{given} ({encoding})"
        raise Problem("wrong-media-type", "/headers/content-type", shown, expected=expected)


def check_length(request: Request, size_max: int) -> int | None:
    """The length that the client announces, if it does. Raises Problem body-too-large."""
    text = request.headers.get("content-length")
    if text is None:
        return None
    length = int(text) if text.isascii() and text.isdigit() else size_max + 1
    if length > size_max:
        raise too_large(size_max, length)
    return length


async def read_body(request: Request, *, size_max: int, seconds: float) -> bytes:
    """The whole body. What comes after size_max bytes is never kept."""
    check_length(request, size_max)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > size_max:
                    raise too_large(size_max, None)
                chunks.append(chunk)
    except TimeoutError:
        raise too_slow(seconds) from None
    return b"".join(chunks)


def too_large(size_max: int, got: int | None) -> Problem:
    return Problem("body-too-large", "", got, headers={"Connection": "close"}, size_max=size_max)


def too_slow(seconds: float) -> Problem:
    return Problem("body-too-slow", headers={"Connection": "close"}, seconds=round(seconds))
