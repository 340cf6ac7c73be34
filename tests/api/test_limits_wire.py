"""Limits on the wire: what one client holds, sends or does not read keeps nobody else out."""

from __future__ import annotations

import hashlib
import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.patience import HEAD_BYTES_MAX, PatientProtocol
from api.settings import Settings
from tests.api.running import running
from tests.api.story import EVIDENCE
from tests.support.town import PROGRAMME, TestLedger

SECONDS = 30
FILE = bytes(range(256)) * (1 << 16)  # 16 MiB: more than the system keeps for a client that does not read
PATH = f"/v1/files/{hashlib.sha256(FILE).hexdigest()}"
ONE, OTHER = "203.0.113.66", "198.51.100.7"
OCTETS = "application/octet-stream"


@pytest.fixture(scope="module")
def filed(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    """A closed town in which an event names FILE."""
    town = TestLedger.copy_of(model_town, tmp_path_factory.mktemp("filed") / "town")
    file = EVIDENCE | {"sha256": hashlib.sha256(FILE).hexdigest(), "size": len(FILE)}
    data = {"indicator": "i-1", "period": "2025-Q1", "accumulation": "period", "value": "1"}
    town.submit("actual.reported", PROGRAMME, data, files=[file])
    town.close()
    return town


@contextmanager
def serving(model: TestLedger, folder: Path, **settings: Any) -> Iterator[str]:
    """A server over a copy, which believes this machine as a proxy."""
    town = TestLedger.copy_of(model, folder / "town")
    town.close()
    with running(Settings(data=town.path, forwarded_allow_ips="127.0.0.1", **settings)) as url:
        yield url


def connect(url: str, *, window: int = 0) -> socket.socket:
    """window: bytes that the system keeps for a client that does not read."""
    host, port = url.removeprefix("http://").split(":")
    connection = socket.socket()
    connection.settimeout(SECONDS)
    if window:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    connection.connect((host, int(port)))
    return connection


def rest(connection: socket.socket) -> bytes:
    """What still comes until the other end closes."""
    answer = b""
    with suppress(ConnectionError):
        while part := connection.recv(65536):
            answer += part
    return answer


def get(url: str, address: str, path: str = "/v1") -> int:
    headers = {"X-Forwarded-For": address}
    return httpx.get(url + path, headers=headers, timeout=SECONDS, trust_env=False).status_code


def put(url: str, address: str) -> httpx.Response:
    headers = {"X-Forwarded-For": address, "Content-Type": OCTETS}
    return httpx.put(url + PATH, content=FILE, headers=headers, timeout=SECONDS, trust_env=False)


def announce(url: str, method: str, path: str, media_type: str, size: int) -> socket.socket:
    """A request of ONE whose body is waited for."""
    connection = connect(url)
    connection.sendall(
        f"{method} {path} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {ONE}\r\nContent-Type: {media_type}\r\n"
        f"Content-Length: {size}\r\nExpect: 100-continue\r\n\r\n".encode()
    )
    assert connection.recv(64).startswith(b"HTTP/1.1 100")
    return connection


@pytest.fixture(scope="module")
def served(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(model_town, tmp_path_factory.mktemp("served")) as url:
        yield url


# -- heads ----------------------------------------------------------------------------

GET = b"GET /v1 HTTP/1.1\r\nHost: x\r\n"
CHUNKED = b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/jose+json\r\n"
CHUNKED += b"Transfer-Encoding: chunked\r\n\r\n"


def poured(connection: socket.socket, first: bytes, more: bytes, total: int) -> int:
    """Bytes that could be sent before the other end closed."""
    sent = 0
    with suppress(ConnectionError):
        connection.sendall(first)
        while sent < total:
            connection.sendall(more)
            sent += len(more)
    return sent


@pytest.mark.parametrize(
    ("first", "more"),
    [
        (GET, (b"X-A: " + b"a" * 1000 + b"\r\n") * 60),
        (GET + b"X-A: ", b"a" * 60_000),
        (b"GET /", b"a" * 60_000),
        (b"", b"\r\n" * 30_000),
        (CHUNKED + b"1\r\n{\r\n0\r\n", (b"X-A: " + b"a" * 1000 + b"\r\n") * 60),
        (CHUNKED + b"1;", b"a" * 60_000),
    ],
    ids=["many headers", "one header", "an address", "empty lines", "trailers", "an extension of a chunk"],
)
def test_a_head_without_end_is_not_read(served: str, first: bytes, more: bytes) -> None:
    total = 64 << 20
    with connect(served) as connection:
        assert poured(connection, first, more, total) < total / 2, "the rest lay in the system's buffers"
        assert get(served, OTHER, "/healthz") == 200


def test_a_head_that_is_too_large_is_answered_431(served: str) -> None:
    with connect(served) as connection:
        connection.sendall(GET + b"X-A: " + b"a" * (HEAD_BYTES_MAX + 16_384))
        assert rest(connection).startswith(b"HTTP/1.1 431 ")


def test_each_request_on_a_connection_has_a_head_of_its_own(served: str) -> None:
    head = b"X-A: " + b"a" * (HEAD_BYTES_MAX - 1000) + b"\r\n\r\n"
    with connect(served) as connection:
        connection.sendall((GET + head) * 2 + GET + b"Connection: close\r\n" + head)
        assert rest(connection).count(b"HTTP/1.1 200 ") == 3


# -- shares ---------------------------------------------------------------------------


def test_one_address_does_not_hold_all_that_is_taken_at_once(model_town: TestLedger, tmp_path: Path) -> None:
    with serving(model_town, tmp_path, requests_per_address=3) as url:
        held = [announce(url, "POST", "/v1/events", "application/jose+json", 100) for _ in range(3)]
        assert (get(url, ONE), get(url, ONE, "/healthz"), get(url, OTHER)) == (429, 200, 200)
        held[0].sendall(b"{" * 100)
        assert held[0].recv(64).startswith(b"HTTP/1.1 400")
        until_status(url, ONE, 200)
        for connection in held:
            connection.close()


def until_status(url: str, address: str, status: int) -> None:
    limit = time.monotonic() + SECONDS
    while get(url, address) != status:
        assert time.monotonic() < limit


def test_slow_uploads_of_one_address_leave_places_for_others(filed: TestLedger, tmp_path: Path) -> None:
    with serving(filed, tmp_path, uploads_at_once=4) as url:
        slow = [announce(url, "PUT", PATH, OCTETS, len(FILE)) for _ in range(2)]
        refused = put(url, ONE)
        assert (refused.status_code, refused.json()["type"]) == (503, "urn:pledger:problem:busy")
        assert put(url, OTHER).status_code == 201
        for connection in slow:
            connection.close()


def test_an_upload_of_which_too_little_comes_gives_up_its_place(filed: TestLedger, tmp_path: Path) -> None:
    with serving(filed, tmp_path, upload_grace_seconds=0.2) as url:
        with announce(url, "PUT", PATH, OCTETS, len(FILE)) as connection:
            connection.sendall(b"x")
            answer = rest(connection)
        assert answer.startswith(b"HTTP/1.1 408")
        assert b"body-too-slow" in answer
        assert put(url, ONE).status_code == 201


# -- answers that nobody reads --------------------------------------------------------


def test_a_download_that_nobody_reads_is_cut_off(filed: TestLedger, tmp_path: Path) -> None:
    with serving(filed, tmp_path, answer_stall_seconds=1.0, requests_per_address=1) as url:
        assert put(url, OTHER).status_code == 201
        with connect(url, window=4096) as download:
            download.sendall(f"GET {PATH} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {ONE}\r\n\r\n".encode())
            assert download.recv(16).startswith(b"HTTP/1.1 200")
            assert get(url, ONE) == 429
            until_status(url, ONE, 200)
            assert len(rest(download)) < len(FILE)
        assert len(httpx.get(url + PATH, timeout=SECONDS, trust_env=False).content) == len(FILE)


class Pipe:
    """A transport and a loop: how much is unsent is said by hand, and so is when a time has come."""

    def __init__(self) -> None:
        self.left, self.aborted = 100, False
        self.due: list[Any] = []

    def get_write_buffer_size(self) -> int:
        return self.left

    def abort(self) -> None:
        self.aborted = True

    def call_later(self, _: float, look: Any) -> Any:
        self.due.append(look)
        return look


def test_who_takes_little_by_little_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe, protocol = Pipe(), PatientProtocol.__new__(PatientProtocol)
    monkeypatch.setattr(protocol, "transport", pipe, raising=False)
    monkeypatch.setattr(protocol, "loop", pipe, raising=False)
    protocol._watch()
    for left in (100, 60, 59, 1):
        pipe.left = left
        pipe.due.pop()()
        assert not pipe.aborted
    pipe.due.pop()()
    assert pipe.aborted
    assert pipe.due == []


# -- connections ----------------------------------------------------------------------


def test_connections_too_many_are_closed_and_those_that_are_open_go_on(
    model_town: TestLedger, tmp_path: Path
) -> None:
    with serving(model_town, tmp_path, connections_max=3) as url:
        old = http.client.HTTPConnection(url.removeprefix("http://"), timeout=SECONDS)
        silent = []
        for _ in range(2):
            old.request("GET", "/v1")
            assert old.getresponse().read()
            silent.append(connect(url))
        with connect(url) as surplus:
            assert rest(surplus) == b""
        old.request("GET", "/v1")
        answer = old.getresponse()
        assert (answer.status, bool(answer.read())) == (200, True)
        for connection in silent:
            connection.close()
        old.close()
