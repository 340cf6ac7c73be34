"""GET /programmes/{p}/calendar: which reports are due, from whom, by when, and what became of them."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

from fastapi import Request, Response

from api.pages.asking import twin_url
from api.pages.frame import Frame, open_frame
from api.pages.page import Page
from api.pages.routing import page_router
from api.pages.telling import open_teller
from api.print.wording import by_alphabet

router = page_router()
STATUSES: Final = ("due", "missing", "late", "returned", "on_time")
Row = dict[str, Any]


@router.get("/programmes/{programme}/calendar")
async def show_calendar(
    request: Request,
    programme: str,
    as_of: str | None = None,
    known: str | None = None,
    office: str | None = None,
    status: str | None = None,
    after: str | None = None,
) -> Response:
    page = Page(request, "calendar")
    frame = await open_frame(page, programme, as_of, known)
    wanted = {"office": office, "status": status}
    url, start = frame.url("/obligations"), int(after) if after and after.isdecimal() else 0
    found = await page.ask(url, **frame.at, **wanted, after=after)
    items, following = found["items"], start + len(found["items"])
    offices = await page.names("offices", frame.point.known)
    asked = {**frame.asked, **wanted}
    return await page.drawn(
        "calendar.html",
        **frame.given("duties"),
        found=found,
        months=[(month, list(rows)) for month, rows in groupby(items, lambda row: str(row["due"])[:7])],
        wanted=wanted,
        nearest=_nearest(items) if not (any(wanted.values()) or start) else None,
        statuses=STATUSES,
        offices=sorted(offices.items(), key=lambda one: by_alphabet(one[1])),
        owing=await _owing(frame, found["totals"]),
        titles=await _titles(frame) if items else {},
        tell=await open_teller(frame),
        next=frame.frozen("/calendar", **wanted, after=following) if found["next"] else None,
        first=frame.frozen("/calendar", **wanted) if start else None,
        ics=twin_url(url, {**asked, "format": "ics", "lang": page.language}),
        twin=page.twin(page.words("twin"), url, **asked, after=after),
    )


def _nearest(items: list[Row]) -> str | None:
    """The first due day that is still to come, of all that is asked for: the door sorts by day."""
    return next((str(row["due"]) for row in items if row["status"] == "due"), None)


async def _titles(frame: Frame) -> dict[str, str]:
    """Whole names of indicators and of rows of the tree, which the door's own titles cut short."""
    page, found = frame.page, dict[str, str]()
    for family, member in (("tree", "title"), ("indicators", "name")):
        answer = await page.ask(frame.url(), path=f"/{family}", **frame.at)
        said = answer["state"].get(family, {})
        found |= {f"{family}/{one}": cells[member] for one, cells in said.items() if cells.get(member)}
    return found


async def _owing(frame: Frame, totals: dict[str, int] | None) -> list[tuple[str | None, str, int | None]]:
    """Who has not reported: (office's id, its name, how many reports, as the door counts them).

    Reports for which no policy names an office stand last, uncounted: the door counts by office.
    """
    if not totals or not totals["missing"]:
        return []
    url, page = frame.url("/obligations"), frame.page
    answer = await page.ask(url, **frame.at, status="missing")
    names = {row["office"]: row["office_name"] or row["office"] for row in answer["items"]}
    found: list[tuple[str | None, str, int | None]] = []
    for office, name in names.items():
        if office is not None:
            told = await page.ask(url, **frame.at, office=office, status="missing", limit=1)
            found.append((office, name, told["total"]))
    found.sort(key=lambda one: by_alphabet(one[1]))
    return [*found, (None, "", None)] if None in names else found
