"""GET /keys: every key that was accepted, and what became of it. /keys/{id}: one key."""

from __future__ import annotations

from typing import Final

from fastapi import Request, Response

from api.pages.registry_parts import all_names, registry_page, stateline, whole
from api.pages.routing import page_router
from api.print.wording import by_alphabet

router = page_router()
SHOWN: Final = 100


@router.get("/keys")
async def show_keys(
    request: Request, body: str | None = None, known: str | None = None, after: str | None = None
) -> Response:
    page = registry_page(request)
    asked = {"body": body, "known": known, "after": after}
    found = await page.ask("/v1/keys", limit=SHOWN, **asked)
    at, items = found["known"]["position"], found["items"]
    bodies = await page.names("bodies", at)
    return page.render(
        "keys.html",
        nav="offices",
        stateline=stateline(page, found["known"]),
        keys=items,
        names=await all_names(page, at),
        choices=sorted(bodies.items(), key=lambda one: by_alphabet(one[1])),
        asked={"body": body or "", "known": known},
        crumbs=[(page.words("offices"), page.href("/offices"))],
        next=page.here(known=at, after=items[-1]["id"]) if found["next"] else None,
        first=page.here(after=None) if after else None,
        twin=page.twin(page.words("keys-twin"), "/v1/keys", **asked, limit=SHOWN),
    )


@router.get("/keys/{key}")
async def show_key(request: Request, key: str, known: str | None = None) -> Response:
    page = registry_page(request)
    found = await page.ask(f"/v1/keys/{key}", known=known)
    at, item = found["known"]["position"], found["item"]
    mandates, _ = await whole(page, "/v1/mandates", person=item["person"], body=item.get("body"), known=at)
    official = item.get("office") is None
    return page.render(
        "key.html",
        nav="offices",
        stateline=stateline(page, found["known"]),
        key=item,
        life=found["life"],
        offices=list(dict.fromkeys(one["office"] for one in mandates if one.get("office")))
        if official
        else [],
        names=await all_names(page, at),
        crumbs=[
            (page.words("offices"), page.href("/offices")),
            (page.words("keys"), page.href("/keys")),
        ],
        known=known,
        twin=page.twin(page.words("key-twin"), f"/v1/keys/{key}", known=known),
    )
