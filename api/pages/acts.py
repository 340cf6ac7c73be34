"""GET /acts: every act on the record, newest first."""

from __future__ import annotations

from typing import Final

from fastapi import Request, Response

from api.pages.registry_parts import registry_page, stateline
from api.pages.routing import page_router
from api.print.wording import by_alphabet

router = page_router()
SHOWN: Final = 50


@router.get("/acts")
async def show_acts(
    request: Request,
    body: str | None = None,
    year: str | None = None,
    q: str | None = None,
    known: str | None = None,
    after: str | None = None,
) -> Response:
    page = registry_page(request)
    asked = {"body": body, "year": year, "q": q, "known": known, "order": "newest", "after": after}
    found = await page.ask("/v1/acts", limit=SHOWN, **asked)
    position = found["known"]["position"]
    bodies = await page.names("bodies", position)
    items = found["items"]
    return page.render(
        "acts.html",
        nav="acts",
        stateline=stateline(page, found["known"]),
        acts=items,
        total=found["total"],
        bodies=bodies,
        choices=sorted(bodies.items(), key=lambda one: by_alphabet(one[1])),
        asked={"body": body or "", "year": year or "", "q": q or "", "known": known},
        next=page.here(known=position, after=items[-1]["id"]) if found["next"] else None,
        first=page.here(after=None) if after else None,
        twin=page.twin(page.words("acts-twin"), "/v1/acts", **asked, limit=SHOWN),
    )
