"""A network between a client and a PostgreSQL server that a test can break at a chosen statement.

with Proxy(server.port) as proxy:
    connection = psycopg.connect(server.conninfo(port=proxy.port))
    proxy.cut_after("COMMIT")   # the server commits, the client never hears of it

Plain connections alone: server.conninfo() asks for no encryption. Source: PostgreSQL's frontend/backend
protocol, version 3 (Query, Parse, Bind, Sync, ReadyForQuery).
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

from tests.support.polling import until
from tests.support.ports import free_port
from tests.support.proxy_wire import FLUSH, Answers, Cut, Frames, Questions

PIECE = 65_536
JOIN_SECONDS_MAX = 10.0


class Proxy:
    """Listens on a port of the loopback and hands each connection on to a server's.

    target: the server's port; a later one counts for new connections. cuts: how many orders to cut were
    carried out.
    """

    def __init__(self, target: int) -> None:
        self.target, self.port = target, free_port()
        self.cuts = 0
        self._order: Cut | None = None
        self._lock = threading.Lock()
        self._flows = threading.Event()
        self._flows.set()
        self._listener: socket.socket | None = None
        self._threads: list[threading.Thread] = []
        self._lines: list[_Line] = []
        self.accept()

    # -- orders -------------------------------------------------------------------------

    def cut_before(self, words: str) -> None:
        """Cut the connection on which the next statement with these words comes, before the server sees it.

        words: whole ones, of any case, anywhere in the statement. One statement; those after it pass. The
        server hears of the end a moment later, and rolls back.
        """
        self._order = Cut(words, answered=False)

    def cut_after(self, words: str) -> None:
        """The same, once the server has carried the statement out; its answer goes nowhere."""
        self._order = Cut(words, answered=True)

    def wait_cut(self, cuts: int = 1) -> None:
        """Wait until so many orders to cut were carried out. AssertionError: the words never came."""
        until(lambda: self.cuts >= cuts, "the statement to cut at comes")

    def stall(self) -> None:
        """Hold back everything in both directions; connections stay open."""
        self._flows.clear()

    def flow(self) -> None:
        """Let through what was held back."""
        self._flows.set()

    def cut(self) -> None:
        """Close all connections now."""
        with self._lock:
            lines, self._lines = self._lines, []
        for line in lines:
            line.close()

    def refuse(self) -> None:
        """Close all connections, and let nobody connect."""
        if self._listener is not None:
            _close(self._listener)
            self._listener = None
        self.cut()

    def accept(self) -> None:
        """Let clients connect (again)."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._run(self._accept, self._listener)

    def close(self) -> None:
        self.refuse()
        self.flow()
        for thread in self._threads:
            thread.join(JOIN_SECONDS_MAX)
            assert not thread.is_alive(), "the proxy does not end"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- what its lines ask -------------------------------------------------------------

    def taken(self, statement: bytes) -> Cut | None:
        """The order that is for this statement, which nobody else then carries out."""
        with self._lock:
            order = self._order
            if order is None or not order.meant(statement):
                return None
            self._order = None
            return order

    def carried_out(self) -> None:
        with self._lock:
            self.cuts += 1

    def wait_flow(self) -> None:
        self._flows.wait()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:  # closed by refuse()
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                _close(client)
                continue
            line = _Line(self, client, server)
            with self._lock:
                open_still = self._listener is listener
                self._lines.append(line)
            if not open_still:
                line.close()
            self._run(line.questions)
            self._run(line.answers)

    def _run(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()


class _Line:
    """One client's connection and the one to the server that belongs to it."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._asked, self._answered, self._ordered = Questions(), Answers(), False

    def close(self) -> None:
        _close(self._client)
        _close(self._server)

    def questions(self) -> None:
        """Client to server until either ends."""
        with suppress(OSError):
            for frame in Frames(self._client, started=False):
                self._proxy.wait_flow()
                statement = self._asked.statement(frame)
                order = self._proxy.taken(statement) if statement else None
                if order is not None and not order.answered:
                    self._proxy.carried_out()
                    break
                if order is not None:
                    self._answered.silent_after(self._asked.answers_due, self._asked.executes)
                    self._ordered = True
                if frame[:1] == FLUSH:
                    self._answered.flushed = self._ordered
                self._asked.sent(frame)
                self._server.sendall(frame)
        self.close()

    def answers(self) -> None:
        """Server to client until either ends, or an answer was to be swallowed and is complete."""
        with suppress(OSError):
            for frame in Frames(self._server, started=True):
                self._proxy.wait_flow()
                if not self._answered.swallows(frame):
                    self._client.sendall(frame)
                elif self._answered.complete:
                    self._proxy.carried_out()
                    break
        self.close()


def _close(one: socket.socket) -> None:
    """Wake whoever reads from it, and close it."""
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
