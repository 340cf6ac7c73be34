"""A real server on loopback: bytes on the wire, many clients at once, and a tidy end."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from api.patience import PatientProtocol
from api.settings import Settings
from ledger.envelope import BATCH_SIZE_MAX, envelope_json
from ledger.receipt import read_receipt
from tests.api.door import BASE, JOSE
from tests.api.running import running
from tests.support.town import LATER, PROGRAMME, TestLedger

SECONDS = 20


@pytest.fixture
def town(model_town: TestLedger, tmp_path: Path) -> TestLedger:
    """A closed town of its own, whose events can still be signed."""
    return TestLedger.copy_of(model_town, tmp_path / "town")


def transfer(town: TestLedger) -> tuple[Any, bytes]:
    data = {
        "measure": "1.1",
        "year": 2025,
        "source": "local",
        "amount": "1.00",
        "payer": "a",
        "recipient": "b",
    }
    envelope = town.envelope("transfer.made", PROGRAMME, data, seen=0, submit_before=LATER)
    return envelope, orjson.dumps(envelope_json(envelope))


def test_many_clients_submit_at_once_and_every_receipt_holds(town: TestLedger) -> None:
    signed = [transfer(town) for _ in range(40)]
    town.close()
    with running(Settings(data=town.path)) as url, httpx.Client(base_url=url, timeout=SECONDS) as client:

        def submit(item: tuple[Any, bytes]) -> Any:
            return client.post("/v1/events", content=item[1], headers=JOSE)

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(submit, signed))
        assert {answer.status_code for answer in answers} == {201}
        position = max(answer.json()["index"] for answer in answers) + 1
        read = client.get(f"{BASE}/budget?min_position={position}&as_of=2025-12-31&measure=1.1")
        assert read.json()["items"][0]["transferred"] == "40.00"
    for (envelope, _), answer in zip(signed, answers, strict=True):
        town._check(envelope, read_receipt(answer.json()))
    assert sorted(answer.json()["index"] for answer in answers) == list(range(position - 40, position))


def test_what_was_acknowledged_is_there_after_a_restart(town: TestLedger) -> None:
    envelope, body = transfer(town)
    town.close()
    with running(Settings(data=town.path)) as url:
        first = httpx.post(f"{url}/v1/events", content=body, headers=JOSE, timeout=SECONDS).json()
    with running(Settings(data=town.path)) as url:
        again = httpx.get(f"{url}/v1/events/{first['event']}/receipt", timeout=SECONDS).json()
        assert httpx.post(f"{url}/v1/events", content=body, headers=JOSE, timeout=SECONDS).json() == first
    assert again == first
    town._check(envelope, read_receipt(first))


def exchange(url: str, sent: bytes, *, more: bytes = b"", times: int = 0) -> bytes:
    """What the server answers to raw bytes; the client may go on sending without end."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=SECONDS) as connection:
        connection.sendall(sent)

        def pour() -> None:
            try:
                for _ in range(times):
                    connection.sendall(more)
            except OSError:
                return

        thread = threading.Thread(target=pour)
        thread.start()
        answer = b""
        try:
            while part := connection.recv(65536):
                answer += part
        except OSError:  # reset, since the server would not read on
            pass
        thread.join()
        return answer


HEAD = b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/jose+json\r\n"


def test_a_body_that_never_ends_is_cut_off(town: TestLedger) -> None:
    town.close()
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    with running(Settings(data=town.path)) as url:
        head = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
        answer = exchange(url, head, more=chunk, times=2 * BATCH_SIZE_MAX // 65536)
        assert answer.startswith(b"HTTP/1.1 413")
        assert b"body-too-large" in answer
        assert httpx.get(f"{url}/readyz", timeout=SECONDS).status_code == 200


def test_a_body_that_does_not_come_times_out(town: TestLedger) -> None:
    town.close()
    with running(Settings(data=town.path, body_seconds=0.2)) as url:
        answer = exchange(url, HEAD + b"Content-Length: 100\r\n\r\n{")
        assert answer.startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize("sent", [b"", b"GET /v1 HT", b"GET /v1 HTTP/1.1\r\nHost: x\r\nX-Long: "])
def test_a_head_that_does_not_come_is_not_waited_for(
    served: str, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(PatientProtocol, "head_seconds", 0.1)
    assert exchange(served, sent) == b""


def test_the_next_head_on_a_connection_is_not_waited_for_either(
    served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PatientProtocol, "head_seconds", 0.5)
    answer = exchange(served, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HT")
    assert answer.count(b"HTTP/1.1 200") == 1


def test_an_answer_may_take_longer_than_a_head(town: TestLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PatientProtocol, "head_seconds", 0.5)
    town.close()
    with running(Settings(data=town.path, body_seconds=0.7)) as url:
        answer = exchange(url, HEAD + b"Content-Length: 100\r\n\r\n{")
        assert answer.startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /v1/programmes?as_of=\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /v1/events/%ff%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET http://evil.example/v1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"BREW /v1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
)
def test_odd_requests_on_the_wire_never_fail_the_server(served: str, request_bytes: bytes) -> None:
    answer = exchange(served, request_bytes)
    assert not answer.startswith(b"HTTP/1.1 5")


@pytest.fixture(scope="module")
def served(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Any:
    town = TestLedger.copy_of(model_town, tmp_path_factory.mktemp("served") / "town")
    town.close()
    with running(Settings(data=town.path)) as url:
        yield url
