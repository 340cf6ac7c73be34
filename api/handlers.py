"""Every error as a problem document, those of the framework too."""

from __future__ import annotations

import logging
import sqlite3
from typing import Any

from eventsourcing.persistence import PersistenceError
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api.problems import Problem, problem_of, shown
from api.responses import problem_answer
from ledger.errors import LedgerError

log = logging.getLogger("pledger.api")


def add_handlers(app: FastAPI) -> None:
    app.add_exception_handler(LedgerError, _ledger_error)
    for error in (sqlite3.Error, PersistenceError):
        app.add_exception_handler(error, _store_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


async def _ledger_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, LedgerError)
    return problem_answer(request, problem_of(error))


async def _store_error(request: Request, error: Exception) -> Response:
    """A damaged page, a file that is gone: what is read of it would be wrong, and it may be mended soon."""
    log.error("request %s: the store cannot be read", request.scope["pledger.request"], exc_info=error)
    return problem_answer(request, Problem("store-unreadable", headers={"Retry-After": "5"}))


async def _validation_error(request: Request, error: Exception) -> Response:
    """The first parameter that will not do; `errors` names all of them."""
    assert isinstance(error, RequestValidationError)
    return problem_answer(request, validation_problem(error))


def validation_problem(error: RequestValidationError) -> Problem:
    found = error.errors()
    problem = _parameter_problem(found[0])
    problem.errors = [_culprit(one) for one in found]
    return problem


def _parameter_problem(found: dict[str, Any]) -> Problem:
    # With the words for all parameters, which the first routes have none of.
    from api.parameters import EXPECTED, bad_parameter, missing_parameter  # noqa: PLC0415

    where, name = _place(found)
    if found["type"] == "missing":
        return missing_parameter(name)
    # What refuses by a name of its own says what it wants by that name.
    expected = {"limit": "limit", "format": "form"}.get(name, found["type"])
    return bad_parameter(name, found.get("input"), expected if expected in EXPECTED else None, where=where)


def _place(found: dict[str, Any]) -> tuple[str, str]:
    where, name, *_ = (*map(str, found["loc"]), "", "")
    return where, name


def _culprit(found: dict[str, Any]) -> dict[str, Any]:
    where, name = _place(found)
    return {"pointer": f"/{where}/{name}", "got": shown(found.get("input"))}


def _methods(request: Request) -> list[str]:
    """What an address takes, over all routes that have it."""
    found: set[str] = set()
    for route in request.app.router.routes:
        match, _ = route.matches(request.scope)
        if match is not Match.NONE:
            found |= route.methods or set()
    return sorted(found | ({"HEAD"} if "GET" in found else set()))


def _is_for_a_person(request: Request) -> bool:
    """Was a page asked for, by a browser?"""
    path = request.url.path
    return "text/html" in request.headers.get("accept", "") and not path.startswith(("/v1", "/log"))


async def _http_error(request: Request, error: Exception) -> Response:
    """What routing itself answers: no such address, no such method."""
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        allowed = _methods(request)
        headers = {"Allow": ", ".join(allowed)}
        problem = Problem("method-not-allowed", "", request.method, headers=headers, allowed=allowed)
    elif error.status_code == 404:
        problem = Problem("not-found", "", request.url.path)
        if _is_for_a_person(request):
            drawn: Response = request.app.state.draw_problem(request, problem)
            return drawn
    else:
        problem = Problem("internal")
    return problem_answer(request, problem)
