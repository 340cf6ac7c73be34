"""The indicators of a programme, some at a time; and one of them with all its years and reports."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from api.pages.asking import Refused
from api.pages.charts import BIG, draw
from api.pages.frame import Frame, open_frame
from api.pages.indicators_section import indicators_section, say
from api.pages.page import Page
from api.pages.routing import page_router
from api.pages.wording import Words, short_day
from api.texts.cells import period_words

router = page_router()
REPORTS_SHOWN = 200


@router.get("/programmes/{programme}/indicators")
async def show_indicators(
    request: Request,
    programme: str,
    as_of: str | None = None,
    known: str | None = None,
    after: str | None = None,
) -> Response:
    page = Page(request, "indicators")
    frame = await open_frame(page, programme, as_of, known)
    indicators = await indicators_section(frame, after=after or "")
    title = page.words("title")
    return await page.drawn(
        "indicators.html", **frame.given("indicators", title=title, indicators=indicators)
    )


@router.get("/programmes/{programme}/indicators/{indicator}")
async def show_indicator(
    request: Request, programme: str, indicator: str, as_of: str | None = None, known: str | None = None
) -> Response:
    page = Page(request, "indicators")
    frame = await open_frame(page, programme, as_of, known)
    answer = await page.ask(frame.url("/indicators"), **frame.at, indicator=indicator)
    if not answer["items"]:
        raise _unknown(page, frame, indicator)
    reports = await page.ask(frame.url("/reports"), **frame.at, indicator=indicator, limit=REPORTS_SHOWN)
    rows = answer["items"]
    dated = [row for row in rows if row["year"] is not None]
    measure = rows[0]["measure"]
    position = frame.point.known
    offices, persons = await page.names("offices", position), await page.names("persons", position)
    given = frame.given(
        "indicators",
        title=f"{indicator} {rows[0]['name'] or ''}".strip(),
        about=rows[0],
        rows=dated,
        main=_main(dated, frame),
        chart=draw(dated, page.words, BIG) if dated else None,
        measure=await _measure(frame, measure) if measure else None,
        reports=reports,
        offices=offices,
        persons=persons,
        say=say,
        period=lambda text: period_words(text, page.language),
        v=page.words,
        twin=page.twin(page.words("twin"), frame.url("/indicators"), **frame.asked, indicator=indicator),
        reports_twin=page.twin(
            page.words("reports-twin"), frame.url("/reports"), **frame.asked, indicator=indicator
        ),
    )
    return await page.drawn("indicator.html", **given)


def _main(rows: list[dict[str, Any]], frame: Frame) -> dict[str, Any] | None:
    """The row that is said first: the last reported year, else that of the day, else the first."""
    told = [row for row in rows if row["actual"] is not None]
    now = [row for row in rows if row["year"] == int(frame.point.as_of[:4])]
    return next(iter([*told[-1:], *now, *rows]), None)


async def _measure(frame: Frame, measure: str) -> str:
    """Its title, if it still has one."""
    answer = await frame.page.ask(frame.url(), **frame.at, path=f"/tree/{measure}/title")
    title = answer["state"].get("tree", {}).get(measure, {}).get("title")
    return title or ""


def _unknown(page: Page, frame: Frame, indicator: str) -> Refused:
    """As the door refuses what there is none of."""
    words = {language: _text(language, frame, indicator) for language in ("uk", "en")}
    title = str(page.words("unknown-title"))
    instance = f"urn:request:{page.request.scope['pledger.request']}"
    document = {
        "type": "urn:pledger:problem:not-found",
        "status": 404,
        "title": title,
        "instance": instance,
        "message": words,
        "errors": [{"pointer": "/path/indicator", "got": indicator}],
    }
    return Refused(404, document)


def _text(language: Any, frame: Frame, indicator: str) -> str:
    words = Words(language, "indicators")
    return str(words("unknown", indicator=indicator, day=short_day(frame.point.as_of)).unescape())
