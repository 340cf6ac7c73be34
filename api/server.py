"""Running the application with uvicorn: for as long as it is wanted, or beside other work."""

from __future__ import annotations

import socket
import sys
import threading
from types import TracebackType
from typing import Self

import uvicorn

from api.app import create_app
from api.settings import Settings
from ledger.clock import Clock
from ledger.errors import StorageError

SHUTDOWN_SECONDS = 10
START_SECONDS = 60.0


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


class BackgroundServer:
    """A server on a thread of its own; use it in a `with`. port 0: a free one."""

    def __init__(
        self, settings: Settings, *, host: str = "127.0.0.1", port: int = 0, clock: Clock | None = None
    ) -> None:
        self._socket = socket.create_server((host, port))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{host}:{self.port}"
        self._server = _Announcing(config(settings, host, self.port, clock=clock))
        self._thread = threading.Thread(target=self._run, name="server", daemon=True)

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        except SystemExit:  # uvicorn's answer to a lifespan that fails
            self._server.started = False
        finally:
            self._server.ready.set()

    def __enter__(self) -> Self:
        """Returns once it answers. Raises StorageError if it cannot start."""
        self._thread.start()
        self._server.ready.wait(START_SECONDS)
        if not self._server.started:
            self.close()
            raise StorageError(f"the server on port {self.port} did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


class _Announcing(uvicorn.Server):
    """Says when it has started; signals stay with the main thread."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()
