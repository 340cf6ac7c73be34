"""Running the application with uvicorn."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from types import FrameType
from typing import Any, Final

import uvicorn

from api.app import create_app
from api.collecting import collect_seldom
from api.context import Context
from api.lifecycle import Lifecycle
from api.patience import patient
from api.settings import Settings
from ledger.clock import Clock

log = logging.getLogger("pledger.server")

ONE_SIGNAL_SECONDS: Final = 1.0  # a shell and what it runs are often told at once


def config(
    settings: Settings,
    host: str,
    port: int,
    *,
    clock: Clock | None = None,
    open_now: bool = False,
    log_config: dict[str, Any] | None = uvicorn.config.LOGGING_CONFIG,
) -> uvicorn.Config:
    """open_now: open the ledger here, so that what is wrong with it is raised and no server's traceback.

    Then raises LedgerError. log_config: for logging.config.dictConfig.
    """
    collect_seldom()
    opened = Context(settings, clock) if open_now else None
    return uvicorn.Config(
        create_app(settings, clock=clock, opened=opened),
        host=host,
        port=port,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http=patient(settings),
        ws="none",
        lifespan="on",
        access_log=False,
        server_header=False,
        log_config=log_config,
        log_level="warning",
        proxy_headers=False,  # api/limits/addresses.py reads them, and keeps the peer
        timeout_graceful_shutdown=settings.shutdown_seconds,  # type: ignore[arg-type]  # a float does as well
    )


class Server(uvicorn.Server):
    """Stops in order at the first signal, and hard at the second.

    First /readyz says no; after `drain_seconds` nothing new is taken; what is under way gets
    `shutdown_seconds`. A log survives a hard end: what was acknowledged is on the disk.
    """

    def __init__(self, given: uvicorn.Config, settings: Settings) -> None:
        super().__init__(given)
        self._drain_seconds = settings.drain_seconds
        self._told: float | None = None
        self._lifecycle: Lifecycle = given.app.state.lifecycle  # type: ignore[union-attr]

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal. uvicorn's own way would end the process by the signal, and not with 0."""
        now = time.monotonic()
        if self._told is None:
            self._told, self._lifecycle.stopping = now, True
        elif now - self._told > ONE_SIGNAL_SECONDS:
            os.write(sys.stderr.fileno(), f"pledger: {signal.Signals(sig).name} again: ended\n".encode())
            os._exit(128 + sig)

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: has the time to stop come?"""
        if self._told is not None and time.monotonic() - self._told >= self._drain_seconds:
            log.info("stopping: what is under way is finished")
            self.should_exit = True
            self._lifecycle.end()
        return await super().on_tick(counter)
