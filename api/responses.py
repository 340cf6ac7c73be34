"""Answers: JSON by orjson, problems, CSV, validators (ETag) and links to the next page."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from fastapi import Request, Response

from api import csv_table
from api.problems import MEDIA_TYPE as PROBLEM_TYPE
from api.problems import Problem
from api.texts.language import preferred
from projections.generation import RULES_VERSION

JSON_TYPE = "application/json"
PATCH_TYPE = "application/json-patch+json"
# Raised whenever an answer's shape or words change, so that a kept copy is not taken for it.
SHAPE_VERSION = 7


def encode(content: Any) -> bytes:
    return orjson.dumps(content)


def json_answer(
    content: Any,
    *,
    status: int = 200,
    position: int | None = None,
    etag: str | None = None,
    next_url: str | None = None,
    media_type: str = JSON_TYPE,
) -> Response:
    headers = answer_headers(position=position, etag=etag, next_url=next_url)
    return Response(encode(content), status, headers, media_type)


def csv_answer(
    body: bytes, *, name: str, position: int, etag: str | None = None, next_url: str | None = None
) -> Response:
    """A table to keep: name without its ending, ASCII."""
    headers = answer_headers(position=position, etag=etag, next_url=next_url)
    headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return Response(body, 200, headers, csv_table.MEDIA_TYPE)


def answer_headers(
    *, position: int | None = None, etag: str | None = None, next_url: str | None = None
) -> dict[str, str]:
    headers = {"Cache-Control": "no-cache"}
    if position is not None:
        headers["Pledger-Position"] = str(position)
    if etag is not None:
        headers["ETag"] = etag
    if next_url is not None:
        headers["Link"] = f'<{next_url}>; rel="next"'
    return headers


def problem_answer(request: Request, problem: Problem) -> Response:
    """The problem document, its title in the request's language."""
    language = preferred(request.headers.get("accept-language", ""))
    document = problem.document(language=language, request_id=request.scope.get("pledger.request", ""))
    request.scope["pledger.problem"] = problem.code
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Language", "Content-Language": language}
    body = orjson.dumps(document, default=str)
    return Response(body, problem.status, headers | problem.headers, PROBLEM_TYPE)


def weak_etag(request: Request, *parts: object) -> str:
    """Hash of what an answer depends on. The query names the representation too."""
    told = (RULES_VERSION, SHAPE_VERSION, request.url.path, request.url.query, *parts)
    digest = hashlib.sha256(repr(told).encode()).hexdigest()
    return f'W/"{digest[:32]}"'


def is_unchanged(request: Request, etag: str) -> bool:
    """Does If-None-Match name this validator? Weak comparison (RFC 9110 §13.1.2)."""
    asked = request.headers.get("if-none-match")
    return asked is not None and names_etag(asked, etag)


def names_etag(asked: str, etag: str) -> bool:
    """asked: the value of If-None-Match."""
    opaque = etag.removeprefix("W/")
    return any(item.strip().removeprefix("W/") in ("*", opaque) for item in asked.split(","))


def unchanged(etag: str, position: int) -> Response:
    return Response(None, 304, answer_headers(position=position, etag=etag))


def url_with(request: Request, **changes: object) -> str:
    """This address with other parameters; None takes one away."""
    query = dict(request.query_params) | changes
    kept = {name: str(value) for name, value in query.items() if value is not None}
    return quote(request.scope["path"]) + ("?" + urlencode(kept) if kept else "")
