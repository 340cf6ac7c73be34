"""One ledger as it was at three sizes, each twice the one before, with its projections up to date."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger.directory import Directory
from ledger.log import open_reader
from ledger.store.base import LogReader
from projections.follower import Follower
from projections.following import generations_beside
from projections.reading import Reading, read_blocked
from tests.bench.growing.stage import GrowingStage
from tests.bench.growing.workload import Pace

SIZES = (300, 600, 1200)
PACE = Pace(era=150, long_share=2, wide=1, hot_versions=2000)
FRESH = 80
PATIENCE_SECONDS = 300.0
DAY = "2026-12-01"
ORDINARY = "e0-p3"  # a programme of the first era: nothing happens to it after the smallest size


@dataclass(frozen=True)
class Grown:
    """fresh: envelopes to append to a copy, in their order; late: one about an ordinary programme."""

    path: Path
    size: int
    fresh: list[bytes]
    late: bytes

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """As a question sees it, without a thread that follows."""
        generations = generations_beside(Directory(self.path))
        name = generations.current()
        assert name is not None
        with (
            closing(open_reader(self.path / "ledger.db")) as log,
            closing(generations.readers(name)) as readers,
            readers.view() as (connection, newest),
        ):
            assert newest == self.size
            yield Reading(connection, log, newest, read_blocked(connection))

    def copied(self, place: Path) -> Path:
        """A copy to append to."""
        shutil.copytree(self.path, place)
        return place


def grow(folder: Path) -> dict[int, Grown]:
    """Size → the ledger at that size."""
    stage = GrowingStage(folder / "growing", PACE)
    found = {}
    for size in SIZES:
        stage.grow_to(size)
        with closing(open_reader(stage.path / "ledger.db")) as reader:
            _follow(stage.path, reader, size)
        path = folder / f"grown-{size}"
        shutil.copytree(stage.path, path)
        fresh, late = stage.growing.fresh(FRESH), stage.growing.late(ORDINARY)
        found[size] = Grown(path, size, fresh, late)
    return found


def _follow(path: Path, log: LogReader, size: int) -> None:
    with closing(Follower(path, log)) as follower:
        assert follower.wait_for(size, PATIENCE_SECONDS), follower.fault
