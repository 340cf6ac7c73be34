"""Starting: from the process to the first answer of /readyz, and the memory that it takes."""

from __future__ import annotations

from pathlib import Path

from tests.bench.marks import Mark, Sample, interleave
from tests.bench.server import Server
from tests.bench.stage import Stage


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
            target=1.0,
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
    ]
