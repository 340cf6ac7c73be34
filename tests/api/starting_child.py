"""A process that starts a server over a ledger, asks it once whether it is ready, and says what that took.

On stdout, as JSON: status, of the answer; modules, that were imported; routes, that were made; models, of
events and of answers, that were built. Nothing of the tests is imported, and no thread goes on importing.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import api.cli.main  # noqa: F401 -- a server is started by the command
from api.late_route import LateRoute
from api.models.shape import Shape
from api.rest import Rest
from api.server import config
from api.settings import Settings
from ledger.values import Strict


def main(path: Path) -> None:
    app: Any = config(Settings(data=path), "127.0.0.1", 0, open_now=True).app
    status = asyncio.run(_asked(app))
    told = {
        "status": status,
        "modules": sorted(sys.modules),
        "routes": [one.path for one in app.routes if isinstance(one, LateRoute) and _is_made(one)],
        "models": sorted(one.__name__ for base in (Shape, Strict) for one in _built(base)),
    }
    print(json.dumps(told))


async def _asked(app: Any) -> int:
    """Of GET /readyz, on a server whose lifespan has begun. The import of the rest is put off, not begun."""
    answers: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answers.append(message["status"])

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/readyz",
        "query_string": b"",
        "headers": [],
        "client": ("127.0.0.1", 1),
    }
    Rest.begin = lambda self: None  # type: ignore[method-assign]  # the first moment is what is looked at
    async with app.router.lifespan_context(app):
        await app(scope, receive, send)
    return answers[0]


def _is_made(route: LateRoute) -> bool:
    return bool({"served", "described"} & route.__dict__.keys())


def _built(base: type[Any]) -> list[type[Any]]:
    every = [base, *(one for below in base.__subclasses__() for one in _below(below))]
    return [one for one in every if one.__pydantic_complete__]


def _below(one: type[Any]) -> list[type[Any]]:
    return [one, *(each for below in one.__subclasses__() for each in _below(below))]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
