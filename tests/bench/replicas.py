"""What readers on a replica cost those who append.

Three loads in turns: appends alone; with readers on a replica, through an API process of its own; and with
a process that takes as much processor time as those readers did and reads nothing. The machine has two
cores for all of it: the third tells what sharing them costs from what replication costs.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.burn import burning
from tests.bench.cluster import Cluster, family_seconds
from tests.bench.marks import Mark, Sample, interleave, median
from tests.bench.processes import state_requests
from tests.bench.server import Server
from tests.bench.traffic import Result, Traffic, result_of, run_traffic, running, write_load
from tests.support.postgres import PostgresServer

WRITERS, READERS, READS_PER_SECOND = 32, 8, 100.0
ASKED = 0.9
APPENDS_MAX_PER_SECOND = 1500
QUESTIONS = 2000


def measure(cluster: Cluster, rounds: int, seconds: float, scratch: Path) -> list[Mark]:
    with ExitStack() as opened:
        replica = opened.enter_context(cluster.primary.standby("replica"))
        address = opened.enter_context(cluster.signer())
        writing = opened.enter_context(cluster.serve("writing", signer=address))
        where = replica.conninfo("ledger")
        reading = opened.enter_context(cluster.serve("reading", signer=address, replica=where))
        found = _Rounds(cluster, writing, reading, replica, seconds, scratch)
        found.alone()
        found.idle.clear()  # the first was to warm it
        alone, beside, control = interleave(rounds, found.alone, found.beside_readers, found.beside_control)
    return found.marks(alone.value, beside.value, control.value)


@dataclass
class _Rounds:
    """idle, busy: cores that the reading process and the replica took, without readers and with them."""

    cluster: Cluster
    writing: Server
    reading: Server
    replica: PostgresServer
    seconds: float
    scratch: Path
    idle: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    read: list[Result] = field(default_factory=list)

    def alone(self) -> Sample:
        spent = self._spent()
        rate = self._append()
        self.idle.append((self._spent() - spent) / self.seconds)
        return Sample(rate)

    def beside_readers(self) -> Sample:
        folder = self.scratch / "readers"
        folder.mkdir(exist_ok=True)
        _, reads = write_load(folder, [], state_requests(self.cluster.stage, QUESTIONS))
        asking = Traffic(
            [self.reading.port],
            self.seconds,
            "",
            str(folder / "none"),
            reads,
            writers=0,
            readers=READERS,
            read_pace=READS_PER_SECOND,
        )
        spent = self._spent()
        with running(asking, folder) as process:
            rate = self._append()
            result = result_of(process, self.seconds + 60)
        if result.failures:
            raise RuntimeError(f"readers were refused: {result.failures}")
        self.read.append(result)
        self.busy.append((self._spent() - spent + result.cpu_seconds) / self.seconds)
        return Sample(rate)

    def beside_control(self) -> Sample:
        with burning(self.cores):
            return Sample(self._append())

    @property
    def cores(self) -> float:
        """What readers take, over what following the log takes without any."""
        return max(0.0, median(self.busy) - median(self.idle))

    def _spent(self) -> float:
        return family_seconds(self.reading.pid) + family_seconds(self.replica.pid)

    def _append(self) -> float:
        posts = self.cluster.reports(int(self.seconds * APPENDS_MAX_PER_SECOND) + WRITERS)
        appends, _ = write_load(self.scratch, posts, [])
        traffic = Traffic([self.writing.port], self.seconds, appends, str(self.scratch / "acknowledged"))
        result = run_traffic(traffic, self.scratch)
        if result.failures:
            raise RuntimeError(f"appends were refused: {result.failures}")
        return result.appends.per_second

    def marks(self, alone: float, beside: float, control: float) -> list[Mark]:
        rate = median([one.reads.per_second for one in self.read])
        p99 = median([one.reads.p99_ms for one in self.read])
        with_readers = f"{READERS} readers, {rate:.0f} reads/s, {self.cores:.2f} cores"
        return [
            Mark("appends, nobody reads", "/s", alone),
            Mark("reads on a replica", "/s", rate, p99=p99),
            Mark(
                "appends, readers on a replica",
                "/s",
                beside,
                limit_name="alone",
                limit=alone,
                note=with_readers,
            ),
            Mark("appends, as much processor time burnt", "/s", control, limit_name="alone", limit=alone),
            Mark(
                "readers ÷ the same load without reading",
                "/s",
                beside,
                limit_name="burnt",
                limit=control,
                target=ASKED,
                on_ratio=True,
            ),
        ]
