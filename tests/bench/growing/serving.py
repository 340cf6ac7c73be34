"""What a server costs: its start, its memory, and what it is asked over HTTP."""

from __future__ import annotations

import http.client
import random
from pathlib import Path

from ledger.log import open_reader
from tests.bench.cluster import shared_memory_mb
from tests.bench.growing import costs
from tests.bench.growing.costs import Figures
from tests.bench.growing.stage import GrowingStage
from tests.bench.load import request, run_load
from tests.bench.marks import median
from tests.bench.server import Server

WARM = 20
PAGE_BACK = 100  # entries that a reader of the feed of cells is behind
TILE = 256


def measure(stage: GrowingStage, rounds: int, count: int, scratch: Path) -> Figures:
    """The projections are up to date, and compiled modules there, as after a restart."""
    seconds, busy, memory = list[float](), list[float](), list[float]()
    with Server.pledger(stage.path, scratch):
        pass
    for _ in range(rounds):
        with Server.pledger(stage.path, scratch) as server:
            seconds.append(server.ready_seconds)
            busy.append(server.cpu_seconds())
            memory.append(shared_memory_mb(server.pid))
    figures = {costs.START: median(seconds), costs.START_CPU: median(busy), costs.MEMORY: median(memory)}
    with Server.pledger(stage.path, scratch) as server:
        for name, asked in _asked(stage, server, count).items():
            _run(server, asked[:WARM], scratch)
            figures[name] = _run(server, asked, scratch)
        figures[costs.MEMORY_READ] = shared_memory_mb(server.pid)
    return figures


def _run(server: Server, asked: list[bytes], scratch: Path) -> float:
    """Milliseconds of the server's processor time of each request, by one client."""
    spent = server.cpu_seconds()
    outcome = run_load(server.port, 1, asked, scratch)
    if not set(outcome.statuses) <= {"200", "304"}:
        raise RuntimeError(f"the server answered {outcome.statuses} to {asked[0]!r} and the like")
    return (server.cpu_seconds() - spent) / len(asked) * 1000


def _asked(stage: GrowingStage, server: Server, count: int) -> dict[str, list[bytes]]:
    """Requests of each cost. Places are all over the log."""
    chosen, few = random.Random(17), max(20, count // 10)
    places = [chosen.randrange(stage.events - 2 * TILE) for _ in range(count)]
    states = [
        f"/v1/programmes/{programme}?as_of={day}&known={k}" for programme, day, k in stage.questions(count)
    ]
    codes = list(dict.fromkeys(programme for programme, _, _ in stage.questions(count)))
    return {
        costs.HTTP_STATE: _gets(states),
        costs.HTTP_AGAIN: [_again(server.port, states[0])] * (2 * count),
        costs.HTTP_EVENTS: _gets([f"/v1/events?after={place}&limit=100" for place in places[:few]]),
        costs.HTTP_CELLS: _gets(
            [f"/v1/feed/cells?after={stage.events - PAGE_BACK}&as_of=2026-12-01&limit=100"] * few
        ),
        costs.HTTP_LIST: _gets(
            [f"/v1/programmes?after={codes[n % len(codes)]}&limit=20" for n in range(few)]
        ),
        costs.HTTP_PROOF: _gets([f"/v1/proofs/inclusion?index={place}" for place in places]),
        costs.HTTP_RECEIPT: _gets([f"/v1/events/{event}/receipt" for event in _events(stage, places)]),
        costs.HTTP_TILE: _gets([f"/log/tile/0/{_tile(place // TILE)}" for place in places]),
    }


def _gets(targets: list[str]) -> list[bytes]:
    return [request("GET", target) for target in targets]


def _again(port: int, target: str) -> bytes:
    """A request with the ETag of its last answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", target)
        answer = connection.getresponse()
        answer.read()
        tag = answer.headers["ETag"]
    finally:
        connection.close()
    head = request("GET", target).removesuffix(b"\r\n")
    return head + f"If-None-Match: {tag}\r\n\r\n".encode()


def _events(stage: GrowingStage, places: list[int]) -> list[str]:
    reader = open_reader(stage.path / "ledger.db")
    try:
        return [reader.entries(place, 1)[0].event_id() for place in places]
    finally:
        reader.close()


def _tile(index: int) -> str:
    """As in a path: groups of three digits, all but the last after an x."""
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03}")
    return "/".join(groups)
