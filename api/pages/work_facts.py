"""What the forms offer to choose from: periods, indicators, measures and sources of a programme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.pages.frame import Frame
from api.pages.telling import Teller
from api.pages.work_desk import Option
from api.print.wording import by_code

PARTS = ("", "Q1", "Q2", "Q3", "Q4", "H1", "H2", *(f"{month:02}" for month in range(1, 13)))


async def state_of(frame: Frame, family: str) -> Mapping[str, Any]:
    """The cells below `/<family>`, as a tree; empty where there are none."""
    found = await frame.page.ask(frame.url(), path=f"/{family}", **frame.at)
    state: Mapping[str, Any] = found["state"].get(family, {})
    return state


async def years_of(frame: Frame) -> list[int]:
    term = await state_of(frame, "term")
    if not term.get("from") or not term.get("to"):
        return []
    return list(range(int(term["from"]), int(term["to"]) + 1))


async def periods_of(frame: Frame, teller: Teller) -> list[Option]:
    """Every period of the programme's years: the year, its quarters, halves and months."""
    found = [f"{year}-{part}".rstrip("-") for year in await years_of(frame) for part in PARTS]
    return [(one, teller.period(one)) for one in found]


async def indicators_of(frame: Frame, year: str = "") -> list[Mapping[str, Any]]:
    """One row of each indicator: of the year, else of its first; in the programme's order."""
    found = await frame.page.ask(frame.url("/indicators"), **frame.at)
    rows: dict[str, Mapping[str, Any]] = {}
    for row in found["items"]:
        if str(row["year"]) == year or row["indicator"] not in rows:
            rows[row["indicator"]] = row
    return list(rows.values())


async def accumulations_of(frame: Frame) -> dict[str, str]:
    """How each indicator was reported last: `period` or `ytd`."""
    told: dict[str, str] = {}
    for indicator, periods in (await state_of(frame, "actuals")).items():
        for period in sorted(periods):
            told[indicator] = next(iter(periods[period]))
    return told


async def measures_of(frame: Frame) -> list[Option]:
    """Rows that money or a report may be about."""
    tree = await state_of(frame, "tree")
    rows = [one for one, said in tree.items() if said.get("level") in ("measure", "work")]
    return [(one, f"{one} {tree[one].get('title', '')}") for one in sorted(rows, key=by_code)]


async def sources_of(frame: Frame) -> list[Option]:
    return [(one, said.get("name") or one) for one, said in (await state_of(frame, "sources")).items()]
