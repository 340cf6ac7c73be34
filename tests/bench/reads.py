"""Reading at the storage: states, blame and diff of random programmes, days and positions."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from ledger.log import open_log
from projections.blame import read_blame
from projections.cells import cell_id, read_cell, read_cells
from projections.diff import Point, read_diff
from projections.follower import Follower
from projections.reading import Reading
from projections.state import read_state
from tests.bench.marks import Mark, median, percentile
from tests.bench.stage import Stage
from tests.bench.workload import COOL_PATH, DAYS, FIRST_DAY, HOT, HOT_LAST_DAY, HOT_PATH

LIMIT_LIVES = (
    "SELECT path, (SELECT value FROM lives WHERE cell=cells.id LIMIT 1) FROM cells WHERE programme=?"
)
PAGE = 100

Question = tuple[str, str, int]  # programme, day, position


def measure(stage: Stage, count: int) -> list[Mark]:
    log, reader = open_log(stage.path / "ledger.db")
    follower = Follower(stage.path, reader)
    try:
        if not follower.wait_for(stage.events, 600):
            raise RuntimeError(f"the projections did not catch up: {follower.fault}")
        with follower.reading() as reading:
            marks = [*_states(stage, reading, count), *_chains(stage, reading, count)]
        return [*marks, *_hot(stage, follower, count)]
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


def timed(runs: Sequence[Callable[[], object]]) -> list[float]:
    """Milliseconds of each; what they return is thrown away."""
    samples = []
    for run in runs:
        begun = time.perf_counter()
        run()
        samples.append((time.perf_counter() - begun) * 1000)
    return samples


def _states(stage: Stage, reading: Reading, count: int) -> list[Mark]:
    asked = list(questions(stage, count))
    sizes = [len(list(read_cells(reading.at(k), programme, day))) for programme, day, k in asked[:200]]
    ours = timed(
        [lambda p=p, d=d, k=k: list(read_cells(reading.at(k), p, d)) for p, d, k in asked]  # type: ignore[misc]
    )
    raw = timed([lambda p=p: reading.rows(LIMIT_LIVES, [p]) for p, _, _ in asked])  # type: ignore[misc]
    whole = timed(
        [lambda p=p, d=d, k=k: read_state(reading.at(k), p, d) for p, d, k in asked]  # type: ignore[misc]
    )
    cells = f"{median(sizes):.0f} cells"
    return [
        _mark("storage as-of", ours, raw=raw, note=cells, target=1.0),
        _mark("state with its hash", whole, raw=raw, note=cells),
    ]


def _chains(stage: Stage, reading: Reading, count: int) -> list[Mark]:
    chosen = random.Random(13)
    asked = list(questions(stage, count))
    cells = []
    for programme, day, position in asked:
        measure = chosen.choice(["1.1", "1.2", "1.3"])
        cells.append(
            (programme, f"/financing/{measure}/{chosen.choice((2024, 2025, 2026))}/local", day, position)
        )
    blame = timed(
        [
            lambda c=cell: read_blame(reading.at(c[3]), c[0], c[1], c[2], below=None, limit=PAGE)  # type: ignore[misc]
            for cell in cells[: count // 2]
        ]
    )
    span = max(1, stage.events // 100)
    near, far = [], []
    for programme, day, position in asked[: count // 4]:
        end = Point(day, position)
        near.append((programme, Point(day, max(0, position - span)), end))
        far.append((programme, Point("2024-06-01", position // 2), end))
    return [
        _mark("blame", blame, note=f"a page of {PAGE}"),
        _mark("diff with causes", _diffs(reading, near), note=f"{span:,} entries apart"),
        _mark("diff with causes", _diffs(reading, far), note=f"half the log apart, a page of {PAGE}"),
    ]


def _diffs(reading: Reading, asked: Sequence[tuple[str, Point, Point]]) -> list[float]:
    return timed(
        [lambda q=q: read_diff(reading, q[0], q[1], q[2], limit=PAGE) for q in asked]  # type: ignore[misc]
    )


def _hot(stage: Stage, follower: Follower, count: int) -> list[Mark]:
    """One cell, with many versions and with ten; also as known before most of them."""
    with follower.reading() as reading:
        hot = cell_id(reading, HOT, HOT_PATH)
        versions = reading.rows("SELECT COUNT(*) FROM lives WHERE cell=?", [hot])[0][0]
        first = reading.rows(
            "SELECT MIN(known_from) FROM lives WHERE cell=? AND slot>?", [hot, _adopted(reading)]
        )
        early = int(first[0][0])
        runs = max(200, count)
        cool = timed([lambda: read_cell(reading, HOT, COOL_PATH, HOT_LAST_DAY)] * runs)
        now = timed([lambda: read_cell(reading, HOT, HOT_PATH, HOT_LAST_DAY)] * runs)
        then = timed([lambda: read_cell(reading.at(early), HOT, HOT_PATH, HOT_LAST_DAY)] * runs)
    return [
        _mark("one cell", now, raw=cool, raw_name="a cell of 11 versions", note=f"{versions:,} versions"),
        _mark(
            "one cell, as known early",
            then,
            raw=cool,
            raw_name="a cell of 11 versions",
            note=f"{versions:,} versions",
        ),
    ]


def _adopted(reading: Reading) -> int:
    return int(reading.rows("SELECT adopted_from FROM programmes WHERE id=?", [HOT])[0][0])


def _mark(
    name: str,
    samples: Sequence[float],
    *,
    raw: Sequence[float] | None = None,
    raw_name: str = "one subquery a cell, values only",
    note: str = "",
    target: float | None = None,
) -> Mark:
    """Latency: the median beside the p99; a target is for the p99."""
    return Mark(
        name,
        "ms",
        median(samples),
        p99=percentile(samples, 0.99),
        limit_name=raw_name if raw is not None else "",
        limit=median(raw) if raw is not None else None,
        target=target,
        least=False,
        on_p99=True,
        note=note,
    )
