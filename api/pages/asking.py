"""Asking the JSON door in process: what a page shows is what its twin answers, by construction."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote, urlencode

import orjson
from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.types import Message

from api.texts.language import Language

_PIECE: Final = 1024 * 1024  # bytes


class Refused(Exception):
    """A problem document that the JSON door answered. document: as contract.md's PROBLEM."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        super().__init__(document.get("type", ""))
        self.status, self.document = status, document

    @property
    def code(self) -> str:
        return str(self.document.get("type", "")).rpartition(":")[2]


def twin_url(path: str, params: Mapping[str, object]) -> str:
    """An address of the JSON door. params: those that are None or "" are left out."""
    kept = {name: str(value) for name, value in params.items() if value not in (None, "")}
    return _quoted(path) + (f"?{urlencode(kept)}" if kept else "")


@lru_cache(4096)
def _quoted(path: str) -> str:
    """A page names the same few addresses many times."""
    return quote(path)


async def ask(
    request: Request,
    language: Language,
    path: str,
    params: Mapping[str, object],
    *,
    method: str = "GET",
    body: bytes = b"",
    media_type: str = "",
    upload: UploadFile | None = None,
) -> Any:
    """The answer's JSON. path: not yet percent-encoded. Raises Refused for a problem document."""
    status, raw = await fetch(
        request, language, path, params, method=method, body=body, media_type=media_type, upload=upload
    )
    content = orjson.loads(raw)
    if status >= 400:
        raise Refused(status, content)
    return content


async def fetch(
    request: Request,
    language: Language,
    path: str,
    params: Mapping[str, object],
    *,
    method: str = "GET",
    body: bytes = b"",
    media_type: str = "",
    upload: UploadFile | None = None,
) -> tuple[int, bytes]:
    """Status and body, through the same routes, checks and words as for anyone from outside.

    upload: sent piece by piece in place of body, so that a large file is never whole in memory.
    """
    headers = [(b"accept-language", language.encode())]
    size = len(body) if upload is None else upload.size or 0
    if media_type:
        headers += [(b"content-type", media_type.encode()), (b"content-length", str(size).encode())]
    query = twin_url("", params).removeprefix("?").encode()
    scope = {
        **request.scope,
        "method": method,
        "path": path,
        "raw_path": quote(path).encode(),
        "query_string": query,
        "headers": headers,
    }
    for name in ("route", "endpoint", "path_params", "router"):
        scope.pop(name, None)
    status, parts = 500, list[bytes]()

    async def receive() -> Message:
        piece = body if upload is None else await upload.read(_PIECE)
        return {"type": "http.request", "body": piece, "more_body": upload is not None and bool(piece)}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await request.app.router(scope, receive, send)
    return status, b"".join(parts)
