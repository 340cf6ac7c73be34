"""The primary killed under load and its synchronous standby promoted: how long nothing is appended.

The clients go on sending what was not acknowledged, as clients do. Nobody has to notice first that the
primary is gone: it is killed and the standby promoted at once, so that what a cluster manager takes to be
sure comes on top.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from psycopg.conninfo import make_conninfo

from ledger.store.place import Database
from tests.bench.cluster import Cluster
from tests.bench.held import Held, compare
from tests.bench.marks import Mark
from tests.bench.traffic import Result, Traffic, read_acknowledged, result_of, running, write_load
from tests.support.postgres import PostgresServer

PROCESSES, WRITERS = 2, 32
APPENDS_MAX_PER_SECOND = 1500
READY_SECONDS = 60


@dataclass
class Moments:
    """Seconds on the monotonic clock."""

    killed: float = 0.0
    promoted: float = 0.0
    attached: float = 0.0


@dataclass(frozen=True)
class Drill:
    """What was seen. silent: seconds from the kill to the first append acknowledged after it."""

    moments: Moments
    silent: float
    result: Result
    held: Held


def measure(cluster: Cluster, seconds: float, scratch: Path) -> list[Mark]:
    """The whole of it once, on a cluster that is used up by it; the API wants each commit on one standby."""
    drill = run(cluster, seconds, scratch)
    moments, refused = drill.moments, sum(drill.result.failures.values())
    said = ", ".join(f"{name}: {count}" for name, count in sorted(drill.result.failures.items())) or "none"
    promoting, attaching = moments.promoted - moments.killed, moments.attached - moments.promoted
    return [
        Mark("failover: killed to promoted", "s", promoting),
        Mark("failover: a new standby attached", "s", attaching, note="pg_basebackup of the whole database"),
        Mark("failover: killed to the first acknowledged append", "s", drill.silent),
        Mark("failover: requests refused or cut meanwhile", "", refused, note=said),
        Mark("failover: appends around it", "/s", drill.result.appends.per_second),
        *drill.held.marks(),
    ]


def run(cluster: Cluster, seconds: float, scratch: Path) -> Drill:
    moments = Moments()
    with ExitStack() as opened:
        standby = opened.enter_context(cluster.primary.standby("second", synchronous=True))
        both = both_hosts(cluster.primary, standby, cluster.name)
        posts = cluster.reports(int(seconds * APPENDS_MAX_PER_SECOND) + WRITERS)
        address = opened.enter_context(cluster.signer())
        servers = [
            opened.enter_context(cluster.serve(f"failover-{n}", signer=address, database=both, standbys=1))
            for n in range(PROCESSES)
        ]
        appends, _ = write_load(scratch, posts, [])
        acknowledged = scratch / "acknowledged"
        traffic = Traffic(
            [server.port for server in servers], seconds, appends, str(acknowledged), writers=WRITERS
        )
        with running(traffic, scratch) as process:
            time.sleep(seconds / 3)
            _fail_over(cluster.primary, standby, moments)
            result = result_of(process, seconds + READY_SECONDS)
        told = read_acknowledged(acknowledged)
        held = compare(Database(standby.conninfo(cluster.name)), posts, told)
    return Drill(moments, silence(told, moments.killed), result, held)


def _fail_over(primary: PostgresServer, standby: PostgresServer, moments: Moments) -> None:
    """As an operator would who wants each append in two places: it goes on when there are two again."""
    moments.killed = time.monotonic()
    primary.stop("kill")
    standby.promote()
    moments.promoted = time.monotonic()
    standby.standby("third", synchronous=True)
    moments.attached = time.monotonic()


def both_hosts(first: PostgresServer, second: PostgresServer, name: str) -> str:
    """A connection string that names both, so that nobody is told of the change."""
    return make_conninfo(first.conninfo(name), host="127.0.0.1,127.0.0.1", port=f"{first.port},{second.port}")


def silence(told: list[tuple[float, int, int]], killed: float) -> float:
    """Seconds from the kill to the end of the longest time after it without an acknowledgement."""
    moments = [killed, *(when for when, _, _ in told if when > killed)]
    if len(moments) == 1:
        raise RuntimeError("nothing was acknowledged after the primary was killed")
    return max(pairwise(moments), key=lambda pair: pair[1] - pair[0])[1] - killed
