"""`pledger` as a person starts it: each command a process of its own, which ends with ours.

A command that goes on is stopped by its process id; should we be killed, postgres_home's guard ends it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

from api.demo.audit import NotShown
from tests.support.polling import until
from tests.support.postgres_home import home

RUN_SECONDS_MAX: Final = 300.0
READY_SECONDS_MAX: Final = 120.0
STOP_SECONDS_MAX: Final = 60.0
LINES_SHOWN: Final = 5

_serial = count(1)


class Commands:
    """environment: PLEDGER_… and PG… of the commands; what we were given of these is left out."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self._logs = logs
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("PLEDGER_", "PG"))}
        self._environment = {**ours, **environment}
        logs.mkdir(exist_ok=True)

    def run(self, name: str, *words: object) -> str:
        """A command that ends by itself: what it printed. Raises NotShown for any exit code but 0."""
        with self.running(name, *words) as process:
            code = process.wait(RUN_SECONDS_MAX)
        if code != 0:
            raise NotShown(f"pledger {name}: {code}: {self._last(name)}")
        return self._said(name).read_text(encoding="utf8")

    @contextmanager
    def running(self, name: str, *words: object) -> Iterator[subprocess.Popen[bytes]]:
        """A command that goes on until the `with` ends. name: of its log, and of the command."""
        command = [str(Path(sys.executable).with_name("pledger")), *map(str, words)]
        with self._said(name).open("wb") as said, self._errors(name).open("wb") as errors:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=errors,
                env=self._environment,
                start_new_session=True,  # Ctrl-C is for us, who stop it in order
            )
            with home().guarding(f"pledger-{next(_serial)}", process.pid):
                try:
                    yield process
                finally:
                    _stop(process)

    def wait_until(self, name: str, process: subprocess.Popen[bytes], holds: Callable[[], bool]) -> None:
        """Raises NotShown if the process ends first, AssertionError if it takes too long."""

        def comes() -> bool:
            if process.poll() is not None:
                raise NotShown(f"pledger {name}: {process.returncode}: {self._last(name)}")
            return holds()

        until(comes, f"pledger {name}", seconds=READY_SECONDS_MAX)

    def _last(self, name: str) -> str:
        lines = self._errors(name).read_text(encoding="utf8", errors="replace").splitlines()
        return " ".join(line.strip() for line in lines[-LINES_SHOWN:])

    def _said(self, name: str) -> Path:
        return self._logs / f"{name}.out"

    def _errors(self, name: str) -> Path:
        return self._logs / f"{name}.err"


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
