"""One run: fill what is not there yet, then ask and append in turns, then measure Pledger alone.

Each part works on copies of the filled stores, so that all begin with the same log.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.marks import Mark
from tests.bench.peers import alone, report
from tests.bench.peers.appending import append_rounds
from tests.bench.peers.figures import Figures
from tests.bench.peers.kept import Kept
from tests.bench.peers.process import Process
from tests.bench.peers.protocol import CHECKED
from tests.bench.peers.reading import Answers, ask_rounds, compare_cells, make_questions
from tests.bench.peers.workload_files import Files, say

PLEDGER = "pledger"


@dataclass(frozen=True)
class Settings:
    """peers: names, in the order of the turns. keep: where filled stores stay; else in the scratch folder.

    questions: of each kind in a round. seconds: of each run of appends, at most. skipped: of alone.NAMES.
    """

    events: int
    peers: tuple[str, ...]
    rounds: int
    questions: int
    seconds: float
    python: Path
    keep: Path | None = None
    skipped: tuple[str, ...] = ()


@dataclass
class Outcome:
    """What a run found: figures by kind and peer, sizes in bytes after the fill, memory in MiB at the end."""

    answers: Answers = field(default_factory=dict)
    appends: dict[str, Figures] = field(default_factory=dict)
    alone: list[Mark] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    checks: list[str] = field(default_factory=list)
    shares: dict[str, float] = field(default_factory=dict)
    versions: dict[str, Any] = field(default_factory=dict)

    def marks(self) -> list[Mark]:
        return [*report.append_marks(self.appends), *report.read_marks(self.answers), *self.alone]


class Run:
    """Raises kept.Unfit if what is kept was filled otherwise."""

    def __init__(self, settings: Settings, scratch: Path) -> None:
        self._settings, self._scratch = settings, scratch
        self._kept = Kept(settings.keep or scratch / "filled")
        say(f"generating {settings.events:,} changes, or finding them")
        self._files = Files(self._kept, scratch, settings.events)
        self.outcome = Outcome(shares=self._files.shares)

    def measure(self) -> Outcome:
        names = (PLEDGER, *self._settings.peers)
        self.outcome.checks.extend(self._check_bulk())
        for name in names:
            self._fill(name)
        copies = {name: self._kept.copy(name, self._scratch) for name in names}
        os.sync()  # what was copied is not written while others are measured
        with ExitStack() as running:
            peers = [running.enter_context(self._process(name)) for name in names]
            for peer in peers:
                self._resume(peer, copies[peer.name])
            self._ask(peers)
            self._append(peers)
        self._measure_alone()
        return self.outcome

    def _process(self, name: str) -> Process:
        ours = name in (PLEDGER, "git")
        return Process(name, Path(sys.executable) if ours else self._settings.python, f"{name}_peer")

    def _check_bulk(self) -> Iterator[str]:
        """Does each bulk path record what the natural path does? In processes that end then."""
        few = self._files.log._replace(size=min(CHECKED, self._settings.events))
        for name in self._settings.peers:
            with self._process(name) as peer:
                found = peer.check(self._scratch / f"{name}-checked", few)
            if found is not None:
                yield f"{report.TITLES[name]}: bulk path = natural path: {found}"

    def _fill(self, name: str) -> None:
        if self._kept.holds(name, changes=self._files.sha256):
            say(f"{name}: is filled")
            return
        place = self._kept.folder(name)
        if name == PLEDGER:
            self._files.copy_key(place)
        with self._process(name) as peer:
            versions = peer.open(place)
            seconds = peer.fill(self._files.log)
        stamp = {"events": self._settings.events, "changes": self._files.sha256, "versions": versions}
        self._kept.seal(name, stamp | {"seconds": round(seconds)})
        say(f"{name}: filled in {seconds:,.0f} s")

    def _resume(self, peer: Process, copied: Path) -> None:
        self.outcome.versions[peer.name] = peer.open(copied)
        self._kept.check(peer.name, versions=peer.said)
        peer.resume(self._files.log)
        self.outcome.sizes[peer.name] = peer.size()["bytes"]

    def _ask(self, peers: list[Process]) -> None:
        say("asking")
        events, workload = self._settings.events, self._files.workload
        asked = make_questions(workload, events, self._settings.questions * self._settings.rounds)
        self.outcome.answers, agreed = ask_rounds(peers, asked, self._settings.rounds)
        self.outcome.checks.extend(agreed)
        if len(peers) > 1:
            self.outcome.checks.append(compare_cells(peers[0], peers[1], workload, events))

    def _append(self, peers: list[Process]) -> None:
        say("appending")
        named = {peer.name: peer for peer in peers}
        rounds, seconds = self._settings.rounds, self._settings.seconds
        self.outcome.appends = append_rounds(named, self._files, rounds, seconds)
        self.outcome.memory = {name: peer.size()["memory_mb"] for name, peer in named.items()}

    def _measure_alone(self) -> None:
        """On a copy that nothing was appended to; the servers run while nothing else of ours does."""
        copied = self._kept.copy(PLEDGER, self._scratch)
        os.sync()
        stage = alone.Filled(copied, self._settings.events, self._files.resumed_workload())
        count = alone.QUESTIONS_EACH * self._settings.questions
        rounds, skipped = self._settings.rounds, self._settings.skipped
        self.outcome.alone.extend(alone.measure(stage, rounds, count, self._scratch, skipped=skipped))
