"""A real server on a free loopback port, in a thread of the test's process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from api.server import config
from api.settings import Settings

START_SECONDS_MAX = 20.0


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """Serve; gives the address. It is stopped as a signal would stop it."""
    server = uvicorn.Server(config(settings, "127.0.0.1", 0))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{_port(server, thread)}"
    finally:
        server.should_exit = True
        thread.join()


def _port(server: uvicorn.Server, thread: threading.Thread) -> int:
    """The port that the system chose, once the server listens."""
    until = time.monotonic() + START_SECONDS_MAX
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < until, "the server takes too long to start"
        time.sleep(0.005)
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port
