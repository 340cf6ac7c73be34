"""GET /: the programmes, where each reader starts, and what to compare with what is published elsewhere."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from api.pages.asking import Refused
from api.pages.page import Page
from api.pages.routing import page_router

router = page_router()
_NONE_YET: dict[str, Any] = {"items": [], "next": None, "as_of": "", "known": {"position": 0}}


@router.get("/")
async def show_start(
    request: Request, as_of: str | None = None, known: str | None = None, after: str | None = None
) -> Response:
    page = Page(request, "start")
    service = await page.ask("/v1")
    found = await _programmes(page, {"as_of": as_of, "known": known, "after": after})
    position = found["known"]["position"]
    bodies = await page.names("bodies", position) if found["items"] else {}
    asked = {"as_of": as_of, "known": known, "after": after}
    items = found["items"]
    point = {"as_of": found["as_of"], "known": position}
    return page.render(
        "start.html",
        nav="programmes",
        service=service,
        programmes=items,
        as_of=found["as_of"],
        known=found["known"],
        bodies=bodies,
        first=f"/programmes/{items[0]['id']}" if items else "",
        next=page.here(**point, after=items[-1]["id"]) if found["next"] else None,
        twin=page.twin(page.words("twin"), "/v1/programmes", **asked) if items else None,
    )


async def _programmes(page: Page, asked: dict[str, str | None]) -> dict[str, Any]:
    try:
        found: dict[str, Any] = await page.ask("/v1/programmes", **asked)
    except Refused as refused:
        if refused.code == "no-ledger-yet" and not any(asked.values()):
            return _NONE_YET
        raise
    return found
