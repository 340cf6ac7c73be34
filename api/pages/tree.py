"""The whole tree of a programme, or what is below one of its rows."""

from __future__ import annotations

from fastapi import Request, Response

from api.pages.frame import open_frame
from api.pages.page import Page
from api.pages.routing import page_router
from api.pages.tree_section import section_of

router = page_router()
ROWS_MAX = 600  # of one page; of more only the roots, each a page of its own


@router.get("/programmes/{programme}/tree")
async def show_tree(
    request: Request,
    programme: str,
    as_of: str | None = None,
    known: str | None = None,
    below: str | None = None,
) -> Response:
    page = Page(request, "tree")
    frame = await open_frame(page, programme, as_of, known)
    answer = await page.ask(frame.url("/tree"), **frame.at, below=below)
    tree = {**section_of(frame, answer, ROWS_MAX, below=below), "open": True}
    return await page.drawn("tree_page.html", **frame.given("tree", title=page.words("title"), tree=tree))
