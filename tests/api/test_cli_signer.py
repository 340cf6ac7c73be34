"""`pledger signer`: the log key in a process of its own, started and stopped as an operator would."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.texts.details import detail_words
from api.texts.sentences import words_of
from ledger.errors import Stopped
from ledger.signer import FileLogSigner
from ledger.signing.remote import RemoteLogSigner
from ledger.signing.token import read_token
from tests.api.cli_runner import Prompt, prompt
from tests.api.test_cli_serving import COMMAND, ENVIRONMENT, SECONDS_MAX
from tests.ledger.test_signer_impostor import OURS, THEIRS, Impostor, state
from tests.support.signers import ORIGIN, TRUE, Place, signed
from tests.support.town import TestLedger

pytestmark = pytest.mark.thorough

__all__ = ["prompt"]
# What somebody else may answer there, as JSON, and what is said of it in English.
WRONG = {
    json.dumps(state(THEIRS) | {"origin": ORIGIN, "keys": []}): "another shape",
    json.dumps(state(OURS, OURS)): "not those of one log",
    json.dumps({"refused": "busy", "why": "too many are connected"}): "too many are connected",
    json.dumps({"refused": "token", "why": ""}): "same token",
}
CYRILLIC = re.compile("[а-яіїєґ]", re.IGNORECASE)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with log-key.pem and log-memory, as `pledger init` leaves them."""
    place = Place(tmp_path)
    place.key.rename(tmp_path / "log-key.pem")
    place.memory.rename(tmp_path / "log-memory")
    return tmp_path


class Running:
    """A signer that said that it is ready; said: its words until then."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        self.process, self.said = process, ""
        for line in process.stderr:
            self.said += line
            if line == "ready\n":
                return
        pytest.fail(f"it did not start: {self.said}")

    @property
    def address(self) -> str:
        found = re.search(r"listens on (\S+)", self.said)
        assert found is not None, self.said
        return found[1]

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """(exit code, what else it said)."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=SECONDS_MAX)
        return self.process.returncode, said


@contextmanager
def serving(*words: object, **environment: str) -> Iterator[Running]:
    command = [*COMMAND, "signer", "serve", *map(str, words)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT | environment
    )
    try:
        yield Running(process)
    finally:
        process.kill()
        process.communicate()


def test_a_signer_says_what_it_signs_and_where_and_ends_in_order_when_told(
    data: Path, prompt: Prompt
) -> None:
    address = f"unix:{data}/s"
    for number, size in ((signal.SIGTERM, 5), (signal.SIGINT, 8)):
        with serving("--data", data, "--listen", address) as running:
            assert running.address == address
            assert f"signs for {ORIGIN}, " in running.said
            assert (data / "s").stat().st_mode & 0o777 == 0o600
            asked = RemoteLogSigner(address)
            signed(asked, size)
            assert asked.verifier_key in running.said
            shown = prompt.ok("signer", "state", address).out
            for told in (ORIGIN, f"size: {size}", TRUE.root(size).hex(), asked.verifier_key):
                assert told in shown
            second = prompt.run("signer", "serve", "--data", data, "--listen", f"unix:{data}/t")
            assert (second.code, second.out) == (3, "")
            assert "in use" in second.err
            asked.close()
            assert running.stop(number) == (0, "")
        assert not (data / "s").exists()
    with FileLogSigner(data / "log-key.pem", data / "log-memory") as held:
        assert held.last()[0] == 8


def test_over_a_network_it_asks_for_the_token_that_it_was_given(data: Path, prompt: Prompt) -> None:
    token, other = data / "token", data / "other"
    for path in (token, other):
        prompt.ok("signer", "token", path)
        assert path.stat().st_mode & 0o777 == 0o600
    with serving("--data", data, "--listen", "127.0.0.1:0", "--token", token) as running:
        asked = RemoteLogSigner(running.address, read_token(token))
        signed(asked, 5)
        assert "size: 5" in prompt.ok("signer", "state", running.address, "--token", token).out
        for words in ((), ("--token", other)):
            ran = prompt.run("signer", "state", running.address, *words)
            assert (ran.code, ran.out) == (3, "")
            assert "same token" in ran.err
        asked.close()
        assert running.stop()[0] == 0


def test_it_is_killed_and_started_again_over_what_it_left(data: Path) -> None:
    words = ("--data", data, "--listen", f"unix:{data}/s")
    with serving(*words) as running:
        asked = RemoteLogSigner(running.address)
        signed(asked, 5)
        running.stop(signal.SIGKILL)
        assert (data / "s").exists()
        with pytest.raises(Stopped, match="does not answer"):
            asked.last()
    with serving(*words):
        signed(asked, 6)
    asked.close()


def test_key_memory_and_next_key_may_lie_apart_as_a_credential_does(data: Path, prompt: Prompt) -> None:
    folder = data / "credentials"
    folder.mkdir(0o700)
    key = (data / "log-key.pem").rename(folder / "log-key")
    key.chmod(0o400)
    words = ("--log-key", key, "--memory", data / "log-memory", "--next-log-key", folder / "log-key.next")
    prompt.ok("signer", "prepare", *words[2:])
    with serving(*words, "--listen", f"unix:{data}/s", CREDENTIALS_DIRECTORY=str(folder)) as running:
        asked = RemoteLogSigner(running.address)
        assert len(asked.verifier_keys) == 2
        assert signed(asked, 5).count("\n— ") == 2
        asked.close()


def test_a_group_may_use_the_socket_where_it_is_named(data: Path, prompt: Prompt) -> None:
    import grp

    group = grp.getgrgid(os.getgid()).gr_name
    with serving("--data", data, "--listen", f"unix:{data}/s", "--group", group):
        found = (data / "s").stat()
        assert (found.st_mode & 0o777, found.st_gid) == (0o660, os.getgid())
    ran = prompt.run(
        "signer", "serve", "--data", data, "--listen", f"unix:{data}/s", "--group", "no-such-group"
    )
    assert (ran.code, ran.out) == (2, "")
    assert "no such group" in ran.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--data", ".", "--listen", "127.0.0.1:0"), "needs --token"),
        (("--data", ".", "--listen", "[::1]:0"), "needs --token"),
        (("--listen", "unix:s"), "give --data DIR"),
        (("--log-key", "k", "--listen", "unix:s"), "give --data DIR"),
        (("--data", ".", "--listen", "127.0.0.1:0", "--token", "t", "--group", "g"), "unix:PATH only"),
    ],
)
def test_what_could_let_anybody_in_or_names_nothing_is_a_mistake_at_the_prompt(
    prompt: Prompt, words: tuple[str, ...], told: str
) -> None:
    for language in ("en", "uk"):
        ran = prompt.run("signer", "serve", *words, PLEDGER_LANG=language)
        assert (ran.code, ran.out) == (2, "")
        assert (told in ran.err) == (language == "en")


@pytest.mark.parametrize("language", ["en", "uk"])
def test_why_it_cannot_start_is_said_in_words(data: Path, prompt: Prompt, language: str) -> None:
    def why(code: int, *words: object) -> str:
        ran = prompt.run("signer", "serve", "--data", data, *words, PLEDGER_LANG=language)
        assert (ran.code, ran.out) == (code, "")
        assert bool(CYRILLIC.search(ran.err)) == (language == "uk")
        assert "Traceback" not in ran.err
        return ran.err

    assert "nowhere" in why(2, "--listen", "nowhere")
    (data / "token").touch(0o600)
    assert "`pledger signer token`" in why(3, "--listen", "127.0.0.1:0", "--token", data / "token")
    (data / "log-key.pem").chmod(0o640)
    assert "chmod 600" in why(3, "--listen", f"unix:{data}/s")
    (data / "log-key.pem").chmod(0o600)
    (data / "file").touch()
    assert f"unix:{data}/file" in why(3, "--listen", f"unix:{data}/file")
    assert f"unix:{data}/none/s" in why(3, "--listen", f"unix:{data}/none/s")
    assert not (data / "s").exists()


def test_a_next_key_is_made_on_the_signers_machine_and_not_twice(data: Path, prompt: Prompt) -> None:
    shown = prompt.ok("signer", "prepare", "--data", data)
    made = data / "log-key.next.pem"
    assert made.stat().st_mode & 0o777 == 0o600
    with FileLogSigner(data / "log-key.pem", data / "log-memory", made) as held:
        assert f"log_key: {held.verifier_keys[1]}" in shown.out
        assert held.last()[0] == 0
    assert "fingerprint: " in shown.out
    again = prompt.run("signer", "prepare", "--data", data)
    assert (again.code, again.out) == (3, "")
    assert prompt.run("signer", "prepare").code == 2
    assert prompt.run("signer", "prepare", "--next-log-key", data / "x").code == 2
    lost = prompt.run("signer", "prepare", "--memory", data / "nothing", "--next-log-key", data / "x")
    assert (lost.code, lost.out) == (3, "")
    assert not (data / "x").exists()


def test_where_no_signer_is_state_says_what_to_start(data: Path, prompt: Prompt) -> None:
    for language in ("en", "uk"):
        ran = prompt.run("signer", "state", f"unix:{data}/s", PLEDGER_LANG=language)
        assert (ran.code, ran.out) == (3, "")
        assert "pledger signer serve" in ran.err


@pytest.mark.parametrize("language", ["en", "uk"])
def test_what_is_wrong_at_the_signers_place_is_said_in_the_language_asked_for(
    prompt: Prompt, language: str
) -> None:
    for change, told in WRONG.items():
        impostor = Impostor()
        impostor.change = lambda *_, answer=change: json.loads(answer)
        ran = prompt.run("signer", "state", impostor.address, PLEDGER_LANG=language)
        impostor.close()
        assert (ran.code, ran.out) == (3, "")
        assert bool(CYRILLIC.search(ran.err)) == (language == "uk")
        assert (told in ran.err) == (language == "en")
        assert "англійською" not in ran.err


@pytest.mark.parametrize("why", ["the proof starts at size 3", "a tree of 9 cannot have grown to 5"])
def test_why_a_tree_is_not_signed_has_words_in_ukrainian(why: str) -> None:
    assert CYRILLIC.search(detail_words(why, "uk"))


def test_a_signer_that_does_not_answer_in_time_is_told_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Stopped) as caught:
        RemoteLogSigner(f"127.0.0.1:{silent.getsockname()[1]}", timeout_seconds=0.1)
    assert "відповіді не дочекалися" in words_of(caught.value, "uk")


@pytest.mark.sqlite
def test_a_lost_memory_is_made_anew_beside_the_key_alone_and_the_signer_goes_on_from_there(
    tmp_path: Path, prompt: Prompt
) -> None:
    """docs/log-key.md, "The key is lost, or the memory"."""
    with TestLedger.with_programme(tmp_path / "ledger") as town:
        size = town.position
    anew = tmp_path / "anew"
    anew.mkdir(0o700)
    key = (tmp_path / "ledger" / "log-key.pem").rename(anew / "log-key.pem")
    (tmp_path / "ledger" / "log-memory").unlink()
    words = ("restore", tmp_path / "ledger" / "ledger.db", anew, "--new-memory")
    prompt.ok(*words, "--i-know-that-nothing-protects-the-tail")
    with serving(
        "--log-key", key, "--memory", anew / "log-memory", "--listen", f"unix:{tmp_path}/s"
    ) as running:
        shown = prompt.ok("signer", "state", running.address).out
        assert f"size: {size}\n" in shown
        asked = RemoteLogSigner(running.address)
        with pytest.raises(Stopped, match="different roots"):
            asked.sign(size, TRUE.root(size), [], size)
        asked.close()
