"""Hundreds of clients for minutes: how long they wait, and whether the server's memory grows."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.appends import EVENTS_TARGET, MEDIA_TYPE
from tests.bench.cluster import Cluster, shared_memory_mb
from tests.bench.load import request
from tests.bench.marks import Mark
from tests.bench.processes import state_requests
from tests.bench.traffic import Result, Traffic, result_of, running, write_load

SAMPLE_SECONDS = 5.0
SLOPE_MAX = 1.0  # MB a minute
QUESTIONS = 5000
APPENDS_MAX_PER_SECOND = 1500  # more than are ever taken; they are signed before
DOCUMENTED = ("too-many-requests", "busy", "overloaded", "behind")


def measure(cluster: Cluster, clients: int, seconds: float, scratch: Path) -> list[Mark]:
    """Half of the clients read, half append, on one API process."""
    posts = [
        request("POST", EVENTS_TARGET, raw, MEDIA_TYPE)
        for raw in cluster.stage.workload.fresh(int(seconds * APPENDS_MAX_PER_SECOND) + clients)
    ]
    appends, reads = write_load(scratch, posts, state_requests(cluster.stage, QUESTIONS))
    with cluster.serve("many-clients") as server:
        traffic = Traffic(
            [server.port],
            seconds,
            appends,
            str(scratch / "acknowledged"),
            reads,
            writers=clients // 2,
            readers=clients - clients // 2,
        )
        with running(traffic, scratch) as process:
            samples = sample_memory(process, server.pid, min(SAMPLE_SECONDS, seconds / 8))
            result = result_of(process, 60)
    return _marks(result, samples, clients, seconds)


def sample_memory(process: subprocess.Popen[str], pid: int, every: float) -> list[tuple[float, float]]:
    """(seconds, MB) of a server until the load's process ends."""
    samples: list[tuple[float, float]] = []
    begun = time.monotonic()
    while True:
        samples.append((time.monotonic() - begun, shared_memory_mb(pid)))
        try:
            process.wait(every)
        except subprocess.TimeoutExpired:
            continue
        return samples


def slope_of(samples: Sequence[tuple[float, float]]) -> float:
    """MB a minute over the second half, by least squares."""
    half = samples[len(samples) // 2 :]
    mean_at = sum(at for at, _ in half) / len(half)
    mean = sum(mb for _, mb in half) / len(half)
    spread = sum((at - mean_at) ** 2 for at, _ in half)
    return 60 * sum((at - mean_at) * (mb - mean) for at, mb in half) / spread if spread else 0.0


def undocumented(failures: dict[str, int]) -> int:
    """Answers that no client should see under load."""
    return sum(count for name, count in failures.items() if not name.endswith(DOCUMENTED))


def _marks(result: Result, samples: list[tuple[float, float]], clients: int, seconds: float) -> list[Mark]:
    said = ", ".join(f"{name}: {count}" for name, count in sorted(result.failures.items())) or "none"
    marks = [
        Mark(
            f"{name} of {clients} clients",
            "/s",
            kind.per_second,
            p99=kind.p99_ms,
            note=f"{seconds:.0f} s, median {kind.p50_ms:.0f} ms",
        )
        for name, kind in (("appends", result.appends), ("reads", result.reads))
    ]
    megabytes = f"{samples[0][1]:.0f} MB at first, {samples[-1][1]:.0f} MB at last"
    grown = Mark("memory", "MB/min", slope_of(samples), target=SLOPE_MAX, least=False, note=megabytes)
    errors = Mark(
        "undocumented errors",
        "",
        undocumented(result.failures),
        target=0,
        least=False,
        note=f"all that failed: {said}",
    )
    return [*marks, grown, errors]
