"""What questions cost at the storage, after the projections have followed what was appended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import fmean
from typing import TypeVar

from ledger.log import open_log
from ledger.store.base import LogReader
from projections.blame import read_blame
from projections.cells import cell_id, read_cell, read_cells
from projections.diff import Point, read_diff
from projections.follower import Follower
from projections.history import read_history
from projections.reading import Reading
from projections.search.finding import find
from projections.search.showing import show
from projections.state import read_state
from tests.bench.growing import costs
from tests.bench.growing.costs import Figures
from tests.bench.growing.stage import GrowingStage
from tests.bench.growing.workload import LONG, MEASURES
from tests.bench.marks import median, percentile
from tests.bench.reads import timed
from tests.bench.workload import COOL_PATH, HOT, HOT_LAST_DAY, HOT_PATH, YEARS

FOLLOWED_SECONDS = 24 * 3600
APART = 1000
LAST_DAY = "2026-12-01"
COMMON_WORD = "висновку"  # in the reason of most changes and reports

T = TypeVar("T")


def measure(stage: GrowingStage, count: int, followed: int) -> tuple[Figures, int]:
    """followed: how many entries the projections have; also returns how many they have now."""
    figures: Figures = {}
    with _following(stage) as (reader, follower, spent):
        if stage.events > followed:
            figures[costs.FOLLOW] = spent / (stage.events - followed) * 1000
        with follower.reading() as reading:
            figures |= _states(stage, reading, count)
            figures |= _cells(reading, count)
            figures |= _causes(stage, reading, count)
            figures |= _searches(stage, reading, max(20, count // 10))
        figures[costs.ENDS] = _cpu(range(3), lambda _: reader.heads(stage.events))
    return figures, stage.events


@contextmanager
def _following(stage: GrowingStage) -> Iterator[tuple[LogReader, Follower, float]]:
    """Up to the log's head; with the seconds of processor time that this took."""
    log, reader = open_log(stage.path / "ledger.db")
    begun = time.process_time()
    follower = Follower(stage.path, reader)
    try:
        if not follower.wait_for(stage.events, FOLLOWED_SECONDS):
            raise RuntimeError(f"the projections did not catch up: {follower.fault}")
        yield reader, follower, time.process_time() - begun
    finally:
        follower.close()
        reader.close()
        log.close()


def _states(stage: GrowingStage, reading: Reading, count: int) -> Figures:
    asked = list(stage.questions(count))
    longer = [(LONG, day, k) for _, day, k in asked[: count // 4]]
    cells, state = timed(
        asked,
        lambda q: list(read_cells(reading.at(q[2]), q[0], q[1])),
        lambda q: read_state(reading.at(q[2]), q[0], q[1]),
    )
    return {
        costs.CELLS: fmean(cells.cpu),
        costs.CELLS_MEDIAN: median(cells.ms),
        costs.CELLS_P99: percentile(cells.ms, 0.99),
        costs.STATE: fmean(state.cpu),
        costs.STATE_LONG: _cpu(longer, lambda q: read_state(reading.at(q[2]), q[0], q[1])),
    }


def _cells(reading: Reading, count: int) -> Figures:
    """The hot cell as known now, and as it was known after its first change: before most versions."""
    hot = cell_id(reading, HOT, HOT_PATH)
    first = reading.rows(
        "SELECT known_from FROM lives WHERE cell=? ORDER BY known_from LIMIT 1 OFFSET 1", [hot]
    )
    asked = range(max(200, count))
    few, many, early = timed(
        asked,
        lambda _: read_cell(reading, HOT, COOL_PATH, HOT_LAST_DAY),
        lambda _: read_cell(reading, HOT, HOT_PATH, HOT_LAST_DAY),
        lambda _: read_cell(reading.at(first[0][0]), HOT, HOT_PATH, HOT_LAST_DAY),
    )
    return {costs.FEW: fmean(few.cpu), costs.MANY: fmean(many.cpu), costs.MANY_EARLY: fmean(early.cpu)}


def _causes(stage: GrowingStage, reading: Reading, count: int) -> Figures:
    asked = list(stage.questions(count // 2))
    paths = [f"/financing/{MEASURES[n % len(MEASURES)]}/{YEARS[n % 3]}/local" for n in range(len(asked))]
    spans = [(programme, day, max(APART, k)) for programme, day, k in asked[: count // 4]]
    return {
        costs.BLAME: _cpu(
            list(zip(paths, asked, strict=True)),
            lambda q: read_blame(reading.at(q[1][2]), q[1][0], q[0], q[1][1], below=None, limit=100),
        ),
        costs.BLAME_HOT: _cpu(
            range(count // 10),
            lambda _: read_blame(reading, HOT, HOT_PATH, HOT_LAST_DAY, below=None, limit=20),
        ),
        costs.DIFF: _cpu(
            spans,
            lambda q: read_diff(reading, q[0], Point(q[1], q[2] - APART), Point(q[1], q[2]), limit=100),
        ),
        costs.HISTORY: _cpu(range(count // 10), lambda _: read_history(reading, LONG, before=None, limit=20)),
    }


def _searches(stage: GrowingStage, reading: Reading, count: int) -> Figures:
    places = [stage.events * n // count for n in range(count)]
    events = [reading.entry(place).event_id() for place in places]
    codes = [programme for programme, _, _ in stage.questions(count)]

    def search(question: str) -> object:
        return show(reading, find(reading, question), LAST_DAY, after=0, limit=20)

    return {
        costs.FIND: _cpu(events, search),
        costs.FIND_CODE: _cpu(codes, search),
        costs.FIND_WORD: _cpu([COMMON_WORD] * 3, search),
    }


def _cpu(asked: Sequence[T], run: Callable[[T], object]) -> float:
    """Milliseconds of processor time of each."""
    return fmean(timed(asked, run)[0].cpu)
