"""A peer's process, as the coordinator sees it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.bench.peers.protocol import Question, Source

ROOT = Path(__file__).parents[3]
CLOSING_SECONDS = 60


class PeerFailed(RuntimeError):
    """A peer answered with an error, or ended."""


class Process:
    """Runs a peer's module; every method is one operation of protocol.py, and waits for its answer."""

    def __init__(self, name: str, python: Path, module: str) -> None:
        self.name = name
        self._running = subprocess.Popen(
            [str(python), "-m", f"tests.bench.peers.{module}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf8",
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"},
        )
        self.said: dict[str, Any] = {}  # what `open` said: versions and settings

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ask it to close, if all was well; else end it."""
        try:
            if error is None:
                self._ask("close")
        finally:
            self.end()

    def end(self) -> None:
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        self._running.stdin.close()
        try:
            self._running.wait(CLOSING_SECONDS)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
        self._running.stdout.close()

    def open(self, place: Path) -> dict[str, Any]:
        place.mkdir(parents=True, exist_ok=True)
        self.said = self._ask("open", place=str(place))
        return self.said

    def check(self, place: Path, source: Source) -> str | None:
        """What was compared; None where there is only one path."""
        place.mkdir(parents=True)
        try:
            return str(self._ask("check", place=str(place), source=source))
        except NotImplementedError:
            return None

    def fill(self, source: Source) -> float:
        return float(self._ask("fill", source=source))

    def resume(self, source: Source) -> None:
        self._ask("resume", source=source)

    def ask(self, kind: str, questions: Sequence[Question]) -> dict[str, Any]:
        """Raises NotImplementedError, as `append`."""
        return dict(self._ask("ask", kind=kind, questions=questions))

    def answer(self, kind: str, question: Question) -> Any:
        return self._ask("answer", kind=kind, question=question)

    def append(self, source: Source, threads: int, seconds: float, **settings: bool) -> dict[str, Any]:
        """settings: what is to hold of the peer meanwhile."""
        return dict(self._ask("append", source=source, threads=threads, seconds=seconds, settings=settings))

    def size(self) -> dict[str, int]:
        """{"bytes", "memory_mb"}: on disk, and of the process or one of its children at most so far."""
        return dict(self._ask("size"))

    def _ask(self, op: str, **members: Any) -> Any:
        asked, answered = self._running.stdin, self._running.stdout
        assert asked is not None
        assert answered is not None
        asked.write(json.dumps({"op": op, **members}) + "\n")
        asked.flush()
        line = answered.readline()
        if not line:
            raise PeerFailed(f"{self.name} ended in {op!r}")
        answer = json.loads(line)
        if "missing" in answer:
            raise NotImplementedError(f"{self.name}: {answer['missing']}")
        if "error" in answer:
            raise PeerFailed(f"{self.name}, {op}:\n{answer['error']}")
        return answer["ok"]
