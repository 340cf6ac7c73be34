"""The ledger that everything is measured on: made once a run, through the real appender."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

from ledger.append.appender import Outcome
from ledger.envelope import parse_envelope
from ledger.log import open_log
from ledger.service import Ledger
from ledger.signer import FileLogSigner, generate_key
from tests.bench.workload import ORIGIN, Scale, Workload

WINDOW = 1024  # submissions under way: enough for full groups, far below QUEUE_MAX


class Stage:
    """A ledger's directory with `events` entries, and the workload that goes on from there."""

    def __init__(self, path: Path, events: int, scale: Scale | None = None) -> None:
        path.mkdir(parents=True)
        self.path = path
        self.events = events
        generate_key(path / "log-key.pem")
        with FileLogSigner.create(path / "log-key.pem", path / "log-memory", origin=ORIGIN) as signer:
            log_key = signer.verifier_key
        log, reader = open_log(path / "ledger.db")
        log.close()
        reader.close()
        self.workload = Workload(log_key, scale)
        self.filled_seconds = self._fill()

    def _fill(self) -> float:
        """Seconds that the ledger took, without generating and signing."""
        spent = 0.0
        with Ledger(self.path) as ledger:
            envelopes = self.workload.envelopes(self.events)
            while chunk := list(_take(envelopes, 5000)):
                begun = time.perf_counter()
                submit_all(ledger, chunk)
                spent += time.perf_counter() - begun
        return spent


def submit_all(ledger: Ledger, envelopes: list[bytes]) -> None:
    """Submit one by one from one thread, many under way; each must be recorded."""
    waiting: deque[Future[Outcome]] = deque()
    for raw in envelopes:
        waiting.append(ledger.submit([parse_envelope(raw)]))
        if len(waiting) >= WINDOW:
            waiting.popleft().result()
    for future in waiting:
        future.result()


def _take(envelopes: Iterator[bytes], count: int) -> Iterator[bytes]:
    for _, envelope in zip(range(count), envelopes, strict=False):
        yield envelope
