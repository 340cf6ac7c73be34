"""A server that answers what a test says: for answers that Pledger's own would never give."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answers = Mapping[tuple[str, str], tuple[int, Any]]  # (method, path) → status, JSON or bytes


@contextmanager
def fake_api(answers: Answers) -> Iterator[str]:
    """Serve the answers on a free loopback port; gives the address. What is not there is a bare 404."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body = answers.get((self.command, self.path.partition("?")[0]), (404, b"?"))
            raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815 -- http.server's names

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- its name above
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
