"""GET /programmes/{programme}/figure: the story of one cell: its value, who set it, when, by which act."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request, Response

from api.pages.frame import Frame, open_frame
from api.pages.page import Page
from api.pages.routing import page_router
from api.parameters import missing_parameter
from api.texts.cells import cell_words

router = page_router()
Row = dict[str, Any]
MONEY = frozenset(
    ("financing", "appropriation", "schedule", "transfers", "returns", "commitment", "paid", "incurred",
     "payable", "treasury", "printed_totals")
)  # fmt: skip
ROWS = frozenset(("financing", "appropriation", "schedule", "transfers", "returns", "progress", "tree"))


@router.get("/programmes/{programme}/figure")
async def show_figure(
    request: Request,
    programme: str,
    path: str | None = None,
    as_of: str | None = None,
    known: str | None = None,
    after: str | None = None,
) -> Response:
    if path is None:
        raise missing_parameter("path", "path")
    page = Page(request, "figure")
    frame = await open_frame(page, programme, as_of, known)
    blame = await page.ask(frame.url("/blame"), path=path, after=after, **frame.at)
    title = cell_words(path, page.language, await _sources(frame, path))
    rows = blame["items"]
    return page.render(
        "figure.html",
        **frame.given("figure"),
        title=title,
        path=path,
        blame=blame,
        value=blame["value"],
        first=rows[0] if rows and after is None else None,
        is_money=_is_money(path),
        currency=await _currency(frame, path),
        is_first_page=after is None,
        who=await _people(page, rows, frame.point.known),
        part_of=_part_of(frame, path),
        older=frame.href("/figure", path=path, **_cursor(blame)) if blame["next"] else None,
        newest=frame.href("/figure", path=path) if after is not None else None,
        twin=page.twin(page.words("twin"), frame.url("/blame"), path=path, after=after, **frame.asked),
    )


def _cursor(blame: Row) -> dict[str, str]:
    """The page after this one, at the same state. Of the door's `next`, what it adds."""
    query = dict(parse_qsl(urlsplit(blame["next"]).query))
    return {name: query[name] for name in ("after", "as_of", "known")}


async def _sources(frame: Frame, path: str) -> dict[str, str]:
    """Names of the sources, for a cell that names one."""
    if path.split("/")[1:2] not in (
        ["tree"],
        ["indicators"],
        ["passport"],
        ["title"],
        ["actuals"],
        ["progress"],
    ):
        answer = await frame.page.ask(frame.url(), path="/sources", **frame.at)
        found = answer["state"].get("sources") or {}
        return {name: one["name"] for name, one in found.items() if one and one.get("name")}
    return {}


def _is_money(path: str) -> bool:
    return path.split("/")[1:2] in [[family] for family in MONEY]


async def _currency(frame: Frame, path: str) -> str:
    """Of the programme's money; "" where the cell holds none, or no currency is stated."""
    if not _is_money(path):
        return ""
    answer = await frame.page.ask(frame.url(), path="/currency", **frame.at)
    return str(answer["state"].get("currency") or "")


def _part_of(frame: Frame, path: str) -> list[tuple[str, str]]:
    """(name of the words, address): what the cell counts in."""
    family, *rest = path.strip("/").split("/")
    found: list[tuple[str, str]] = []
    if family in MONEY:
        found.append(("in-budget", frame.href(anchor="money")))
        found.append(("in-money", frame.href("/money")))
    if family in ("indicators", "actuals") and rest:
        found.append(("in-indicator", frame.href(f"/indicators/{rest[0]}")))
    if family in ROWS and rest:
        found.append(("in-measure", frame.href("/history", path=f"/tree/{rest[0]}")))
    return found


async def _people(page: Page, rows: list[Row], known: int) -> dict[str, str]:
    signers = [signer for row in rows for signer in row["signers"]]
    names: dict[str, str] = {}
    for family, member in (("offices", "office"), ("persons", "person")):
        for one in sorted({signer[member] for signer in signers if signer[member]}):
            found = await page.ask_maybe(f"/v1/{family}/{one}", known=known)
            names[one] = (found["item"].get("name") or one) if found is not None else one
    return names
