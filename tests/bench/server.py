"""Servers under test: each in a process of its own, on a free port of the loopback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

PATIENCE_SECONDS = 120
POLL_SECONDS = 0.005
UNLIMITED: dict[str, object] = {"key_per_second": 0}  # all submissions are one key's


class Server:
    """A started server. ready_seconds: from starting the process to the first 200 of /readyz."""

    def __init__(
        self, arguments: Sequence[str], *, errors: Path, settings: Mapping[str, object] | None = None
    ) -> None:
        """settings: of api/settings.py, by name."""
        self.port = free_port()
        command = [part.format(port=self.port) for part in arguments]
        begun = time.perf_counter()
        self._errors = errors.open("wb")
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            env=_environment(errors.parent, settings or {}),
        )
        try:
            self._wait(errors)
        except BaseException:
            self.stop()
            raise
        self.ready_seconds = time.perf_counter() - begun

    @classmethod
    def bare(cls, scratch: Path) -> Self:
        return cls([sys.executable, "-m", "tests.bench.bare", "{port}"], errors=scratch / "bare.log")

    @classmethod
    def pledger(cls, data: Path, scratch: Path, *, name: str = "pledger", **settings: object) -> Self:
        """As a person starts it: `pledger serve`. name: of its log, where there are several."""
        command = str(Path(sys.executable).with_name("pledger"))
        arguments = [command, "serve", "--data", str(data), "--port", "{port}"]
        return cls(arguments, errors=scratch / f"{name}.log", settings=UNLIMITED | settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    def said(self) -> str:
        """What it wrote to stderr last."""
        return Path(self._errors.name).read_text(encoding="utf8")[-2000:]

    def memory_mb(self) -> float:
        """Resident memory of the process, without its children (it has none)."""
        pages = Path(f"/proc/{self._process.pid}/statm").read_text(encoding="utf8").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def cpu_seconds(self) -> float:
        """Processor time of the process so far, all threads: what another load does not change."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _wait(self, errors: Path) -> None:
        limit = time.perf_counter() + PATIENCE_SECONDS
        while not _is_ready(self.port):
            if self._process.poll() is not None:
                raise RuntimeError(f"the server ended: {errors.read_text(encoding='utf8')[-2000:]}")
            if time.perf_counter() > limit:
                raise RuntimeError(f"the server did not become ready: {_readiness(self.port)[-2000:]!r}")
            time.sleep(POLL_SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(scratch: Path, settings: Mapping[str, object]) -> dict[str, str]:
    """Compiled modules are kept, as on a machine that has started the server before."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    named = {f"PLEDGER_{name.upper()}": str(value) for name, value in settings.items()}
    return kept | {"PYTHONPYCACHEPREFIX": str(scratch / "compiled")} | named


def _is_ready(port: int) -> bool:
    return _readiness(port).startswith(b"HTTP/1.1 200")


def _readiness(port: int) -> bytes:
    """What /readyz answers, b"" while nobody does."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return b"".join(iter(lambda: connection.recv(4096), b""))
    except OSError:
        return b""
