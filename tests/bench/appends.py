"""Appending: one after another, from many threads, in batches, and over HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ledger.envelope import parse_batch, parse_envelope
from ledger.service import Ledger
from tests.bench.limits import commits_per_second, grouped_rows_per_second, verify_per_second
from tests.bench.load import Outcome, request, run_load
from tests.bench.marks import Mark, interleave, median, percentile
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

        def single() -> float:
            return _rate(lambda raw: latencies.extend(_one_by_one(ledger, raw)), stage.workload.fresh(count))

        def threads() -> float:
            return _rate(lambda raw: _from_threads(ledger, raw), stage.workload.fresh(2 * count))

        alone, threaded, verified, committed = interleave(
            rounds,
            single,
            threads,
            lambda: verify_per_second(sample, key),
            lambda: commits_per_second(stage.path, sample),
        )
        marks = [
            Mark("Ed25519 verify", "/s", verified, note="raw limit, one thread"),
            Mark("SQLite durable commit", "/s", committed, note="raw limit, WAL, synchronous=FULL, one row"),
            Mark(
                "append, one by one",
                "/s",
                alone,
                p99=percentile(latencies, 0.99),
                limit_name="durable commit",
                limit=committed,
                note=f"median {median(latencies):.2f} ms",
            ),
            Mark(
                "append, 32 threads",
                "/s",
                threaded,
                limit_name="Ed25519 verify",
                limit=verified,
                note="group commit",
            ),
        ]
        for size in BATCHES:
            marks.append(_batched(stage, ledger, rounds, count, size))
    return marks


def _batched(stage: Stage, ledger: Ledger, rounds: int, count: int, size: int) -> Mark:
    rows = stage.workload.fresh(count)
    batches = max(3, count // size)

    def ours() -> float:
        fresh = stage.workload.fresh(batches * size)
        bodies = [batch_body(fresh[at : at + size]) for at in range(0, len(fresh), size)]
        begun = time.perf_counter()
        for body in bodies:
            ledger.submit(parse_batch(body)).result()
        return len(fresh) / (time.perf_counter() - begun)

    measured, raw = interleave(rounds, ours, lambda: grouped_rows_per_second(stage.path, rows, size))
    return Mark(
        f"append, batches of {size}",
        "/s",
        measured,
        limit_name=f"{size} rows a durable commit",
        limit=raw,
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


def _rate(run: Callable[[list[bytes]], None], envelopes: list[bytes]) -> float:
    begun = time.perf_counter()
    run(envelopes)
    return len(envelopes) / (time.perf_counter() - begun)


# -- over HTTP ---------------------------------------------------------------------------


def measure_http(stage: Stage, rounds: int, count: int, scratch: Path) -> list[Mark]:
    """32 clients post events that were signed before; the bare server gets the same bodies."""
    ours, bare = list[Outcome](), list[Outcome]()
    with Server.pledger(stage.path, scratch) as pledger, Server.bare(scratch) as empty:

        def run(server: Server, target: str, outcomes: list[Outcome], expected: str) -> float:
            posts = [request("POST", target, raw, MEDIA_TYPE) for raw in stage.workload.fresh(count)]
            outcome = run_load(server.port, CLIENTS, posts, scratch)
            if set(outcome.statuses) != {expected}:
                raise RuntimeError(f"{target} answered {outcome.statuses}")
            outcomes.append(outcome)
            return outcome.per_second

        warm = [request("POST", EVENTS_TARGET, raw, MEDIA_TYPE) for raw in stage.workload.fresh(200)]
        run_load(pledger.port, CLIENTS, warm, scratch)
        run_load(empty.port, CLIENTS, [request("POST", "/echo", b"{}", MEDIA_TYPE)] * 200, scratch)
        measured, raw = interleave(
            rounds,
            lambda: run(pledger, EVENTS_TARGET, ours, "201"),
            lambda: run(empty, "/echo", bare, "200"),
        )
    p99 = median([outcome.p99_ms for outcome in ours])
    note = f"{CLIENTS} clients, median {median([outcome.p50_ms for outcome in ours]):.1f} ms"
    limit = {"limit_name": "bare FastAPI POST", "limit": raw}
    return [
        Mark("HTTP append", "/s", measured, p99=p99, target=1000, note=note, **limit),  # type: ignore[arg-type]
        Mark("HTTP append ÷ bare", "/s", measured, target=0.2, on_ratio=True, **limit),  # type: ignore[arg-type]
    ]


__all__ = ["CLIENTS", "batch_body", "measure", "measure_http"]
