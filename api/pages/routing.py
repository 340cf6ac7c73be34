"""Routes of pages: readable addresses, days as people write them, and refusals as pages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from api.handlers import validation_problem
from api.late_route import LateRoute
from api.pages.asking import Refused, twin_url
from api.pages.kept import Kept, is_kept, key_of
from api.pages.page import DRAWN, Page
from api.pages.wording import iso_day
from api.parameters import bad_parameter
from api.problems import Problem, problem_of
from api.strict_route import check_query, query_names
from ledger.errors import LedgerError

DAYS: Final = frozenset({"as_of", "known", "from_as_of", "from_known", "to_as_of", "to_known"})
_PRINTED = re.compile(r"\s*[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}\s*")
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def page_router() -> APIRouter:
    return APIRouter(tags=["pages"], route_class=PageRoute, include_in_schema=False)


class _PageRoute(APIRoute):
    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()
        allowed = frozenset(query_names(self.dependant)) | {"lang"}
        keeps = is_kept(self.endpoint)

        async def shown(request: Request) -> Response:
            try:
                _check_sender(request)
                query = request.query_params
                is_read = request.method == "GET"
                if is_read and any(
                    not value or _is_printed(name, value) for name, value in query.multi_items()
                ):
                    return _tidied(request)
                if request.scope["query_string"]:
                    check_query(request, allowed)
                    _check_language(query.get("lang"))
                return await (_kept(request, handler) if is_read and keeps else handler(request))
            except Refused as refused:
                return refusal_page(request, refused)
            except RequestValidationError as error:
                return refusal_page(request, _refused(request, validation_problem(error)))
            except LedgerError as error:
                return refusal_page(request, _refused(request, problem_of(error)))

        return shown


class PageRoute(LateRoute):
    """A GET with empty or printed-style parameters is led to the one address of that state.

    A refusal of the JSON door, and a page's own, is drawn as a page that says what to do.
    """

    serving = _PageRoute


async def _kept(request: Request, handler: Handler) -> Response:
    """A page as it was drawn before, where the log and the day are the same; else drawn, and kept."""
    pages: Kept = request.app.state.kept_pages
    key = await asyncio.to_thread(key_of, request)
    found = pages.get(key) if key is not None else None
    if found is not None:
        return Page(request, "common").answer(found)
    answer = await handler(request)
    drawn = request.scope.get(DRAWN)
    # Where the log grew meanwhile, the page is of a later end than its key: nobody asks for that key again.
    if drawn is not None and key is not None:
        pages.put(key, drawn)
    return answer


def _check_sender(request: Request) -> None:
    """A form that another site filled in and sent: its words would stand here ready to be signed."""
    sender = request.headers.get("sec-fetch-site", "none")
    if request.method == "POST" and sender not in ("same-origin", "none"):
        raise Problem("foreign-form", "/headers/sec-fetch-site", sender)


def _check_language(asked: str | None) -> None:
    if asked not in (None, "uk", "en"):
        raise bad_parameter("lang", asked, "lang")


def _is_printed(name: str, value: str) -> bool:
    return name in DAYS and _PRINTED.fullmatch(value) is not None


def _tidied(request: Request) -> Response:
    query = {name: iso_day(value) if name in DAYS else value for name, value in request.query_params.items()}
    return RedirectResponse(twin_url(request.scope["path"], query), 303)


def draw_problem(request: Request, problem: Problem) -> Response:
    """A problem that no page's route met, as a page."""
    return refusal_page(request, _refused(request, problem))


def _refused(request: Request, problem: Problem) -> Refused:
    page = Page(request, "common")
    document = problem.document(language=page.language, request_id=request.scope["pledger.request"])
    return Refused(problem.status, document)


def refusal_page(request: Request, refused: Refused) -> Response:
    """The problem in words, where it was found, and where to go on."""
    page = Page(request, "common")
    return page.render("refused.html", status=refused.status, problem=refused.document)
