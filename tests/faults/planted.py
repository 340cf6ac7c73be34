"""What a test plants in the processes that it starts, told by their environment.

PLEDGER_TEST_CLOCK   a file: by how many seconds the wall clock is wrong; read at each question
PLEDGER_TEST_PLAIN   1: a process of root minds the modes of files, as everybody else's does
PLEDGER_TEST_BUG     a name of BUGS: what the rows must find out
PLEDGER_TEST_PATIENCE   seconds that a commit may take, and whoever holds PostgreSQL's head lock in silence
"""

from __future__ import annotations

import ctypes
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

CLOCK, PLAIN, BUG = "PLEDGER_TEST_CLOCK", "PLEDGER_TEST_PLAIN", "PLEDGER_TEST_BUG"
PATIENCE = "PLEDGER_TEST_PATIENCE"
EARLY_SECONDS = 0.1
UNAPPLIED = "nobody can apply this"
_PR_SET_PDEATHSIG = 1
_CAPABILITIES_V3 = 0x20080522


def install() -> None:
    """In the process that is forked for each command; each decides for itself what is planted in it."""
    import api.cli.main as cli
    from ledger import clock

    _die_with_parent()
    real, right = cli.main, clock.SystemClock.now

    def main() -> None:
        _die_with_parent()
        if PLAIN in os.environ:
            _give_up_root()
        if PATIENCE in os.environ:
            _be_impatient(float(os.environ[PATIENCE]))
        if BUG in os.environ:
            BUGS[os.environ[BUG]]()
        real()

    def now(self: clock.SystemClock) -> datetime:
        return right(self) + timedelta(seconds=_wrong_by())

    cli.main = main
    clock.SystemClock.now = now  # type: ignore[method-assign] # as if somebody set the machine's


def _wrong_by() -> float:
    named = os.environ.get(CLOCK)
    if named is None or not Path(named).exists():
        return 0.0
    return float(Path(named).read_text(encoding="ascii") or 0)


def _die_with_parent() -> None:
    """A run of tests that is killed leaves no server behind."""
    assert ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) == 0


def _give_up_root() -> None:
    """Without the capabilities to write and read past the modes of files."""
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = (ctypes.c_uint32 * 2)(_CAPABILITIES_V3, 0), (ctypes.c_uint32 * 6)()
    assert libc.capset(header, sets) == 0, os.strerror(ctypes.get_errno())


def _be_impatient(seconds: float) -> None:
    """As a ledger on PostgreSQL is, in a fraction of the time."""
    from ledger.store.postgres import database, opening, reader

    database.IDLE_SECONDS = seconds  # type: ignore[misc]
    reader.READ_SECONDS = seconds  # type: ignore[misc]
    opening.environment = partial(opening.environment, seconds=seconds)


def _acknowledges_early() -> None:
    """A receipt is sent before its entry is committed."""
    from ledger.receipt import Receipt
    from ledger.service import Ledger
    from ledger.submission import read_submission

    commit = Ledger.submit

    def submit(self: Ledger, envelopes: Sequence[Any]) -> Future[Any]:
        threading.Timer(EARLY_SECONDS, commit, (self, envelopes)).start()
        early: Future[Any] = Future()
        read = [read_submission(envelope).event for envelope in envelopes]
        early.set_result([Receipt(one.id, 0, one.subject, 1, "", b"", bytes(32), (), "") for one in read])
        return early

    Ledger.submit = submit  # type: ignore[method-assign]


class _Torn:
    """A cursor that commits entries apart from what belongs to them."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor
        self.execute = cursor.execute

    def executemany(self, query: str, rows: Any) -> None:
        self._cursor.executemany(query, rows)
        if "stored_events" in query:
            self._cursor.execute("COMMIT")
            time.sleep(0.03)  # so long that a kill at a random moment meets it
            self._cursor.execute("BEGIN IMMEDIATE")


def _commits_in_halves() -> None:
    """Entries are committed first, and their tree, keys and head after them."""
    from ledger.store import sqlite

    insert: Callable[..., None] = sqlite.insert_plan
    sqlite.insert_plan = lambda cursor, plan: insert(_Torn(cursor), plan)


def _applies_not_all() -> None:
    """An entry with UNAPPLIED as its reason cannot be worked into the projections."""
    from projections import writer

    work_in: Callable[..., Any] = writer._Batch.programme

    def programme(self: Any, before: Any, after: Any, name: str, stated: Any) -> None:
        if stated.event.reason == UNAPPLIED:
            raise KeyError(UNAPPLIED)
        work_in(self, before, after, name, stated)

    writer._Batch.programme = programme  # type: ignore[method-assign]


BUGS: dict[str, Callable[[], None]] = {
    "applies not all": _applies_not_all,
    "acknowledges early": _acknowledges_early,
    "commits in halves": _commits_in_halves,
}
