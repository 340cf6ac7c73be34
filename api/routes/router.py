"""What the routers share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.routing import request_response

from api.parameters import StrictRoute, check_query


class LeanRoute(StrictRoute):
    """A route whose endpoint reads the raw request: no dependencies are solved for it.

    The submission of events is the one path where every tenth of a millisecond counts.
    """

    def __init__(self, path: str, endpoint: Callable[[Request], Awaitable[Response]], **more: Any) -> None:
        super().__init__(path, endpoint, **more)

        async def lean(request: Request) -> Response:
            if request.scope["query_string"]:
                check_query(request, frozenset())
            return await endpoint(request)

        self.app = request_response(lean)


def new_router(tag: str, *, route_class: type[StrictRoute] = StrictRoute) -> APIRouter:
    return APIRouter(tags=[tag], route_class=route_class)
