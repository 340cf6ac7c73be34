"""The ledger that everything is measured on: made once a run, through the real appender."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import Future
from itertools import islice
from pathlib import Path

from ledger.append.appender import Outcome
from ledger.envelope import parse_envelope
from ledger.log import open_log
from ledger.service import Ledger
from ledger.signer import FileLogSigner, generate_key
from ledger.store.place import Database
from ledger.store.postgres.migrating import migrate
from tests.bench.workload import ORIGIN, Scale, Workload

WINDOW = 1024  # submissions under way: enough for full groups, far below QUEUE_MAX


class Stage:
    """A ledger's directory with `events` entries, and the workload that goes on from there.

    database: empty; where the log is then, instead of the directory. planned: how many entries there may
    be in the end, by fill(); else no more than `events`.
    """

    def __init__(
        self,
        path: Path,
        events: int,
        scale: Scale | None = None,
        *,
        database: Database | None = None,
        planned: int | None = None,
    ) -> None:
        path.mkdir(parents=True)
        self.path = path
        self.database = database
        self.events = 0
        generate_key(path / "log-key.pem")
        with FileLogSigner.create(path / "log-key.pem", path / "log-memory", origin=ORIGIN) as signer:
            log_key = signer.verifier_key
        self._make_log()
        self.workload = Workload(log_key, scale)
        self.envelopes = self.workload.envelopes(planned or events)
        self.filled_seconds = self.fill(events)

    def _make_log(self) -> None:
        if self.database is not None:
            migrate(self.database)
            return
        log, reader = open_log(self.path / "ledger.db")
        log.close()
        reader.close()

    def fill(self, count: int) -> float:
        """Append the next so many; seconds that the ledger took, without generating and signing."""
        spent = 0.0
        with Ledger(self.path, database=self.database) as ledger:
            envelopes = islice(self.envelopes, count)
            while chunk := list(islice(envelopes, 5000)):
                begun = time.perf_counter()
                submit_all(ledger, chunk)
                spent += time.perf_counter() - begun
        self.events += count
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
