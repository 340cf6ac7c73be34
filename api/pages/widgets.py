"""Small read-only pages for a frame on a council's own site: the budget, and one indicator."""

from __future__ import annotations

from html import escape
from typing import Any, Final

from fastapi import Request, Response

from api.pages.charts import BIG, draw
from api.pages.frame import Frame, open_frame
from api.pages.indicators_section import say
from api.pages.page import CSP, Page
from api.pages.routing import page_router

router = page_router()
FRAMED: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
}
LINES: Final = 40  # of a budget; the whole stands on the programme's page
assert "frame-ancestors 'none'" in CSP, "only these pages may be framed"


@router.get("/widgets")
async def show_choice(request: Request, programme: str | None = None) -> Response:
    """Ready code to copy, for one programme; without one, which there are."""
    page = Page(request, "widgets")
    if programme is None:
        programmes = await page.ask("/v1/programmes")
        return page.render("widgets.html", programmes=programmes["items"], frame=None, ready=[])
    frame = await open_frame(page, programme)
    answer = await page.ask(frame.url("/indicators"), **frame.at)
    named = {row["indicator"]: row["name"] or "" for row in answer["items"]}
    base = str(request.base_url).rstrip("/")
    budget = _code(
        page, base, f"/widgets/{programme}/budget", str(page.words("budget-of", title=frame.title)), 460
    )
    charts = [
        _code(page, base, f"/widgets/{programme}/indicators/{code}", f"{code} {name}".strip(), 420)
        for code, name in named.items()
    ]
    return await page.drawn("widgets.html", programmes=[], frame=frame, ready=[budget, *charts])


def _code(page: Page, base: str, path: str, title: str, height: int) -> dict[str, Any]:
    """HTML to paste. height: in pixels, of the frame."""
    url = page.href(path)
    code = (
        f'<iframe src="{escape(base + url)}" title="{escape(title)}" width="100%" height="{height}" '
        'loading="lazy"></iframe>'
    )
    return {"title": title, "url": url, "code": code}


@router.get("/widgets/{programme}/budget")
async def show_budget(
    request: Request,
    programme: str,
    as_of: str | None = None,
    known: str | None = None,
    year: str | None = None,
) -> Response:
    page = Page(request, "widgets")
    frame = await open_frame(page, programme, as_of, known)
    wanted = year or frame.point.as_of[:4]
    budget = await page.ask(frame.url("/budget"), **frame.at, year=wanted)
    rows = budget["items"][:LINES]
    tree = await page.ask(frame.url(), **frame.at, path="/tree")
    sources = await page.ask(frame.url(), **frame.at, path="/sources")
    return _framed(
        page,
        "widget_budget.html",
        frame=frame,
        title=page.words("budget-of", title=frame.title),
        year=wanted,
        rows=rows,
        left_out=len(budget["items"]) - len(rows),
        total=next(iter(budget["totals"]["all"]), None) if budget["items"] else None,
        titles={code: node.get("title") for code, node in tree["state"].get("tree", {}).items()},
        sources={code: node.get("name") for code, node in sources["state"].get("sources", {}).items()},
        twin=page.twin(page.words("budget"), frame.url("/budget"), **frame.asked, year=wanted),
    )


@router.get("/widgets/{programme}/indicators/{indicator}")
async def show_indicator(
    request: Request, programme: str, indicator: str, as_of: str | None = None, known: str | None = None
) -> Response:
    page = Page(request, "widgets")
    frame = await open_frame(page, programme, as_of, known)
    answer = await page.ask(frame.url("/indicators"), **frame.at, indicator=indicator)
    rows = [row for row in answer["items"] if row["year"] is not None]
    about = answer["items"][0] if answer["items"] else None
    return _framed(
        page,
        "widget_indicator.html",
        frame=frame,
        title=f"{indicator} {about['name'] or ''}".strip() if about else indicator,
        about=about,
        rows=rows,
        chart=draw(rows, page.words, BIG) if rows else None,
        say=say,
        code=indicator,
        twin=page.twin(page.words("chart"), frame.url("/indicators"), **frame.asked, indicator=indicator),
    )


def _framed(page: Page, template: str, *, frame: Frame, **given: Any) -> Response:
    """The one kind of page that other sites may show in a frame: no scripts, no forms."""
    html = page.draw(template, frame=frame, stateline=frame.stateline(), v=page.words, **given)
    return page.send(html, headers=FRAMED)
