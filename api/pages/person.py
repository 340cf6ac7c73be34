"""GET /persons/{id}: which offices a person held, and with which keys."""

from __future__ import annotations

from fastapi import Request, Response

from api.pages.registry_parts import all_names, registry_page, stateline, whole
from api.pages.routing import page_router

router = page_router()


@router.get("/persons/{person}")
async def show_person(request: Request, person: str, known: str | None = None) -> Response:
    page = registry_page(request)
    found = await page.ask(f"/v1/persons/{person}", known=known)
    at = found["known"]["position"]
    mandates, cut = await whole(page, "/v1/mandates", person=person, known=at)
    keys, cut_keys = await whole(page, "/v1/keys", person=person, known=at)
    return page.render(
        "person.html",
        nav="offices",
        stateline=stateline(page, found["known"]),
        person=found["item"],
        mandates=sorted(mandates, key=lambda one: (one.get("start") or "", one["index"])),
        keys=keys,
        cut=cut or cut_keys,
        names=await all_names(page, at),
        crumbs=[(page.words("offices"), page.href("/offices"))],
        known=known,
        twin=page.twin(page.words("person-twin"), f"/v1/persons/{person}", known=known),
        mandates_twin=page.twin(
            page.words("mandates-twin"), "/v1/mandates", person=person, known=known, limit=500
        ),
        keys_twin=page.twin(page.words("keys-twin"), "/v1/keys", person=person, known=known, limit=500),
    )
