"""What a story's officials look at before they sign: findings and figures, as the ledger stands then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ledger.service import Ledger
from projections.evaluation.conclusion import read_evaluation
from projections.findings.case import Case
from projections.findings.engine import Memory
from projections.findings.findings import rows_of
from projections.follower import Follower

APPLIED_SECONDS_MAX = 60.0


@contextmanager
def _looking(ledger: Ledger, programme: str, day: str) -> Iterator[tuple[Case, list[dict[str, Any]]]]:
    follower = Follower(ledger.directory.path, ledger.reader)
    try:
        size = ledger.reader.head().size
        if not follower.wait_for(size, APPLIED_SECONDS_MAX):
            raise RuntimeError(f"the projections did not catch up: {follower.fault}")
        with follower.reading(size) as reading:
            case, hits = Memory().judged(reading, programme, day)
            yield case, rows_of(case, hits)
    finally:
        follower.close()


def acceptance_of(ledger: Ledger, programme: str, day: str, finding: str, reason: str) -> dict[str, Any]:
    """Data of a finding.accepted that binds what is found on the day. Raises KeyError for what is not."""
    with _looking(ledger, programme, day) as (_, rows):
        marks = {row["id"]: row["fingerprint"] for row in rows}
    return {"finding": finding, "fingerprint": marks[finding], "reason": reason}


def figures_of(ledger: Ledger, programme: str, day: str, year: int) -> dict[str, Any]:
    """The figures of a year as they are on the day: what an evaluation.concluded binds."""
    with _looking(ledger, programme, day) as (case, _):
        found = read_evaluation(case, year)
        return {"as_of": day, "known": case.position, "sha256": found["sha256"]}
