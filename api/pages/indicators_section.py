"""The indicators of a programme, as a part of a page: a row each, with a small chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, Final

from api.pages.charts import Chart, draw, value_words
from api.pages.frame import Frame
from api.pages.wording import Words

SHOWN: Final = 60  # indicators on one page
YEARS: Final = 3  # side by side in the table
EMPTIES: Final = {None: "none", "": "blank", "-": "printed", "removed": "removed"}
Row = Mapping[str, Any]


async def indicators_section(
    frame: Frame, after: str = "", limit: int = SHOWN, tree: Row | None = None
) -> dict[str, Any]:
    """What templates/indicators_table.html needs, under the name `indicators`.

    tree: the door's answer about the tree at the same point, where the page has asked it already.
    """
    answer = await frame.page.ask(frame.url("/indicators"), **frame.at, after=after, limit=limit)
    if tree is None:
        tree = await frame.page.ask(frame.url("/tree"), **frame.at)
    return section_of(frame, answer, tree["items"], after=after)


def section_of(frame: Frame, answer: Row, tree: Iterable[Row], after: str = "") -> dict[str, Any]:
    words = Words(frame.page.language, "indicators")
    found = [list(rows) for _, rows in groupby(answer["items"], key=lambda row: row["indicator"])]
    years = shown_years(answer["items"], int(frame.point.as_of[:4]))
    reported = reported_years(answer["items"], years, frame.point.as_of)
    told = [row for row in answer["items"] if row["reported"] is not None]
    last = found[-1][0]["indicator"] if found else ""
    limit = {"limit": SHOWN} if answer["next"] or after else {}
    asked = {**frame.asked, **limit, "after": after}
    return {
        "w": words,
        "groups": by_priority([one_indicator(rows, words, years) for rows in found], tree, words),
        "years": years,
        "columns": [column for year in years for column in columns(year, reported)],
        "years_left_out": sorted({row["year"] for row in answer["items"] if row["year"]} - set(years)),
        "totals": [one for one in answer["totals"] if one["year"] in reported]
        if whole(answer, after)
        else [],
        "count": len(found),
        "invented": bool(told) and all(row["reported"]["example"] for row in told),
        "next": frame.href("/indicators", after=last) if answer["next"] else None,
        "first": frame.href("/indicators") if after else None,
        "twin": frame.page.twin(words("twin"), frame.url("/indicators"), **asked),
        "say": say,
    }


def by_priority(items: Iterable[Row], tree: Iterable[Row], words: Words) -> list[tuple[str, list[Row]]]:
    """(title, indicators): by the root of the tree over the indicator's measure, in their order.

    One without a measure, or with one that the tree has not, is said to be so: a code proves no place.
    """
    rows = {row["id"]: row for row in tree}
    groups: dict[str, list[Row]] = {}
    for item in items:
        row = rows.get(item["about"]["measure"])
        while row is not None and row["parent"] in rows:
            row = rows[row["parent"]]
        title = words("unlinked") if row is None else f"{row['id']}. {row['title']}"
        groups.setdefault(title, []).append(item)
    return list(groups.items())


def columns(year: int, reported: Iterable[int]) -> list[tuple[int, str]]:
    return [(year, "target"), *([(year, "actual")] if year in reported else [])]


def whole(answer: Mapping[str, Any], after: str) -> bool:
    """Do the answer's totals speak of all indicators?"""
    return not after and not answer["next"]


def shown_years(rows: Iterable[Row], now: int) -> list[int]:
    """Those that fit side by side: the year of the day, the one before and the one after first."""
    years = sorted({row["year"] for row in rows if row["year"] is not None})
    nearest = sorted(years, key=lambda year: (abs(year - now), year))[:YEARS]
    return sorted(nearest)


def reported_years(rows: Iterable[Row], years: list[int], as_of: str) -> set[int]:
    """Those that get a column of actuals: begun by the day, or reported of all the same."""
    told = {row["year"] for row in rows if row["actual"] is not None}
    return {year for year in years if f"{year}-01-01" <= as_of or year in told}


def one_indicator(rows: list[Row], words: Words, years: list[int]) -> dict[str, Any]:
    """by_year: the door's rows, None where it has none."""
    by_year = {row["year"]: row for row in rows}
    chart: Chart | None = draw([row for row in rows if row["year"] is not None], words) if rows else None
    return {"about": rows[0], "by_year": {year: by_year.get(year) for year in years}, "chart": chart}


def say(text: str | None, unit: str | None) -> tuple[str, str]:
    """("", as people write it), or (which of the empties, "")."""
    return (EMPTIES[text], "") if text in EMPTIES else ("", value_words(str(text), unit))
