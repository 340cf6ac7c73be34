"""The one ledger of a run, filled from size to size."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from tests.bench.growing.workload import Growing, Pace
from tests.bench.reads import Question
from tests.bench.stage import Stage
from tests.bench.workload import DAYS, FIRST_DAY

ENDLESS = 1 << 60


class GrowingStage(Stage):
    """A stage whose workload goes on as long as it is asked to."""

    def __init__(self, path: Path, pace: Pace) -> None:
        super().__init__(path, 0)
        self.growing = self.workload = Growing(self.workload.trust["log_key"], pace)
        self.envelopes = self.growing.envelopes(ENDLESS)

    def grow_to(self, size: int) -> None:
        """Raises RuntimeError where what was appended at the size before has gone beyond it."""
        if size < self.events:
            raise RuntimeError(f"there are {self.events:,} events already: take sizes further apart")
        self.fill(size - self.events)

    def appended(self, count: int) -> None:
        """Note entries that were appended beside the log's course."""
        self.events += count
        self.growing.position = self.events  # what the next ones have seen

    def questions(self, count: int) -> Iterator[Question]:
        """Programmes of whole eras, on days of their last fifteen months.

        Half as known now, half as known in the later half of their era.
        """
        chosen, eras = random.Random(11), self.growing.whole_eras() or self.growing.eras
        for n in range(count):
            era = chosen.choice(eras)
            day = FIRST_DAY + timedelta(days=chosen.randrange(DAYS - 15 * 30, DAYS))
            then = chosen.randint((era.start + era.end) // 2, era.end)
            yield chosen.choice(era.programmes), day.isoformat(), self.events if n % 2 else then
