"""GET /programmes/{p}/since-session: what changed since a council last met, on one page for a deputy."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from api.pages.asking import Refused
from api.pages.compare import compared, stateline
from api.pages.compare_rows import Namer, why_of
from api.pages.frame import Frame, Point, open_frame
from api.pages.page import Page
from api.pages.routing import page_router
from api.pages.sessions import sessions_of
from api.pages.telling import open_teller

router = page_router()
_CHANGES = 500
_NOT_KNOWN_THEN = frozenset(("no-ledger-yet", "no-such-programme"))


@router.get("/programmes/{programme}/since-session")
async def show_since_session(
    request: Request,
    programme: str,
    as_of: str | None = None,
    known: str | None = None,
    session: str | None = None,
) -> Response:
    page = Page(request, "compare")
    frame = await open_frame(page, programme, as_of, known)
    sessions = await sessions_of(frame)
    day = session or (sessions[0] if sessions else None)
    given = frame.given("compare", title=page.words("since-title"), sessions=sessions[:8], day=day)
    if day is None:
        return page.render("since_session.html", **given, found=None)
    found = await _ask(frame, day)
    start, end = Point.of(found["from"]), Point.of(found["to"])
    pinned = {
        "from_as_of": start.as_of,
        "from_known": start.known,
        "to_as_of": end.as_of,
        "to_known": end.known,
    }
    moves = await page.ask(frame.url("/moves"), **pinned)
    tell = await open_teller(frame)
    return await page.drawn(
        "since_session.html",
        **{**given, "stateline": stateline(page, start, end)},
        **compared(frame, found, moves),
        causes=_causes(found["changes"]),
        all_known=start.known == end.known,
        tell=tell,
        name=Namer(page.language, tell),
        why_of=why_of,
        start=start,
        end=end,
        whole=page.href(f"/programmes/{programme}/compare", **pinned),
        twin_moves=page.twin(page.words("twin-moves"), frame.url("/moves"), **pinned),
        twin=page.twin(page.words("twin"), frame.url("/diff"), **pinned, limit=_CHANGES),
        frozen=frame.frozen("/since-session", session=day),
    )


async def _ask(frame: Frame, day: str) -> dict[str, Any]:
    """By what was known on the session's day; if nothing was recorded then yet, by all that is known."""
    to = {"to_as_of": frame.point.as_of, "to_known": frame.point.known, "limit": _CHANGES}
    try:
        found: dict[str, Any] = await frame.page.ask(frame.url("/diff"), from_as_of=day, from_known=day, **to)
    except Refused as refused:
        if refused.code not in _NOT_KNOWN_THEN:
            raise
        found = await frame.page.ask(frame.url("/diff"), from_as_of=day, **to)
    return found


def _causes(changes: list[dict[str, Any]]) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each entry behind the changes, newest first, with the changes that it made."""
    found: dict[int, tuple[dict[str, Any], list[dict[str, Any]]]] = {}
    for change in changes:
        for cause in change["causes"]:
            found.setdefault(cause["index"], (cause, []))[1].append(change)
    return [found[index] for index in sorted(found, reverse=True)]
