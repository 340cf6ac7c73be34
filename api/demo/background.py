"""A server beside the caller: started, found ready, and stopped again."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

import httpx
import uvicorn

from api.server import config
from api.settings import Settings
from ledger.errors import StorageError

READY_SECONDS_MAX = 30


class BackgroundServer:
    """Serves in a thread while the `with` lasts. Raises StorageError if it does not get ready."""

    def __init__(self, settings: Settings, *, host: str, port: int) -> None:
        self.url = f"http://{host}:{port}"
        self._server = uvicorn.Server(config(settings, host, port))
        self._thread = threading.Thread(target=self._run, name="server", daemon=True)
        self._ended = threading.Event()

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
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=READY_SECONDS_MAX)
