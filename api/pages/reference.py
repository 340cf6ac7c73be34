"""GET /api: the list of routes, out of the OpenAPI document; no viewer from elsewhere is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from api.pages.page import Page
from api.pages.routing import page_router

router = page_router()


@router.get("/api")
async def show_reference(request: Request) -> Response:
    document = await run_in_threadpool(request.app.openapi)
    return Page(request, "reference").render("reference.html", tags=list(_tags(document)))


def _tags(document: Mapping[str, Any]) -> Iterator[tuple[str, str, list[tuple[str, str, str]]]]:
    by_tag: dict[str, list[tuple[str, str, str]]] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            by_tag.setdefault(operation["tags"][0], []).append((path, method.upper(), operation["summary"]))
    for one in document["tags"]:
        if one["name"] in by_tag:
            yield one["name"], one["description"], by_tag[one["name"]]
