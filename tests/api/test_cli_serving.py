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

from ledger.clock import SystemClock
from ledger.keys import PrivateKey
from ledger.opening import create_ledger

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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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


def test_whom_it_cannot_ask_is_told_before_it_serves(data: Path, tmp_path: Path) -> None:
    absent = run("serve", "--data", data, "--policy", tmp_path / "absent")
    assert (absent.returncode, "absent" in absent.stderr) == (3, True)
    alone = run("serve", "--data", data, "--tsa", "http://tsa.example/")
    assert (alone.returncode, "--tsa-certificates" in alone.stderr) == (2, True)


def test_the_version_is_told_and_help_is_plain_text() -> None:
    assert run("--version").stdout.startswith("pledger ")
    shown = run("budget", "--help")
    assert shown.returncode == 0
    assert "--as-of" in shown.stdout
    assert "\x1b" not in shown.stdout
