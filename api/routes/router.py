"""What the routers share."""

from __future__ import annotations

from fastapi import APIRouter

from api.parameters import StrictRoute


def new_router(tag: str) -> APIRouter:
    return APIRouter(tags=[tag], route_class=StrictRoute)
