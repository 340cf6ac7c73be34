"""GET /static/…: our own stylesheet and scripts, nothing from elsewhere."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import Request, Response

from api.problems import Problem
from api.responses import is_unchanged
from api.routes.router import new_router

router = new_router("pages")
FOLDER: Final = Path(__file__).parent / "static"
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@cache
def _read(name: str) -> tuple[bytes, bytes, str]:
    """Plain, compressed, and the validator."""
    body = (FOLDER / name).read_bytes()
    return body, gzip.compress(body, 9, mtime=0), f'"{hashlib.sha256(body).hexdigest()[:32]}"'


@cache
def _names() -> frozenset[str]:
    return frozenset(path.name for path in FOLDER.iterdir() if path.suffix in TYPES)


@router.get("/static/{name}", include_in_schema=False)
async def show_static(request: Request, name: str) -> Response:
    if name not in _names():
        raise Problem("not-found", "", request.url.path)
    body, packed, tag = _read(name)
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if is_unchanged(request, tag):
        return Response(None, 304, headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers = packed, {**headers, "Content-Encoding": "gzip"}
    return Response(body, 200, headers, TYPES[Path(name).suffix])
