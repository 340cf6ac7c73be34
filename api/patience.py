"""How long and how much a connection may take: uvicorn waits for ever, and reads a head of any size."""

from __future__ import annotations

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from api.settings import Settings

HEAD_SECONDS: Final = 10.0
HEAD_BYTES_MAX: Final = 65_536
_PIECE_BYTES: Final = 8192  # a head may be too large by two: that in which it begins is not counted
_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
)


class PatientProtocol(HttpToolsProtocol):
    """Closes a connection of which nothing is to be expected, and one that is too many.

    - whose first head, or one that has begun, is not whole in time, or too large: what counts is what comes
      in a row and belongs to no body, so that trailers and the lines between chunks are bounded too;
    - whose client takes nothing of what is sent: one or two times `stall_seconds` without a byte.

    Between two requests uvicorn's own timeout holds (timeout_keep_alive).
    """

    head_seconds = HEAD_SECONDS
    stall_seconds = 60.0
    connections_max = 4000
    _waiting: asyncio.TimerHandle | None = None
    _watching: asyncio.TimerHandle | None = None
    _unsent: int | None = None  # bytes at the last look; None: something was sent or done since
    _beside = 0  # bytes in a row that belong to no body
    _is_new = False  # a request or a part of a body began in this piece

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        if len(self.connections) >= self.connections_max:
            self.transport = transport  # never counted: those that are open go on
            transport.abort()
            return
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data), _PIECE_BYTES):
            if self.transport.is_closing():
                return
            self._take(data[start : start + _PIECE_BYTES])

    def _take(self, piece: bytes) -> None:
        self._is_new = False
        super().data_received(piece)
        self._beside = 0 if self._is_new else self._beside + len(piece)
        if self._beside > HEAD_BYTES_MAX and not self.transport.is_closing():
            cycle: RequestResponseCycle | None = self.cycle
            if cycle is None or cycle.response_complete:
                self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        self._is_new = True
        super().on_message_begin()
        self._wait()

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._is_new = True
        super().on_body(body)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._waiting is None:
            self._waiting = self.loop.call_later(self.head_seconds, self._give_up)

    def _give_up(self) -> None:
        self._waiting = None
        if not self.transport.is_closing():
            self.transport.close()

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _watch(self) -> None:
        """Look from now on whether the client takes what is sent; also what is sent before it is closed."""
        self._unsent = None
        if self._watching is None and self.transport.get_write_buffer_size():
            self._watching = self.loop.call_later(self.stall_seconds, self._look)

    def _look(self) -> None:
        self._watching = None
        left = self.transport.get_write_buffer_size()
        if not left:
            return
        if self._unsent is not None and left >= self._unsent:
            self.transport.abort()  # closing would wait for the client
            return
        self._unsent = left
        self._watching = self.loop.call_later(self.stall_seconds, self._look)


def patient(settings: Settings) -> type[PatientProtocol]:
    """The protocol with the settings of one server."""

    class Patient(PatientProtocol):
        stall_seconds = settings.answer_stall_seconds
        connections_max = settings.connections_max

    return Patient
