"""The evaluation of a year: four directions of figures, and what was concluded and signed of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response

from api.pages.frame import Frame, open_frame
from api.pages.indicators_section import say
from api.pages.page import Page
from api.pages.routing import page_router
from api.texts.cells import period_words

router = page_router()


@router.get("/programmes/{programme}/evaluation")
async def show_evaluation(
    request: Request,
    programme: str,
    as_of: str | None = None,
    known: str | None = None,
    year: str | None = None,
) -> Response:
    page = Page(request, "evaluation")
    frame = await open_frame(page, programme, as_of, known)
    years = await _years(frame)
    wanted = year or _last_finished(years, frame.point.as_of)
    found = await page.ask(frame.url("/evaluation"), **frame.at, year=wanted)
    sources = await page.ask(frame.url(), **frame.at, path="/sources")
    position = frame.point.known
    given = frame.given(
        "evaluation",
        title=page.words("heading", year=wanted),
        year=wanted,
        years=years,
        found=found,
        told={name: words[page.language] for name, words in found["summaries"].items()},
        sources={code: one.get("name") for code, one in sources["state"].get("sources", {}).items()},
        offices=await page.names("offices", position),
        persons=await page.names("persons", position),
        say=say,
        period=lambda text: period_words(text, page.language),
        story=lambda row, family: _story(frame, row, family),
        twin=page.twin(page.words("twin"), frame.url("/evaluation"), **frame.asked, year=wanted),
    )
    return await page.drawn("evaluation.html", **given)


def _story(frame: Frame, row: Mapping[str, Any], family: str) -> str | None:
    """The page of the cell behind a figure: the last of its family; None where the row rests on none."""
    cells = [cell for cell in row["cells"] if cell.startswith(f"/{family}/")]
    return frame.href("/figure", path=cells[-1]) if cells else None


async def _years(frame: Frame) -> list[str]:
    """Of the programme's term, as far as it is set."""
    answer = await frame.page.ask(frame.url(), **frame.at, path="/term")
    term: dict[str, Any] = answer["state"].get("term", {})
    first, last = term.get("from") or "", term.get("to") or ""
    if not (first.isdigit() and last.isdigit()):
        return []
    return [str(year) for year in range(int(first), min(int(last), int(first) + 30) + 1)]


def _last_finished(years: list[str], as_of: str) -> str:
    """The last year of the term that is over on the day; the first of the term if none is."""
    over = [year for year in years if f"{year}-12-31" < as_of]
    return next(iter([*over[-1:], *years[:1], as_of[:4]]))
