"""What comes back is believed as far as it proves itself: somebody else is in the signer's place."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.canonical import dumps, loads
from ledger.checkpoint import Checkpoint, format_checkpoint
from ledger.errors import Moved, Stopped
from ledger.merkle import EMPTY_ROOT
from ledger.note import Ed25519Signer, sign_note
from ledger.signing import wire
from ledger.signing.remote import RemoteLogSigner
from tests.support.signers import FORKED, ORIGIN, TRUE

TOKEN = b"t" * 32
Changed = Callable[[dict[str, Any], dict[str, Any]], Any]
"""(request, true answer) → another answer: members, raw bytes, pieces of them, or None to hang up."""


def key_of(name: str, origin: str = ORIGIN) -> Ed25519Signer:
    return Ed25519Signer(origin, Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest()))


OURS, NEXT, THEIRS = key_of("ours"), key_of("next"), key_of("theirs")


def note(size: int, root: bytes, *by: Ed25519Signer, origin: str = ORIGIN) -> str:
    return sign_note(format_checkpoint(Checkpoint(origin, size, root)), by or [OURS])


def state(*keys: Ed25519Signer, size: int = 0, root: bytes = EMPTY_ROOT) -> dict[str, Any]:
    names = [str(one.key) for one in keys or [OURS]]
    return {"keys": names, "origin": (keys or [OURS])[0].name, "root": root.hex(), "size": size}


class Impostor:
    """Answers as the signer would, whose key it has, unless `change` has it answer otherwise."""

    def __init__(self, token: bytes | None = None) -> None:
        self.token = token
        self.change: Changed = lambda _, answer: answer
        self.greeting: bytes | None = None
        self.asked = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(30)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines, suppress(OSError):
                self._converse(connection, lines)

    def _converse(self, connection: socket.socket, lines: Any) -> None:
        nonce = wire.fresh()
        connection.sendall(self.greeting or wire.greeting(nonce))
        for line in lines:
            self.asked += 1
            request = loads(line[:-1], size_max=len(line))
            mac = bytes.fromhex(request.pop("mac", ""))
            answer = self.change(request, self._answer(request))
            if answer is None:
                return
            for piece in self._pieces(mac, answer):
                connection.sendall(piece)

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["ask"] == "last":
            return state()
        return {"note": note(request["size"], bytes.fromhex(request["root"]))}

    def _pieces(self, mac: bytes, answer: Any) -> Iterable[bytes]:
        if isinstance(answer, dict):
            return [wire.seal_answer(self.token, mac, answer)]
        return [answer] if isinstance(answer, bytes) else answer


@contextmanager
def connected(token: bytes | None = None) -> Iterator[tuple[Impostor, RemoteLogSigner]]:
    """A client that has learned the keys; what it hears from then on is for the test to say."""
    impostor = Impostor(token)
    asked = RemoteLogSigner(impostor.address, token, timeout_seconds=10.0)
    try:
        yield impostor, asked
    finally:
        asked.close()
        impostor.close()


def sign(asked: RemoteLogSigner, size: int = 5) -> str:
    return asked.sign(size, TRUE.root(size), [], 0)


def saying(answer: Any) -> Changed:
    """To a request for a signature say this."""
    return lambda request, true: answer if request["ask"] == "sign" else true


def test_a_true_answer_is_taken() -> None:
    with connected() as (_, asked):
        assert sign(asked) == note(5, TRUE.root(5))


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"note": note(5, FORKED.root(5))}, id="another root, signed by the true key"),
        pytest.param({"note": note(4, TRUE.root(4))}, id="an earlier tree, signed by the true key"),
        pytest.param({"note": note(5, TRUE.root(5), THEIRS)}, id="another key of the same name"),
        pytest.param({"note": note(5, TRUE.root(5), OURS, THEIRS)}, id="another key beside the true one"),
        pytest.param({"note": note(5, TRUE.root(5), THEIRS, OURS)}, id="another key before the true one"),
        pytest.param(
            {"note": note(5, TRUE.root(5), key_of("ours", "other.example/log"), origin="other.example/log")},
            id="another log",
        ),
        pytest.param({"note": note(5, TRUE.root(5)).replace("\n5\n", "\n6\n")}, id="a changed size"),
        pytest.param({"note": note(5, TRUE.root(5)).partition("\n\n")[0] + "\n\n"}, id="no signature"),
        pytest.param({"note": ""}, id="an empty note"),
        pytest.param({"note": None}, id="no note"),
        pytest.param({}, id="nothing"),
        pytest.param({"note": note(5, TRUE.root(5)), "size": 5}, id="a member more"),
        pytest.param(state(), id="the answer to another question"),
        pytest.param({"refused": "moved", "why": "x"}, id="a refusal without the tree"),
        pytest.param({"refused": "moved", "why": "x", "size": -1, "root": "0" * 64}, id="a negative tree"),
        pytest.param({"refused": "sleepy", "why": "x"}, id="an unknown refusal"),
        pytest.param({"refused": 7}, id="a refusal of no kind"),
        pytest.param(b"\n", id="an empty line"),
        pytest.param(b"hello\n", id="no JSON"),
        pytest.param(b"[]\n", id="no members"),
        pytest.param(b"x" * 40_000 + b"\n", id="a line that is too long"),
        pytest.param(b"x" * 40_000, id="a line without an end"),
        pytest.param(dumps({"note": note(5, TRUE.root(5))}) + b"\n{}\n", id="more than was asked"),
    ],
)
@pytest.mark.parametrize("token", [None, TOKEN], ids=["unix", "token"])
def test_a_wrong_answer_stops_and_the_true_one_is_taken_afterwards(token: bytes | None, answer: Any) -> None:
    with connected(token) as (impostor, asked):
        true, impostor.change = impostor.change, saying(answer)
        with pytest.raises(Stopped) as caught:
            sign(asked)
        assert not isinstance(caught.value, Moved)
        impostor.change = true
        assert sign(asked) == note(5, TRUE.root(5))


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(state(THEIRS), id="another key"),
        pytest.param(state(THEIRS, OURS), id="another key before it"),
        pytest.param(state(OURS, OURS), id="the same key twice"),
        pytest.param(state(key_of("ours", "other.example/log")), id="another log"),
        pytest.param({**state(), "origin": "other.example/log"}, id="an origin that is not the key's"),
        pytest.param({**state(), "keys": []}, id="no key"),
        pytest.param({**state(), "keys": ["rubbish"]}, id="a key that is none"),
        pytest.param(state(OURS, NEXT, THEIRS), id="three keys"),
        pytest.param({**state(), "size": "0"}, id="a size as text"),
        pytest.param({**state(), "root": "00"}, id="a short root"),
        pytest.param({"note": note(5, TRUE.root(5))}, id="the answer to another question"),
    ],
)
def test_other_keys_or_another_log_than_before_are_not_taken(answer: dict[str, Any]) -> None:
    with connected() as (impostor, asked):
        impostor.change = lambda *_: answer
        with pytest.raises(Stopped, match="not taken"):
            asked.last()
        assert asked.verifier_keys == (str(OURS.key),)
        assert asked.origin == ORIGIN
        with pytest.raises(Stopped):
            sign(asked)


def test_a_next_key_beside_the_first_must_sign_too_once_it_was_named() -> None:
    with connected() as (impostor, asked):
        impostor.change = lambda request, true: true if request["ask"] == "sign" else state(OURS, NEXT)
        asked.last()
        with pytest.raises(Stopped, match="did not sign"):
            sign(asked)
        both = note(5, TRUE.root(5), OURS, NEXT)
        impostor.change = lambda request, _: {"note": both} if request["ask"] == "sign" else state(OURS, NEXT)
        assert sign(asked) == both


def test_an_overtaken_tree_is_told_with_what_was_signed_last() -> None:
    with connected() as (impostor, asked):
        impostor.change = saying({"refused": "moved", "why": "x", "size": 9, "root": TRUE.root(9).hex()})
        with pytest.raises(Moved) as told:
            sign(asked)
        assert (told.value.size, told.value.root) == (9, TRUE.root(9))


@pytest.mark.parametrize("at", range(0, 150, 5))
def test_with_a_token_no_changed_answer_is_taken(at: int) -> None:
    """A man in the middle who has no token: not even `who was overtaken` is his to say."""
    with connected(TOKEN) as (impostor, asked):
        said: list[bytes] = []

        def altered(request: dict[str, Any], true: dict[str, Any]) -> bytes:
            line = wire.seal_answer(TOKEN, b"m" * 32, true)
            said.append(line)
            place = at % (len(line) - 1)
            return line[:place] + bytes([line[place] ^ 1]) + line[place + 1 :]

        impostor.change = altered
        with pytest.raises(Stopped):
            sign(asked)
        assert said


def test_with_a_token_an_answer_to_another_request_is_not_taken() -> None:
    with connected(TOKEN) as (impostor, asked):
        impostor.change = lambda _, __: wire.seal_answer(TOKEN, b"m" * 32, state(size=9, root=TRUE.root(9)))
        with pytest.raises(Stopped, match="same token"):
            asked.last()
        impostor.change = lambda _, __: dumps(state(size=9, root=TRUE.root(9))) + b"\n"
        with pytest.raises(Stopped, match="same token"):
            asked.last()


def test_a_connection_that_breaks_is_made_anew_once_and_no_more() -> None:
    with connected() as (impostor, asked):
        broken = [None]
        impostor.change = lambda request, true: broken.pop() if broken and request["ask"] == "sign" else true
        assert sign(asked) == note(5, TRUE.root(5))
        impostor.change, before = saying(None), impostor.asked
        with pytest.raises(Stopped, match="does not answer"):
            sign(asked)
        assert impostor.asked - before == 3  # asked, its keys asked of the new connection, asked again


@pytest.mark.parametrize("drops", [False, True], ids=["not at all", "by drops"])
def test_one_who_answers_too_slowly_keeps_nobody_waiting_for_long(drops: bool) -> None:
    impostor = Impostor()
    asked = RemoteLogSigner(impostor.address, timeout_seconds=1.0)
    given_up = threading.Event()

    def slowly() -> Iterator[bytes]:
        while not given_up.wait(0.02 if drops else 30):
            yield b" "

    impostor.change = saying(slowly())
    with pytest.raises(Stopped, match="does not answer"):
        sign(asked)
    given_up.set()
    impostor.change = lambda _, true: true
    assert sign(asked)
    asked.close()
    impostor.close()


@pytest.mark.parametrize("greeting", [b"hello\n", b"{}\n", b'{"nonce":"00"}\n', b'{"nonce":7}\n', b"\n"])
def test_who_greets_otherwise_is_no_signer(greeting: bytes) -> None:
    impostor = Impostor()
    impostor.greeting = greeting
    with pytest.raises(Stopped, match="not taken"):
        RemoteLogSigner(impostor.address, timeout_seconds=10.0)
    impostor.close()


def test_where_nobody_listens_it_is_told_what_to_start() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(Stopped, match=r"does not answer.*pledger signer serve"):
        RemoteLogSigner(address, timeout_seconds=10.0)
