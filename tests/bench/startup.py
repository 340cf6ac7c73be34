"""Starting: from the process to the first answers, and the memory that a server takes."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from tests.bench import asked
from tests.bench.cluster import shared_memory_mb
from tests.bench.http_reads import state_targets
from tests.bench.load import request, run_load
from tests.bench.marks import Mark, Sample, interleave
from tests.bench.server import Server
from tests.bench.stage import Stage
from tests.support.postgres_processes import family

ASKED = 400  # questions before the memory is looked at


def measure(stage: Stage, rounds: int, scratch: Path) -> list[Mark]:
    """As after a restart: projections and compiled modules are there already."""
    memory: dict[str, list[float]] = {"pledger": [], "bare": []}
    read: list[float] = []
    state = state_targets(stage, 1)[0]

    def start(name: str) -> Sample:
        with Server.pledger(stage.path, scratch) if name == "pledger" else Server.bare(scratch) as server:
            memory[name].append(server.memory_mb())
            ready = Sample(server.ready_seconds, server.cpu_seconds() * 1000)
            if name == "pledger":
                read.append(ready.value + _seconds_for(server, state))
            return ready

    for name in memory:
        start(name)
    read.clear()
    ours, bare = interleave(rounds, lambda: start("pledger"), lambda: start("bare"))
    return [
        Mark(
            "start-up",
            "s",
            ours.value,
            cpu_ms=ours.cpu_ms,
            limit_name="bare FastAPI",
            limit=bare.value,
            target=asked.START_SECONDS,
            least=False,
            note=f"{stage.events:,} events, to the first /readyz",
        ),
        Mark("start-up, to the first state", "s", median(read), limit_name="bare FastAPI", limit=bare.value),
        Mark(
            "memory after start-up",
            "MB",
            max(memory["pledger"]),
            limit_name="bare FastAPI",
            limit=max(memory["bare"]),
        ),
        _memory(stage, scratch),
    ]


def _seconds_for(server: Server, target: str) -> float:
    """Of the first request of its kind, which waits for what a start puts off."""
    begun = time.perf_counter()
    with urlopen(f"http://127.0.0.1:{server.port}{target}", timeout=60) as answer:
        answer.read()
    return time.perf_counter() - begun


def _memory(stage: Stage, scratch: Path) -> Mark:
    """Of the server's processes together, pages that they share counted once, after it has answered."""
    states = [request("GET", target) for target in state_targets(stage, ASKED)]
    with Server.pledger(stage.path, scratch) as server:
        outcome = run_load(server.port, 1, states, scratch)
        if set(outcome.statuses) != {"200"}:
            raise RuntimeError(f"the server answered {outcome.statuses}")
        taken = sum(map(shared_memory_mb, family(server.pid)))
    return Mark(
        "memory of a server",
        "MB",
        taken,
        target=asked.MEMORY_MB,
        least=False,
        note=f"{stage.events:,} events, after {ASKED} states",
    )
