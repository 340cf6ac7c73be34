"""What the proxy reads of PostgreSQL's protocol: messages, the statements in them, whose answer is whose.

A message is a type (one byte), a length (four bytes, itself included) and a body; the client's first has no
type. Each Query and each Sync is answered by messages that end with ReadyForQuery, as the first message is.
Between two of those each Execute is answered by messages that end with one of DONE; a client that sends
Flush hears of them before it sends Sync.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass

QUERY, PARSE, BIND, EXECUTE, FLUSH, SYNC, CALL = b"Q", b"P", b"B", b"E", b"H", b"S", b"F"
READY = b"Z"
DONE = (b"C", b"I", b"s", b"E")  # CommandComplete, EmptyQueryResponse, PortalSuspended, ErrorResponse
HEAD = 5


@dataclass(frozen=True, slots=True)
class Cut:
    """An order to cut. answered: after the server's answer, which is swallowed."""

    words: str
    answered: bool

    def meant(self, statement: bytes) -> bool:
        pattern = rf"(?<!\w){re.escape(self.words)}(?!\w)"
        return re.search(pattern, statement.decode("utf-8", "replace"), re.IGNORECASE) is not None


class Frames:
    """The messages that come out of a socket. started: whether the first has a type already."""

    def __init__(self, source: socket.socket, *, started: bool) -> None:
        self._source, self._started, self._buffer = source, started, b""

    def __iter__(self) -> Iterator[bytes]:
        while True:
            if (frame := self._next()) is None:
                return
            yield frame

    def _next(self) -> bytes | None:
        head = HEAD if self._started else HEAD - 1
        if not self._has(head):
            return None
        length = int.from_bytes(self._buffer[head - 4 : head], "big") + head - 4
        if not self._has(length):
            return None
        frame, self._buffer = self._buffer[:length], self._buffer[length:]
        self._started = True
        return frame

    def _has(self, size: int) -> bool:
        while len(self._buffer) < size:
            piece = self._source.recv(65_536)
            if not piece:
                return False
            self._buffer += piece
        return True


class Questions:
    """What a client said.

    answers_due: how many ReadyForQuery follow from it, the start's included; executes: how many Execute
    came since the last that asked for one.
    """

    def __init__(self) -> None:
        self.answers_due = self.executes = 0
        self._started = False
        self._parsed: dict[bytes, bytes] = {}

    def statement(self, frame: bytes) -> bytes:
        """The SQL that this message has carried out; b"" where it has none carried out.

        A prepared statement runs when values are bound to it, not when it is parsed.
        """
        if not self._started:
            return b""
        kind, body = frame[:1], frame[HEAD:]
        if kind == QUERY:
            return body.rstrip(b"\0")
        if kind == BIND:
            return self._parsed.get(body.split(b"\0", 2)[1], b"")
        return b""

    def sent(self, frame: bytes) -> None:
        """Take note of a message that goes to the server."""
        kind, body = frame[:1], frame[HEAD:]
        if not self._started:
            self._started = True
            self.answers_due = 1
        elif kind == PARSE:
            name, text, _ = body.split(b"\0", 2)
            self._parsed[name] = text
        elif kind == EXECUTE:
            self.executes += 1
        elif kind in {QUERY, SYNC, CALL}:
            self.answers_due += 1
            self.executes = 0


class Answers:
    """What a server said, and from which answer on it is not to be heard.

    complete: the answer that was to be swallowed is. flushed: the client asked for it before its Sync.
    """

    def __init__(self) -> None:
        self.complete = self.flushed = False
        self._ready = self._done = 0
        self._heard: tuple[int, int] | None = None

    def silent_after(self, answers: int, executes: int) -> None:
        """Swallow what follows so many ReadyForQuery and, after them, so many answers to Execute."""
        self._heard = answers, executes

    def swallows(self, frame: bytes) -> bool:
        """Whether this message is part of the answer to be swallowed."""
        swallowed = self._heard is not None and (self._ready, self._done) >= self._heard
        if frame[:1] == READY:
            self._ready, self._done = self._ready + 1, 0
            self.complete = swallowed
        elif frame[:1] in DONE:
            self._done += 1
            self.complete = swallowed and self.flushed
        return swallowed
