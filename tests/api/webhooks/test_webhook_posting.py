"""One message over the wire: what a slow, huge or lying receiver can do."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from pathlib import Path

import pytest

from api.webhooks.address import Reach
from api.webhooks.posting import ANSWER_BYTES_MAX, Answer, Post
from api.webhooks.refused import NotTaken, reason_words
from tests.api.webhooks.receiver import (
    LOOPBACK,
    NAME,
    Receiver,
    certified,
    loopback_reach,
    raw,
    receiving,
    status,
    trusting,
)
from tests.api.webhooks.receiver import (
    Answer as Answered,
)
from tests.support.certificates import root
from tests.support.ports import free_port

WHOLE_SECONDS = 0.6
DRIP_SECONDS, DRIPS = 0.05, 150
BUSY_SECONDS = 5.0  # what a busy machine takes; less than all drips


def post(receiver: Receiver, whole_seconds: float = 15.0) -> Answer:
    return Post(loopback_reach(), whole_seconds=whole_seconds)(receiver.url, {"webhook-id": "x"}, b"{}")


def code_of(receiver: Receiver, whole_seconds: float = 15.0) -> str:
    with pytest.raises(NotTaken) as caught:
        post(receiver, whole_seconds)
    assert caught.value.body is None
    for language in ("uk", "en"):
        assert "{" not in reason_words(caught.value.reason, language)
    return str(caught.value.reason["code"])


def dripping(head: bytes, enough: threading.Event) -> Answered:
    """Sends a byte now and then, far longer than the sender listens."""

    def answer(line: socket.socket) -> None:
        line.sendall(head)
        for _ in range(DRIPS):
            if not enough.wait(DRIP_SECONDS):
                line.sendall(b"a")

    return answer


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nX: "])
def test_a_receiver_that_drips_its_head_is_cut_when_its_time_is_over(receiver: Receiver, head: bytes) -> None:
    enough = threading.Event()
    receiver.always = dripping(head, enough)
    began = time.monotonic()
    try:
        assert code_of(receiver, WHOLE_SECONDS) == "webhook-timeout"
    finally:
        enough.set()
    assert WHOLE_SECONDS <= time.monotonic() - began < WHOLE_SECONDS + BUSY_SECONDS


def test_one_that_drips_its_body_has_answered_and_is_cut_all_the_same(receiver: Receiver) -> None:
    enough = threading.Event()
    receiver.always = dripping(b"HTTP/1.1 200 OK\r\n\r\n", enough)
    began = time.monotonic()
    try:
        assert post(receiver, WHOLE_SECONDS).status == 200
    finally:
        enough.set()
    assert time.monotonic() - began < WHOLE_SECONDS + BUSY_SECONDS


def test_one_that_says_to_go_on_for_ever_is_cut_too(receiver: Receiver) -> None:
    enough = threading.Event()

    def answer(line: socket.socket) -> None:
        for _ in range(DRIPS):
            if not enough.wait(DRIP_SECONDS):
                line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    receiver.always = answer
    try:
        assert code_of(receiver, WHOLE_SECONDS) == "webhook-timeout"
    finally:
        enough.set()


def test_one_that_never_shakes_hands_is_cut() -> None:
    with socket.create_server((LOOPBACK, 0)) as silent:
        url = f"https://{NAME}:{silent.getsockname()[1]}/"
        began = time.monotonic()
        with pytest.raises(NotTaken) as caught:
            Post(loopback_reach(), whole_seconds=WHOLE_SECONDS)(url, {}, b"{}")
    assert caught.value.reason["code"] == "webhook-timeout"
    assert time.monotonic() - began < WHOLE_SECONDS + BUSY_SECONDS


def test_of_a_huge_answer_only_the_beginning_is_read(receiver: Receiver) -> None:
    sent: list[int] = []

    def answer(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 500 X\r\nContent-Length: 1000000000\r\n\r\n")
        for _ in range(10_000):
            line.sendall(b"a" * 65_536)
            sent.append(65_536)

    receiver.always = answer
    answered = post(receiver)
    assert answered.status == 500
    assert answered.body == b"a" * ANSWER_BYTES_MAX
    assert sum(sent) < 100_000_000


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 200 + b"\r\n",
    ],
    ids=["nothing", "blank", "ssh", "no-status", "long-line", "many-lines"],
)
def test_what_does_not_speak_http_has_taken_nothing(receiver: Receiver, answer: bytes) -> None:
    receiver.always = raw(answer)
    assert code_of(receiver) in ("webhook-no-http", "webhook-unreachable")


def test_a_certificate_of_another_name_is_refused_and_nothing_is_sent(tmp_path: Path) -> None:
    with receiving(tmp_path, certified("other.example")) as receiver:
        assert code_of(receiver) == "webhook-unreachable"
        assert receiver.requests == []


def test_a_certificate_of_an_unknown_authority_is_refused_and_nothing_is_sent(tmp_path: Path) -> None:
    with receiving(tmp_path, certified(NAME, root("Nobody knows"))) as receiver:
        assert code_of(receiver) == "webhook-unreachable"
        assert receiver.requests == []


def test_the_rules_that_every_server_has_believe_no_authority_of_tests(receiver: Receiver) -> None:
    reach = Reach(lambda host, port: [LOOPBACK], lambda address: True)
    with pytest.raises(NotTaken) as caught:
        Post(reach)(receiver.url, {}, b"{}")
    assert "сертифікат" in reason_words(caught.value.reason, "uk")
    assert receiver.requests == []


def test_no_proxy_of_the_environment_is_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert post(receiver).status == 204
    assert receiver.requests[0].line.startswith("POST /hook")


def test_the_receivers_name_goes_with_the_message_and_no_address(receiver: Receiver) -> None:
    receiver.always = status(200, "taken, thank you")
    assert post(receiver).body == b"taken, thank you"
    (request,) = receiver.requests
    assert request.headers["host"] == f"{NAME}:{receiver.port}"
    assert "127.0.0.1" not in str(request)


def test_a_closed_port_is_told_as_no_connection() -> None:
    with pytest.raises(NotTaken) as caught:
        Post(loopback_reach())(f"https://{NAME}:{free_port()}/", {}, b"{}")
    assert caught.value.reason["code"] == "webhook-unreachable"


def test_plain_http_where_https_should_be_is_no_answer(tmp_path: Path) -> None:
    def answer(listening: socket.socket) -> None:
        line, _ = listening.accept()
        with line:
            line.recv(1)
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server((LOOPBACK, 0)) as plain:
        threading.Thread(target=answer, args=(plain,), daemon=True).start()
        with pytest.raises(NotTaken) as caught:
            Post(loopback_reach())(f"https://{NAME}:{plain.getsockname()[1]}/", {}, b"{}")
    assert caught.value.reason["code"] == "webhook-unreachable"


def test_whoever_waits_for_an_answer_is_let_go_at_once_when_the_server_stops(receiver: Receiver) -> None:
    reached, enough = threading.Event(), threading.Event()

    def answer(line: socket.socket) -> None:
        reached.set()
        enough.wait(20)

    receiver.always = answer
    one, ended = Post(loopback_reach()), threading.Event()

    def wait() -> None:
        with pytest.raises(NotTaken):
            one(receiver.url, {}, b"{}")
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    assert reached.wait(20)
    one.cut()
    assert ended.wait(2)
    enough.set()
    with pytest.raises(NotTaken):
        one(receiver.url, {}, b"{}")
    assert len(receiver.requests) == 1


def test_tls_older_than_1_2_is_not_spoken() -> None:
    assert trusting().minimum_version >= ssl.TLSVersion.TLSv1_2
    assert Reach().tls().minimum_version >= ssl.TLSVersion.TLSv1_2
