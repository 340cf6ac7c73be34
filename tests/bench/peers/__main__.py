"""Run the comparison: `make bench-peers`, or python -m tests.bench.peers --help.

Each tool runs in a process of its own, is filled with the same changes, and is asked and appended to in
turns. Exits with 1 if something promised was missed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.bench.marks import Mark, Neighbours, Theft, as_json, surroundings
from tests.bench.peers import chart, report
from tests.bench.peers.appending import append_rounds
from tests.bench.peers.figures import Figures
from tests.bench.peers.process import ROOT, Process
from tests.bench.peers.protocol import CHECKED, Source
from tests.bench.peers.reading import Answers, ask_rounds, compare_cells, make_questions
from tests.bench.peers.workload_files import Files, say

PEERS = ("git", "continuum", "history", "eventsourcing")
EVENTS_LEAST = 1000  # so that the registry and the programmes are no more than its beginning
PYTHON = ROOT / "build" / "peers" / "bin" / "python"


class Outcome:
    """What a run found: figures by kind and peer, sizes in bytes after the fill, memory in MiB at the end."""

    def __init__(self) -> None:
        self.answers: Answers = {}
        self.appends: dict[str, Figures] = {}
        self.sizes: dict[str, int] = {}
        self.memory: dict[str, int] = {}
        self.checks: list[str] = []
        self.shares: dict[str, float] = {}
        self.versions: dict[str, Any] = {}

    def marks(self) -> list[Mark]:
        return [*report.append_marks(self.appends), *report.read_marks(self.answers)]


def main(words: Sequence[str] | None = None) -> int:
    options = _options(words)
    scratch = Path(tempfile.mkdtemp(prefix="pledger-peers-", dir=options.scratch))
    where, theft, neighbours = surroundings(), Theft(), Neighbours()
    try:
        outcome = _measure(options, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    where |= {"stolen_cpu": theft.share(), "others_cores": neighbours.cores()}
    marks = outcome.marks()
    _print(marks, outcome, where, options)
    _write(marks, outcome, where, options)
    return 1 if any(mark.reached is False for mark in marks) else 0


def _measure(options: argparse.Namespace, scratch: Path) -> Outcome:
    outcome = Outcome()
    with ExitStack() as running:
        pledger = running.enter_context(Process("pledger", Path(sys.executable), "pledger_peer"))
        files = Files(scratch, pledger.open(scratch / "pledger")["log_key"], options.events)
        say(f"generating {options.events:,} changes in {scratch}")
        source = files.filled()
        outcome.shares = dict(files.neutral.shares())
        outcome.checks.extend(_self_checks(options, scratch, source))
        peers = [pledger, *(running.enter_context(_process(name, options)) for name in options.only)]
        _fill(peers, scratch, source, outcome)
        _ask(peers, files, options, outcome)
        say("appending")
        named = {peer.name: peer for peer in peers}
        outcome.appends = append_rounds(named, files, options.rounds, options.seconds)
        outcome.memory = {name: peer.size()["memory_mb"] for name, peer in named.items()}
    return outcome


def _process(name: str, options: argparse.Namespace) -> Process:
    python = Path(sys.executable) if name == "git" else options.peers_python
    return Process(name, python, f"{name}_peer")


def _self_checks(options: argparse.Namespace, scratch: Path, source: Source) -> Iterator[str]:
    """Does each bulk path record what the natural path does? In processes that end then."""
    few = source._replace(size=min(CHECKED, source.size))
    for name in options.only:
        with _process(name, options) as peer:
            found = peer.check(scratch / f"{name}-checked", few)
        if found is not None:
            yield f"{report.TITLES[name]}: bulk path = natural path: {found}"


def _fill(peers: Sequence[Process], scratch: Path, source: Source, outcome: Outcome) -> None:
    for peer in peers:
        if peer.name != "pledger":
            peer.open(scratch / peer.name)
        seconds = peer.fill(source)
        size = outcome.sizes[peer.name] = peer.size()["bytes"]
        outcome.versions[peer.name] = {name: value for name, value in peer.said.items() if name != "log_key"}
        say(f"{peer.name}: filled in {seconds:,.0f} s, {size / source.size:,.0f} bytes each")


def _ask(peers: Sequence[Process], files: Files, options: argparse.Namespace, outcome: Outcome) -> None:
    say("asking")
    asked = make_questions(files.workload, options.events, options.questions * options.rounds)
    outcome.answers, agreed = ask_rounds(peers, asked, options.rounds)
    outcome.checks.extend(agreed)
    if len(peers) > 1:
        outcome.checks.append(compare_cells(peers[0], peers[1], files.workload, options.events))


def _print(marks: list[Mark], outcome: Outcome, where: dict[str, Any], options: argparse.Namespace) -> None:
    print(report.table(marks), end="\n\n")
    print(report.appends_table(outcome.appends), end="\n\n")
    each = ", ".join(f"{name} {size / options.events:,.0f}" for name, size in outcome.sizes.items())
    print(f"bytes on disk a change, after {options.events:,}: {each}")
    print("memory of a process at most, MiB: " + ", ".join(f"{n} {mb:,}" for n, mb in outcome.memory.items()))
    print("\nthe workload: " + "; ".join(f"{name} {share:.1%}" for name, share in outcome.shares.items()))
    print("checked:\n" + "\n".join(f"- {check}" for check in outcome.checks), end="\n\n")
    print(report.CAVEATS, end="\n\n")
    print("\n".join(f"{name}: {value}" for name, value in where.items()), end="\n\ntools:\n")
    print("\n".join(f"- {name}: {_words(said)}" for name, said in outcome.versions.items()))


def _words(said: dict[str, Any]) -> str:
    """Versions and settings in one line."""
    return ", ".join(
        f"{name} {_words(value) if isinstance(value, dict) else value}" for name, value in said.items()
    )


def _write(marks: list[Mark], outcome: Outcome, where: dict[str, Any], options: argparse.Namespace) -> None:
    if options.json is not None:
        said = {"events": options.events, "rounds": options.rounds, "only": list(options.only)}
        document = as_json(marks, where, said) | {
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
        text = json.dumps(document, indent=1, ensure_ascii=False)
        options.json.write_text(text + "\n", encoding="utf8")
    if options.chart is not None:
        title = f"Questions about a programme, after {options.events:,} changes"
        machine = f"{where['machine']}, {where['cores']} cores"
        under = f"{where['date'][:10]}, {machine}, stolen CPU {where['stolen_cpu']}"
        options.chart.write_text(chart.draw(outcome.answers, title=title, under=under), encoding="utf8")


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers", description=__doc__)
    parser.add_argument(
        "--events", type=int, default=20_000, help="changes before the questions (default 20,000)"
    )
    parser.add_argument("--rounds", type=int, default=3, help="turns of questions and of appends (default 3)")
    parser.add_argument("--questions", type=int, default=200, help="of each kind in a round (default 200)")
    parser.add_argument(
        "--seconds", type=float, default=5, help="of each run of appends, at most (default 5)"
    )
    parser.add_argument(
        "--only", nargs="+", choices=PEERS, default=PEERS, metavar="PEER", help=", ".join(PEERS)
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON too")
    parser.add_argument("--chart", type=Path, metavar="FILE", help="write a chart of the reads as SVG too")
    parser.add_argument(
        "--scratch", type=Path, metavar="DIR", help="where the stores are made (default: TMPDIR)"
    )
    parser.add_argument(
        "--peers-python", type=Path, default=PYTHON, metavar="FILE", help="(default build/peers)"
    )
    options = parser.parse_args(words)
    if options.events < EVENTS_LEAST:
        parser.error(f"--events: at least {EVENTS_LEAST:,}")
    if set(options.only) != {"git"} and not options.peers_python.exists():
        parser.error(f"{options.peers_python} is not there: `make bench-peers` builds it")
    return options


if __name__ == "__main__":
    sys.exit(main())
