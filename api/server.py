"""Running the application with uvicorn."""

from __future__ import annotations

import sys

import uvicorn

from api.app import create_app
from api.settings import Settings
from ledger.clock import Clock

SHUTDOWN_SECONDS = 10


def config(settings: Settings, host: str, port: int, *, clock: Clock | None = None) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(settings, clock=clock),
        host=host,
        port=port,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


def serve(settings: Settings, host: str, port: int) -> None:
    """Serve until the process is told to stop; what is under way is finished."""
    uvicorn.Server(config(settings, host, port)).run()
