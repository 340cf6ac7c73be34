"""HTTP appends on PostgreSQL beside SQLite: the same clients, the same events, in turns."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from tests.bench.appends import CLIENTS, EVENTS_TARGET, MEDIA_TYPE
from tests.bench.cluster import Cluster
from tests.bench.load import Outcome, request, run_load
from tests.bench.marks import Mark, Sample, interleave, median
from tests.bench.server import Server
from tests.bench.stage import Stage
from tests.bench.workload import Scale

ASKED_PER_SECOND, ASKED_RATIO = 800, 0.5
WARM = 200


def measure(cluster: Cluster, rounds: int, count: int, scale: Scale, scratch: Path) -> list[Mark]:
    """count: appends a round. The SQLite ledger is made here, as large as the other."""
    files = Stage(scratch / "files", cluster.stage.events, scale)
    seen: dict[str, list[Outcome]] = {"PostgreSQL": [], "SQLite": []}
    with ExitStack() as opened:
        postgres = opened.enter_context(cluster.serve("postgres"))
        sqlite = opened.enter_context(Server.pledger(files.path, scratch, name="sqlite"))
        served = {"PostgreSQL": (cluster.stage, postgres), "SQLite": (files, sqlite)}

        def run(name: str) -> Sample:
            stage, server = served[name]
            spent = server.cpu_seconds()
            seen[name].append(append_all(stage, [server.port], count, scratch))
            return Sample(seen[name][-1].per_second, (server.cpu_seconds() - spent) / count * 1000)

        for stage, server in served.values():
            append_all(stage, [server.port], WARM, scratch)
        ours, beside = interleave(rounds, lambda: run("PostgreSQL"), lambda: run("SQLite"))
    whole = _mark("HTTP append on PostgreSQL", ours, seen["PostgreSQL"])
    return [
        replace(whole, target=ASKED_PER_SECOND),
        _mark("HTTP append on SQLite", beside, seen["SQLite"]),
        replace(
            whole,
            name="PostgreSQL ÷ SQLite",
            limit_name="SQLite",
            limit=beside.value,
            target=ASKED_RATIO,
            on_ratio=True,
            note="",
        ),
    ]


def append_all(stage: Stage, ports: list[int], count: int, scratch: Path, clients: int = CLIENTS) -> Outcome:
    """Append events that were signed before; each must be taken."""
    posts = [request("POST", EVENTS_TARGET, raw, MEDIA_TYPE) for raw in stage.workload.fresh(count)]
    outcome = run_load(ports, clients, posts, scratch)
    if set(outcome.statuses) != {"201"}:
        raise RuntimeError(f"{EVENTS_TARGET} answered {outcome.statuses}")
    return outcome


def _mark(name: str, sample: Sample, seen: list[Outcome]) -> Mark:
    p50 = median([outcome.p50_ms for outcome in seen])
    return Mark(
        name,
        "/s",
        sample.value,
        p99=median([outcome.p99_ms for outcome in seen]),
        cpu_ms=sample.cpu_ms,
        note=f"{CLIENTS} clients, median {p50:.1f} ms",
    )
