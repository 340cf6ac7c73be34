"""Reading over HTTP: states of random programmes, days and positions, beside a bare GET."""

from __future__ import annotations

from pathlib import Path

from tests.bench.load import Outcome, request, run_load
from tests.bench.marks import Mark, Sample, interleave, median
from tests.bench.reads import questions
from tests.bench.server import Server
from tests.bench.stage import Stage

READERS = (1, 8)


def measure(stage: Stage, rounds: int, count: int, scratch: Path) -> list[Mark]:
    """The target is for one reader at a time; eight share the two cores with the generator."""
    with Server.pledger(stage.path, scratch) as pledger, Server.bare(scratch) as bare:
        return [_by(readers, stage, rounds, count, scratch, pledger, bare) for readers in READERS]


def _by(
    readers: int, stage: Stage, rounds: int, count: int, scratch: Path, pledger: Server, bare: Server
) -> Mark:
    ours, empty = list[Outcome](), list[Outcome]()
    states = [
        request("GET", f"/v1/programmes/{programme}?as_of={day}&known={position}")
        for programme, day, position in questions(stage, count)
    ]
    hellos = [request("GET", "/hello")] * count

    def run(server: Server, asked: list[bytes], outcomes: list[Outcome]) -> Sample:
        spent = server.cpu_seconds()
        outcome = run_load(server.port, readers, asked, scratch)
        if set(outcome.statuses) != {"200"}:
            raise RuntimeError(f"the server answered {outcome.statuses}")
        outcomes.append(outcome)
        return Sample(outcome.p50_ms, (server.cpu_seconds() - spent) / len(asked) * 1000)

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
        target=10.0 if readers == 1 else None,
        least=False,
        on_p99=True,
        note=f"{readers} reader{'s' if readers > 1 else ''}, "
        f"{median([outcome.per_second for outcome in ours]):,.0f}/s",
    )
