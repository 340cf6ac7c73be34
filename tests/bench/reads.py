"""Reading at the storage: states, blame and diff of random programmes, days and positions."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple, TypeVar

from ledger.log import open_log
from projections.blame import read_blame
from projections.cells import cell_id, read_cell, read_cells
from projections.diff import Point, read_diff
from projections.follower import Follower
from projections.reading import Reading
from projections.state import read_state
from tests.bench import asked
from tests.bench.marks import Mark, median, percentile
from tests.bench.stage import Stage
from tests.bench.workload import COOL_PATH, DAYS, FIRST_DAY, HOT, HOT_LAST_DAY, HOT_PATH, YEARS

LIMIT_LIVES = (
    "SELECT path, (SELECT known_to FROM lives WHERE cell=cells.id LIMIT 1) FROM cells WHERE programme=?"
)
PAGE, ALL = 100, 10_000  # rows

T = TypeVar("T")
Question = tuple[str, str, int]  # programme, day, position


def measure(stage: Stage, count: int) -> list[Mark]:
    log, reader = open_log(stage.path / "ledger.db")
    follower = Follower(stage.path, reader)
    try:
        if not follower.wait_for(stage.events, 600):
            raise RuntimeError(f"the projections did not catch up: {follower.fault}")
        with follower.reading() as reading:
            marks = [*_states(stage, reading, count), *_chains(stage, reading, count)]
        return [*marks, *_hot(follower, count)]
    finally:
        follower.close()
        reader.close()
        log.close()


def questions(stage: Stage, count: int) -> Iterator[Question]:
    """Half of them as known now, half as known at some position in the log's later half.

    Days of the last fifteen months, when nearly all of a programme's cells have a value.
    """
    chosen = random.Random(11)
    for n in range(count):
        programme = chosen.choice(stage.workload.ordinary).name
        day = FIRST_DAY + timedelta(days=chosen.randrange(DAYS - 15 * 30, DAYS))
        yield (
            programme,
            day.isoformat(),
            stage.events if n % 2 else chosen.randint(stage.events // 2, stage.events),
        )


class Timed(NamedTuple):
    """Milliseconds of each question, by the clock and of processor time."""

    ms: list[float]
    cpu: list[float]


def timed(about: Sequence[T], *runs: Callable[[T], object]) -> list[Timed]:
    """Each question to each reader in turn; what they return is thrown away."""
    found = [Timed([], []) for _ in runs]
    for question in about:
        for run, seen in zip(runs, found, strict=True):
            begun, busy = time.perf_counter(), time.thread_time()
            run(question)
            seen.cpu.append((time.thread_time() - busy) * 1000)
            seen.ms.append((time.perf_counter() - begun) * 1000)
    return found


def _states(stage: Stage, reading: Reading, count: int) -> list[Mark]:
    about = list(questions(stage, count))
    sizes = [len(list(read_cells(reading.at(k), programme, day))) for programme, day, k in about[:200]]
    cells, raw, whole = timed(
        about,
        lambda q: list(read_cells(reading.at(q[2]), q[0], q[1])),
        lambda q: reading.rows(LIMIT_LIVES, [q[0]]),
        lambda q: read_state(reading.at(q[2]), q[0], q[1]),
    )
    note = f"{median(sizes):.0f} cells"
    return [
        _mark("storage as-of", cells, raw=raw, note=note, target=asked.STATE_P99),
        _mark("state with its hash", whole, raw=raw, note=note),
    ]


def _chains(stage: Stage, reading: Reading, count: int) -> list[Mark]:
    chosen = random.Random(13)
    about = list(questions(stage, count))
    paths = [f"/financing/1.{chosen.randint(1, 6)}/{chosen.choice(YEARS)}/local" for _ in about]
    (blame,) = timed(
        list(zip(paths, about, strict=True))[: count // 2],
        lambda q: read_blame(reading.at(q[1][2]), q[1][0], q[0], q[1][1], below=None, limit=PAGE),
    )
    span = max(1, stage.events // 100)
    near, far = timed(
        about[: count // 4],
        lambda q: read_diff(reading, q[0], Point(q[1], max(0, q[2] - span)), Point(q[1], q[2]), limit=ALL),
        lambda q: read_diff(reading, q[0], Point("2024-06-01", q[2] // 2), Point(q[1], q[2]), limit=PAGE),
    )
    return [
        _mark("blame with signers", blame, note=f"a page of {PAGE}", target=asked.BLAME_P99),
        _mark("diff with all causes", near, note=f"{span:,} entries apart", target=asked.DIFF_P99),
        _mark("diff with causes", far, note=f"half the log apart, a page of {PAGE}"),
    ]


def _hot(follower: Follower, count: int) -> list[Mark]:
    """One cell, with many versions and with eleven; also as known before most of them."""
    with follower.reading() as reading:
        hot = cell_id(reading, HOT, HOT_PATH)
        query = "SELECT COUNT(*), MIN(known_from) FROM lives WHERE cell=? AND slot>?"
        versions, early = reading.rows(query, [hot, _adopted(reading)])[0]
        cool, now, then = timed(
            range(max(200, count)),
            lambda _: read_cell(reading, HOT, COOL_PATH, HOT_LAST_DAY),
            lambda _: read_cell(reading, HOT, HOT_PATH, HOT_LAST_DAY),
            lambda _: read_cell(reading.at(early), HOT, HOT_PATH, HOT_LAST_DAY),
        )
    note, few = f"{versions:,} versions", "a cell of 11 versions"
    return [
        replace(
            _mark(name, samples, raw=cool, raw_name=few, note=note),
            target=asked.HOT_RATIO,
            on_p99=False,
            on_ratio=True,
        )
        for name, samples in (("one cell", now), ("one cell, as known early", then))
    ]


def _adopted(reading: Reading) -> int:
    return int(reading.rows("SELECT adopted_from FROM programmes WHERE id=?", [HOT])[0][0])


def _mark(
    name: str,
    samples: Timed,
    *,
    raw: Timed | None = None,
    raw_name: str = "one subquery a cell, values only",
    note: str = "",
    target: float | None = None,
) -> Mark:
    """Latency: the median beside the p99; a target is for the p99."""
    return Mark(
        name,
        "ms",
        median(samples.ms),
        p99=percentile(samples.ms, 0.99),
        cpu_ms=sum(samples.cpu) / len(samples.cpu),
        cpu_p99=percentile(samples.cpu, 0.99),
        limit_name=raw_name if raw is not None else "",
        limit=median(raw.ms) if raw is not None else None,
        limit_p99=percentile(raw.ms, 0.99) if raw is not None else None,
        target=target,
        least=False,
        on_p99=True,
        note=note,
    )
