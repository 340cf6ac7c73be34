"""The workload in two files, a line for each change: Pledger's envelopes, and the neutral changes of them."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from tests.bench.peers.changes import Neutral
from tests.bench.peers.protocol import Source, format_change
from tests.bench.workload import PERIODS, SOURCES, YEARS, Scale, Workload

SAID_EVERY = 50_000


class Files:
    """Writes what peers read. Everything is written once and streamed; nothing is kept in memory."""

    def __init__(self, directory: Path, log_key: str, events: int) -> None:
        self.scale = Scale(programmes=2, wide=10) if events < 20_000 else Scale()
        self.workload = Workload(log_key, self.scale)
        self.neutral = Neutral(self.workload.day_of)
        self._directory, self._events, self._appended = directory, events, 0

    def filled(self) -> Source:
        """The log of the questions."""
        return self._write("log", self.workload.envelopes(self._events), self._events)

    def appended(self, count: int) -> Source:
        """New changes, which may come in any order: each writes a cell that no other does."""
        self._appended += 1
        return self._write(f"appended-{self._appended}", self.workload.fresh(count), count)

    @property
    def stock(self) -> int:
        """How many changes `appended` has for all its calls. Source: Workload._fresh_events."""
        measures = self.scale.wide_measures
        return self.scale.wide * measures * (2 * len(PERIODS) + len(YEARS) * len(SOURCES))

    def _write(self, name: str, envelopes: Iterable[bytes], count: int) -> Source:
        paths = [self._directory / f"{name}.{ending}" for ending in ("changes", "envelopes")]
        with paths[0].open("w", encoding="utf8") as changes, paths[1].open("wb") as signed:
            for n, envelope in enumerate(envelopes, 1):
                changes.write(format_change(self.neutral.of(envelope)))
                signed.write(envelope + b"\n")
                if n % SAID_EVERY == 0:
                    say(f"  {n:,} of {count:,} changes generated and signed")
        return Source(str(paths[0]), str(paths[1]), 0, count)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
