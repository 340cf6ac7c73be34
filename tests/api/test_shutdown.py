"""Stopping: first not ready, then nothing new; what is under way is finished, or told that it is not."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from ledger.envelope import envelope_json
from ledger.receipt import read_receipt
from tests.api.story import EVIDENCE
from tests.support.ports import free_port
from tests.support.town import LATER, PROGRAMME, TestLedger

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals"),
]

SECONDS_MAX = 120.0  # a bound only: on a busy machine a process takes long to start
BIG = bytes(range(256)) * (1 << 16)  # 16 MiB: more than the system keeps for a client that does not read
PATIENT = {"PLEDGER_SHUTDOWN_SECONDS": "25"}  # on a busy machine too
ENVIRONMENT = {**os.environ, "PLEDGER_LANG": "en", "NO_COLOR": "1"}


@pytest.fixture(scope="module")
def filed(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    """A closed town in which an event names BIG."""
    town = TestLedger.copy_of(model_town, tmp_path_factory.mktemp("filed") / "town")
    file = EVIDENCE | {"sha256": hashlib.sha256(BIG).hexdigest(), "size": len(BIG)}
    data = {"indicator": "i-1", "period": "2025-Q1", "accumulation": "period", "value": "1"}
    town.submit("actual.reported", PROGRAMME, data, files=[file])
    town.close()
    return town


@dataclass
class Served:
    """A server as a process of its own, and the town whose keys sign."""

    town: TestLedger
    port: int
    process: subprocess.Popen[bytes]
    errors: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, path: str) -> httpx.Response:
        return httpx.get(self.url + path, trust_env=False, timeout=SECONDS_MAX)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def end(self) -> int:
        return self.process.wait(timeout=SECONDS_MAX)

    def said(self) -> str:
        return self.errors.read_text(encoding="utf8")


@contextmanager
def served(model: TestLedger, folder: Path, **environment: str) -> Iterator[Served]:
    """A server over a copy, ready. Ports that a test beside this one takes meanwhile are left to it."""
    town = TestLedger.copy_of(model, folder / "town")
    town.close()
    one = _started(town, folder, environment)
    while not _is_ready(one):
        assert "is taken" in one.said(), one.said()
        one = _started(town, folder, environment)
    try:
        yield one
    finally:
        one.process.kill()
        one.process.wait()


def _started(town: TestLedger, folder: Path, environment: dict[str, str]) -> Served:
    port, errors = free_port(), folder / "stderr"
    command = [sys.executable, "-m", "api.cli.main", "serve", "--data", str(town.path), "--port", str(port)]
    with errors.open("wb") as stream:
        process = subprocess.Popen(command, env=ENVIRONMENT | environment, stderr=stream)
    return Served(town, port, process, errors)


def _is_ready(one: Served) -> bool:
    """False if it ended instead."""
    limit = time.monotonic() + SECONDS_MAX
    while one.process.poll() is None:
        if reachable(one, "/readyz") == 200:
            return True
        if time.monotonic() > limit:
            one.process.kill()
            pytest.fail("the server does not get ready")
        time.sleep(0.05)
    return False


def reachable(one: Served, path: str) -> int:
    """The status of an answer, 0 without one."""
    with suppress(httpx.TransportError):
        return one.ask(path).status_code
    return 0


def until(holds: Callable[[], bool], one: Served) -> None:
    limit = time.monotonic() + SECONDS_MAX
    while not holds():
        assert one.process.poll() is None, one.said()
        assert time.monotonic() < limit, one.said()
        time.sleep(0.01)


class Line:
    """A connection on which bytes are sent and read one after another."""

    def __init__(self, one: Served) -> None:
        self.socket = socket.create_connection(("127.0.0.1", one.port), timeout=SECONDS_MAX)

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def begin(self, method: str, path: str, media_type: str, size: int) -> None:
        """Announce a body, and wait until the server reads it."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {media_type}\r\n"
            f"Content-Length: {size}\r\nExpect: 100-continue\r\n\r\n"
        )
        self.send(head.encode())
        assert self.socket.recv(64).startswith(b"HTTP/1.1 100")

    def send(self, part: bytes) -> None:
        self.socket.sendall(part)

    def read_to_the_end(self) -> tuple[int, bytes]:
        """The status and body of the one answer."""
        raw = bytearray()
        with suppress(ConnectionError):
            while part := self.socket.recv(1 << 16):
                raw += part
        head, _, body = bytes(raw).partition(b"\r\n\r\n")
        return int(head.split(b" ")[1]), body


def submission(town: TestLedger, amount: str = "1.00") -> tuple[Any, bytes]:
    data = {
        "measure": "1.1", "year": 2025, "source": "local", "amount": amount, "payer": "a", "recipient": "b",
    }  # fmt: skip
    envelope = town.envelope("transfer.made", PROGRAMME, data, seen=0, submit_before=LATER)
    return envelope, orjson.dumps(envelope_json(envelope))


def test_what_is_under_way_is_finished_and_the_process_ends_with_0(filed: TestLedger, tmp_path: Path) -> None:
    digest = hashlib.sha256(BIG).hexdigest()
    with served(filed, tmp_path, **PATIENT) as one, Line(one) as upload, Line(one) as waiting:
        envelope, body = submission(one.town)
        upload.begin("PUT", f"/v1/files/{digest}", "application/octet-stream", len(BIG))
        upload.send(BIG[: 1 << 20])
        waiting.begin("POST", "/v1/events", "application/jose+json", len(body))
        waiting.send(body[:10])
        one.stop()
        until(lambda: reachable(one, "/healthz") == 0, one)  # nothing new is taken
        waiting.send(body[10:])
        status, answer = waiting.read_to_the_end()
        assert status == 201
        one.town._check(envelope, read_receipt(orjson.loads(answer)))
        upload.send(BIG[1 << 20 :])
        assert upload.read_to_the_end()[0] == 201
        assert one.end() == 0
        assert one.said() == ""


def test_a_long_download_is_finished(filed: TestLedger, tmp_path: Path) -> None:
    digest = hashlib.sha256(BIG).hexdigest()
    with served(filed, tmp_path, **PATIENT) as one:
        url = f"{one.url}/v1/files/{digest}"
        octets = {"Content-Type": "application/octet-stream"}
        assert httpx.put(url, content=BIG, headers=octets, trust_env=False, timeout=60).status_code == 201
        with Line(one) as download:
            download.send(f"GET /v1/files/{digest} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            first = download.socket.recv(64)
            assert first.startswith(b"HTTP/1.1 200")
            one.stop()
            until(lambda: reachable(one, "/healthz") == 0, one)
            with suppress(ConnectionError):
                while part := download.socket.recv(1 << 16):
                    first += part
        assert first.partition(b"\r\n\r\n")[2] == BIG
        assert one.end() == 0
        assert "Traceback" not in one.said()


def test_what_does_not_end_in_time_is_told_so_and_the_process_ends_with_0(
    filed: TestLedger, tmp_path: Path
) -> None:
    digest = hashlib.sha256(BIG).hexdigest()
    with served(filed, tmp_path, PLEDGER_SHUTDOWN_SECONDS="0.5") as one:
        url = f"{one.url}/v1/files/{digest}"
        octets = {"Content-Type": "application/octet-stream"}
        assert httpx.put(url, content=BIG, headers=octets, trust_env=False, timeout=60).status_code == 201
        with Line(one) as waiting, Line(one) as download:
            waiting.begin("POST", "/v1/events", "application/jose+json", 100)
            waiting.send(b"{")
            download.send(f"GET /v1/files/{digest} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert download.socket.recv(64)
            one.stop()
            status, body = waiting.read_to_the_end()
            assert one.end() == 0
        assert status == 503
        assert orjson.loads(body)["type"] == "urn:pledger:problem:shutting-down"
        assert "Traceback" not in one.said()


def test_readyz_says_no_at_once_and_everything_else_goes_on_while_it_drains(
    filed: TestLedger, tmp_path: Path
) -> None:
    with served(filed, tmp_path, PLEDGER_DRAIN_SECONDS="600") as one:
        assert one.ask("/readyz").json()["checks"]["shutdown"] == {"ok": True, "reasons": []}
        one.stop()
        until(lambda: reachable(one, "/readyz") == 503, one)
        details = one.ask("/readyz").json()["details"]
        assert [reason["code"] for reason in details["reasons"]] == ["shutting-down"]
        assert details["checks"]["shutdown"] == {"ok": False, "reasons": ["shutting-down"]}
        assert one.ask("/healthz").status_code == 200
        envelope, body = submission(one.town)
        jose = {"Content-Type": "application/jose+json"}
        answer = httpx.post(f"{one.url}/v1/events", content=body, headers=jose, trust_env=False, timeout=60)
        assert answer.status_code == 201
        one.town._check(envelope, read_receipt(answer.json()))


def test_a_second_signal_ends_it_at_once_and_nothing_acknowledged_is_lost(
    filed: TestLedger, tmp_path: Path
) -> None:
    with served(filed, tmp_path, PLEDGER_DRAIN_SECONDS="600") as one:
        _, body = submission(one.town)
        jose = {"Content-Type": "application/jose+json"}
        answer = httpx.post(f"{one.url}/v1/events", content=body, headers=jose, trust_env=False, timeout=60)
        assert answer.status_code == 201

        def told_again() -> bool:
            one.stop()
            with suppress(subprocess.TimeoutExpired):
                one.process.wait(timeout=0.05)
            return one.process.returncode is not None

        limit = time.monotonic() + SECONDS_MAX
        while not told_again():
            assert time.monotonic() < limit
        assert one.process.returncode == 128 + signal.SIGTERM
        assert "SIGTERM again" in one.said()
        name = answer.json()["event"]
        folder, town = tmp_path / "again", TestLedger.copy_of(one.town, tmp_path / "copied")
        town.close()
        folder.mkdir()
    with served(town, folder) as again:
        assert again.ask(f"/v1/events/{name}/receipt").json() == answer.json()


def test_two_signals_in_one_breath_are_one(filed: TestLedger, tmp_path: Path) -> None:
    with served(filed, tmp_path) as one:
        one.process.send_signal(signal.SIGINT)
        one.process.send_signal(signal.SIGTERM)
        assert one.end() == 0


def test_json_lines_tell_of_each_request_and_of_the_end(filed: TestLedger, tmp_path: Path) -> None:
    with served(filed, tmp_path, PLEDGER_LOG_FORMAT="json") as one:
        named = one.ask("/v1").headers["pledger-request"]
        one.stop()
        assert one.end() == 0
        rows = [json.loads(line) for line in one.said().splitlines()]
    asked = [row for row in rows if row.get("request") == named]
    assert [(row["route"], row["status"]) for row in asked] == [("/v1", 200)]
    assert any(row["logger"] == "pledger.server" and "stopping" in row["message"] for row in rows)
