"""Rebuilding the projections from the log, beside the inserting of the same rows alone."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from ledger.log import open_log
from projections import rebuild as rebuilding
from tests.bench.limits import copy_seconds
from tests.bench.marks import Mark, Sample, interleave
from tests.bench.stage import Stage

TABLES = ("cells", "lives", "concerns", "citations", "records", "signatures", "words")


def measure(stage: Stage, rounds: int) -> list[Mark]:
    log, reader = open_log(stage.path / "ledger.db")
    try:

        def ours() -> Sample:
            return in_all_processes(stage.events, lambda: rebuilding.rebuild(stage.path, reader))

        def limit() -> Sample:
            generation = max(stage.path.glob("projections-*.db"), key=lambda path: path.stat().st_mtime)
            target = stage.path / "limit-copy.db"
            seconds = copy_seconds(generation, target, TABLES, rebuilding.BATCH_ENTRIES)
            for path in stage.path.glob("limit-copy.db*"):
                path.unlink()
            return Sample(stage.events / seconds)

        measured, raw = interleave(rounds, ours, limit)
    finally:
        reader.close()
        log.close()
    return [
        Mark(
            "rebuild",
            "events/s",
            measured.value,
            cpu_ms=measured.cpu_ms,
            limit_name="SQLite inserts of the same rows",
            limit=raw.value,
            target=40_000,
            note=f"{stage.events:,} events",
        )
    ]


def in_all_processes(count: int, run: Callable[[], object]) -> Sample:
    """As per_second, with the processor time of the processes that it started and waited for."""
    begun, spent = time.perf_counter(), sum(os.times()[:4])
    run()
    seconds, spent = time.perf_counter() - begun, sum(os.times()[:4]) - spent
    return Sample(count / seconds, spent / count * 1000)
