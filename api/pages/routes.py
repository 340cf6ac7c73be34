"""GET / and /api: the pages, and their stylesheet."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any

from fastapi import Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.context import Context, context_of
from api.pages.reference import reference_page
from api.pages.start import start_page
from api.responses import is_unchanged
from api.routes.router import new_router
from api.routes.service import service
from api.texts.language import Language
from projections.positions import at_position
from projections.programmes import read_programmes
from projections.records import read_record

PROGRAMMES_MAX = 200

router = new_router("pages")
Lang = Annotated[Language, Query(description="uk or en.")]
STYLE = (Path(__file__).parent / "static" / "pledger.css").read_bytes()
_STYLE_TAG = f'"{hashlib.sha256(STYLE).hexdigest()[:32]}"'


@router.get("/", include_in_schema=False)
def show_start(request: Request, lang: Lang = "uk") -> Response:
    context = context_of(request)
    found = _found(context)
    return _page(start_page(language=lang, service=service(context), **found), lang)


def _found(context: Context) -> dict[str, Any]:
    """The programmes as of today, by what the projections hold."""
    as_of = context.today()
    known = at_position(context.ledger.reader, context.follower.position)
    with context.follower.reading(known.position) as reading:
        rows = read_programmes(reading, as_of, after="", limit=PROGRAMMES_MAX + 1)
        records = {row["body"]: read_record(reading, "body", row["body"]) for row in rows}
    bodies = {body: record["name"] for body, record in records.items() if record is not None}
    more = len(rows) > PROGRAMMES_MAX
    return {"as_of": as_of, "programmes": rows[:PROGRAMMES_MAX], "bodies": bodies, "more": more}


@router.get("/api", include_in_schema=False)
async def show_reference(request: Request, lang: Lang = "uk") -> Response:
    document = await run_in_threadpool(request.app.openapi)
    demo = context_of(request).settings.demo
    return _page(reference_page(language=lang, document=document, demo=demo), lang)


def _page(html: str, language: Language) -> Response:
    headers = {"Cache-Control": "no-cache", "Content-Language": language}
    return Response(html, 200, headers, "text/html; charset=utf-8")


@router.get("/static/pledger.css", include_in_schema=False)
async def show_style(request: Request) -> Response:
    headers = {"ETag": _STYLE_TAG, "Cache-Control": "no-cache"}
    if is_unchanged(request, _STYLE_TAG):
        return Response(None, 304, headers)
    return Response(STYLE, 200, headers, "text/css; charset=utf-8")
