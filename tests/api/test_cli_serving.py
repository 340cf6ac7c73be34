"""`pledger serve` as a process of its own, stopped as an operator would stop it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from api.cli.main import app
from ledger.clock import SystemClock
from ledger.keys import PrivateKey
from ledger.opening import create_ledger
from ledger.signer import verifier_key_of
from tests.support.command_once import CliRunner
from tests.support.ports import free_port
from tests.support.service import authority
from tests.support.witnessing import SmallLog, cosigner

pytestmark = pytest.mark.thorough

COMMAND = (sys.executable, "-m", "api.cli.main")
ENVIRONMENT = {**os.environ, "PLEDGER_LANG": "en", "NO_COLOR": "1"}
SECONDS_MAX = 30.0


@pytest.fixture
def data(tmp_path: Path) -> Path:
    registrar = ("p-1", "Реєстратор", PrivateKey.generate())
    create_ledger(
        tmp_path / "ledger",
        origin="town.example/pledger",
        registrars=[registrar],
        k=1,
        zone="Europe/Kyiv",
        clock=SystemClock(),
    )
    return tmp_path / "ledger"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    words = [*COMMAND, *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, env=ENVIRONMENT, timeout=60, check=False)


@contextmanager
def served(data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([*COMMAND, "serve", "--data", str(data), "--port", str(port)], env=ENVIRONMENT)
    try:
        _wait(port, process)
        yield process
    finally:
        process.kill()
        process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS_MAX
    while time.monotonic() < until:
        assert process.poll() is None, "the server has gone"
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail("the server does not answer")


def test_a_server_answers_alone_on_its_ledger_and_stops_when_told(data: Path) -> None:
    port = free_port()
    with served(data, port) as process:
        second = run("serve", "--data", data, "--port", free_port())
        assert second.returncode == 3
        assert "in use" in second.stderr
        assert run("rebuild", "--data", data).returncode == 0
        asked = run("programmes", "--server", f"http://127.0.0.1:{port}", "--json")
        assert (asked.returncode, asked.stderr) == (0, "")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=SECONDS_MAX) == 0


def test_a_server_that_cannot_start_ends_with_3(data: Path, tmp_path: Path) -> None:
    assert run("serve", "--data", tmp_path, "--port", free_port()).returncode == 3
    (data / "log-key.pem").chmod(0o644)
    assert run("serve", "--data", data, "--port", free_port()).returncode == 3
    (data / "log-key.pem").chmod(0o600)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert run("serve", "--data", data, "--port", taken.getsockname()[1]).returncode == 3


def refused(data: Path, code: int, *more: object, **environment: str) -> str:
    """What a server says that does not start, in this process: many ask it, and nothing is served."""
    words = ["serve", "--data", data, "--port", free_port(), *more]
    ran = CliRunner().invoke(app, [*map(str, words)], env=ENVIRONMENT | environment)
    assert isinstance(ran.exception, SystemExit), ran.exception  # else a person would see a traceback
    assert (ran.exit_code, ran.stdout) == (code, ""), ran.stderr
    return ran.stderr


def failed(data: Path, **environment: str) -> str:
    """What a server says that cannot start: exit code 3."""
    return refused(data, 3, **environment)


@pytest.mark.parametrize("memory", [None, b"", b"x" * 1024], ids=["lost", "empty", "damaged"])
@pytest.mark.parametrize(("language", "word"), [("uk", "втрачено"), ("en", "is lost")])
def test_a_lost_memory_is_said_without_a_traceback_with_what_to_do(
    data: Path, memory: bytes | None, language: str, word: str
) -> None:
    (data / "log-memory").unlink()
    if memory is not None:
        (data / "log-memory").write_bytes(memory)
    said = failed(data, PLEDGER_LANG=language)
    assert str(data / "log-memory") in said
    assert "pledger restore" in said
    assert "--new-memory" in said
    assert word in said


def test_a_key_open_to_others_or_that_is_none_is_said_without_a_traceback(data: Path) -> None:
    (data / "log-key.pem").chmod(0o644)
    said = failed(data)
    assert f"{data / 'log-key.pem'} is open to others" in said
    assert "--new-memory" not in said, "the memory is there"
    (data / "log-key.pem").chmod(0o600)
    service_key = data / "service-key.pem"
    service_key.write_bytes((data / "log-key.pem").read_bytes())
    service_key.chmod(0o640)
    assert f"{service_key} is open to others" in failed(data)
    service_key.chmod(0o600)
    service_key.write_bytes(b"no key")
    assert str(service_key) in failed(data)


@pytest.mark.sqlite
@pytest.mark.parametrize("language", ["uk", "en"])
def test_a_ledger_that_was_lost_is_to_be_restored_and_never_begun_anew(
    data: Path, tmp_path: Path, language: str
) -> None:
    (data / "ledger.db").unlink()
    said = failed(data, PLEDGER_LANG=language)
    assert f"pledger restore SOURCE {data}" in said
    assert "init" not in said
    (tmp_path / "nothing").mkdir()
    assert "pledger init" in failed(tmp_path / "nothing", PLEDGER_LANG=language)


def test_whom_it_cannot_ask_is_told_before_it_serves(data: Path, tmp_path: Path) -> None:
    assert "absent" in refused(data, 3, "--policy", tmp_path / "absent")
    assert "--tsa-certificates" in refused(data, 2, "--tsa", "http://tsa.example/")


@pytest.mark.parametrize("url", ["ftp://x", "x", "http://", "//tsa.example/"])
@pytest.mark.parametrize(("language", "word"), [("uk", "позначок часу"), ("en", "time-stamping authority")])
def test_an_authority_at_no_http_address_stops_the_start(
    data: Path, tmp_path: Path, url: str, language: str, word: str
) -> None:
    pem = tmp_path / "tsa.pem"
    pem.write_bytes(authority().roots[0])
    certificates, spoken = ("--tsa-certificates", pem), {"PLEDGER_LANG": language}
    for said in (
        refused(data, 2, "--tsa", url, *certificates, **spoken),
        refused(data, 2, *certificates, PLEDGER_TSA_URL=url, **spoken),
    ):
        assert word in said
        assert url in said


def test_the_version_is_told_and_help_is_plain_text() -> None:
    assert run("--version").stdout.startswith("pledger ")
    shown = run("budget", "--help")
    assert shown.returncode == 0
    assert "--as-of" in shown.stdout
    assert "\x1b" not in shown.stdout


# -- a policy that is none for this ledger ------------------------------------------------

WITNESS = f"witness w1 {cosigner('w1.example').key}"
SECOND = f"witness w2 {cosigner('w2.example').key}"


def log_key(data: Path) -> str:
    return verifier_key_of(data / "log-key.pem", "town.example/pledger")


def unfit(data: Path, policy: str, language: str) -> str:
    """What is said of a policy with which no server starts: exit code 2."""
    path = data.parent / "policy.txt"
    path.write_text(policy.replace("OWN", log_key(data)))
    said = refused(data, 2, "--policy", path, PLEDGER_LANG=language)
    assert str(path) in said
    return said


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        (f"{WITNESS} http://127.0.0.1:1\nquorum w1\n", "log OWN"),
        (f"log {SmallLog().key}\n{WITNESS} http://127.0.0.1:1\nquorum w1\n", SmallLog().key),
        (f"log {SmallLog(origin='town.example/pledger').key}\n{WITNESS} http://h\nquorum w1\n", "log OWN"),
        (f"log OWN\nlog {SmallLog().key}\n{WITNESS} http://127.0.0.1:1\nquorum w1\n", SmallLog().key),
        (f"log OWN\n{WITNESS} ftp://w1.example/\nquorum w1\n", "ftp://w1.example/"),
        (f"log OWN\n{WITNESS} w1.example\nquorum w1\n", "w1.example"),
        (f"log OWN\n{WITNESS}\nquorum w1\n", "w1"),
        (f"log OWN\n{WITNESS} http://h\n{SECOND}\ngroup g all w1 w2\nquorum g\n", "w2"),
    ],
    ids=["no log", "another origin", "another key", "one of two", "ftp", "no scheme", "no url", "too few"],
)
def test_a_policy_that_is_none_for_this_ledger_stops_the_start_with_what_to_do(
    data: Path, policy: str, told: str
) -> None:
    said = {language: unfit(data, policy, language) for language in ("uk", "en")}
    assert said["uk"] != said["en"]
    for words in said.values():
        assert told.replace("OWN", log_key(data)) in words


def test_the_policy_in_the_data_is_held_to_the_same(data: Path) -> None:
    (data / "witnesses.policy").write_text(f"{WITNESS} http://127.0.0.1:1\nquorum w1\n")
    assert f"log {log_key(data)}" in refused(data, 2)
