"""What an append costs: alone, in full groups, and the first one after a start."""

from __future__ import annotations

import time

from ledger.append.appender import GROUP_MAX
from ledger.envelope import parse_envelope
from ledger.service import Ledger
from tests.bench.growing.costs import APPEND, FIRST, FIRST_LONG, GROUPS, Figures
from tests.bench.growing.stage import GrowingStage
from tests.bench.growing.workload import LONG
from tests.bench.stage import submit_all

GROUP_ROUNDS = 3
WARM = 200


def measure(stage: GrowingStage, count: int) -> Figures:
    """Processor time of this process, the appender's thread included; count: of those one by one."""
    ordinary = stage.growing.eras[0].programmes[0]
    grouped = max(GROUP_MAX, 2 * count // GROUP_MAX * GROUP_MAX)
    figures = {FIRST: _first(stage, ordinary), FIRST_LONG: _first(stage, LONG)}
    with Ledger(stage.path) as ledger:
        submit_all(ledger, stage.workload.fresh(WARM))  # streams are loaded
        figures[APPEND] = _each(ledger, stage.workload.fresh(count))
        groups = [stage.workload.fresh(grouped) for _ in range(GROUP_ROUNDS)]
        figures[GROUPS] = min(_grouped(ledger, group) for group in groups)
    stage.appended(WARM + count + grouped * GROUP_ROUNDS)
    return figures


def _first(stage: GrowingStage, programme: str) -> float:
    """Milliseconds from the opening of the ledger to the receipt; the least of three tries."""
    found = []
    for _ in range(3):
        envelope = stage.growing.late(programme)
        begun = time.process_time()
        with Ledger(stage.path) as ledger:
            ledger.submit([parse_envelope(envelope)]).result()
            found.append((time.process_time() - begun) * 1000)
        stage.appended(1)
    return min(found)


def _each(ledger: Ledger, envelopes: list[bytes]) -> float:
    begun = time.process_time()
    for raw in envelopes:
        ledger.submit([parse_envelope(raw)]).result()
    return (time.process_time() - begun) / len(envelopes) * 1000


def _grouped(ledger: Ledger, envelopes: list[bytes]) -> float:
    begun = time.process_time()
    submit_all(ledger, envelopes)
    return (time.process_time() - begun) / len(envelopes) * 1000
