"""/events/{event}: one entry of the log – what it says, who signed it, and what every check of it found."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from api.pages.event_facts import read_facts, spelled
from api.pages.event_links import read_related
from api.pages.frame import LAST_DAY
from api.pages.page import Page
from api.pages.routing import page_router
from api.pages.telling import Teller
from api.pages.wording import Words, short_moment
from api.problems import Problem

router = page_router()
WRITES_SHOWN = 60


@router.get("/entries/{number}")
async def show_entry(request: Request, number: str) -> Response:
    """An entry by its number leads to its event. Raises Refused position-ahead for one that is not there."""
    if not number.isdecimal() or not 0 < int(number) < 1 << 53 or number != str(int(number)):
        raise Problem("not-found", "", request.url.path)
    page = Page(request, "event")
    index = int(number) - 1
    found = await page.ask("/v1/events", after=index, limit=1)
    if not found["items"]:
        raise Problem("not-found", "", request.url.path)
    return RedirectResponse(page.href(f"/events/{found['items'][0]['event']}"), 303)


@router.get("/events/{event}")
async def show_event(request: Request, event: str, after: str | None = None) -> Response:
    page = Page(request, "event")
    base = f"/v1/events/{event}"
    shown = await page.ask(base)
    checks = await page.ask(f"{base}/checks")
    writes = await page.ask(f"{base}/writes", after=after, limit=WRITES_SHOWN)
    facts = await read_facts(page, shown)
    titles = {facts["programme"]: facts["programme_title"]} if facts["programme"] else {}
    tell = await _teller(page, shown, facts["names"], titles)
    related = await read_related(page, shown, facts["payload"])
    programme = facts["programme"]
    position = page.context.position
    sentence = tell.sentence(shown["sentence"], [row for _, row in related if row], _figures(shown, facts))
    return await page.drawn(
        "event.html",
        nav="programmes",
        title=page.words("title", number=shown["index"] + 1, kind=shown["title"][page.language]),
        crumbs=_crumbs(page, programme, facts),
        stateline=_stateline(page, shown, checks),
        scripts=("check.js",),
        e=shown,
        base=base,
        checks=checks,
        writes=writes,
        sentence=sentence,
        tell=tell,
        spelled=spelled,
        related=related,
        position=position,
        shown_to=int(after or 0) + len(writes["items"]),
        shown_from=int(after or 0) + 1,
        next=page.here(after=int(after or 0) + len(writes["items"])) if writes["next"] else None,
        first=page.here(after=None) if after else None,
        writes_twin=page.twin(page.words("writes"), f"{base}/writes", after=after, limit=WRITES_SHOWN),
        checks_twin=page.twin(page.words("checks"), f"{base}/checks"),
        **facts,
    )


def _figures(shown: dict[str, Any], facts: dict[str, Any]) -> list[Any]:
    """What amounts the sentence may be made of."""
    signed = [f"+{one['new']}" for one in shown["writes"] if isinstance(one["new"], str)]
    return [shown["writes"], facts["payload"].get("data"), signed]


async def _teller(page: Page, shown: dict[str, Any], names: dict[str, str], titles: dict[str, str]) -> Teller:
    """Names of sources as the programme had them when the entry was recorded."""
    sources: dict[str, str] = {}
    family, _, programme = shown["stream"].partition(":")
    if family == "programme":
        found = await page.ask_maybe(
            f"/v1/programmes/{programme}", path="/sources", known=shown["index"] + 1, as_of=LAST_DAY
        )
        if found is not None:
            said = found["state"].get("sources", {})
            sources = {one: row.get("name") or one for one, row in said.items()}
    words, cited = Words(page.language, "telling"), shown["act"]
    if cited and cited["number"]:  # the sentence about an act has its id
        names = names | {cited["id"]: words("act", number=cited["number"])}
    return Teller(page, words, names, sources, titles)


def _crumbs(page: Page, programme: str | None, facts: dict[str, Any]) -> list[tuple[object, str]]:
    found: list[tuple[object, str]] = [(page.words("programmes"), page.href("/"))]
    if programme is None:
        return [*found, (page.words("whole-history"), page.href("/history"))]
    base = f"/programmes/{programme}"
    title = facts["programme_title"]
    return [*found, (title, page.href(base)), (page.words("tab-history"), page.href(f"{base}/history"))]


def _stateline(page: Page, shown: dict[str, Any], checks: dict[str, Any]) -> Markup:
    proof = checks["proof"]
    strong = Markup("<strong>{}</strong>").format
    zone = page.context.identity.zone
    return page.words(
        "stateline-entry" if proof else "stateline-unsigned",
        number=strong(shown["index"] + 1),
        at=strong(short_moment(shown["recorded_at"], zone)),
        size=proof["size"] if proof else 0,
    )
