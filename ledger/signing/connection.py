"""One connection to a signer: a question, its answer, and no longer than a given time."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Mapping
from typing import Any

from ledger.signing import wire
from ledger.signing.address import Address, connect

_PIECE_BYTES = 4096


class Connection:
    """timeout_seconds: for connecting, and for each question with its answer.

    Every method raises OSError where the connection breaks or takes too long, WireError for what the other
    side cannot have meant; it is of no use afterwards.
    """

    def __init__(self, address: Address, token: bytes | None, timeout_seconds: float) -> None:
        self._token, self._timeout = token, timeout_seconds
        deadline = time.monotonic() + timeout_seconds
        self._socket = connect(address, timeout_seconds)
        self._rest, self._number = b"", 0
        try:
            self._nonce = wire.read_greeting(self._line(deadline))
        except BaseException:
            self.close()
            raise

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The members of the answer to a request of wire's."""
        deadline = time.monotonic() + self._timeout
        line, mac = wire.seal_request(self._token, self._nonce, self._number, request)
        self._socket.settimeout(self._timeout)
        self._socket.sendall(line)
        self._number += 1
        return wire.read_answer(self._token, mac, self._line(deadline))

    def close(self) -> None:
        self._socket.close()

    def _line(self, deadline: float) -> bytes:
        """The next line, and nothing may follow it: nobody has asked."""
        while b"\n" not in self._rest:
            if len(self._rest) > wire.LINE_BYTES_MAX:
                raise wire.WireError("a line is too long")
            self._rest += self._piece(deadline)
        line, end, rest = self._rest.partition(b"\n")
        if rest:
            raise wire.WireError("more is said than was asked")
        self._rest = b""
        return line + end

    def _piece(self, deadline: float) -> bytes:
        left = deadline - time.monotonic()
        if left <= 0:  # one byte now and then must not hold whoever waits for ever
            raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        self._socket.settimeout(left)
        piece = self._socket.recv(_PIECE_BYTES)
        if not piece:
            raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
        return piece
