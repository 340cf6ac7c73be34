"""Everything that is asked of Pledger and has no peer, on the ledger that the peers' changes filled."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from tests.bench import appends, asked, disk, http_reads, reads, rebuild, startup, verify
from tests.bench.marks import Mark, held_to
from tests.bench.peers.workload_files import say
from tests.bench.stage import Stage
from tests.bench.workload import Workload

QUESTIONS_EACH = 10  # for each question of a round to the peers: p99 of a thousand means something


class Filled(Stage):
    """A ledger that is there already, with its projections; nothing of its log is generated again."""

    def __init__(self, path: Path, events: int, workload: Workload) -> None:
        """workload: of which `fresh` goes on after the log."""
        self.path, self.events, self.workload = path, events, workload
        self.database, self.filled_seconds = None, 0.0
        self.envelopes = iter(())


NAMES = ("http-reads", "reads", "startup", "disk", "signatures", "rebuild", "http-appends")


def measure(
    stage: Stage, rounds: int, count: int, scratch: Path, *, skipped: Collection[str] = ()
) -> Iterator[Mark]:
    """Each figure in turns with its raw limit. What appends comes last.

    count: of the questions of a kind. skipped: of NAMES.
    """
    runs: dict[str, Callable[[], list[Mark]]] = {
        "http-reads": lambda: http_reads.measure(stage, rounds, count, scratch),
        "reads": lambda: reads.measure(stage, count),
        "startup": lambda: startup.measure(stage, rounds, scratch),
        "disk": lambda: disk.measure(stage),
        "signatures": lambda: [verify.measure_signatures(stage, rounds)],
        "rebuild": lambda: held_to(asked.REBUILD, rebuild.measure(stage, rounds)),
        "http-appends": lambda: appends.measure_http(stage, rounds, 2 * count, scratch),
    }
    for name in (name for name in NAMES if name not in skipped):
        say(f"measuring {name}")
        yield from runs[name]()
