"""A witness over HTTP: POST /add-checkpoint, and GET / which says what it has seen.

It shares nothing with a ledger's server but the outermost layer and the reading of bodies.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeAlias

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from api.bodies import read_body
from api.middleware import Doors
from api.problems import Problem
from api.witness.told import told
from ledger.errors import LedgerError, StorageError
from ledger.witness.request import REQUEST_BYTES_MAX
from ledger.witness.witness import Witness

BODY_SECONDS: Final = 10.0
CONNECTIONS_MAX: Final = 200
SHUTDOWN_SECONDS: Final = 10

_Endpoint: TypeAlias = Callable[[Request], Coroutine[Any, Any, Response]]


def create_witness_app(witness: Witness, *, body_seconds: float = BODY_SECONDS) -> ASGIApp:
    """body_seconds: how long a request's body may take to arrive."""
    routes = [
        Route("/add-checkpoint", _adding(witness, body_seconds), methods=["POST"]),
        Route("/", _telling(witness), methods=["GET"]),
        Route("/healthz", _healthy(witness), methods=["GET"]),
    ]
    return Doors(Starlette(routes=routes), demo=False, direct={})


def _adding(witness: Witness, body_seconds: float) -> _Endpoint:
    async def add_checkpoint(request: Request) -> Response:
        try:
            body = await read_body(request, size_max=REQUEST_BYTES_MAX, seconds=body_seconds)
        except Problem as problem:
            return PlainTextResponse(f"{problem.code}\n", problem.status, headers=problem.headers)
        try:
            reply = await run_in_threadpool(witness.add_checkpoint, body)
        except StorageError as error:
            return _unwell(error)
        # Starlette would add a charset to the type that the specification names.
        return Response(reply.body, reply.status, headers={"Content-Type": reply.content_type})

    return add_checkpoint


def _telling(witness: Witness) -> _Endpoint:
    async def tell(request: Request) -> Response:
        try:
            members = await run_in_threadpool(told, witness)
        except StorageError as error:
            return _unwell(error)
        headers = {"Cache-Control": "no-store"}
        return Response(orjson.dumps(members), media_type="application/json", headers=headers)

    return tell


def _healthy(witness: Witness) -> _Endpoint:
    async def healthz(request: Request) -> Response:
        try:
            await run_in_threadpool(witness.check_clock)
        except LedgerError as error:
            return _unwell(error)
        return PlainTextResponse("ok\n")

    return healthz


def _unwell(error: LedgerError) -> Response:
    return PlainTextResponse(f"{error}\n", 503)


def config(witness: Witness, host: str, port: int, *, body_seconds: float = BODY_SECONDS) -> uvicorn.Config:
    return uvicorn.Config(
        create_witness_app(witness, body_seconds=body_seconds),
        host=host,
        port=port,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        server_header=False,
        log_level="warning",
        limit_concurrency=CONNECTIONS_MAX,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
