"""Run the benchmarks: `make bench`, or python -m tests.bench --help.

One ledger is made in a temporary directory and everything is measured on it, each figure
in turns with its raw limit. Exits with 1 if something promised was missed.
"""

from __future__ import annotations

import argparse
import gc
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from api.collecting import COLLECT_AFTER
from tests.bench import (
    appends,
    asked,
    disk,
    feed,
    findings,
    http_reads,
    imports,
    pages,
    reads,
    rebuild,
    startup,
    verify,
)
from tests.bench.marks import Mark, Theft, as_json, held_to, surroundings, table
from tests.bench.scales import scale_of
from tests.bench.stage import Stage

NAMES = (
    "rebuild",
    "disk",
    "verify",
    "reads",
    "startup",
    "http-reads",
    "pages",
    "findings",
    "imports",
    "appends",
    "http-appends",
    "feed",
)
QUICK_EVENTS = 10_000


def main() -> int:
    gc.set_threshold(*COLLECT_AFTER)  # as the server does
    options = _options()
    events = options.events or (QUICK_EVENTS if options.quick else 100_000)
    rounds, count = (2, 500) if options.quick else (3, 2000)
    chosen = options.only or NAMES
    scratch = Path(tempfile.mkdtemp(prefix="pledger-bench-", dir=options.scratch))
    where, theft = surroundings(), Theft()
    try:
        _say(f"making a ledger of {events:,} events in {scratch}")
        stage = Stage(scratch / "ledger", events, scale_of(events))
        _say(f"filled at {events / stage.filled_seconds:,.0f} events/s (group commit, one submitting thread)")
        runs = _runs(stage, rounds, count, scratch)
        marks: list[Mark] = []
        for name in (name for name in NAMES if name in chosen):
            _say(f"measuring {name}")
            marks.extend(runs[name]())
        where["stolen_cpu"] = theft.share()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print("\n".join(f"{name}: {value}" for name, value in where.items()), end="\n\n")
    print(table(marks))
    if options.json is not None:
        said = {"events": events, "rounds": rounds, "count": count, "only": list(chosen)}
        options.json.write_text(json.dumps(as_json(marks, where, said), indent=1) + "\n", encoding="utf8")
    return 1 if any(mark.reached is False for mark in marks) else 0


def _runs(stage: Stage, rounds: int, count: int, scratch: Path) -> dict[str, Callable[[], list[Mark]]]:
    """In this order: what appends comes last, so that the rest sees the log as it was made."""
    return {
        "rebuild": lambda: held_to(asked.REBUILD, rebuild.measure(stage, rounds)),
        "disk": lambda: disk.measure(stage),
        "verify": lambda: verify.measure(stage, rounds),
        "reads": lambda: reads.measure(stage, count),
        "startup": lambda: startup.measure(stage, rounds, scratch),
        "http-reads": lambda: http_reads.measure(stage, rounds, count, scratch),
        "pages": lambda: pages.measure(stage, rounds, scratch),
        "findings": lambda: findings.measure(scratch, max(40, count // 20)),
        "imports": lambda: imports.measure(stage, rounds, scratch),
        "appends": lambda: appends.measure(stage, rounds, count),
        "http-appends": lambda: appends.measure_http(stage, rounds, 2 * count, scratch),
        "feed": lambda: feed.measure(stage, 2 * rounds, 2 * count, scratch),
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Pledger's benchmarks")
    parser.add_argument("--events", type=int, help="entries of the ledger (default 100,000)")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_EVENTS:,} events and short runs")
    parser.add_argument("--only", nargs="+", choices=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON too")
    parser.add_argument(
        "--scratch", type=Path, metavar="DIR", help="where the ledger is made (default: TMPDIR)"
    )
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
