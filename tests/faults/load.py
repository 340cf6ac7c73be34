"""Clients that submit without a pause, and keep account of what they were told."""

from __future__ import annotations

import contextlib
import http.client
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson

from ledger.envelope import envelope_json
from tests.faults.process import DEADLINE, Answer, Process, Server, read_answer
from tests.support.batches import batch_of
from tests.support.log import Small

CLIENTS = 4
AGAIN_SECONDS = 0.02

Batch = list[bytes]


class Load:
    """The account of one ledger's clients, over all servers that they spoke to.

    acknowledged: payload → its receipt as it came. sent: all payloads. refused: status and code → how
    often. untold: batches of which nobody knows what became of them: they are sent again, as clients do.
    """

    def __init__(self, small: Small) -> None:
        self._small = small
        self._lock = threading.Lock()
        self.acknowledged: dict[bytes, Any] = {}
        self.sent: set[bytes] = set()
        self.refused: Counter[str] = Counter()
        self.cut = 0  # requests whose connection broke
        self.untold: deque[Batch] = deque()

    @property
    def count(self) -> int:
        return len(self.acknowledged)

    @contextmanager
    def on(self, server: Server, clients: int = CLIENTS) -> Iterator[Load]:
        """Clients submit to a server, until the block ends or the server is dead."""
        ended = threading.Event()
        threads = [threading.Thread(target=self._run, args=(server, ended)) for _ in range(clients)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            ended.set()
            for thread in threads:
                thread.join(DEADLINE)
            assert not any(thread.is_alive() for thread in threads), "a client waits for ever"

    def wait_for(self, more: int, process: Process) -> None:
        """Until so many more are acknowledged, or the server is dead."""
        wanted = self.count + more
        wait_until(lambda: self.count >= wanted, process)

    def wait_for_refusals(self, name: str, more: int = 5) -> None:
        """Until a status and code was the answer so many more times."""
        wanted = self.refused[name] + more
        wait_until(lambda: self.refused[name] >= wanted)

    def submit(self, server: Server, batch: Batch) -> Answer:
        """One submission on a connection of its own. Raises OSError."""
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE)
        with contextlib.closing(connection):
            return self._submit(connection, batch)

    def settle(self, server: Server) -> None:
        """Send again whatever nobody knows about, once; all of it must be acknowledged now."""
        while self.untold:
            answer = self.submit(server, self.untold.popleft())
            assert answer.status == 201, answer

    def _run(self, server: Server, ended: threading.Event) -> None:
        chance = random.Random()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE)
        with contextlib.closing(connection):
            while server.alive and not ended.is_set():
                batch = self._next(chance)
                try:
                    answer = self._submit(connection, batch)
                except (OSError, http.client.HTTPException):
                    connection.close()
                    self._cut_off(batch)
                else:
                    if answer.status == 201:
                        continue
                    self._later(batch)
                ended.wait(AGAIN_SECONDS)

    def _next(self, chance: random.Random) -> Batch:
        with contextlib.suppress(IndexError):
            return self.untold.popleft()
        return batch_of(self._small, chance)

    def _later(self, batch: Batch) -> None:
        self.untold.append(batch)

    def _cut_off(self, batch: Batch) -> None:
        with self._lock:
            self.cut += 1
        self.untold.append(batch)

    def _submit(self, connection: http.client.HTTPConnection, batch: Batch) -> Answer:
        signed = [envelope_json(self._small.sign(payload)) for payload in batch]
        body = orjson.dumps(signed[0] if len(signed) == 1 else {"envelopes": signed})
        with self._lock:
            self.sent.update(batch)
        connection.request("POST", "/v1/events", body, {"Content-Type": "application/jose+json"})
        answer = read_answer(connection.getresponse())
        with self._lock:
            if answer.status == 201:
                self._acknowledge(batch, answer.body.get("receipts", [answer.body]))
            else:
                code = str(answer.body.get("type", "")).rpartition(":")[2]
                self.refused[f"{answer.status} {code}"] += 1
        return answer

    def _acknowledge(self, batch: Batch, receipts: list[Any]) -> None:
        for payload, receipt in zip(batch, receipts, strict=True):
            assert self.acknowledged.get(payload, receipt) == receipt, "a payload got two receipts"
            self.acknowledged[payload] = receipt


def wait_until(holds: Callable[[], bool], process: Process | None = None) -> None:
    """Poll until something holds, or the process is dead."""
    until = time.monotonic() + DEADLINE
    while not holds() and (process is None or process.alive):
        assert time.monotonic() < until, "it does not get on"
        time.sleep(0.002)
