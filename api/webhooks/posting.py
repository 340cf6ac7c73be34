"""One message to one address: no proxy, no redirect, bounded time, a bounded piece of the answer."""

from __future__ import annotations

import errno
import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from api.webhooks.address import Reach, place_of
from api.webhooks.refused import NotTaken
from ledger.sentence import Sentence

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CONNECT_SECONDS: Final = 5.0
WHOLE_SECONDS: Final = 15.0
ANSWER_BYTES_MAX: Final = 4096
ADDRESSES_TRIED_MAX: Final = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """status: HTTP's; retry_after: the header as it came; body: its beginning."""

    status: int
    retry_after: str | None
    body: bytes


class Post:
    """Sends messages, one at a time. `cut` ends the one under way, from another thread.

    whole_seconds: for connecting, the handshake, the request and the answer together; a receiver that
    sends a byte now and then gains nothing. Asking for the name's addresses is the system's own time.
    """

    def __init__(
        self,
        reach: Reach,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        whole_seconds: float = WHOLE_SECONDS,
    ) -> None:
        self._reach, self._tls = reach, reach.tls()
        self._connect_seconds, self._whole_seconds = connect_seconds, whole_seconds
        self._lock = threading.Lock()
        self._open: socket.socket | None = None
        self._is_cut = False

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Raises NotTaken when there is no answer."""
        host, port = place_of(url)
        addresses = self._reach.addresses(host, port)
        deadline = _Deadline(self._whole_seconds)
        try:
            line = self._secured(self._connected(addresses, port, deadline), host, deadline)
            try:
                return _exchange(_Timed(line, deadline), url, headers, body)
            finally:
                self._forget(line)
        except TimeoutError:
            raise NotTaken(Sentence("no answer came in time", "webhook-timeout")) from None
        except http.client.RemoteDisconnected as error:
            why = ConnectionResetError(errno.ECONNRESET, "closed")
            raise NotTaken(Sentence("no connection: {why}", "webhook-unreachable", why=why)) from error
        except OSError as error:
            raise NotTaken(Sentence("no connection: {why}", "webhook-unreachable", why=error)) from error
        except (http.client.HTTPException, ValueError) as error:
            raise NotTaken(Sentence("what answers there does not speak HTTP", "webhook-no-http")) from error

    def cut(self) -> None:
        """Let whoever waits for an answer stop waiting; nothing is sent any more."""
        with self._lock:
            self._is_cut = True
            if self._open is not None:
                _shut(self._open)

    def _connected(self, addresses: list[str], port: int, deadline: _Deadline) -> socket.socket:
        """The first of these that can be reached: no name is asked for again. Raises OSError."""
        failed: OSError = OSError("no address")
        for address in addresses[:ADDRESSES_TRIED_MAX]:
            try:
                return socket.create_connection((address, port), min(self._connect_seconds, deadline.left()))
            except OSError as error:
                failed = error
        raise failed

    def _secured(self, plain: socket.socket, host: str, deadline: _Deadline) -> ssl.SSLSocket:
        """The certificate has to be the name's, whichever address was connected to. Raises OSError."""
        try:
            plain.settimeout(deadline.left())
            line = self._tls.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
        except BaseException:
            plain.close()
            raise
        try:
            self._remember(line)
            line.do_handshake()
        except BaseException:
            self._forget(line)
            raise
        return line

    def _remember(self, line: socket.socket) -> None:
        with self._lock:
            self._open = line
            if self._is_cut:
                _shut(line)

    def _forget(self, line: socket.socket) -> None:
        with self._lock:
            self._open = None
        line.close()


def _shut(line: socket.socket) -> None:
    """The plain socket's own: that of TLS would drop what another thread is using."""
    try:
        socket.socket.shutdown(line, socket.SHUT_RDWR)
    except OSError:
        return  # it is closed already


class _Deadline:
    """left: seconds to go. Raises TimeoutError."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Timed(io.RawIOBase):
    """What http.client needs of a socket; each step has what is left of the whole time."""

    def __init__(self, line: socket.socket, deadline: _Deadline) -> None:
        self._line, self._deadline = line, deadline

    def sendall(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            self._line.settimeout(self._deadline.left())
            rest = rest[self._line.send(rest) :]

    def makefile(self, mode: str) -> io.BufferedReader:
        assert mode == "rb"
        return io.BufferedReader(self)  # it is closed with its socket

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        self._line.settimeout(self._deadline.left())
        return self._line.recv_into(buffer)


def _exchange(line: _Timed, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(parts.netloc)
    connection.sock = line  # all that it uses of one
    connection.request("POST", target, body, {**headers, "Host": parts.netloc, "Connection": "close"})
    response = connection.getresponse()
    return Answer(response.status, response.getheader("Retry-After"), _beginning(response))


def _beginning(response: http.client.HTTPResponse) -> bytes:
    """Only for people's eyes: the status has said it all, so a body that breaks off is no failure."""
    received = bytearray()
    try:
        while len(received) < ANSWER_BYTES_MAX:
            chunk = response.read1(ANSWER_BYTES_MAX - len(received))
            if not chunk:
                break
            received += chunk
    except (OSError, http.client.HTTPException, ValueError):
        return bytes(received)
    return bytes(received)
