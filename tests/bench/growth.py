"""The way to 100 million events: disk an event, reads, appends and rebuilds at two sizes, and what follows.

What is beyond the larger size is extrapolated, and marked so: disk by what the last entries took, rebuilding
by the rate of the larger ledger, which nothing promises to stay.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from ledger.directory import Directory
from ledger.envelope import parse_envelope
from ledger.log import open_reader
from ledger.service import Ledger
from projections.following import generations_beside
from projections.reading import Reading, read_blocked
from projections.rebuild import rebuild_in
from projections.state import read_state
from tests.bench.cluster import Cluster, family_seconds, new_primary
from tests.bench.marks import Mark, median, percentile
from tests.bench.reads import questions, timed
from tests.bench.stage import submit_all
from tests.bench.workload import Scale

FAR = 100_000_000
QUESTIONS, ONE_BY_ONE = 400, 200
GROUPED = 2048

# Bytes of the log's schema, and of the projections': heaps with what is beside them, and indexes.
_BYTES = """
    SELECT nspname <> 'pledger', sum(pg_table_size(pg_class.oid)), sum(pg_indexes_size(pg_class.oid))
    FROM pg_class JOIN pg_namespace ON relnamespace = pg_namespace.oid
    WHERE relkind = 'r' AND nspname LIKE 'pledger%' GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class Size:
    """A ledger of so many entries. log, projections: (tables, indexes) in bytes. reads, appends, …_cpu: in
    ms, the last of processor time an event, the database's included.
    """

    events: int
    log: tuple[int, int]
    projections: tuple[int, int]
    filled_per_second: float
    rebuilt_per_second: float
    rebuilt_cpu: float
    reads: list[float]
    appends: list[float]
    grouped_per_second: float
    grouped_cpu: float

    @property
    def total(self) -> int:
        return sum(self.log) + sum(self.projections)


def measure(scratch: Path, sizes: tuple[int, ...], scale: Scale) -> list[Mark]:
    """sizes: two at least, growing."""
    with new_primary() as primary:
        cluster = Cluster(scratch, primary, sizes[0], scale, planned=sizes[-1])
        found = [_measured(cluster, sizes[0], cluster.stage.filled_seconds)]
        for size in sizes[1:]:
            more = size - cluster.size()
            found.append(_measured(cluster, more, cluster.stage.fill(more)))
    return [*(mark for one in found for mark in _marks(one)), *_far(found[-2], found[-1])]


def _measured(cluster: Cluster, filled: int, seconds: float) -> Size:
    rebuilt, rebuilt_cpu, reads = _rebuilt(cluster)
    cluster.primary.execute("VACUUM ANALYZE", cluster.name)
    events = cluster.size()
    (_, *log), (_, *projections) = cluster.primary.execute(_BYTES, cluster.name)
    appends, grouped, grouped_cpu = _appends(cluster)
    return Size(
        events,
        (int(log[0]), int(log[1])),
        (int(projections[0]), int(projections[1])),
        filled / seconds,
        rebuilt,
        rebuilt_cpu,
        reads,
        appends,
        grouped,
        grouped_cpu,
    )


def _cpu(cluster: Cluster) -> float:
    """Seconds of processor time so far, of this process and the database's."""
    return time.process_time() + family_seconds(cluster.primary.pid)


def _rebuilt(cluster: Cluster) -> tuple[float, float, list[float]]:
    """Entries a second of a rebuild, its processor time an entry, and how long states read from it take."""
    directory = Directory(cluster.stage.path, cluster.database)
    generations, log = generations_beside(directory), open_reader(cluster.database)
    try:
        old = generations.current()
        begun, busy = time.perf_counter(), _cpu(cluster)
        name = rebuild_in(generations, log)
        spent, busy = time.perf_counter() - begun, _cpu(cluster) - busy
        if old is not None:
            generations.remove(old)
        asked = list(questions(cluster.stage, QUESTIONS))
        readers = generations.readers(name)
        with readers.view() as (connection, newest):
            reading = Reading(connection, log, newest, read_blocked(connection))
            (read,) = timed(asked, lambda q: read_state(reading.at(q[2]), q[0], q[1]))
        readers.close()
        return newest / spent, busy / newest * 1000, read.ms
    finally:
        log.close()
        generations.close()


def _appends(cluster: Cluster) -> tuple[list[float], float, float]:
    """Milliseconds one by one, and appends a second of full groups with their processor time each."""
    workload, times = cluster.stage.workload, list[float]()
    with Ledger(cluster.stage.path, database=cluster.database) as ledger:
        submit_all(ledger, workload.fresh(ONE_BY_ONE))  # streams are loaded
        for raw in workload.fresh(ONE_BY_ONE):
            begun = time.perf_counter()
            ledger.submit([parse_envelope(raw)]).result()
            times.append((time.perf_counter() - begun) * 1000)
        fresh = workload.fresh(GROUPED)
        begun, busy = time.perf_counter(), _cpu(cluster)
        submit_all(ledger, fresh)
        grouped = GROUPED / (time.perf_counter() - begun)
        busy = (_cpu(cluster) - busy) / GROUPED * 1000
    workload.position = cluster.size()  # what the next ones have seen
    return times, grouped, busy


def _marks(size: Size) -> list[Mark]:
    note = f"{size.events:,} events"
    each = [
        ("disk of the log: tables", size.log[0]),
        ("disk of the log: indexes", size.log[1]),
        ("disk of the projections: tables", size.projections[0]),
        ("disk of the projections: indexes", size.projections[1]),
    ]
    times = [("state of a programme, as of a day", size.reads), ("append, one by one", size.appends)]
    return [
        *(Mark(name, "bytes/event", count / size.events, note=note) for name, count in each),
        *(Mark(name, "ms", median(ms), p99=percentile(ms, 0.99), note=note) for name, ms in times),
        Mark("append, full groups of 256", "/s", size.grouped_per_second, cpu_ms=size.grouped_cpu, note=note),
        Mark("fill, full groups of 256", "/s", size.filled_per_second, note=f"up to {note}"),
        Mark("rebuild", "events/s", size.rebuilt_per_second, cpu_ms=size.rebuilt_cpu, note=note),
    ]


def _far(small: Size, large: Size) -> list[Mark]:
    """What 100 million would take if each further entry took what those between the two sizes did."""
    each = (large.total - small.total) / (large.events - small.events)
    disk = large.total + each * (FAR - large.events)
    note = f"extrapolated from {small.events:,} and {large.events:,}"
    return [
        Mark("100 million events: disk", "GB", disk / 1e9, note=note),
        Mark(
            "100 million events: rebuild by one process",
            "h",
            FAR / large.rebuilt_per_second / 3600,
            note=note,
        ),
        Mark("100 million events: fill by one process", "h", FAR / large.filled_per_second / 3600, note=note),
    ]
