"""A process that appends from several threads until it is killed.

    python -m tests.ledger.kill_child DIRECTORY LOG_KEY GENESIS [POINT]

Each acknowledged receipt is one line on stdout, written in one piece before the thread goes
on: {"payload": base64, "receipt": contract.md's RECEIPT}. A line "open" says that the ledger
is. With POINT it kills itself there: at one of POINTS after a few commits, at one of
START_POINTS before it has opened the ledger.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from eventsourcing.sqlite import SQLiteConnection

from ledger.append.appender import Appender
from ledger.service import Ledger
from ledger.signer import FileLogSigner
from ledger.signing.memory import MemoryFile
from ledger.store import sqlite
from tests.support.batches import batch_of
from tests.support.log import Small
from tests.support.places import ON_POSTGRES

THREADS = 4
DEADLINE = 60.0
FATAL_CALL = 30  # receipts of earlier groups have been told by then, whatever is counted

Point = tuple[Any, str, bool]  # owner, function, before or after its call


def _of_files() -> tuple[dict[str, Point], dict[str, Point]]:
    """Where the store's own code may die: in a commit, at a start."""
    return {
        "before inserting": (sqlite, "insert_plan", False),
        "before COMMIT": (SQLiteConnection, "commit", False),
        "after COMMIT": (SQLiteConnection, "commit", True),
    }, {
        "start: no table is checked": (sqlite.LedgerRecorder, "create_table", False),
        "start: the log is open": (sqlite.LedgerRecorder, "create_table", True),
    }


def _of_databases() -> tuple[dict[str, Point], dict[str, Point]]:
    from ledger.store.postgres import recorder
    from ledger.store.postgres.durable import Watch
    from ledger.store.postgres.reader import PostgresReader

    return {
        "before inserting": (recorder, "insert_plan", False),
        "before COMMIT": (recorder, "insert_plan", True),
        "after COMMIT": (Watch, "check_commit", False),
    }, {
        "start: nothing is read": (PostgresReader, "__init__", False),
        "start: the log can be read": (PostgresReader, "__init__", True),
    }


_COMMITTING, _STARTING = _of_databases() if ON_POSTGRES else _of_files()

# Where a process may die.
POINTS: dict[str, Point] = {
    **_COMMITTING,
    "before signing": (FileLogSigner, "sign", False),
    "before the signer remembers": (MemoryFile, "_write", False),
    "after the signer remembers": (MemoryFile, "_write", True),
    "after signing": (FileLogSigner, "sign", True),
    "before the receipt": (Appender, "_receipt", False),
    "after the receipt": (Appender, "_receipt", True),
}


START_POINTS: dict[str, Point] = {
    "start: the signer's memory is open": (MemoryFile, "_write", True),
    **_STARTING,
    "start: before signing": (FileLogSigner, "sign", False),
    "start: after signing": (FileLogSigner, "sign", True),
}


def die_at(owner: Any, name: str, after: bool, fatal_call: int) -> None:
    """Plant the kill before or after a call of a function."""
    real: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def fatal(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        result = real(*given, **named) if after else None
        if calls == fatal_call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result if after else real(*given, **named)

    setattr(owner, name, fatal)


def write(small: Small, ledger: Ledger, seed: int) -> None:
    chance = random.Random(seed)
    while True:  # until the kill
        payloads = batch_of(small, chance)
        envelopes = [small.sign(payload) for payload in payloads]
        receipts = ledger.submit(envelopes).result(DEADLINE)
        for payload, receipt in zip(payloads, receipts, strict=True):
            say({"payload": b64encode(payload).decode(), "receipt": receipt.to_json()})


_saying = threading.Lock()


def say(what: Any) -> None:
    line = orjson.dumps(what) + b"\n"
    with _saying:
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


def main(path: str, log_key: str, genesis: str, *points: str) -> None:
    small = Small(Path(path), log_key, genesis)
    for point in points:
        if point in START_POINTS:
            die_at(*START_POINTS[point], fatal_call=1)
    ledger = Ledger(small.path)
    say("open")
    for point in points:
        if point in POINTS:
            die_at(*POINTS[point], fatal_call=FATAL_CALL)
    seeds = [random.SystemRandom().randrange(1 << 32) for _ in range(THREADS)]
    threads = [threading.Thread(target=write, args=(small, ledger, seed)) for seed in seeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
