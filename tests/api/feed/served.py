"""A real server over a town's copy, in a thread, whose ledger a test appends to; it stops as by a signal."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from api.context import Context
from api.feed.hub import Hub
from api.server import Server, config
from api.settings import Settings
from ledger.receipt import Receipt
from tests.api.feed.sse import plain_client
from tests.support.town import PROGRAMME, TestLedger, lines

SECONDS_MAX = 60.0  # a bound only


@dataclass
class Served:
    """url: of a server that answers; thread: in which it runs."""

    town: TestLedger
    url: str
    app: FastAPI
    server: Server
    thread: threading.Thread

    @property
    def context(self) -> Context:
        context: Context = self.app.state.context
        return context

    @property
    def hub(self) -> Hub:
        hub: Hub = self.app.state.hub
        return hub

    def submit(self, amount: str = "150.00") -> Receipt:
        """One change of the plan, recorded."""
        return self.town.submit("financing.changed", PROGRAMME, lines(amount), effective="2025-06-01")

    def say(self, amount: str = "150.00") -> Receipt:
        """One change of the plan, recorded and readable."""
        receipt = self.submit(amount)
        self.context.wait_for(receipt.index + 1)
        return receipt

    def get(self, path: str, **headers: str) -> httpx.Response:
        with plain_client(SECONDS_MAX) as client:
            return client.get(self.url + path, headers=headers)

    def json(self, path: str) -> Any:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def stop(self) -> None:
        _stop(self.server)

    def until(self, holds: Any) -> None:
        limit = time.monotonic() + SECONDS_MAX
        while not holds():
            assert time.monotonic() < limit
            time.sleep(0.005)


@contextmanager
def served(model: TestLedger, path: Path, **settings: Any) -> Iterator[Served]:
    town = TestLedger.copy_of(model, path)
    town.close()
    given = Settings(data=path, **settings)
    made = config(given, "127.0.0.1", 0, clock=town.clock)
    server = Server(made, given)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield _ready(town, server, thread, made.app)  # type: ignore[arg-type]  # uvicorn takes any application
    finally:
        _stop(server)
        thread.join(SECONDS_MAX)
        assert not thread.is_alive()


def _ready(town: TestLedger, server: Server, thread: threading.Thread, app: FastAPI) -> Served:
    limit = time.monotonic() + SECONDS_MAX
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < limit
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    one = Served(town, f"http://127.0.0.1:{port}", app, server, thread)
    town.ledger = one.context.ledger
    one.context.wait_for(one.context.position)
    return one


def _stop(server: Server) -> None:
    """As by one signal: a second one would end the test's own process."""
    if not server._lifecycle.stopping:
        server.handle_exit(signal.SIGTERM, None)
