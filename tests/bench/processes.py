"""One, two and four API processes on one primary, each with its port, and one signer for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from tests.bench.appends import CLIENTS
from tests.bench.cluster import Cluster
from tests.bench.databases import WARM, append_all
from tests.bench.load import Outcome, request, run_load
from tests.bench.marks import Mark, Sample, interleave, median
from tests.bench.reads import questions
from tests.bench.server import Server
from tests.bench.stage import Stage

COUNTS = (1, 2, 4)

Load = Callable[[list[int]], Outcome]
Seen = dict[int, list[Outcome]]


def measure(cluster: Cluster, rounds: int, count: int, scratch: Path) -> list[Mark]:
    """count: appends, and then reads, a round."""
    appended: Seen = {processes: [] for processes in COUNTS}
    read: Seen = {processes: [] for processes in COUNTS}
    with cluster.signer() as address:

        def run(processes: int) -> Sample:
            with _serving(cluster, address, processes) as servers:
                ports = [server.port for server in servers]
                append_all(cluster.stage, ports, WARM, scratch)
                spent = sum(server.cpu_seconds() for server in servers)
                appended[processes].append(append_all(cluster.stage, ports, count, scratch))
                spent = sum(server.cpu_seconds() for server in servers) - spent
                read[processes].append(read_all(cluster.stage, ports, count, scratch))
            return Sample(appended[processes][-1].per_second, spent / count * 1000)

        appends = interleave(rounds, *(partial(run, processes) for processes in COUNTS))
    spent_each = {processes: one.cpu_ms for processes, one in zip(COUNTS, appends, strict=True)}
    return [
        *(_mark("HTTP append", processes, appended, spent_each[processes]) for processes in COUNTS),
        *(_mark("HTTP as-of", processes, read) for processes in COUNTS),
    ]


@contextmanager
def _serving(cluster: Cluster, address: str, processes: int) -> Iterator[list[Server]]:
    with ExitStack() as opened:
        yield [
            opened.enter_context(cluster.serve(f"api-{number}", signer=address))
            for number in range(processes)
        ]


def state_requests(stage: Stage, count: int) -> list[bytes]:
    """States of random programmes, days and positions."""
    return [
        request("GET", f"/v1/programmes/{programme}?as_of={day}&known={position}")
        for programme, day, position in questions(stage, count)
    ]


def read_all(stage: Stage, ports: list[int], count: int, scratch: Path) -> Outcome:
    outcome = run_load(ports, CLIENTS, state_requests(stage, count), scratch)
    if set(outcome.statuses) != {"200"}:
        raise RuntimeError(f"a server answered {outcome.statuses}")
    return outcome


def _mark(name: str, processes: int, seen: Seen, cpu_ms: float | None = None) -> Mark:
    """Beside the same of one process."""
    rates = {one: median([outcome.per_second for outcome in found]) for one, found in seen.items()}
    p50 = median([outcome.p50_ms for outcome in seen[processes]])
    return Mark(
        f"{name}, {processes} API process{'es' if processes > 1 else ''}",
        "/s",
        rates[processes],
        p99=median([outcome.p99_ms for outcome in seen[processes]]),
        cpu_ms=cpu_ms,
        limit_name="one process",
        limit=rates[1],
        note=f"{CLIENTS} clients, median {p50:.1f} ms",
    )
