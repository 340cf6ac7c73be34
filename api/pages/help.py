"""GET /help: how to read the pages, the keys, and the words."""

from __future__ import annotations

from fastapi import Request, Response

from api.pages.page import Page
from api.pages.routing import page_router

router = page_router()


@router.get("/help")
async def show_help(request: Request) -> Response:
    return Page(request, "help").render("help.html")
