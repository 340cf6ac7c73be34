"""GET /metrics on an address of its own: the public door never shows them, whatever stands before it."""

from __future__ import annotations

import http.server
import logging
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from typing import Any, Final

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

log = logging.getLogger("pledger.metrics")

PATH: Final = "/metrics"
AT_ONCE: Final = 8
READ_SECONDS: Final = 10.0


class _Server(http.server.ThreadingHTTPServer):
    """So many scrapes at once, each in a thread; one more is turned away."""

    daemon_threads = True

    def __init__(self, listening: socket.socket, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        super().__init__(listening.getsockname()[:2], _Handler, bind_and_activate=False)
        self.socket.close()  # the one that it made itself
        self.socket = listening
        self.server_activate()

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._slots.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.warning("a scrape of the metrics failed", exc_info=True)


class _Handler(http.server.BaseHTTPRequestHandler):
    """One answer to a connection. The form is the one that Accept asks for."""

    server: _Server
    server_version, sys_version = "pledger", ""
    timeout = READ_SECONDS

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != PATH:
            self._answer(HTTPStatus.NOT_FOUND, b"GET /metrics\n", "text/plain; charset=utf-8")
            return
        encode, kind = choose_encoder(self.headers.get("Accept", ""))
        self._answer(HTTPStatus.OK, encode(self.server.registry), kind)

    def _answer(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it so
        """Scrapes are not worth a line."""


@contextmanager
def metrics_served(sockets: Sequence[socket.socket], registry: CollectorRegistry) -> Iterator[None]:
    """Answer on these bound sockets while the `with` lasts."""
    with ExitStack() as opened:
        for listening in sockets:
            server = opened.enter_context(_Server(listening, registry))
            threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
            opened.callback(server.shutdown)
        yield
