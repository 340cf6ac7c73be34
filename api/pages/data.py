"""GET /opendata: data sets to take, the tables of No. 835, what they lack, and the duty to publish."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request, Response

from api.opendata.official import DIALECTS, TITLES
from api.opendata.packages import LICENCES
from api.opendata.tables import ALL
from api.pages.page import Page
from api.pages.registry_parts import stateline
from api.pages.routing import page_router

router = page_router()
PROGRAMMES_MAX: Final = 100
LACKS_MAX: Final = 200


@router.get("/opendata")
async def show_data(request: Request, known: str | None = None, as_of: str | None = None) -> Response:
    """as_of, known: of the duty; the release is the newest one."""
    page = Page(request, "data")
    manifest = await page.ask("/opendata/releases/latest")
    lacking = await page.ask("/opendata/835/lacking.json")
    point = {"as_of": as_of, "known": known}
    duty = await page.ask("/v1/opendata/duty", limit=PROGRAMMES_MAX, **point)
    position = duty["known"]["position"]
    titles = await page.names("programmes", position)
    return page.render(
        "data.html",
        nav="opendata",
        stateline=stateline(page, manifest, manifest["as_of"]),
        manifest=manifest,
        licence=LICENCES[manifest["licence"]],
        tables=_tables(page, manifest),
        official=_official(page, manifest),
        dialects=DIALECTS,
        lacking=lacking["items"][:LACKS_MAX],
        lacking_total=len(lacking["items"]),
        duty=duty["items"],
        duty_more=duty["next"] is not None,
        titles=titles,
        programmes=[(one, titles.get(one, one)) for one in list(manifest["programmes"])[:PROGRAMMES_MAX]],
        twin=page.twin(page.words("duty"), "/v1/opendata/duty", **point),
    )


def _tables(page: Page, manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """A row for each file."""
    rows = []
    for name, parts in manifest["tables"].items():
        table = ALL[name]
        for number, part in enumerate(parts, start=1):
            place = f"-{number}" if len(parts) > 1 else ""
            title = table.uk if page.language == "uk" else table.en
            rows.append({"name": name + place, "title": title, **part})
    return rows


def _official(page: Page, manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "title": uk if page.language == "uk" else en,
            **manifest["official"][name]["official"],
        }
        for name, (uk, en) in TITLES.items()
    ]
