"""A server beside the caller: started, found ready, and stopped again."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

import httpx
import uvicorn

from ledger.errors import StorageError

READY_SECONDS_MAX = 30


class BackgroundServer:
    """Serves in a thread while the `with` lasts. Raises StorageError if it does not get ready.

    config: with port 0 the machine chooses a free one. ready: the path that answers 200 once it is.
    """

    def __init__(self, config: uvicorn.Config, *, ready: str) -> None:
        self._config, self._ready = config, ready
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="server", daemon=True)
        self._ended = threading.Event()

    @property
    def url(self) -> str:
        """Where it listens; with port 0 that is known once it does."""
        port = self._config.port
        if self._server.started and port == 0:
            port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://{self._config.host}:{port}"

    def _run(self) -> None:
        try:
            self._server.run()
        except SystemExit:
            pass  # uvicorn has said why; the waiting side sees that it ended
        finally:
            self._ended.set()

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline and not self._ended.wait(0.05):
            if self._server.started and self._is_ready():
                return self
        self.__exit__(None, None, None)
        raise StorageError(f"no server could be started on {self.url}: is the port in use?")

    def _is_ready(self) -> bool:
        try:
            # A proxy of the environment must not be asked for this machine.
            answer = httpx.get(f"{self.url}{self._ready}", timeout=5, trust_env=False)
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=READY_SECONDS_MAX)
