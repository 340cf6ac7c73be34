"""What the routers share."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.routing import APIRoute

from api.strict_route import StrictRoute


def new_router(tag: str) -> APIRouter:
    return APIRouter(tags=[tag], route_class=StrictRoute, generate_unique_id_function=operation_id)


def operation_id(route: APIRoute) -> str:
    """The function's own name: it becomes the name of a method in generated clients, and stays."""
    return route.name
