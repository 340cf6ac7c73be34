"""GET /openapi.json: what these routes are, for programs."""

from __future__ import annotations

import hashlib

import orjson
from fastapi import FastAPI, Request, Response

from api.responses import JSON_TYPE, is_unchanged
from api.routes.router import new_router

router = new_router("schemas")


@router.get("/openapi.json", include_in_schema=False)
def show_openapi(request: Request) -> Response:
    body, etag = described(request.app)
    headers = {"Cache-Control": "no-cache", "ETag": etag}
    if is_unchanged(request, etag):
        return Response(None, 304, headers)
    return Response(body, 200, headers, JSON_TYPE)


def described(app: FastAPI) -> tuple[bytes, str]:
    """The document's bytes and their strong validator: another version of Pledger is another document."""
    made: tuple[bytes, str] | None = getattr(app.state, "described", None)
    if made is None:
        body = orjson.dumps(app.openapi())
        made = app.state.described = body, f'"{hashlib.sha256(body).hexdigest()}"'
    return made
