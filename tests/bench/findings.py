"""Findings: judging one programme anew, and again after an append, on a ledger of its own."""

from __future__ import annotations

import time
from itertools import islice
from pathlib import Path

from ledger.service import Ledger
from projections.findings.engine import Memory, judge
from projections.follower import Follower
from tests.bench.marks import Mark, median, percentile
from tests.bench.stage import Stage, submit_all
from tests.bench.workload import Scale
from tests.projections.findings.papers import hits, paper, real

EVENTS = 10_000  # of the one programme, nearly all of them
ONE = Scale(councils=1, programmes=1, measures=30, wide=1, wide_measures=2, hot_versions=10)
DAY = "2026-12-31"
REFRESH_MS_MAX = 50.0
DOCUMENT_MS_MAX = 20.0


def measure(scratch: Path, count: int, events: int = EVENTS) -> list[Mark]:
    """count: appends, each followed by a question."""
    stage = Stage(scratch / "findings", events, ONE, planned=events + count)
    programme = stage.workload.ordinary[0].name
    memory, again, busy, whole = Memory(), list[float](), list[float](), list[float]()
    with Ledger(stage.path) as ledger:
        follower = Follower(stage.path, ledger.reader)
        try:
            _wait(follower, stage.events)
            cold, _ = _timed(memory, follower, programme)
            for n, raw in enumerate(islice(stage.envelopes, count), 1):
                submit_all(ledger, [raw])
                _wait(follower, stage.events + n)
                wall, cpu = _timed(memory, follower, programme)
                again.append(wall)
                busy.append(cpu)
            with follower.reading() as reading:
                case, found = memory.judged(reading, programme, DAY)
                for _ in range(3):
                    begun = time.perf_counter()
                    assert judge(case) == found
                    whole.append((time.perf_counter() - begun) * 1000)
                entries = len(case.dossier.said)
        finally:
            follower.close()
    note = f"{entries:,} entries of one programme, {sum(map(len, found.values())):,} findings"
    return [
        Mark(
            "findings after an append",
            "ms",
            median(again),
            p99=percentile(again, 0.99),
            cpu_ms=sum(busy) / len(busy),
            limit_name="judging all anew",
            limit=median(whole),
            target=REFRESH_MS_MAX,
            least=False,
            on_p99=True,
            note=note,
        ),
        Mark(
            "the same, of the processor",
            "ms",
            median(busy),
            p99=percentile(busy, 0.99),
            target=REFRESH_MS_MAX,
            least=False,
            on_p99=True,
            note="what others' load does not change",
        ),
        Mark("findings, first question", "ms", cold, least=False, note=note),
        _document(count),
    ]


def _document(count: int) -> Mark:
    """The real programme's paper, judged by all rules of a document."""
    judged = paper(real())
    spent = []
    for _ in range(count):
        begun = time.perf_counter()
        list(hits(judged))
        spent.append((time.perf_counter() - begun) * 1000)
    return Mark(
        "findings of the real document",
        "ms",
        median(spent),
        p99=percentile(spent, 0.99),
        target=DOCUMENT_MS_MAX,
        least=False,
    )


def _wait(follower: Follower, position: int) -> None:
    follower.wake()
    if not follower.wait_for(position, 600):
        raise RuntimeError(f"the projections did not catch up: {follower.fault}")


def _timed(memory: Memory, follower: Follower, programme: str) -> tuple[float, float]:
    """Milliseconds of one question at the newest position: by the clock, and of the processor."""
    with follower.reading() as reading:
        begun, busy = time.perf_counter(), time.thread_time()
        memory.judged(reading, programme, DAY)
        return (time.perf_counter() - begun) * 1000, (time.thread_time() - busy) * 1000
