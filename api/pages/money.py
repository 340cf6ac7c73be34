"""GET /programmes/{p}/money: the whole chain of the money, where it was moved, and what the treasury says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from fastapi import Request, Response

from api.pages.frame import Frame, open_frame
from api.pages.page import Page
from api.pages.routing import page_router
from api.pages.telling import Teller, open_teller

router = page_router()
GROUPINGS: Final = ("measure", "year", "source", "source-tree", "kpkvk", "kekv", "fund", "unit")
# What only a report states: where there is none it was not reported, and not "not set".
REPORTED: Final = frozenset(("transferred", "commitment", "paid", "incurred", "payable", "returned"))
_SUM_OF: Final = {
    "original": "original",
    "need": "amended",
    "appropriation": "appropriated",
    "schedule": "scheduled",
    "transferred": "transferred",
    "commitment": "committed",
    "paid": "paid",
    "incurred": "incurred",
    "payable": "payable",
    "returned": "returned",
}
Row = dict[str, Any]


@router.get("/programmes/{programme}/money")
async def show_money(
    request: Request,
    programme: str,
    as_of: str | None = None,
    known: str | None = None,
    by: str | None = None,
    year: str | None = None,
) -> Response:
    page = Page(request, "money")
    frame = await open_frame(page, programme, as_of, known)
    asked = {"by": by, "year": year}
    found = await page.ask(frame.url("/money"), **frame.at, **asked)
    tell, term = await open_teller(frame), await _member(frame, "term")
    years = _years(term, found["totals"]["by_year"], year)
    treasury = await _treasury(frame, year, years)
    start = _start(year, term)
    moves = await _moves(frame, start)
    figures = [*_chain(found["items"]), *_compared(treasury)]
    return await page.drawn(
        "money.html",
        **frame.given("money"),
        found=found,
        rows=[(_label(tell, row["key"]), row, _figures(row)) for row in found["items"]],
        sums=found["totals"]["all"][0] if found["totals"]["all"] else None,
        sum_of=_SUM_OF,
        reported=REPORTED,
        asked=asked,
        groupings=GROUPINGS,
        years=years,
        treasury=treasury,
        moves=moves,
        start=start,
        numbers=await _numbers(frame, figures, moves),
        titles=await _titles(frame),
        tell=tell,
        cell_named=_cell_named,
        twin=page.twin(page.words("twin"), frame.url("/money"), **frame.asked, **asked),
        moves_twin=_moves_twin(frame, start) if moves else None,
        treasury_twin=page.twin(
            page.words("twin-treasury"), frame.url("/reconciliation"), **frame.asked, year=treasury["year"]
        ),
    )


def _cell_named(cells: list[str], name: str) -> str:
    """The cell of a treasury line's figure; empty where none states it."""
    return next((one for one in cells if one.endswith(f"/{name}")), "")


async def _treasury(frame: Frame, year: str | None, years: list[str]) -> Row:
    """Of the year asked for; else of the door's own, or of the one before where that alone has an extract."""
    url = frame.url("/reconciliation")
    found: Row = await frame.page.ask(url, **frame.at, year=year)
    before = str(found["year"] - 1)
    if year is None and not found["extract"] and before in years:
        earlier: Row = await frame.page.ask(url, **frame.at, year=before)
        return earlier if earlier["extract"] else found
    return found


async def _member(frame: Frame, name: str) -> Row:
    answer = await frame.page.ask(frame.url(), path=f"/{name}", **frame.at)
    said: Row = answer["state"].get(name) or {}
    return said


async def _titles(frame: Frame) -> dict[str, str]:
    return {one: row.get("title") or "" for one, row in (await _member(frame, "tree")).items()}


def _start(year: str | None, term: Row) -> str | None:
    """The day from which moves are told: the first of the year asked for, else of the programme's term."""
    first = year or term.get("from")
    return f"{first}-01-01" if first else None


async def _moves(frame: Frame, start: str | None) -> Row | None:
    """None where nothing lies between the two days."""
    if start is None or start > frame.point.as_of:
        return None
    found: Row = await frame.page.ask(frame.url("/moves"), **_points(frame, start))
    return found


def _points(frame: Frame, start: str) -> dict[str, object]:
    known = frame.point.known
    return {"from_as_of": start, "from_known": known, "to_as_of": frame.point.as_of, "to_known": known}


def _moves_twin(frame: Frame, start: str | None) -> object:
    words = frame.page.words
    return frame.page.twin(words("twin-moves"), frame.url("/moves"), **_points(frame, start or ""))


def _label(tell: Teller, key: Row) -> list[tuple[str, str]]:
    """(part, what it is) of a line or group, in words; codes that are not stated are left out of a line."""
    told: list[tuple[str, str]] = []
    for name, value in key.items():
        if value is None:
            if len(key) <= 2:
                told.append((name, ""))
        elif name in ("source", "source-tree"):
            told.append((name, tell.source(str(value))))
        elif name in ("fund", "unit"):
            told.append((name, tell.axis(name, str(value))))
        else:
            told.append((name, str(value)))
    return told


def _figures(row: Row) -> list[tuple[str, Row]]:
    """In the order of the table: (step, its figure)."""
    steps = {one["step"]: one for one in row["steps"]}
    every = {**steps, "original": row["original"], "transferred": row["transferred"]}
    return [(name, every[name]) for name in _SUM_OF]


def _chain(items: list[Row]) -> Iterator[Row]:
    for row in items:
        yield from (figure for _, figure in _figures(row))


def _compared(treasury: Row) -> Iterator[Row]:
    for item in treasury["items"]:
        yield from ({**share, "cells": [share["cell"]]} for share in item["shares"])
        for one in item["comparisons"]:
            yield from (one["treasury"], one["ledger"], *({"cells": [], **by} for by in one["explained_by"]))
    yield from treasury["lines"]
    yield from treasury["unmapped"]


async def _numbers(frame: Frame, figures: list[Row], moves: Row | None) -> dict[str, int]:
    """Leaf indexes of the entries behind the figures, by event: what the state names, family by family."""
    families = {cell.split("/")[1] for one in figures for cell in one["cells"]}
    causes = [cause for row in (moves["items"] if moves else ()) for cause in row["causes"]]
    found: dict[str, int] = {cause["event"]: cause["index"] for cause in causes}
    for family in sorted(families):
        answer = await frame.page.ask(frame.url(), path=f"/{family}", **frame.at)
        found |= {cell["event"]: cell["index"] for cell in answer["cells"].values()}
    for event in sorted({event for one in figures for event in one["events"]} - found.keys()):
        shown = await frame.page.ask_maybe(f"/v1/events/{event}")
        if shown is not None:
            found[event] = shown["index"]
    return found


def _years(term: Row, by_year: list[Row], year: str | None) -> list[str]:
    """Years to choose from: of the term, of the lines, and the one asked for."""
    stated = {str(row["year"]) for row in by_year} | ({year} if year else set())
    first, last = term.get("from", ""), term.get("to", "")
    if str(first).isdecimal() and str(last).isdecimal():
        stated |= {str(one) for one in range(int(first), min(int(last), int(first) + 50) + 1)}
    return sorted(stated)
