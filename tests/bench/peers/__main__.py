"""Run the comparison: `make bench-peers`, or python -m tests.bench.peers --help.

Each tool runs in a process of its own, is filled with the same changes, and is asked and appended to in
turns; then Pledger is measured beside raw limits on the same ledger. Exits with 1 if a mark was missed.
"""

from __future__ import annotations

import argparse
import gc
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from api.collecting import COLLECT_AFTER
from tests.bench.marks import Neighbours, Theft, as_json, surroundings, table
from tests.bench.peers import alone, chart, docs, report
from tests.bench.peers.process import ROOT
from tests.bench.peers.run import Outcome, Run, Settings

PEERS = ("git", "continuum", "history", "eventsourcing")
NONE = "none"
EVENTS_LEAST = 1000  # so that the registry and the programmes are no more than its beginning
PYTHON = ROOT / "build" / "peers" / "bin" / "python"


def main(words: Sequence[str] | None = None) -> int:
    gc.set_threshold(*COLLECT_AFTER)  # as the server does
    options = _options(words)
    scratch = Path(tempfile.mkdtemp(prefix="pledger-peers-", dir=options.scratch))
    where, theft, neighbours = surroundings(), Theft(), Neighbours()
    try:
        outcome = Run(_settings(options), scratch).measure()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    where |= {"stolen_cpu": theft.share(), "others_cores": neighbours.cores()}
    _print(outcome, where, options)
    _write(outcome, where, options)
    return 1 if any(mark.reached is False for mark in outcome.marks()) else 0


def _settings(options: argparse.Namespace) -> Settings:
    return Settings(
        events=options.events,
        peers=tuple(options.only),
        rounds=options.rounds,
        questions=options.questions,
        seconds=options.seconds,
        python=options.peers_python,
        keep=options.keep.resolve() if options.keep is not None else None,
        skipped=tuple(options.skip),
    )


def _print(outcome: Outcome, where: dict[str, Any], options: argparse.Namespace) -> None:
    print(table(outcome.marks()), end="\n\n")
    print(report.appends_table(outcome.appends), end="\n\n")
    print(report.footprint(outcome.sizes, outcome.memory, options.events))
    print("\nthe workload: " + "; ".join(f"{name} {share:.1%}" for name, share in outcome.shares.items()))
    print("checked:\n" + "\n".join(f"- {check}" for check in outcome.checks), end="\n\n")
    print(report.CAVEATS, end="\n\n")
    print("\n".join(f"{name}: {value}" for name, value in where.items()), end="\n\ntools:\n")
    print(
        "\n".join(f"- {report.TITLES[name]}: {report.words(said)}" for name, said in outcome.versions.items())
    )


def _write(outcome: Outcome, where: dict[str, Any], options: argparse.Namespace) -> None:
    if options.json is not None:
        text = json.dumps(_document(outcome, where, options), indent=1, ensure_ascii=False)
        options.json.write_text(text + "\n", encoding="utf8")
    if options.chart is not None:
        title = f"Pledger and other tools, after {options.events:,} changes"
        under = f"{where['date'][:10]}, {docs.machine(where)}. {docs.quiet(where)}"
        drawn = chart.draw(outcome.answers, outcome.appends, title=title, under=under)
        options.chart.write_text(drawn, encoding="utf8")
    if options.docs is not None:
        section = docs.section(outcome, where, options.events, chart=options.chart)
        docs.write(options.docs, options.events, section)


def _document(outcome: Outcome, where: dict[str, Any], options: argparse.Namespace) -> dict[str, Any]:
    said: dict[str, Any] = {"events": options.events, "rounds": options.rounds}
    said |= {"only": list(options.only), "skip": list(options.skip)}
    return as_json(outcome.marks(), where, said) | {
        "versions": outcome.versions,
        "shares": outcome.shares,
        "checks": outcome.checks,
        "bytes": outcome.sizes,
        "memory_mb": outcome.memory,
        "appends": {name: one.as_json() for name, one in outcome.appends.items()},
        "reads": {
            kind: {name: one.as_json() for name, one in figures.items()}
            for kind, figures in outcome.answers.items()
        },
    }


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers", description=__doc__)
    add = parser.add_argument
    add("--events", type=int, default=20_000, help="changes before the questions (default 20,000)")
    add("--rounds", type=int, default=3, help="turns of questions and of appends (default 3)")
    add("--questions", type=int, default=200, help="of each kind in a round (default 200)")
    add("--seconds", type=float, default=5, help="of each run of appends, at most (default 5)")
    named = ", ".join((*PEERS, NONE))
    add("--only", nargs="+", choices=(*PEERS, NONE), default=PEERS, metavar="PEER", help=named)
    add(
        "--skip",
        nargs="+",
        choices=alone.NAMES,
        default=(),
        metavar="MARK",
        help=f"of Pledger alone, what is not measured: {', '.join(alone.NAMES)}",
    )
    add("--json", type=Path, metavar="FILE", help="write the figures as JSON too")
    add("--chart", type=Path, metavar="FILE", help="write a chart as SVG too")
    add("--docs", type=Path, metavar="FILE", help="write table and surroundings between their two comments")
    add("--keep", type=Path, metavar="DIR", help="leave what was filled there, and go on with what is there")
    add("--scratch", type=Path, metavar="DIR", help="where the rest is made (default: TMPDIR)")
    add("--peers-python", type=Path, default=PYTHON, metavar="FILE", help="(default build/peers)")
    options = parser.parse_args(words)
    options.only = [name for name in options.only if name != NONE]
    if options.events < EVENTS_LEAST:
        parser.error(f"--events: at least {EVENTS_LEAST:,}")
    if set(options.only) - {"git"} and not options.peers_python.exists():
        parser.error(f"{options.peers_python} is not there: `make bench-peers` builds it")
    if options.docs is not None and not docs.has_place(options.docs, options.events):
        parser.error(f"{options.docs} has no place for it: add {' and '.join(docs.comments(options.events))}")
    return options


if __name__ == "__main__":
    sys.exit(main())
