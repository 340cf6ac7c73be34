"""The tree of a programme, as a part of a page: priorities that open, with tasks and measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from api.pages.frame import Frame
from api.pages.wording import Words

SHOWN: Final = 120  # rows on the programme's own page; of a larger tree only its roots
Row = Mapping[str, Any]


async def tree_section(frame: Frame) -> dict[str, Any]:
    """What templates/tree.html needs, under the name `tree`."""
    answer = await frame.page.ask(frame.url("/tree"), **frame.at)
    return section_of(frame, answer)


def section_of(
    frame: Frame, answer: Mapping[str, Any], shown: int = SHOWN, below: str | None = None
) -> dict[str, Any]:
    """shown: of a tree with more rows only the roots are drawn, each a link to the whole below it."""
    words = Words(frame.page.language, "tree")
    rows = answer["items"]
    is_short = len(rows) > shown and below is None
    top = rows[0]["depth"] if rows else 0
    return {
        "w": words,
        "roots": [(row, []) for row in rows if row["depth"] == top] if is_short else _roots(rows, top),
        "is_short": is_short,
        "open": False,
        "year": answer["year"],
        "currency": answer["currency"],
        "totals": answer["totals"],
        "count": len(rows),
        "twin": frame.page.twin(words("twin"), frame.url("/tree"), **frame.asked, below=below),
    }


def _roots(rows: list[Row], top: int) -> list[tuple[Row, list[tuple[Row | None, list[Row]]]]]:
    """Each root with its groups: a row that has others below it, and those; None: of the root itself.

    top: the depth of the roots.
    """
    roots: list[tuple[Row, list[tuple[Row | None, list[Row]]]]] = []
    parents = {row["parent"] for row in rows}
    for row in rows:
        if row["depth"] == top:
            roots.append((row, []))
        elif row["id"] in parents and row["level"] != "measure":
            roots[-1][1].append((row, []))
        else:
            groups = roots[-1][1]
            if not groups or (row["depth"] == top + 1 and groups[-1][0] is not None):
                groups.append((None, []))
            groups[-1][1].append(row)
    return roots
