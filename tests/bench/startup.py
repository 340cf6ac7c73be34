"""Starting: from the process to the first answer of /readyz, and the memory that a server takes."""

from __future__ import annotations

from pathlib import Path

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

    def start(name: str) -> Sample:
        with Server.pledger(stage.path, scratch) if name == "pledger" else Server.bare(scratch) as server:
            memory[name].append(server.memory_mb())
            return Sample(server.ready_seconds, server.cpu_seconds() * 1000)

    for name in memory:
        start(name)
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
        Mark(
            "memory after start-up",
            "MB",
            max(memory["pledger"]),
            limit_name="bare FastAPI",
            limit=max(memory["bare"]),
        ),
        _memory(stage, scratch),
    ]


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
