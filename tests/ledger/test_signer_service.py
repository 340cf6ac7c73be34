"""The signer's service at its door: who may ask, what is let go, and that others are served meanwhile."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.canonical import dumps, loads
from ledger.errors import Moved, Stopped
from ledger.signing import wire
from ledger.signing.remote import RemoteLogSigner
from ledger.signing.server import Limits
from tests.support.polling import until
from tests.support.signers import FORKED, TRUE, Place, Service, serving, signed

TOKEN = b"t" * 32
QUICK = Limits(request_seconds=0.8, idle_seconds=0.8)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


class Raw:
    """A client that says what a test wants it to say."""

    def __init__(self, service: Service) -> None:
        if service.tcp:
            host, port = service.address.split(":")
            self.socket = socket.create_connection((host, int(port)), 30)
        else:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(30)
            self.socket.connect(str(service.place.socket))
        self.lines = self.socket.makefile("rb")
        self.nonce = wire.read_greeting(self.lines.readline())

    def say(self, line: bytes) -> Any:
        """The answer's members; None if the connection was closed instead."""
        self.socket.sendall(line)
        return self.heard()

    def heard(self) -> Any:
        line = self.lines.readline()
        return loads(line[:-1], size_max=len(line)) if line else None

    def close(self) -> None:
        self.lines.close()
        self.socket.close()


@pytest.fixture
def service(place: Place) -> Iterator[Service]:
    with serving(place, limits=Limits(request_seconds=3.0)) as started:
        yield started


def serves(service: Service, size: int) -> None:
    """Somebody honest is served."""
    asked = RemoteLogSigner(service.address, service.token)
    signed(asked, size)
    asked.close()


LAST = dumps({"ask": "last", "id": "0" * 64, "n": 0}) + b"\n"
TREE = {"ask": "sign", "id": "0" * 64, "n": 0, "proof": [], "root": TRUE.root(3).hex(), "since": 0, "size": 3}


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"\n", id="an empty line"),
        pytest.param(b"GET / HTTP/1.1\r\n", id="another protocol"),
        pytest.param(os.urandom(200).replace(b"\n", b"") + b"\n", id="random bytes"),
        pytest.param(b"{}\n", id="no members"),
        pytest.param(b"[]\n", id="a list"),
        pytest.param(b"null\n", id="null"),
        pytest.param(b'{"ask": "last", "id": "' + b"0" * 64 + b'", "n": 0}\n', id="not canonical"),
        pytest.param(dumps({"ask": "key", "id": "0" * 64, "n": 0}) + b"\n", id="another question"),
        pytest.param(dumps({"ask": "last", "id": "0", "n": 0}) + b"\n", id="a short id"),
        pytest.param(dumps({"ask": "last", "id": "0" * 64, "n": 1}) + b"\n", id="a number left out"),
        pytest.param(dumps({"ask": "last", "id": "0" * 64, "n": False}) + b"\n", id="a number that is none"),
        pytest.param(dumps({"ask": "last", "id": "0" * 64, "n": 0, "size": 3}) + b"\n", id="a member more"),
        pytest.param(dumps({**TREE, "size": -3}) + b"\n", id="a negative size"),
        pytest.param(dumps({**TREE, "size": "3"}) + b"\n", id="a size as text"),
        pytest.param(dumps({**TREE, "root": TRUE.root(3).hex().upper()}) + b"\n", id="another spelling"),
        pytest.param(dumps({**TREE, "root": "0" * 62}) + b"\n", id="a short root"),
        pytest.param(dumps({**TREE, "proof": ["0" * 64] * 65}) + b"\n", id="a proof that is too long"),
        pytest.param(dumps({**TREE, "proof": "0" * 64}) + b"\n", id="a proof that is no list"),
        pytest.param(dumps({k: v for k, v in TREE.items() if k != "since"}) + b"\n", id="a member less"),
        pytest.param(dumps({**TREE, "mac": "0" * 64}) + b"\n", id="a mac where there is no token"),
        pytest.param(dumps({**TREE, "mac": None}) + b"\n", id="an empty mac where there is no token"),
    ],
)
def test_what_is_no_request_is_refused_and_its_connection_ended(service: Service, line: bytes) -> None:
    raw = Raw(service)
    said = raw.say(line)
    assert said is not None
    assert said["refused"] in ("malformed", "token")
    assert raw.heard() is None
    raw.close()
    serves(service, 5)


def test_a_line_over_the_limit_is_not_read_to_its_end(service: Service) -> None:
    raw = Raw(service)
    with pytest.raises(ConnectionError):
        raw.socket.sendall(b"x" * 64 * 1024 * 1024)
    raw.close()
    serves(service, 5)


def test_a_line_just_over_the_limit_is_refused(service: Service) -> None:
    raw = Raw(service)
    assert raw.say(b"x" * (wire.LINE_BYTES_MAX + 10) + b"\n") is None
    raw.close()
    serves(service, 5)


@pytest.mark.parametrize("sent", [b"", b'{"ask":"la', LAST[:-1]], ids=["nothing", "half", "no end of line"])
def test_a_half_sent_request_is_given_up_and_keeps_nobody_waiting(place: Place, sent: bytes) -> None:
    with serving(place, limits=QUICK) as service:
        raws = [Raw(service) for _ in range(10)]
        for raw in raws:
            raw.socket.sendall(sent)
        serves(service, 5)
        for raw in raws:
            assert raw.heard() is None
            raw.close()


def test_a_request_that_comes_slowly_but_in_time_is_answered(service: Service) -> None:
    raw = Raw(service)
    for at in range(len(LAST) - 1):
        raw.socket.sendall(LAST[at : at + 1])
    assert raw.say(b"\n")["size"] == 0
    raw.close()


def test_a_connection_that_is_idle_too_long_is_ended_and_a_client_does_not_notice(place: Place) -> None:
    with serving(place, limits=QUICK) as service:
        asked = RemoteLogSigner(service.address)
        signed(asked, 3)
        raw = Raw(service)
        assert raw.say(LAST)["size"] == 3
        assert raw.heard() is None  # so the client's, which has been idle for longer, is ended too
        raw.close()
        signed(asked, 5)
        asked.close()


def test_no_more_connections_than_allowed_are_held_and_one_that_ends_makes_room(place: Place) -> None:
    with serving(place, limits=Limits(connections_max=3)) as service:
        raws = [Raw(service) for _ in range(3)]
        for _ in range(5):
            with pytest.raises(Stopped, match="too many are connected"):
                RemoteLogSigner(service.address)
        assert [raw.say(LAST)["size"] for raw in raws] == [0, 0, 0]
        raws.pop().close()

        def let_in() -> bool:
            try:
                serves(service, 5)
            except Stopped:
                return False
            return True

        until(let_in, "somebody is let in again")
        for raw in raws:
            raw.close()


def test_a_client_that_takes_no_answers_is_let_go(place: Place) -> None:
    with serving(place, limits=QUICK) as service:
        raw = Raw(service)
        with pytest.raises(OSError):  # noqa: PT011, PT012 -- reset or broken, as the system has it
            for number in range(100_000):
                raw.socket.sendall(dumps({"ask": "last", "id": "0" * 64, "n": number}) + b"\n")
        raw.close()
        serves(service, 5)


# -- the token ---------------------------------------------------------------------------


@pytest.fixture
def guarded(place: Place) -> Iterator[Service]:
    with serving(place, TOKEN, tcp=True) as started:
        yield started


@pytest.mark.parametrize("token", [None, b"u" * 32, TOKEN + b"t"], ids=["none", "another", "a longer one"])
def test_without_the_token_nothing_is_answered_and_nothing_signed(
    guarded: Service, token: bytes | None
) -> None:
    with pytest.raises(Stopped, match="same token"):
        RemoteLogSigner(guarded.address, token)
    raw = Raw(guarded)
    members = {name: one for name, one in TREE.items() if name not in ("id", "n")}
    assert raw.say(wire.seal_request(token, raw.nonce, 0, members)[0])["refused"] == "token"
    assert raw.heard() is None
    raw.close()
    asked = RemoteLogSigner(guarded.address, TOKEN)
    assert asked.last()[0] == 0
    asked.close()


def test_a_client_with_a_token_does_not_believe_a_signer_that_has_none(place: Place) -> None:
    with serving(place) as service, pytest.raises(Stopped, match="same token"):
        RemoteLogSigner(service.address, TOKEN)


def test_what_was_overheard_cannot_be_said_again_on_another_connection_or_on_the_same(
    guarded: Service,
) -> None:
    first, second = Raw(guarded), Raw(guarded)
    line, _ = wire.seal_request(TOKEN, first.nonce, 0, wire.ask_last())
    assert first.say(line)["size"] == 0
    assert second.say(line)["refused"] == "token"  # its nonce is another one
    assert first.say(line)["refused"] == "malformed"  # its number was used
    assert (first.heard(), second.heard()) == (None, None)
    for raw in (first, second):
        raw.close()


def test_no_changed_byte_of_a_request_is_answered(guarded: Service) -> None:
    members = wire.ask_sign(wire.Tree(3, TRUE.root(3), (), 0))
    raw = Raw(guarded)
    line, _ = wire.seal_request(TOKEN, raw.nonce, 0, members)
    raw.close()
    for at in range(0, len(line) - 1, 7):
        raw = Raw(guarded)
        line, _ = wire.seal_request(TOKEN, raw.nonce, 0, members)
        changed = line[:at] + bytes([line[at] ^ 1]) + line[at + 1 :]
        assert raw.say(changed)["refused"] in ("token", "malformed"), changed
        raw.close()
    asked = RemoteLogSigner(guarded.address, TOKEN)
    assert asked.last()[0] == 0
    asked.close()


def test_a_stolen_token_signs_no_second_history_and_an_extension_that_is_not_in_the_log_stops_it(
    guarded: Service,
) -> None:
    ours, thief = (RemoteLogSigner(guarded.address, TOKEN) for _ in range(2))
    signed(ours, 8)
    with pytest.raises(Stopped) as caught:
        thief.sign(9, FORKED.root(9), FORKED.proof(8, 9), 8)
    assert not isinstance(caught.value, Moved)
    rewritten = TRUE.root(20)  # stands for entries that the log does not have
    thief.sign(20, rewritten, TRUE.proof(8, 20), 8)
    with pytest.raises(Moved) as told:
        signed(ours, 9)
    assert (told.value.size, told.value.root) == (20, rewritten)
    for one in (ours, thief):
        one.close()
