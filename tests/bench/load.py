"""The load generator: keep-alive HTTP/1.1 clients on raw sockets, in a process of their own.

    python -m tests.bench.load PORT[,PORT…] CLIENTS FILE

FILE holds whole requests, each after its length in four bytes; they are read before the
clock starts. Each client sends its next request when its last one is answered; of several
ports they have the next one each in turn. Prints JSON.
"""

from __future__ import annotations

import asyncio
import json
import struct
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import cast

import uvloop

from tests.bench.marks import percentile

LIMIT_SECONDS = 300


@dataclass(frozen=True)
class Outcome:
    """What a run of the load generator found; latencies in milliseconds."""

    per_second: float
    p50_ms: float
    p99_ms: float
    statuses: dict[str, int]


def request(method: str, target: str, body: bytes = b"", media_type: str = "") -> bytes:
    """A whole HTTP/1.1 request."""
    head = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if body:
        head += f"Content-Type: {media_type}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def write_requests(path: Path, requests: Iterable[bytes]) -> None:
    """As the generators read them."""
    path.write_bytes(b"".join(struct.pack(">I", len(one)) + one for one in requests))


def read_requests(path: Path) -> list[bytes]:
    data, at, requests = path.read_bytes(), 0, []
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        requests.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return requests


def run_load(port: int | Sequence[int], clients: int, requests: Iterable[bytes], scratch: Path) -> Outcome:
    """Run the generator in its own process and wait for it."""
    path = scratch / "requests.bin"
    write_requests(path, requests)
    ports = ",".join(map(str, [port] if isinstance(port, int) else port))
    command = [sys.executable, "-m", "tests.bench.load", ports, str(clients), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT_SECONDS)
    path.unlink()
    if done.returncode != 0:
        raise RuntimeError(f"the load generator failed: {done.stderr[-2000:]}")
    return Outcome(**json.loads(done.stdout))


class _Client(asyncio.Protocol):
    """One connection: sends the next request of the common queue when an answer is whole."""

    def __init__(self, queue: deque[bytes], seen: list[float], statuses: Counter[str]) -> None:
        self._queue, self._seen, self._statuses = queue, seen, statuses
        self._buffer = b""
        self._begun = 0.0
        self._transport: asyncio.Transport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are no subclass

    def send(self) -> None:
        assert self._transport is not None
        if not self._queue:
            self._transport.close()
            return
        self._begun = time.perf_counter()
        self._transport.write(self._queue.popleft())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator or len(body) < content_length(head):
            return
        self._seen.append((time.perf_counter() - self._begun) * 1000)
        self._statuses[head[9:12].decode()] += 1
        self._buffer = b""
        self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def content_length(head: bytes) -> int:
    lowered = head.lower()
    start = lowered.find(b"\r\ncontent-length:")
    if start < 0:
        return 0
    end = lowered.find(b"\r\n", start + 2)
    return int(lowered[start + 17 : end if end > 0 else None])


async def _run(ports: list[int], clients: int, requests: list[bytes]) -> Outcome:
    loop = asyncio.get_running_loop()
    queue, seen, statuses = deque(requests), list[float](), Counter[str]()
    made = [
        (await loop.create_connection(lambda: _Client(queue, seen, statuses), "127.0.0.1", port))[1]
        for _, port in zip(range(clients), cycle(ports), strict=False)
    ]
    begun = time.perf_counter()
    for client in made:
        client.send()
    await asyncio.wait_for(asyncio.gather(*(client.done for client in made)), LIMIT_SECONDS)
    spent = time.perf_counter() - begun
    if len(seen) != len(requests):
        raise RuntimeError(f"{len(requests) - len(seen)} requests were not answered")
    return Outcome(len(seen) / spent, percentile(seen, 0.5), percentile(seen, 0.99), dict(statuses))


def main() -> None:
    ports, clients = [int(port) for port in sys.argv[1].split(",")], int(sys.argv[2])
    outcome = uvloop.run(_run(ports, clients, read_requests(Path(sys.argv[3]))))
    print(json.dumps(vars(outcome)))


if __name__ == "__main__":
    main()
