"""A stream over restarts of a real server, in order and by SIGKILL: nothing is lost, nothing comes twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import httpx
import orjson
import pytest

from ledger.envelope import envelope_json
from tests.api.feed.sse import following, plain_client
from tests.support.ports import free_port
from tests.support.town import LATER, PROGRAMME, TestLedger, lines

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals"),
]

SECONDS_MAX = 120.0  # a bound only
JOSE = {"Content-Type": "application/jose+json"}
BETWEEN = 8  # entries that are to come between two ends of the server


class Restarted:
    """`pledger serve` over one folder and one port, started again and again."""

    def __init__(self, folder: Path, errors: Path) -> None:
        self.folder, self.errors, self.port = folder, errors, free_port()
        self.process = self._start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "api.cli.main", "serve", "--data", str(self.folder)]
        with self.errors.open("ab") as stream:
            return subprocess.Popen(
                [*command, "--port", str(self.port)],
                stderr=stream,
                env={**os.environ, "PLEDGER_LANG": "en", "NO_COLOR": "1"},
            )

    def end(self, sign: signal.Signals) -> float:
        """Seconds until the process had ended."""
        begun = time.monotonic()
        self.process.send_signal(sign)
        self.process.wait(SECONDS_MAX)
        return time.monotonic() - begun

    def again(self) -> None:
        self.process = self._start()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


class Writer(Thread):
    """Posts one change after another; what was not answered is sent again as it is."""

    def __init__(self, town: TestLedger, server: Restarted, size: int) -> None:
        super().__init__()
        self.town, self.server, self.size, self.done = town, server, size, Event()

    def run(self) -> None:
        amount = 100
        while not self.done.is_set():
            amount += 1
            envelope = self.town.envelope(
                "financing.changed", PROGRAMME, lines(f"{amount}.00"), seen=self.size, submit_before=LATER
            )
            self.size = self._post(orjson.dumps(envelope_json(envelope))) + 1

    def _post(self, body: bytes) -> int:
        limit = time.monotonic() + SECONDS_MAX
        while time.monotonic() < limit:
            with suppress(httpx.TransportError), plain_client(30) as client:
                answer = client.post(f"{self.server.url}/v1/events", content=body, headers=JOSE)
                if answer.status_code == 201:
                    return int(answer.json()["index"])
                assert answer.status_code == 503, answer.text
            time.sleep(0.02)
        raise AssertionError("the server does not come back")


class Reader(Thread):
    """Follows, and connects again with the last id, as a browser does."""

    def __init__(self, server: Restarted) -> None:
        super().__init__()
        self.server, self.done = server, Event()
        self.told: list[tuple[int, str]] = []
        self.last = "0"
        self.clean = 0  # ends that the server made in order

    def run(self) -> None:
        while not self.done.is_set():
            with (
                suppress(httpx.TransportError),
                following(self.server.url, last_event_id=self.last) as stream,
            ):
                for message in stream:
                    self.last = message.id
                    if message.event == "entry":
                        self.told.append((message.data["index"], message.data["event"]))
                    if self.done.is_set():
                        return
                self.clean += 1
            time.sleep(0.02)

    def until(self, count: int) -> None:
        limit = time.monotonic() + SECONDS_MAX
        while len(self.told) < count:
            assert self.is_alive()
            assert time.monotonic() < limit, self.server.errors.read_text(encoding="utf8")
            time.sleep(0.01)


def test_restarts_lose_nothing_and_repeat_nothing(model_town: TestLedger, tmp_path: Path) -> None:
    town = TestLedger.copy_of(model_town, tmp_path / "town")
    size = town.position
    town.close()
    server = Restarted(town.path, tmp_path / "stderr")
    reader, writer = Reader(server), Writer(town, server, size)
    try:
        reader.start()
        writer.start()
        for sign in (signal.SIGTERM, signal.SIGKILL):
            reader.until(len(reader.told) + BETWEEN + size * (not reader.told))
            spent = server.end(sign)
            assert spent < 5, f"{sign.name} took {spent:.1f} s with a stream open"
            server.again()
        reader.until(len(reader.told) + BETWEEN)
        writer.done.set()
        writer.join(SECONDS_MAX)
        reader.until(writer.size)
        assert [index for index, _ in reader.told] == list(range(writer.size))
        found = httpx.get(f"{server.url}/v1/events?limit=500", trust_env=False, timeout=60).json()["items"]
        assert reader.told == [(row["index"], row["event"]) for row in found]
        assert reader.clean == 1  # the one that was asked to stop
    finally:
        writer.done.set()
        reader.done.set()
        server.close()
        writer.join(SECONDS_MAX)
        reader.join(SECONDS_MAX)
    assert "Traceback" not in server.errors.read_text(encoding="utf8")
