"""Wired in api/app.py."""

from __future__ import annotations

from api.routes.router import new_router

router = new_router("imports")
