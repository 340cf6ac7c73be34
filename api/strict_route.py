"""Routes that know their parameters."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.late_route import LateRoute
from api.problems import Problem


def check_query(request: Request, allowed: frozenset[str]) -> None:
    """Refuse parameters that the address does not have, and those given twice."""
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name not in allowed:
            raise Problem("unknown-parameter", _pointer(name), name, allowed=sorted(allowed))
        if name in seen:
            raise Problem("repeated-parameter", _pointer(name), name)
        seen.add(name)


def _pointer(name: str) -> str:
    return "/query/" + name[:80].replace("~", "~0").replace("/", "~1")


Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def query_names(dependant: Dependant) -> Iterator[str]:
    """The query parameters of a route, and of what it depends on."""
    yield from (field.alias for field in dependant.query_params)
    for inner in dependant.dependencies:
        yield from query_names(inner)


class _StrictRoute(APIRoute):
    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()
        allowed = frozenset(query_names(self.dependant))

        async def strict(request: Request) -> Response:
            if request.scope["query_string"]:
                check_query(request, allowed)
            return await handler(request)

        return strict


class StrictRoute(LateRoute):
    """A route that knows its query parameters and takes no others."""

    serving = _StrictRoute
