"""`make soak HOURS=…`: a steady load for hours, looked at every minute; exits with 1 if anything went wrong.

Two API processes and a signer on a durable primary with a synchronous standby, from which one of the two
reads. What is acknowledged is compared with the log each round; at the end the log is backed up while it is
served, and the backup verified offline.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.clients import slope_of, undocumented
from tests.bench.cluster import Cluster, allow_open_files, new_primary, shared_memory_mb
from tests.bench.held import Held, compare
from tests.bench.marks import surroundings
from tests.bench.processes import state_requests
from tests.bench.server import Server
from tests.bench.traffic import Result, Traffic, read_acknowledged, run_traffic, write_load
from tests.bench.workload import Scale
from tests.support.postgres import PostgresServer

EVENTS, SCALE = 5000, Scale(wide=60)
WRITERS, READERS = 50, 50
PACE = 50.0  # appends a second, and as many reads
ROUND_SECONDS = 60.0
SETTLE_SECONDS = 30.0
SLOPE_MAX = 1.0  # MB a minute, each process
QUESTIONS = 5000
HEADINGS = (
    "minutes | entries | appends/s | p99 ms | reads/s | p99 ms | lag | standby's lag | MB each | acknowledged"
    " | lost, doubled, broken | failures"
)


@dataclass
class Watched:
    """What is looked at every round. memory: of each process, (seconds, MB)."""

    servers: dict[str, Server]
    memory: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def look(self, at: float) -> list[float]:
        found = {name: shared_memory_mb(server.pid) for name, server in self.servers.items()}
        for name, megabytes in found.items():
            self.memory.setdefault(name, []).append((at, megabytes))
        return list(found.values())


def run(
    hours: float,
    scratch: Path,
    *,
    pace: float = PACE,
    round_seconds: float = ROUND_SECONDS,
    events: int = EVENTS,
) -> list[str]:
    """What went wrong, in words; rows are printed as they come."""
    with ExitStack() as opened:
        primary = opened.enter_context(new_primary())
        cluster = Cluster(scratch, primary, events, SCALE)
        standby = primary.standby("standby", synchronous=True)
        address = opened.enter_context(cluster.signer())
        settings = {"signer": address, "standbys": 1}
        watched = Watched(
            {
                "api": opened.enter_context(cluster.serve("api", **settings)),
                "api-replica": opened.enter_context(
                    cluster.serve("api-replica", replica=standby.conninfo(cluster.name), **settings)
                ),
            }
        )
        _say(HEADINGS)
        begun = time.monotonic()
        while time.monotonic() - begun < hours * 3600:
            _round(cluster, standby, watched, scratch, begun, pace, round_seconds)
        _memory(watched)
        _verify(cluster, scratch, watched)
        return watched.faults


def _round(
    cluster: Cluster,
    standby: PostgresServer,
    watched: Watched,
    scratch: Path,
    begun: float,
    pace: float,
    seconds: float,
) -> None:
    start = cluster.size()
    posts = cluster.reports(int(pace * seconds) + WRITERS)
    appends, reads = write_load(scratch, posts, state_requests(cluster.stage, QUESTIONS))
    acknowledged = scratch / "acknowledged"
    ports = [server.port for server in watched.servers.values()]
    traffic = Traffic(
        ports, seconds, appends, str(acknowledged), reads, WRITERS, READERS, pace=pace, read_pace=pace
    )
    result = run_traffic(traffic, scratch)
    lags = _lag(cluster, cluster.primary), _lag(cluster, standby)
    held = compare(cluster.database, posts, read_acknowledged(acknowledged), start)
    megabytes = watched.look(time.monotonic() - begun)
    watched.faults += _faults(result, held)
    _say(_row((time.monotonic() - begun) / 60, cluster.size(), result, lags, megabytes, held))
    _settle(cluster, standby, watched)


def _lag(cluster: Cluster, server: PostgresServer) -> int:
    """Entries of the log that the projections do not show yet, as this server has them."""
    schema = server.execute("SELECT current FROM pledger.generations", cluster.name)[0][0]
    applied = server.execute(f"SELECT max(position) FROM {schema}.batches", cluster.name)[0][0]  # noqa: S608
    return cluster.size() - int(applied or 0)


def _settle(cluster: Cluster, standby: PostgresServer, watched: Watched) -> None:
    """Without load both catch up within half a minute, or something is wrong."""
    end = time.monotonic() + SETTLE_SECONDS
    while _lag(cluster, cluster.primary) or _lag(cluster, standby):
        if time.monotonic() > end:
            watched.faults.append("the projections do not catch up")
            return
        time.sleep(0.1)


def _faults(result: Result, held: Held) -> list[str]:
    faults = [f"{name}: {count}" for name, count in result.failures.items() if undocumented({name: count})]
    if held.lost or held.doubled or held.broken:
        faults.append(
            f"acknowledged {held.acknowledged}, found {held.found}, {held.doubled} doubled, {held.broken}"
        )
    return faults


def _row(
    minutes: float, size: int, result: Result, lags: tuple[int, int], megabytes: list[float], held: Held
) -> str:
    failures = ", ".join(f"{name}: {count}" for name, count in result.failures.items()) or "none"
    cells = [
        f"{minutes:.1f}",
        f"{size:,}",
        *(
            text
            for kind in (result.appends, result.reads)
            for text in (f"{kind.per_second:.0f}", f"{kind.p99_ms:.0f}")
        ),
        *map(str, lags),
        ", ".join(f"{one:.0f}" for one in megabytes),
        str(held.acknowledged),
        f"{held.lost}, {held.doubled}, {len(held.broken)}",
        failures,
    ]
    return " | ".join(cells)


def _memory(watched: Watched) -> None:
    for name, samples in watched.memory.items():
        slope = slope_of(samples)
        _say(f"memory of {name}: {slope:+.2f} MB/min over the second half ({len(samples)} samples)")
        if slope > SLOPE_MAX:
            watched.faults.append(f"memory of {name} grows by {slope:.2f} MB a minute")


def _verify(cluster: Cluster, scratch: Path, watched: Watched) -> None:
    """A backup made while all is served; verified as anybody would who got it."""
    trust, backup = scratch / "trust.json", scratch / "backup.db"
    trust.write_text(json.dumps(cluster.stage.workload.trust), encoding="utf8")
    for words in (
        ["backup", cluster.conninfo, str(backup)],
        ["verify", str(backup), "--trust", str(trust)],
    ):
        command = [str(Path(sys.executable).with_name("pledger")), *words, "--lang", "en"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        _say(f"pledger {words[0]}: exit {done.returncode}")
        if done.returncode:
            watched.faults.append(f"pledger {words[0]}: {(done.stdout + done.stderr)[-1000:]}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description=__doc__)
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--pace", type=float, default=PACE, help="appends a second, and as many reads")
    parser.add_argument("--round", type=float, default=ROUND_SECONDS, help="seconds between looks")
    parser.add_argument("--scratch", type=Path, metavar="DIR", help="where the files are made (TMPDIR)")
    options = parser.parse_args()
    allow_open_files()
    scratch = Path(tempfile.mkdtemp(prefix="pledger-soak-", dir=options.scratch))
    _say("\n".join(f"{name}: {value}" for name, value in surroundings().items()))
    try:
        faults = run(options.hours, scratch, pace=options.pace, round_seconds=options.round)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    _say("\n".join(["nothing went wrong"] if not faults else ["WRONG:", *faults]))
    return 1 if faults else 0


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
