"""PostgreSQL, many processes: `make bench-postgres`, or python -m tests.bench.postgres --help.

A real PostgreSQL on the loopback, durable, and a ledger in it; each part prints its rows as it ends.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench import clients, databases, failover, growth, processes, replicas
from tests.bench.cluster import Cluster, allow_open_files, new_primary
from tests.bench.marks import Mark, Neighbours, Theft, as_json, surroundings, table
from tests.bench.workload import Scale


@dataclass(frozen=True)
class Size:
    """How much of everything. count: appends a round; seconds: of a timed load."""

    events: int = 20_000
    rounds: int = 3
    count: int = 4000
    seconds: float = 20.0
    clients: int = 500
    clients_seconds: float = 120.0
    failover_seconds: float = 30.0
    growth: tuple[int, ...] = (50_000, 200_000)
    scale: Scale = Scale(wide=60)


QUICK = Size(
    events=5000,
    rounds=2,
    count=1000,
    seconds=5,
    clients_seconds=20,
    failover_seconds=20,
    growth=(5000, 20_000),
)
TINY = Size(
    events=300,
    rounds=1,
    count=40,
    seconds=0.5,
    clients=8,
    clients_seconds=1.0,
    failover_seconds=6.0,
    growth=(300, 4000),
    scale=Scale(councils=1, programmes=1, wide=12, hot_versions=400),
)


def _databases(size: Size, scratch: Path) -> list[Mark]:
    with new_primary() as primary:
        cluster = Cluster(scratch, primary, size.events, size.scale)
        return databases.measure(cluster, size.rounds, size.count, size.scale, scratch)


def _processes(size: Size, scratch: Path) -> list[Mark]:
    with new_primary() as primary:
        cluster = Cluster(scratch, primary, size.events, size.scale)
        return processes.measure(cluster, size.rounds, size.count, scratch)


def _clients(size: Size, scratch: Path) -> list[Mark]:
    with new_primary() as primary:
        cluster = Cluster(scratch, primary, size.events, size.scale)
        return clients.measure(cluster, size.clients, size.clients_seconds, scratch)


def _replicas(size: Size, scratch: Path) -> list[Mark]:
    with new_primary() as primary:
        cluster = Cluster(scratch, primary, size.events, size.scale)
        return replicas.measure(cluster, size.rounds, size.seconds, scratch)


def _failover(size: Size, scratch: Path) -> list[Mark]:
    with new_primary() as primary:
        cluster = Cluster(scratch, primary, size.events, size.scale)
        return failover.measure(cluster, size.failover_seconds, scratch)


def _growth(size: Size, scratch: Path) -> list[Mark]:
    return growth.measure(scratch, size.growth, size.scale)


PARTS: dict[str, Callable[[Size, Path], list[Mark]]] = {
    "databases": _databases,
    "processes": _processes,
    "clients": _clients,
    "replicas": _replicas,
    "failover": _failover,
    "growth": _growth,
}


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    size = TINY if options.tiny else QUICK if options.quick else Size()
    allow_open_files()
    where, theft, marks = surroundings(), Theft(), list[Mark]()
    for name in options.only or PARTS:
        print(f"measuring {name}", file=sys.stderr, flush=True)
        neighbours = Neighbours()
        scratch = Path(tempfile.mkdtemp(prefix="pledger-bench-", dir=options.scratch))
        try:
            found = PARTS[name](size, scratch)
        finally:
            if not options.keep:
                shutil.rmtree(scratch, ignore_errors=True)
        print(table(found), f"others took {neighbours.cores()} cores meanwhile", sep="\n\n", end="\n\n")
        marks += found
    where["stolen_cpu"] = theft.share()
    print("\n".join(f"{name}: {value}" for name, value in where.items()))
    if options.json is not None:
        said = {"only": list(options.only or PARTS), "size": vars(size) | {"scale": vars(size.scale)}}
        options.json.write_text(json.dumps(as_json(marks, where, said), indent=1) + "\n", encoding="utf8")
    return 1 if any(mark.reached is False for mark in marks) else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.postgres", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller ledgers and short runs")
    parser.add_argument(
        "--tiny", action="store_true", help="whether all of it runs: the figures mean nothing"
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="NAME", help=", ".join(PARTS))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON too")
    parser.add_argument("--scratch", type=Path, metavar="DIR", help="where the files are made (TMPDIR)")
    parser.add_argument("--keep", action="store_true", help="keep the files, the servers' logs among them")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
