"""Which route answers a question."""

from __future__ import annotations

import re
from typing import Any

from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.routing import Match

from api.models.shape import ProblemDocument
from api.routers import ROUTERS
from tests.contract.asked import Asked

ROUTES = [
    route
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and route.include_in_schema
]


def route_of(asked: Asked) -> APIRoute:
    path = re.sub(r"\{[^}]*\}", "x", asked.url.partition("?")[0])
    scope = {"type": "http", "method": asked.method, "path": path}
    return next(route for route in ROUTES if route.matches(scope)[0] is Match.FULL)


def shape_of(asked: Asked) -> TypeAdapter[Any]:
    """The shape that is documented for the answer."""
    if asked.status >= 400:
        return TypeAdapter(ProblemDocument)
    shape: Any = route_of(asked).response_model
    return TypeAdapter(shape)
