"""Running the application with uvicorn."""

from __future__ import annotations

import gc
import sys

import uvicorn

from api.app import create_app
from api.context import Context
from api.settings import Settings
from ledger.clock import Clock

SHUTDOWN_SECONDS = 10
# New containers, and younger collections, before a collection: the state of a ledger is a
# great many small objects that stay, and looking through them again and again is what the
# slowest of a hundred submissions waited for.
COLLECT_AFTER = (50_000, 20, 50)


def config(
    settings: Settings, host: str, port: int, *, clock: Clock | None = None, open_now: bool = False
) -> uvicorn.Config:
    """open_now: open the ledger here, so that what is wrong with it is raised and no server's traceback.

    Then raises LedgerError.
    """
    gc.set_threshold(*COLLECT_AFTER)
    opened = Context(settings, clock) if open_now else None
    return uvicorn.Config(
        create_app(settings, clock=clock, opened=opened),
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
