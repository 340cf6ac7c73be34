"""GET /offices: who could sign what on a day. /offices/{id}: an office through time."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from api.pages.registry_parts import all_names, by_name, kinds, registry_page, stateline, whole
from api.pages.routing import page_router
from api.print.wording import by_alphabet

router = page_router()
Row = dict[str, Any]


@router.get("/offices")
async def show_offices(
    request: Request, body: str | None = None, as_of: str | None = None, known: str | None = None
) -> Response:
    """The day is resolved by the list of programmes' door: today where none is asked for."""
    page = registry_page(request)
    point = await page.ask("/v1/search", q="", as_of=as_of, known=known)
    at, day = point["known"]["position"], point["as_of"]
    offices, cut = await whole(page, "/v1/offices", body=body, known=at)
    mandates, cut_mandates = await whole(page, "/v1/mandates", body=body, as_of=day, known=at)
    keys, _ = await whole(page, "/v1/keys", body=body, known=at)
    names = await all_names(page, at)
    bodies = await page.names("bodies", at)
    return page.render(
        "offices.html",
        nav="offices",
        stateline=stateline(page, point["known"], day),
        groups=_groups(offices, mandates, keys, names),
        offices=len(offices),
        mandates=len(mandates),
        cut=cut or cut_mandates,
        names=names,
        kinds=await kinds(page),
        choices=sorted(bodies.items(), key=lambda one: by_alphabet(one[1])),
        asked={"body": body or "", "as_of": as_of, "known": known},
        as_of=day,
        twin=page.twin(page.words("offices-twin"), "/v1/offices", body=body, known=known, limit=500),
        mandates_twin=page.twin(
            page.words("mandates-twin"), "/v1/mandates", body=body, as_of=day, known=known, limit=500
        ),
    )


def _groups(
    offices: list[Row], mandates: list[Row], keys: list[Row], names: dict[str, str]
) -> list[tuple[str, list[Row]]]:
    """By body, by name; each office with who holds it on the day, and with their keys in that body."""
    held: dict[str, list[Row]] = {}
    for mandate in mandates:
        mine = [
            key
            for key in keys
            if (key["person"], key.get("body")) == (mandate["person"], mandate["body"])
            and key.get("office") is None
        ]
        held.setdefault(mandate["office"], []).append({**mandate, "keys": mine})
    groups: dict[str, list[Row]] = {}
    for office in by_name(offices):
        groups.setdefault(office["body"], []).append({**office, "holders": held.get(office["id"], [])})
    return sorted(groups.items(), key=lambda group: by_alphabet(names.get(group[0], group[0])))


@router.get("/offices/{office}")
async def show_office(request: Request, office: str, known: str | None = None) -> Response:
    page = registry_page(request)
    found = await page.ask(f"/v1/offices/{office}", known=known)
    at, item = found["known"]["position"], found["item"]
    mandates, cut = await whole(page, "/v1/mandates", office=office, known=at)
    keys, _ = await whole(page, "/v1/keys", body=item["body"], known=at)
    holders = {one.get("person") for one in mandates}
    return page.render(
        "office.html",
        nav="offices",
        stateline=stateline(page, found["known"]),
        office=item,
        mandates=_oldest_first(mandates),
        keys=[key for key in keys if key["person"] in holders and key.get("office") is None],
        cut=cut,
        names=await all_names(page, at),
        kinds=await kinds(page),
        crumbs=[(page.words("offices"), page.href("/offices"))],
        known=known,
        twin=page.twin(page.words("office-twin"), f"/v1/offices/{office}", known=known),
        mandates_twin=page.twin(
            page.words("mandates-twin"), "/v1/mandates", office=office, known=known, limit=500
        ),
        keys_twin=page.twin(page.words("keys-twin"), "/v1/keys", body=item["body"], known=known, limit=500),
    )


def _oldest_first(mandates: list[Row]) -> list[Row]:
    return sorted(mandates, key=lambda one: (one.get("start") or "", one["index"]))
