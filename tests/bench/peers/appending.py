"""Durable appends in turns, each round of new changes; whoever is slow gets less far in its time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tests.bench.peers.figures import Figures
from tests.bench.peers.process import Process
from tests.bench.peers.protocol import Source
from tests.bench.peers.workload_files import Files, say

THREADS = 32  # as report.py says
ROUND_MAX = 16_000  # changes of one round for all kinds of runs together
WARM = 40


class Run(NamedTuple):
    """name: of the figures. part: which part of a round's changes, a quarter or half; None: all of them."""

    name: str
    peer: str
    threads: int = 1
    part: slice | None = None
    settings: Mapping[str, bool] = {}


RUNS = (
    Run("pledger", "pledger", part=slice(0, 1), settings={"follows": False}),
    Run("eventsourcing", "eventsourcing"),
    Run("git", "git"),
    Run("pledger following", "pledger", part=slice(1, 2), settings={"follows": True}),
    Run("continuum", "continuum"),
    Run("history", "history"),
    Run("pledger, threads", "pledger", THREADS, slice(2, 4), settings={"follows": False}),
    Run("eventsourcing, threads", "eventsourcing", THREADS),
)


def append_rounds(
    peers: Mapping[str, Process], files: Files, rounds: int, seconds: float
) -> dict[str, Figures]:
    """seconds: the most that one run takes in one round.

    A ledger takes a change once: its runs share a round's.
    """
    runs = [run for run in RUNS if run.peer in peers]
    for run in runs:
        warm = files.appended(WARM)
        peers[run.peer].append(warm, run.threads, seconds, **run.settings)
    count = min(ROUND_MAX, (files.stock - WARM * len(runs)) // rounds)
    found = {run.name: Figures() for run in runs}
    for turn in range(rounds):
        source = files.appended(count)
        for run in runs:
            said = peers[run.peer].append(_part(source, run.part), run.threads, seconds, **run.settings)
            found[run.name].add_appends(said)
            say(f"  round {turn + 1}, {run.name}: {found[run.name].rates[-1]:,.0f} /s")
    return found


def _part(source: Source, part: slice | None) -> Source:
    """Quarters of a round's changes."""
    if part is None:
        return source
    quarter = source.size // 4
    return source._replace(start=part.start * quarter, size=(part.stop - part.start) * quarter)
