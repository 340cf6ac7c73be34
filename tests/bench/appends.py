"""Appending: one after another, from many threads, in batches, and over HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ledger.envelope import parse_batch, parse_envelope
from ledger.service import Ledger
from tests.bench import asked
from tests.bench.limits import commits_per_second, grouped_rows_per_second, verify_per_second
from tests.bench.load import Outcome, request, run_load
from tests.bench.marks import Mark, Sample, interleave, median, per_second, percentile
from tests.bench.server import Server
from tests.bench.stage import Stage

CLIENTS = 32
BATCHES = (100, 256)
EVENTS_TARGET = "/v1/events"
MEDIA_TYPE = "application/jose+json"


def measure(stage: Stage, rounds: int, count: int) -> list[Mark]:
    """In one process, by the service that the server calls too; envelopes come as bytes."""
    key = stage.workload.wide.key.public
    sample = stage.workload.fresh(count)
    with Ledger(stage.path) as ledger:
        _one_by_one(ledger, stage.workload.fresh(200))  # streams are loaded and caches warm
        latencies: list[float] = []

        def single() -> Sample:
            fresh = stage.workload.fresh(count)
            return per_second(count, lambda: latencies.extend(_one_by_one(ledger, fresh)))

        def threads() -> Sample:
            fresh = stage.workload.fresh(2 * count)
            return per_second(2 * count, lambda: _from_threads(ledger, fresh))

        alone, threaded, verified, committed = interleave(
            rounds,
            single,
            threads,
            lambda: verify_per_second(sample, key),
            lambda: commits_per_second(stage.path, sample),
        )
        marks = [
            Mark(
                "Ed25519 verify", "/s", verified.value, cpu_ms=verified.cpu_ms, note="raw limit, one thread"
            ),
            Mark(
                "SQLite durable commit",
                "/s",
                committed.value,
                cpu_ms=committed.cpu_ms,
                note="raw limit, WAL, synchronous=FULL, one row",
            ),
            Mark(
                "append, one by one",
                "/s",
                alone.value,
                cpu_ms=alone.cpu_ms,
                p99=percentile(latencies, 0.99),
                limit_name="durable commit",
                limit=committed.value,
                note=f"median {median(latencies):.2f} ms",
            ),
            Mark(
                "append, 32 threads",
                "/s",
                threaded.value,
                cpu_ms=threaded.cpu_ms,
                limit_name="Ed25519 verify",
                limit=verified.value,
                note="group commit",
            ),
        ]
        for size in BATCHES:
            marks.append(_batched(stage, ledger, rounds, count, size))
    return marks


def _batched(stage: Stage, ledger: Ledger, rounds: int, count: int, size: int) -> Mark:
    rows = stage.workload.fresh(count)
    batches = max(3, count // size)

    def ours() -> Sample:
        fresh = stage.workload.fresh(batches * size)
        bodies = [batch_body(fresh[at : at + size]) for at in range(0, len(fresh), size)]

        def run() -> None:
            for body in bodies:
                ledger.submit(parse_batch(body)).result()

        return per_second(len(fresh), run)

    measured, raw = interleave(rounds, ours, lambda: grouped_rows_per_second(stage.path, rows, size))
    return Mark(
        f"append, batches of {size}",
        "/s",
        measured.value,
        cpu_ms=measured.cpu_ms,
        limit_name=f"{size} rows a durable commit",
        limit=raw.value,
        note="one thread",
    )


def batch_body(envelopes: Sequence[bytes]) -> bytes:
    return b'{"envelopes":[' + b",".join(envelopes) + b"]}"


def _one_by_one(ledger: Ledger, envelopes: Sequence[bytes]) -> list[float]:
    """Milliseconds from the envelope's bytes to its receipt."""
    samples = []
    for raw in envelopes:
        begun = time.perf_counter()
        ledger.submit([parse_envelope(raw)]).result()
        samples.append((time.perf_counter() - begun) * 1000)
    return samples


def _from_threads(ledger: Ledger, envelopes: Sequence[bytes]) -> None:
    """CLIENTS threads take what comes next; a failure of one is raised here."""
    following, lock, faults = iter(envelopes), threading.Lock(), list[BaseException]()

    def work() -> None:
        while not faults:
            with lock:
                raw = next(following, None)
            if raw is None:
                return
            try:
                ledger.submit([parse_envelope(raw)]).result()
            except BaseException as fault:  # noqa: BLE001 -- it is raised in the main thread
                faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


# -- over HTTP ---------------------------------------------------------------------------


def measure_http(stage: Stage, rounds: int, count: int, scratch: Path) -> list[Mark]:
    """32 clients post events that were signed before; the bare server gets the same bodies."""
    ours, bare = list[Outcome](), list[Outcome]()
    with Server.pledger(stage.path, scratch) as pledger, Server.bare(scratch) as empty:

        def run(server: Server, target: str, outcomes: list[Outcome], expected: str) -> Sample:
            posts = [request("POST", target, raw, MEDIA_TYPE) for raw in stage.workload.fresh(count)]
            spent = server.cpu_seconds()
            outcome = run_load(server.port, CLIENTS, posts, scratch)
            if set(outcome.statuses) != {expected}:
                raise RuntimeError(f"{target} answered {outcome.statuses}")
            outcomes.append(outcome)
            return Sample(outcome.per_second, (server.cpu_seconds() - spent) / count * 1000)

        warm = [request("POST", EVENTS_TARGET, raw, MEDIA_TYPE) for raw in stage.workload.fresh(200)]
        run_load(pledger.port, CLIENTS, warm, scratch)
        run_load(empty.port, CLIENTS, [request("POST", "/echo", b"{}", MEDIA_TYPE)] * 200, scratch)
        measured, raw = interleave(
            rounds,
            lambda: run(pledger, EVENTS_TARGET, ours, "201"),
            lambda: run(empty, "/echo", bare, "200"),
        )
    p99 = median([outcome.p99_ms for outcome in ours])
    p50 = median([outcome.p50_ms for outcome in ours])
    note = f"{CLIENTS} clients, median {p50:.1f} ms"
    whole = Mark(
        "HTTP append",
        "/s",
        measured.value,
        p99=p99,
        cpu_ms=measured.cpu_ms,
        limit_name="bare FastAPI POST",
        limit=raw.value,
        target=asked.HTTP_APPENDS,
        note=note,
    )
    return [
        whole,
        replace(whole, name="HTTP append ÷ bare", target=asked.HTTP_APPENDS_RATIO, on_ratio=True, note=""),
        replace(
            whole, name="HTTP append, p99", target=asked.HTTP_APPENDS_P99, least=False, on_p99=True, note=""
        ),
    ]
