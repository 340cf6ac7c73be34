"""GET /search: one box for numbers, hashes, keys, codes and words."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from api.pages.page import Page
from api.pages.registry_parts import open_teller, stateline
from api.pages.routing import page_router

router = page_router()
SHOWN: Final = 50
_TO: Final = {"act": "/acts", "office": "/offices", "person": "/persons", "key": "/keys"}


@router.get("/search")
async def show_search(
    request: Request,
    q: str | None = None,
    as_of: str | None = None,
    known: str | None = None,
    after: str | None = None,
) -> Response:
    """A question that names one thing leads to it."""
    page = Page(request, "search")
    if q is None or not q.strip():
        return page.render("search.html", q="", found=None)
    asked = {"q": q, "as_of": as_of, "known": known, "after": after}
    found = await page.ask("/v1/search", limit=SHOWN, **asked)
    items = found["items"]
    if found["total"] == 1 and items and items[0]["exact"]:
        return RedirectResponse(address(page, items[0]), 303)
    position = found["known"]["position"]
    streams = [f"programme:{one['programme']}" for one in items if one["programme"]]
    teller = await open_teller(page, position, streams, [one["snippet"] for one in items])
    skipped = int(after or 0)
    point = {"as_of": found["as_of"], "known": position}
    return page.render(
        "search.html",
        q=q,
        found=found,
        stateline=stateline(page, found["known"], found["as_of"]),
        things=[(item, address(page, item)) for item in items if item["what"] != "entry"],
        entries=[(item, address(page, item)) for item in items if item["what"] == "entry"],
        teller=teller,
        first_shown=skipped + 1,
        last_shown=skipped + len(items),
        next=page.here(**point, after=skipped + SHOWN) if found["next"] else None,
        twin=page.twin(page.words("twin"), "/v1/search", **asked, limit=SHOWN),
    )


def address(page: Page, item: dict[str, Any]) -> str:
    """The page of what was found; of a file that of the entry it belongs to."""
    what, name, base = item["what"], item["id"], f"/programmes/{item['programme']}"
    if what in _TO:
        return page.href(f"{_TO[what]}/{name}")
    known: dict[str, tuple[str, dict[str, str]]] = {
        "programme": (base, {}),
        "measure": (f"{base}/figure", {"path": f"/tree/{name}/title"}),
        "indicator": (f"{base}/indicators/{name}", {}),
        "body": ("/offices", {"body": name}),
        "kind": ("/history", {"kind": name}),
    }
    path, query = known.get(what, (f"/events/{item['event']}", {}))
    return page.href(path, **query)
