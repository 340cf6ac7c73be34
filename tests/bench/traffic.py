"""A load that goes on for a time: reads and appends mixed, and every append tried until it is acknowledged.

    python -m tests.bench.traffic FILE      # JSON of Traffic; prints JSON of Seen

Each client keeps a connection and sends its next request when the last one is answered. A connection that
broke and a 5xx or 429 are counted, and the same request is sent again, to the next port where the connection
broke. Any other refusal is counted, and the request given up.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import cycle
from pathlib import Path
from typing import TextIO

import orjson
import uvloop

from tests.bench.load import content_length, read_requests, write_requests
from tests.bench.marks import percentile

AGAIN_SECONDS = 0.05
ANSWER_SECONDS = 60.0
TAKEN = ("200", "201")
_PROBLEM = re.compile(rb"urn:pledger:problem:([a-z0-9-]+)")


@dataclass(frozen=True)
class Traffic:
    """writers, readers: clients. appends, reads: files of whole requests; reads are asked again and again.

    pace, read_pace: requests a second of all of them, 0 for as many as they can. acknowledged: a file for
    a line an append: when it was acknowledged (monotonic seconds), its place in `appends`, its index in the
    log.
    """

    ports: list[int]
    seconds: float
    appends: str
    acknowledged: str
    reads: str = ""
    writers: int = 32
    readers: int = 0
    pace: float = 0.0
    read_pace: float = 0.0


@dataclass
class Seen:
    """What the clients saw. times: milliseconds to each good answer; failures: by kind and code."""

    times: dict[str, list[float]] = field(default_factory=lambda: {"append": [], "read": []})
    failures: Counter[str] = field(default_factory=Counter)
    ran_out: bool = False


@dataclass(frozen=True)
class Kind:
    """Of one kind of requests: how many were answered well, how many a second, milliseconds."""

    count: int
    per_second: float
    p50_ms: float
    p99_ms: float
    max_ms: float


@dataclass(frozen=True)
class Result:
    """failures: by kind, status and code. cpu_seconds: what the generator itself took."""

    kinds: dict[str, Kind]
    failures: dict[str, int]
    cpu_seconds: float

    @property
    def appends(self) -> Kind:
        return self.kinds["append"]

    @property
    def reads(self) -> Kind:
        return self.kinds["read"]


@contextmanager
def running(traffic: Traffic, scratch: Path) -> Iterator[subprocess.Popen[str]]:
    """The generator in a process of its own; result_of() waits for its end."""
    path = scratch / "traffic.json"
    path.write_text(json.dumps(asdict(traffic)), encoding="utf8")
    command = [sys.executable, "-m", "tests.bench.traffic", str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def result_of(process: subprocess.Popen[str], seconds: float) -> Result:
    said, wrong = process.communicate(timeout=seconds)
    if process.returncode != 0:
        raise RuntimeError(f"the load generator failed: {wrong[-2000:]}")
    found = json.loads(said)
    if found["ran_out"]:
        raise RuntimeError("the load generator had not enough appends for its time")
    return Result(
        {name: Kind(**kind) for name, kind in found["kinds"].items()}, found["failures"], found["cpu"]
    )


def run_traffic(traffic: Traffic, scratch: Path) -> Result:
    with running(traffic, scratch) as process:
        return result_of(process, traffic.seconds + 3 * ANSWER_SECONDS)


def read_acknowledged(path: Path) -> list[tuple[float, int, int]]:
    """(when, place among the appends, index in the log), in the order of acknowledgement."""
    rows = (line.split() for line in path.read_text(encoding="utf8").splitlines())
    return [(float(when), int(place), int(index)) for when, place, index in rows]


# -- in the generator's process -----------------------------------------------------------


class _Client:
    """One connection, made anew where it breaks."""

    def __init__(self, ports: Iterator[int], seen: Seen) -> None:
        self._ports, self._seen = ports, seen
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, kind: str, request: bytes) -> bytes | None:
        """The body of a good answer; b"" of one that is final; None where it is worth to ask again."""
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                status, body = await self._asked(request)
        except (OSError, asyncio.IncompleteReadError) as error:
            self.close()
            self._seen.failures[f"{kind}: {_broken(error)}"] += 1
            return None
        if status in TAKEN:
            self._seen.times[kind].append((time.perf_counter() - begun) * 1000)
            return body
        found = _PROBLEM.search(body)
        self._seen.failures[f"{kind}: {status} {found[1].decode() if found else ''}".rstrip()] += 1
        return None if status[0] == "5" or status == "429" else b""

    async def _asked(self, request: bytes) -> tuple[str, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", next(self._ports))
        reader, writer = self._streams
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(content_length(head))
        if b"connection: close" in head.lower():
            self.close()
        return head[9:12].decode(), body

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None


def _broken(error: BaseException) -> str:
    return "no answer in time" if isinstance(error, TimeoutError) else "connection broken"


async def _write(
    client: _Client, traffic: Traffic, rest: Iterator[tuple[int, bytes]], end: float, log: TextIO, seen: Seen
) -> None:
    begun = time.monotonic()
    while time.monotonic() < end:
        given = next(rest, None)
        if given is None:
            seen.ran_out = True
            return
        place, request = given
        await _until(begun, place, traffic.pace)
        while (body := await client.ask("append", request)) is None:
            await asyncio.sleep(AGAIN_SECONDS)
            if time.monotonic() > end + ANSWER_SECONDS:
                return
        if body:
            print(time.monotonic(), place, orjson.loads(body)["index"], file=log)


async def _read(
    client: _Client, traffic: Traffic, questions: Iterator[tuple[int, bytes]], end: float
) -> None:
    begun = time.monotonic()
    while time.monotonic() < end:
        place, request = next(questions)
        await _until(begun, place, traffic.read_pace)
        if await client.ask("read", request) is None:
            await asyncio.sleep(AGAIN_SECONDS)


async def _until(begun: float, place: int, pace: float) -> None:
    """Wait for the moment at which a request of this place is due."""
    if pace:
        await asyncio.sleep(max(0.0, begun + place / pace - time.monotonic()))


async def _run(traffic: Traffic) -> Seen:
    seen, ports = Seen(), cycle(traffic.ports)
    rest = enumerate(read_requests(Path(traffic.appends))) if traffic.appends else iter(())
    questions = enumerate(cycle(read_requests(Path(traffic.reads)) if traffic.reads else ()))
    clients = [_Client(ports, seen) for _ in range(traffic.writers + traffic.readers)]
    end = time.monotonic() + traffic.seconds
    with _log(Path(traffic.acknowledged)) as log:
        tasks = [_write(one, traffic, rest, end, log, seen) for one in clients[: traffic.writers]]
        tasks += [_read(one, traffic, questions, end) for one in clients[traffic.writers :]]
        await asyncio.gather(*tasks)
    for client in clients:
        client.close()
    return seen


def _log(path: Path) -> TextIO:
    """Written when its buffer is full, or at the end: nobody waits for it meanwhile."""
    return path.open("w", encoding="utf8", buffering=1 << 16)


def _kind(times: list[float], seconds: float) -> Kind:
    found = times or [0.0]
    return Kind(len(times), len(times) / seconds, percentile(found, 0.5), percentile(found, 0.99), max(found))


def main() -> None:
    traffic = Traffic(**json.loads(Path(sys.argv[1]).read_text(encoding="utf8")))
    begun = time.monotonic()
    seen = uvloop.run(_run(traffic))
    spent = time.monotonic() - begun
    kinds = {name: asdict(_kind(times, spent)) for name, times in seen.times.items()}
    said = {"kinds": kinds, "failures": seen.failures, "ran_out": seen.ran_out}
    print(json.dumps(said | {"cpu": time.process_time()}))


def write_load(scratch: Path, appends: list[bytes], reads: list[bytes]) -> tuple[str, str]:
    """Files for Traffic's appends and reads."""
    paths = scratch / "appends.bin", scratch / "reads.bin"
    for path, requests in zip(paths, (appends, reads), strict=True):
        write_requests(path, requests)
    return str(paths[0]), str(paths[1]) if reads else ""


if __name__ == "__main__":
    main()
