"""Pledger: ledger.service.Ledger, projections.follower.Follower, and the readers that the API uses.

Appends start as the bytes of a signed envelope: parsing, the signature, the rules, the commit, the checkpoint
and the receipt are inside. Questions are Pledger's own, of a day and a position.
"""

from __future__ import annotations

import gc
import sqlite3
import sys
from functools import partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from api.collecting import COLLECT_AFTER
from ledger.envelope import parse_envelope
from ledger.log import open_log
from ledger.service import Ledger
from projections.blame import read_blame
from projections.cells import read_cells
from projections.diff import Point, read_diff
from projections.follower import Follower
from projections.state import read_state
from tests.bench.marks import PACKAGES
from tests.bench.peers.protocol import PAGE, Members, Question, Source, Step, bytes_under, serve
from tests.bench.stage import submit_all

CATCH_UP_SECONDS = 3600
FILLED = 5000


class Pledger:
    """Implements Peer; it has one path to record by. follows: do projections follow what is appended?"""

    def __init__(self, *, follows: bool) -> None:
        self.place = Path()
        self.follows = follows
        self._follower: Follower | None = None

    def open(self, place: Path) -> Members:
        """The directory holds the log key and its memory."""
        gc.set_threshold(*COLLECT_AFTER)  # as the server does
        self.place = place
        log, reader = open_log(place / "ledger.db")
        log.close()
        reader.close()
        self.ledger = Ledger(place, on_commit=self._committed)
        return {
            "sqlite": sqlite3.sqlite_version,
            **{name: version(name) for name in PACKAGES},
        }

    def _committed(self, size: int) -> None:
        if self._follower is not None:
            self._follower.wake()

    # -- recording -----------------------------------------------------------------------

    def fill(self, source: Source) -> None:
        """Through the real appender; then the projections are made."""
        lines = source.lines(source.envelopes)
        done = 0
        while chunk := [line.encode() for line in islice(lines, FILLED)]:
            submit_all(self.ledger, chunk)
            done += len(chunk)
            print(f"  pledger: {done:,} changes", file=sys.stderr, flush=True)
        self._caught_up()

    def resume(self, source: Source) -> None:
        self._caught_up()

    def check(self, place: Path, source: Source) -> str:
        raise NotImplementedError("there is no bulk path")

    def prepare(self, source: Source, threads: int) -> list[list[Step]]:
        if self.follows:
            self._caught_up()
        else:
            self._stop_following()
        steps: list[list[Step]] = [[] for _ in range(threads)]
        for place, line in enumerate(source.lines(source.envelopes)):
            steps[place % threads].append(partial(self._submit, line.encode()))
        return steps

    def _submit(self, raw: bytes) -> None:
        self.ledger.submit([parse_envelope(raw)]).result()

    # -- asking --------------------------------------------------------------------------

    def as_of(self, question: Question) -> dict[str, Any]:
        """Each cell's value, as peers say it; who said it and from when is read with it."""
        with self._caught_up().reading() as reading:
            cells = read_cells(reading.at(question.k), question.programme, question.day)
            return {path: answer.value for path, answer in cells}

    def state(self, question: Question) -> dict[str, Any]:
        """The whole answer of the API: nested, of each cell the event, its doubt, and the state's hash."""
        with self._caught_up().reading() as reading:
            return read_state(reading.at(question.k), question.programme, question.day)

    def blame(self, question: Question) -> list[Any]:
        with self._caught_up().reading() as reading:
            at = reading.at(question.k)
            rows = read_blame(at, question.programme, question.path, question.day, below=None, limit=PAGE)
            return [row for _, row in rows]

    def diff(self, question: Question) -> list[Any]:
        start, end = (Point(question.day, k) for k in (question.earlier, question.k))
        with self._caught_up().reading() as reading:
            return read_diff(reading, question.programme, start, end, limit=10_000)

    # -- the rest ------------------------------------------------------------------------

    def size(self) -> int:
        """The log and its projections."""
        return bytes_under(self.place)

    def close(self) -> None:
        self._stop_following()
        self.ledger.close()

    def _caught_up(self) -> Follower:
        """The follower; the first time, when it has all of the log."""
        if self._follower is None:
            self._follower = Follower(self.place, self.ledger.reader)
            if not self._follower.wait_for(self.ledger.reader.head().size, CATCH_UP_SECONDS):
                raise RuntimeError(f"the projections did not catch up: {self._follower.fault}")
        return self._follower

    def _stop_following(self) -> None:
        if self._follower is not None:
            self._follower.close()
            self._follower = None


if __name__ == "__main__":
    serve(Pledger(follows=False))
