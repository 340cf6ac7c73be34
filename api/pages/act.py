"""GET /acts/{id}: an act, when it counts, and everything that was recorded by it."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request, Response

from api.pages.page import Page
from api.pages.registry_parts import open_teller, registry_page, stateline
from api.pages.routing import page_router

router = page_router()
SHOWN: Final = 50


@router.get("/acts/{act}")
async def show_act(
    request: Request, act: str, known: str | None = None, before: str | None = None
) -> Response:
    page = registry_page(request)
    found = await page.ask(f"/v1/acts/{act}", known=known)
    position, item = found["known"]["position"], found["item"]
    history = await page.ask("/v1/history", act=act, known=position, before=before, limit=SHOWN)
    items = history["items"]
    return page.render(
        "act.html",
        nav="acts",
        stateline=stateline(page, found["known"]),
        act=item,
        teller=await open_teller(
            page, position, [entry["stream"] for entry in items], [entry["sentence"] for entry in items]
        ),
        entries=items,
        programmes=await _programmes(page, items, position),
        crumbs=[(page.words("acts"), page.href("/acts"))],
        known=known,
        next=page.here(known=position, before=_below(history["next"])) if history["next"] else None,
        first=page.here(before=None) if before else None,
        twin=page.twin(page.words("act-twin"), f"/v1/acts/{act}", known=known),
        entries_twin=page.twin(
            page.words("act-entries-twin"), "/v1/history", act=act, known=known, before=before, limit=SHOWN
        ),
    )


def _below(url: str) -> str:
    """The cursor of the next page."""
    return next(part.removeprefix("before=") for part in url.split("?")[1].split("&") if "before=" in part)


async def _programmes(page: Page, entries: list[dict[str, Any]], known: int) -> list[tuple[str, str]]:
    """(id, title) of the programmes that the entries shown are about."""
    streams = dict.fromkeys(entry["stream"] for entry in entries)
    ids = [one.partition(":")[2] for one in streams if one.startswith("programme:")]
    if not ids:
        return []
    found = await page.ask("/v1/programmes", known=known, limit=500)
    titles = {one["id"]: one["title"] for one in found["items"]}
    return [(one, titles.get(one) or one) for one in ids]
