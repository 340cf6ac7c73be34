"""The workload in two files, a line for each change: Pledger's envelopes, and the neutral changes of them."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ledger.signer import FileLogSigner, generate_key
from tests.bench.peers.changes import Neutral
from tests.bench.peers.kept import Kept, Unfit
from tests.bench.peers.protocol import Source, format_change
from tests.bench.scales import scale_of
from tests.bench.workload import HOT, ORIGIN, PERIODS, SOURCES, YEARS, Workload

SEED = 7
NAME = "changes"  # of the folder that is kept
KEY = "key"  # of a folder in it: the log key, and the memory of a log of which nothing was signed yet
SAID_EVERY = 50_000


class Files:
    """What peers read. Everything is written once and streamed; nothing is kept in memory.

    sha256: of the neutral changes. The log is made in `kept`, or found there; what is appended, in `scratch`.
    """

    def __init__(self, kept: Kept, scratch: Path, events: int) -> None:
        self.scale = scale_of(events)
        self._folder, self._scratch, self._events, self._appended = kept.folder(NAME), scratch, events, 0
        asked = {"events": events, "seed": SEED, "scale": asdict(self.scale)}
        if not kept.holds(NAME, **asked):
            self._folder.mkdir(parents=True)
            kept.seal(NAME, asked | self._generate(make_key(self._folder / KEY)))
        stamp = kept.stamp(NAME)
        self.sha256: str = stamp["sha256"]
        self.shares: dict[str, float] = stamp["shares"]
        self._log_key: str = stamp["log_key"]
        self.log = _source(self._paths(self._folder, "log"), events)
        self.workload, self._neutral = self._resumed()

    def copy_key(self, place: Path) -> None:
        """What a ledger of these changes begins with."""
        shutil.copytree(self._folder / KEY, place)

    def _generate(self, log_key: str) -> dict[str, Any]:
        """Members of the stamp."""
        workload = Workload(log_key, self.scale, seed=SEED)
        neutral = Neutral(workload.day_of)
        source = _write(self._paths(self._folder, "log"), workload.envelopes(self._events), neutral)
        shares = dict(neutral.shares())
        return {"log_key": log_key, "sha256": _sha256(Path(source.changes)), "shares": shares}

    def _resumed(self) -> tuple[Workload, Neutral]:
        """As after the log was generated, for what is appended: of the log only the beginning is made again.

        Raises Unfit if the generator makes another one now.
        """
        workload = Workload(self._log_key, self.scale, seed=SEED)
        neutral = Neutral(workload.day_of)
        lines, hot = self.log.read(), False
        for envelope in workload.envelopes(self._events):
            change = neutral.of(envelope)
            if change != next(lines):
                raise Unfit(f"{self._folder} holds changes of another generator: keep them elsewhere")
            if hot and change.subject != HOT:
                break  # the first of the decisions, none of which is about what is appended to
            hot = change.subject == HOT
        workload.position = workload.signed = self._events
        neutral.skip_to(self._events)
        return workload, neutral

    def resumed_workload(self) -> Workload:
        """A generator of its own, which appends the same as the others to another copy of the ledger."""
        return self._resumed()[0]

    def appended(self, count: int) -> Source:
        """New changes, which may come in any order: each writes a cell that no other does."""
        self._appended += 1
        paths = self._paths(self._scratch, f"appended-{self._appended}")
        return _write(paths, self.workload.fresh(count), self._neutral)

    @property
    def stock(self) -> int:
        """How many changes `appended` has for all its calls. Source: Workload._fresh_events."""
        measures = self.scale.wide_measures
        return self.scale.wide * measures * (2 * len(PERIODS) + len(YEARS) * len(SOURCES))

    def _paths(self, directory: Path, name: str) -> tuple[Path, Path]:
        return directory / f"{name}.changes", directory / f"{name}.envelopes"


def make_key(folder: Path) -> str:
    """A new log key and its memory; the verifier key, of which the workload's first event tells."""
    folder.mkdir(parents=True)
    generate_key(folder / "log-key.pem")
    with FileLogSigner.create(folder / "log-key.pem", folder / "log-memory", origin=ORIGIN) as signer:
        return signer.verifier_key


def _write(paths: tuple[Path, Path], envelopes: Iterable[bytes], neutral: Neutral) -> Source:
    n = 0
    with paths[0].open("w", encoding="utf8") as changes, paths[1].open("wb") as signed:
        for n, envelope in enumerate(envelopes, 1):
            changes.write(format_change(neutral.of(envelope)))
            signed.write(envelope + b"\n")
            if n % SAID_EVERY == 0:
                say(f"  {n:,} changes generated and signed")
    return _source(paths, n)


def _source(paths: tuple[Path, Path], size: int) -> Source:
    return Source(str(paths[0]), str(paths[1]), 0, size)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
