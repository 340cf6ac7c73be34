"""What readers of the feed cost: appends over HTTP to one process with none, and with two hundred of them.

    python -m tests.bench.feed PORT READERS AFTER

follows from a position as so many readers, in a process of its own. It says `ready` when all are connected,
takes a position on stdin, and prints as JSON what each had when all of them had got as far.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import uvloop

from tests.bench.appends import CLIENTS, EVENTS_TARGET, MEDIA_TYPE
from tests.bench.load import request, run_load
from tests.bench.marks import Mark, Sample, median
from tests.bench.server import Server
from tests.bench.stage import Stage

READERS = 200
LIMIT_SECONDS = 120
_ENTRY, _ID = b"event: entry\n", b"\nid: "


def measure(stage: Stage, rounds: int, count: int, scratch: Path) -> list[Mark]:
    """In turns; every reader must have received every entry, once."""
    alone, read = list[Sample](), list[Sample]()
    size = stage.events
    with Server.pledger(stage.path, scratch, name="feed") as server:

        def run() -> Sample:
            posts = [request("POST", EVENTS_TARGET, raw, MEDIA_TYPE) for raw in stage.workload.fresh(count)]
            spent = server.cpu_seconds()
            outcome = run_load(server.port, CLIENTS, posts, scratch)
            if set(outcome.statuses) != {"201"}:
                raise RuntimeError(f"appends were answered {outcome.statuses}")
            return Sample(outcome.per_second, (server.cpu_seconds() - spent) / count * 1000)

        run()  # streams are loaded and caches warm
        for _ in range(rounds):
            alone.append(run())
            size = _position(server.port)
            with following(server.port, READERS, size) as readers:
                read.append(run())
                readers.check(size, count)
    return _marks(alone, read)


def _marks(alone: list[Sample], read: list[Sample]) -> list[Mark]:
    ratios = [with_readers.value / without.value for without, with_readers in zip(alone, read, strict=True)]
    shown = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    with_readers, without = median([one.value for one in read]), median([one.value for one in alone])
    return [
        Mark(
            f"HTTP append, {READERS} readers",
            "/s",
            with_readers,
            cpu_ms=_cpu(read),
            limit_name="the same without readers",
            limit=without,
            note=f"all received all; without readers {_cpu(alone):.2f} ms of processor",
        ),
        Mark(
            "feed: appends with ÷ without readers", "", median(ratios), target=0.8, note=f"by round: {shown}"
        ),
    ]


def _cpu(samples: list[Sample]) -> float:
    return median([one.cpu_ms for one in samples if one.cpu_ms is not None])


def _position(port: int) -> int:
    """How many entries there are."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/v1")
    position = int(json.loads(connection.getresponse().read())["position"])
    connection.close()
    return position


class Readers:
    """The readers' process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def check(self, start: int, count: int) -> None:
        """Each has what was appended since, once. Raises RuntimeError."""
        said, _ = self._process.communicate(f"{start + count}\n", LIMIT_SECONDS)
        counts = json.loads(said or "[]")
        if counts != [count] * READERS:
            raise RuntimeError(f"readers received {sorted(set(counts))} of {count} entries")


@contextmanager
def following(port: int, readers: int, after: int) -> Iterator[Readers]:
    command = [sys.executable, "-m", "tests.bench.feed", str(port), str(readers), str(after)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            if process.stdout.readline() != "ready\n":
                raise RuntimeError("the readers could not connect")
            yield Readers(process)
        finally:
            process.kill()


# -- the readers' process ------------------------------------------------------------------


class Reader(asyncio.Protocol):
    """One stream: how many entries came, and the last id. Ids must follow one another: count tells."""

    def __init__(self, after: int) -> None:
        self._after, self._left = after, b""
        self.count, self.last, self._target = 0, -1, 1 << 53
        loop = asyncio.get_running_loop()
        self.begun: asyncio.Future[None] = loop.create_future()
        self.reached: asyncio.Future[None] = loop.create_future()

    def until(self, target: int) -> asyncio.Future[None]:
        self._target = target
        self._look()
        return self.reached

    def _look(self) -> None:
        if self.last >= self._target and not self.reached.done():
            self.reached.set_result(None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        head = f"GET /v1/events/stream?after={self._after} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        cast("asyncio.Transport", transport).write(head.encode())

    def data_received(self, data: bytes) -> None:
        """What is cut off at the end of a piece is looked at with the next one."""
        text = self._left + data
        end = text.rfind(b"\n\n") + 2
        if end < 2:
            self._left = text
            return
        self._left = text[end:]
        self.count += text.count(_ENTRY, 0, end)
        at = text.rfind(_ID, 0, end)
        if at >= 0:
            self.last = int(text[at + len(_ID) : text.find(b"\n", at + len(_ID))])
        self._look()
        if not self.begun.done():
            self.begun.set_result(None)


async def _follow(port: int, readers: int, after: int) -> list[int]:
    loop = asyncio.get_running_loop()
    made = [
        (await loop.create_connection(lambda: Reader(after), "127.0.0.1", port))[1] for _ in range(readers)
    ]
    await asyncio.wait_for(asyncio.gather(*(one.begun for one in made)), LIMIT_SECONDS)
    print("ready", flush=True)
    target = int(await asyncio.to_thread(sys.stdin.readline))
    await asyncio.wait_for(asyncio.gather(*(one.until(target) for one in made)), LIMIT_SECONDS)
    return [one.count if one.last == target else -1 for one in made]


def main() -> None:
    port, readers, after = map(int, sys.argv[1:4])
    print(json.dumps(uvloop.run(_follow(port, readers, after))))


if __name__ == "__main__":
    main()
