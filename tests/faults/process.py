"""`pledger` in processes that a test may kill: forked from one that has imported everything.

A start takes a fraction of a second in this way, so that hundreds of them can be killed. Each is a process
of its own all the same: it opens its own files, takes its own locks, and dies alone.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import select
import signal
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.support.ports import free_port
from tests.support.prefork import command_on_path

DEADLINE = 90.0
REFUSED_SECONDS = 30.0
# All clients of a test are one address: no rate is for them.
_RATES = ("WRITES", "READS", "KEY")
ENVIRONMENT: Mapping[str, str] = {
    **os.environ,
    **{f"PLEDGER_{name}_PER_SECOND": "0" for name in _RATES},
    "PLEDGER_LANG": "en",
    "NO_COLOR": "1",
    "COLUMNS": "400",
}


@dataclass(frozen=True)
class Ended:
    """code: None of a process that was killed."""

    code: int | None
    said: str
    errors: str


@dataclass(frozen=True)
class Answer:
    """body: JSON as it was read, {} where there is none."""

    status: int
    body: Any


class Process:
    """A forked command. Its standard streams are files of the folder that the test gave."""

    def __init__(self, forge: Path, folder: Path, words: list[str], environment: Mapping[str, str]) -> None:
        self._streams = [tempfile.TemporaryFile(dir=folder) for _ in range(2)]  # noqa: SIM115 -- closed in `end`
        self._line = socket.socket(socket.AF_UNIX)
        self._line.settimeout(DEADLINE)
        self._line.connect(str(forge / "line"))
        asked = json.dumps([words, str(folder), {**ENVIRONMENT, **environment}]).encode()
        with Path(os.devnull).open("rb") as nothing:
            files = [nothing.fileno(), *(one.fileno() for one in self._streams)]
            socket.send_fds(self._line, [len(asked).to_bytes(4, "big") + asked], files)
        self.pid = int.from_bytes(self._line.recv(4), "big")
        self._ended: Ended | None = None

    @property
    def alive(self) -> bool:
        return self._ended is None and not select.select([self._line], [], [], 0)[0]

    def kill(self) -> None:
        """SIGKILL, unless it is dead already."""
        if self.alive:
            os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> Ended:
        """As an operator does at a terminal, so that there is an exit code."""
        if self.alive:
            os.kill(self.pid, signal.SIGINT)
        return self.end()

    def end(self) -> Ended:
        """Wait for its end, however it comes about."""
        if self._ended is None:
            code = self._line.recv(1)
            self._line.close()
            _wait_until_gone(self.pid)
            said, errors = (_all_of(one) for one in self._streams)
            self._ended = Ended(code[0] if code else None, said, errors)
        return self._ended

    def ended_within(self, seconds: float) -> bool:
        """Let it live for a while, unless it dies by itself."""
        return bool(select.select([self._line], [], [], seconds)[0])

    def errors(self) -> str:
        """What it has said on stderr so far."""
        return self._ended.errors if self._ended else _read(self._streams[1])


def _wait_until_gone(pid: int) -> None:
    """Its files and locks are given back by then: nobody waits for it but the kernel."""
    until = time.monotonic() + DEADLINE
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < until:
            os.kill(pid, 0)
            time.sleep(0.001)


def _read(file: Any) -> str:
    return os.pread(file.fileno(), 1 << 20, 0).decode(errors="replace")


def _all_of(file: Any) -> str:
    with file:
        return _read(file)


class Server(Process):
    """`pledger serve` on a port of its own."""

    def __init__(self, forge: Path, folder: Path, words: list[str], environment: Mapping[str, str]) -> None:
        self.port = free_port()
        super().__init__(forge, folder, ["serve", *words, "--port", str(self.port)], environment)

    def ask(self, target: str, method: str = "GET", body: bytes = b"") -> Answer:
        """One request on a connection of its own. Raises OSError if it is not answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        try:
            headers = {"Content-Type": "application/jose+json"} if body else {}
            connection.request(method, target, body or None, headers)
            return read_answer(connection.getresponse())
        finally:
            connection.close()

    def wait_until(self, target: str, status: int) -> Answer:
        """Ask until it is answered so. Fails if the server dies or never does."""
        until, answer = time.monotonic() + DEADLINE, None
        while time.monotonic() < until:
            assert self.alive, f"the server has gone: {self.end()}"
            with contextlib.suppress(OSError):
                answer = self.ask(target)
                if answer.status == status:
                    return answer
            time.sleep(0.01)
        raise AssertionError(f"{target} is never answered with {status}, but: {answer}")

    def refused(self) -> Ended:
        """It does not start: how it ended."""
        assert self.ended_within(REFUSED_SECONDS), "it serves"
        return self.end()

    def ready(self) -> Server:
        self.wait_until("/readyz", 200)
        return self


def read_answer(response: http.client.HTTPResponse) -> Answer:
    raw = response.read()
    try:
        return Answer(response.status, json.loads(raw))
    except ValueError:
        return Answer(response.status, {})


P = TypeVar("P", bound="Process")


class Forge:
    """Starts commands; whatever it started ends with it."""

    def __init__(self, place: Path, folder: Path) -> None:
        self._place, self._folder = place, folder
        self._started: list[Process] = []

    def serve(self, *words: object, **environment: str) -> Server:
        return self._keep(Server(self._place, self._folder, [*map(str, words)], environment))

    def run(self, *words: object, **environment: str) -> Ended:
        """A command that ends by itself."""
        return self.start(*words, **environment).end()

    def start(self, *words: object, **environment: str) -> Process:
        """A command that goes on."""
        return self._keep(Process(self._place, self._folder, [*map(str, words)], environment))

    def _keep(self, process: P) -> P:
        self._started.append(process)
        return process

    def close(self) -> None:
        for process in self._started:
            process.kill()
            process.end()


@contextmanager
def forging() -> Iterator[Path]:
    """The process that forks, for all tests; where it is asked."""
    before = "from tests.faults.planted import install; install()"
    # A socket's name is short: not within the folder of a test.
    with (
        tempfile.TemporaryDirectory(prefix="pledger-") as short,
        command_on_path(Path(short) / "bin", ENVIRONMENT, before=before) as place,
    ):
        yield place
