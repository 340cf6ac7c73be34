"""GET /programmes/{p}/compare: two states side by side, what moved between them, and why."""

from __future__ import annotations

import re
from typing import Any, Final

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from api.pages.asking import Refused
from api.pages.compare_rows import Namer, grouped, why_of
from api.pages.frame import Frame, Point, open_frame
from api.pages.page import Page
from api.pages.routing import page_router
from api.pages.sessions import sessions_of
from api.pages.telling import open_teller
from api.pages.wording import local_day, short_day

router = page_router()
CHANGES: Final = 200  # of one page
FIELDS: Final = ("from_as_of", "from_known", "to_as_of", "to_known")
_WRONG: Final = frozenset(("bad-parameter", "missing-parameter", "position-ahead", "no-ledger-yet"))
_NUMBERED = re.compile(r"№\s*([1-9][0-9]*)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@router.get("/programmes/{programme}/compare")
async def show_compare(
    request: Request,
    programme: str,
    from_as_of: str | None = None,
    from_known: str | None = None,
    to_as_of: str | None = None,
    to_known: str | None = None,
    as_of: str | None = None,
    known: str | None = None,
    after: str | None = None,
) -> Response:
    page = Page(request, "compare")
    to_as_of, to_known = to_as_of or as_of, to_known or known
    points = {
        "from_as_of": from_as_of,
        "from_known": _position(from_known),
        "to_as_of": to_as_of,
        "to_known": _position(to_known),
    }
    if as_of or known:  # the tabs bring the state that was shown
        return RedirectResponse(page.href(f"/programmes/{programme}/compare", **points), 303)
    if not from_as_of and not from_known:
        return await _unasked(page, programme, points)
    try:
        found = await page.ask(f"/v1/programmes/{programme}/diff", **points, after=after, limit=CHANGES)
    except Refused as refused:
        if refused.code not in _WRONG:
            raise
        return await _wrong(page, programme, points, refused)
    return await _shown(page, programme, points, found, after)


def _position(known: str | None) -> str | None:
    """`№ 35` as people write it, too."""
    numbered = _NUMBERED.fullmatch(known.strip()) if known else None
    return numbered[1] if numbered else known


async def _unasked(page: Page, programme: str, points: dict[str, str | None]) -> Response:
    """The form alone, with the pairs of states that people ask for."""
    frame = await open_frame(page, programme, points["to_as_of"], points["to_known"])
    return page.render("compare_form.html", **await _form(frame, {**points, "to_as_of": frame.point.as_of}))


async def _wrong(page: Page, programme: str, points: dict[str, str | None], refused: Refused) -> Response:
    """The form again, with what is wrong beside its field."""
    frame = await open_frame(page, programme)
    pointers = [error["pointer"].rpartition("/")[2] for error in refused.document["errors"]]
    message = refused.document["message"][page.language]
    errors = [(name if name in FIELDS else FIELDS[0], message) for name in pointers or FIELDS[:1]]
    given = await _form(frame, points, errors)
    return page.render("compare_form.html", status=refused.status, **given)


async def _form(
    frame: Frame, points: dict[str, str | None], errors: list[tuple[str, str]] | None = None
) -> dict[str, Any]:
    return frame.given(
        "compare",
        title=frame.page.words("title"),
        fields=_fields(points),
        errors=errors or [],
        quick=await _quick(frame),
    )


def _fields(points: dict[str, str | None]) -> dict[str, str]:
    """As people write them: days with dots; what is no day as it is."""
    return {
        name: short_day(value) if value and _DAY.fullmatch(value) else value or ""
        for name, value in points.items()
    }


async def _quick(frame: Frame) -> list[tuple[str, str]]:
    """Pairs of states that people ask for: (words, address)."""
    words, day = frame.page.words, frame.point.as_of
    year = int(day[:4])
    found: list[tuple[str, str]] = [(words("since-session"), frame.href("/since-session"))]
    sessions = await sessions_of(frame)
    found += [
        (words("since-day", day=short_day(one)), _pair(frame, from_as_of=one, to_as_of=day))
        for one in sessions[:2]
    ]
    for ended in (year - 1, year):
        if ended >= 1970:
            pair = _pair(frame, from_as_of=f"{ended - 1}-12-31", to_as_of=min(f"{ended}-12-31", day))
            found.append((words("in-year", year=ended), pair))
    if day < frame.page.context.today() and await _began(frame) <= day:
        found.append((words("new-data"), _pair(frame, from_as_of=day, from_known=day, to_as_of=day)))
    found.append((words("choose"), frame.href("/history")))
    return found


async def _began(frame: Frame) -> str:
    """The day of the ledger's first entry: before it nothing was known of anything."""
    first = (await frame.page.ask("/v1/events", limit=1))["items"][0]
    return local_day(first["recorded_at"], frame.page.context.identity.zone)


def _pair(frame: Frame, **points: str) -> str:
    return frame.page.href(f"/programmes/{frame.id}/compare", **points)


async def _shown(
    page: Page, programme: str, points: dict[str, str | None], found: dict[str, Any], after: str | None
) -> Response:
    start, end = Point.of(found["from"]), Point.of(found["to"])
    pinned = _pinned(start, end)
    moves = await page.ask(f"/v1/programmes/{programme}/moves", **pinned)
    later = max(start, end, key=lambda point: point.known)
    frame = await open_frame(page, programme, end.as_of, str(later.known))
    tell = await open_teller(frame)
    given = await _form(frame, points)
    following = {**pinned, "after": found["changes"][-1]["path"]} if found["next"] else None
    return await page.drawn(
        "compare.html",
        **{**given, "stateline": stateline(page, start, end), "fields": _fields(points)},
        **compared(frame, found, moves),
        tell=tell,
        name=Namer(page.language, tell),
        why_of=why_of,
        start=start,
        end=end,
        twin_moves=page.twin(page.words("twin-moves"), f"/v1/programmes/{programme}/moves", **pinned),
        twin=page.twin(
            page.words("twin"), f"/v1/programmes/{programme}/diff", **pinned, after=after, limit=CHANGES
        ),
        frozen=page.href(f"/programmes/{programme}/compare", **pinned, after=after),
        print_query={
            "from_as_of": start.as_of,
            "from_known": start.known,
            "as_of": end.as_of,
            "known": end.known,
            "lang": page.language,
        },
        next=page.href(f"/programmes/{programme}/compare", **following) if following else None,
        first=page.href(f"/programmes/{programme}/compare", **pinned) if after else None,
    )


def _pinned(start: Point, end: Point) -> dict[str, Any]:
    return {
        "from_as_of": start.as_of,
        "from_known": start.known,
        "to_as_of": end.as_of,
        "to_known": end.known,
    }


def compared(frame: Frame, found: dict[str, Any], moves: dict[str, Any]) -> dict[str, Any]:
    """What a template says of a difference: all its figures are the door's."""
    (need,) = (row for row in moves["totals"] if row["of"] == "financing")
    return {
        "found": found,
        "groups": grouped(found["changes"]),
        "moves": moves,
        "need": need,
        "is_same": not found["totals"]["changes"],
        "net": _kind_of_net(need["net"]),
    }


def _kind_of_net(net: str) -> str:
    if not net.strip("-0."):
        return "same"
    return "less" if net.startswith("-") else "more"


def stateline(page: Page, start: Point, end: Point) -> Markup:
    """Both states, always in view."""
    strong = Markup("<strong>{}</strong>")
    return page.words(
        "both-states",
        from_day=strong.format(short_day(start.as_of)),
        from_known=start.known,
        to_day=strong.format(short_day(end.as_of)),
        to_known=end.known,
    )
