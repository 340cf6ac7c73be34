"""Reading over HTTP: states of random programmes, days and positions, new and again, beside a bare GET."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.request import urlopen

from tests.bench import asked
from tests.bench.load import Outcome, request, run_load
from tests.bench.marks import Mark, Sample, interleave, median
from tests.bench.reads import questions
from tests.bench.server import Server
from tests.bench.stage import Stage

READERS = (1, 8)
KNOWN = 40  # states whose validators the readers hold


def measure(stage: Stage, rounds: int, count: int, scratch: Path) -> list[Mark]:
    """The target is for one reader at a time; eight share the two cores with the generator."""
    with Server.pledger(stage.path, scratch) as pledger, Server.bare(scratch) as bare:
        return [
            *(_by(readers, stage, rounds, count, scratch, pledger, bare) for readers in READERS),
            _again(stage, rounds, count, scratch, pledger, bare),
        ]


def _by(
    readers: int, stage: Stage, rounds: int, count: int, scratch: Path, pledger: Server, bare: Server
) -> Mark:
    ours, empty = list[Outcome](), list[Outcome]()
    states = [request("GET", target) for target in state_targets(stage, count)]
    hellos = [request("GET", "/hello")] * count

    def run(server: Server, requests: Sequence[bytes], outcomes: list[Outcome]) -> Sample:
        outcome, cpu_ms = _load(server, readers, requests, "200", scratch)
        outcomes.append(outcome)
        return Sample(outcome.p50_ms, cpu_ms)

    run(pledger, states[:50], [])
    measured, raw = interleave(rounds, lambda: run(pledger, states, ours), lambda: run(bare, hellos, empty))
    return Mark(
        "HTTP as-of",
        "ms",
        measured.value,
        cpu_ms=measured.cpu_ms,
        p99=median([outcome.p99_ms for outcome in ours]),
        limit_name="bare FastAPI GET",
        limit=raw.value,
        limit_p99=median([outcome.p99_ms for outcome in empty]),
        target=asked.HTTP_STATE_P99 if readers == 1 else None,
        least=False,
        on_p99=True,
        note=f"{readers} reader{'s' if readers > 1 else ''}, "
        f"{median([outcome.per_second for outcome in ours]):,.0f}/s",
    )


def _again(stage: Stage, rounds: int, count: int, scratch: Path, pledger: Server, bare: Server) -> Mark:
    """Readers that hold an answer ask whether it still holds: 304, by its ETag."""
    held = [_conditional(pledger.port, target) for target in state_targets(stage, KNOWN)]
    repeated = [held[n % KNOWN] for n in range(count)]
    hellos = [request("GET", "/hello")] * count
    readers = READERS[-1]
    ours, empty = list[Outcome](), list[Outcome]()

    def run(server: Server, requests: Sequence[bytes], expected: str, outcomes: list[Outcome]) -> Sample:
        outcome, cpu_ms = _load(server, readers, requests, expected, scratch)
        outcomes.append(outcome)
        return Sample(outcome.per_second, cpu_ms)

    run(pledger, held, "304", [])
    measured, raw = interleave(
        rounds, lambda: run(pledger, repeated, "304", ours), lambda: run(bare, hellos, "200", empty)
    )
    return Mark(
        "HTTP as-of again, by its ETag",
        "/s",
        measured.value,
        cpu_ms=measured.cpu_ms,
        p99=median([outcome.p99_ms for outcome in ours]),
        limit_name="bare FastAPI GET",
        limit=raw.value,
        limit_p99=median([outcome.p99_ms for outcome in empty]),
        target=asked.UNCHANGED_RATIO,
        on_ratio=True,
        note=f"{readers} readers, {KNOWN} states",
    )


def state_targets(stage: Stage, count: int) -> list[str]:
    return [
        f"/v1/programmes/{programme}?as_of={day}&known={position}"
        for programme, day, position in questions(stage, count)
    ]


def _conditional(port: int, target: str) -> bytes:
    """The request of a reader that has the answer."""
    with urlopen(f"http://127.0.0.1:{port}{target}", timeout=30) as answer:
        etag = answer.headers["ETag"]
    return request("GET", target)[:-2] + f"If-None-Match: {etag}\r\n\r\n".encode()


def _load(
    server: Server, readers: int, requests: Sequence[bytes], expected: str, scratch: Path
) -> tuple[Outcome, float]:
    """What was found, and the server's ms of processor time a request. expected: the status of all."""
    spent = server.cpu_seconds()
    outcome = run_load(server.port, readers, requests, scratch)
    if set(outcome.statuses) != {expected}:
        raise RuntimeError(f"the server answered {outcome.statuses}")
    return outcome, (server.cpu_seconds() - spent) / len(requests) * 1000
