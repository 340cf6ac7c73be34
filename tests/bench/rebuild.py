"""Rebuilding the projections from the log, beside the inserting of the same rows alone."""

from __future__ import annotations

from ledger.log import open_log
from projections import rebuild as rebuilding
from tests.bench.limits import copy_seconds
from tests.bench.marks import Mark, Sample, interleave, per_second
from tests.bench.stage import Stage

TABLES = ("cells", "lives", "concerns", "citations", "records", "signatures")


def measure(stage: Stage, rounds: int) -> list[Mark]:
    log, reader = open_log(stage.path / "ledger.db")
    try:

        def ours() -> Sample:
            return per_second(stage.events, lambda: rebuilding.rebuild(stage.path, reader))

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
