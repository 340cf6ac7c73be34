"""What breaks, and what must follow: the table of docs/faults.md, a test for each row and store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import pytest

from tests.faults.postgres_rows import POSTGRES_ROWS
from tests.faults.row import Row

T = TypeVar("T", bound=Callable[..., Any])

BOTH: Final = ("sqlite", "postgres")
NAMES: Final = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


_FAILURES: Final = "tests/ledger/test_append_failures.py"
_DURABLE: Final = "tests/ledger/test_durability.py"

ROWS: Final = (
    Row(
        "killed",
        "SIGKILL at a random moment under load, also while it starts",
        "what was acknowledged is there, once and whole; what was not answered may be sent again",
        stores=BOTH,
        elsewhere=(
            "tests/ledger/test_kill.py::test_five_kills_lose_nothing_that_was_acknowledged",
            f"{_DURABLE}::test_each_commit_is_synced_at_least_once_before_its_receipt",
        ),
    ),
    Row(
        "log-cut",
        "after a SIGKILL the end of SQLite's log (`ledger.db-wal`) is gone or rotten: the disk lost what"
        " it had synced",
        "the signer's memory is ahead: `/readyz` says `log-shorter`, nothing is appended, and the missing"
        " entries are never written over",
    ),
    Row(
        "disk-full",
        "the ledger's disk is full",
        "submissions get 503 `storage-failed`, questions are answered; with room it goes on by itself",
        elsewhere=(f"{_FAILURES}::test_a_full_disk_stops_nothing_for_good",),
    ),
    Row(
        "memory-full",
        "the disk of the signer's memory is full",
        "503 `stopped` and `/readyz` says no, until a restart: nobody knows what the disk holds. What was"
        " committed unsigned is acknowledged when it is sent again",
        elsewhere=(f"{_DURABLE}::test_what_the_signer_could_not_remember_is_not_acknowledged",),
    ),
    Row(
        "file-read-only",
        "`ledger.db` may only be read",
        "submissions get 503 `storage-failed`, questions are answered; goes on after a restart with the modes"
        " mended: those of `ledger.db-wal` and `-shm` too, which SQLite makes as the file is",
        gap="the server starts all the same, and `/readyz` says so only after a first submission",
    ),
    Row(
        "folder-read-only",
        "the ledger's folder may only be read",
        "the server does not start, says why (exit 3), and harms nothing",
    ),
    Row(
        "memory-read-only",
        "the signer's memory may only be read",
        "the server does not start: exit code 3, and why",
    ),
    Row(
        "clock-back",
        "the clock goes back by a day, while the server runs or before it starts",
        "503 `stopped`, `/readyz` says `clock-wrong`; goes on when the clock is right",
        stores=BOTH,
        elsewhere=("tests/ledger/test_append_clock_and_queue.py::",),
    ),
    Row(
        "clock-ahead",
        "the clock goes ahead by a year while the server runs",
        "503 `stopped`, `/readyz` says `clock-wrong`; goes on when the clock is right",
        stores=BOTH,
    ),
    Row(
        "clock-ahead-at-start",
        "the server is started while the clock is ahead by a year",
        "entries are taken, dated a year ahead, for nothing that it sees contradicts the clock; with the"
        " clock right again nothing is appended, and `/readyz` says `clock-wrong`, **for that year**",
        stores=BOTH,
        gap="it should refuse, or ask, before the first entry",
    ),
    Row(
        "page-rotten",
        "bits flip in a page of a table of `ledger.db`, or the page is lost",
        "`pledger verify` fails for each table; the server refuses to start, or answers 503 where it hits the"
        " page; no receipt that proves itself is of an entry that is not there",
        elsewhere=("tests/tampering/test_cells.py::",),
    ),
    Row(
        "memory-rotten",
        "bits flip in the signer's memory",
        "in one slot: the other is taken, and it goes on; in both: the server does not start, exit code 3,"
        " with what to do",
    ),
    Row(
        "two-servers",
        "a second server on the same file: by the same path, another path, a link to the file",
        "the second ends with exit code 3 and says why; the first goes on, and nothing is harmed",
        elsewhere=(f"{_FAILURES}::test_a_directory_is_served_once_at_a_time",),
    ),
    Row(
        "projections-deleted",
        "the projections, or CURRENT, are deleted or overwritten with rubbish while it serves",
        "appending goes on; questions are answered, or 503 `store-unreadable` for a moment; they are"
        " made anew",
    ),
    Row(
        "projections-rotten",
        "the projections are truncated, or their pages rot, while it serves",
        "appending goes on; where SQLite sees the damage, the answer is 503 `store-unreadable`; `pledger"
        " rebuild` makes them anew, as the server does unasked. A figure that rots unseen is answered, and"
        " its bundle does not verify",
    ),
    Row(
        "entry-unapplied",
        "an entry cannot be worked into the projections of its programme",
        "appending goes on, this programme's too; it answers 503 `programme-blocked` from that entry on, all"
        " others answer; a note in `/readyz`, a critical line in the log; mended by `pledger rebuild`",
        stores=BOTH,
    ),
    Row(
        "locked",
        "another process holds the store's write lock",
        "submissions wait 5 s, then get 503 `storage-failed`; questions are answered; goes on by itself",
        stores=BOTH,
    ),
    Row(
        "connections-cut",
        "the database ends all connections, again and again: before, in and after COMMIT",
        "submissions that wait get 503, or their receipt if it was committed; goes on by itself",
        stores=("postgres",),
    ),
    Row(
        "database-killed",
        "SIGKILL of the database server under load, and it is started again",
        "503 meanwhile; goes on by itself, with all that was acknowledged",
        stores=("postgres",),
    ),
    Row(
        "commit-fails",
        "the store fails before or after COMMIT",
        "before: 503, nothing is written; after: the outcome is looked up, and acknowledged",
        stores=(),
        elsewhere=(
            f"{_FAILURES}::test_a_commit_that_fails_records_nothing_and_the_next_one_is_taken",
            f"{_FAILURES}::test_a_commit_that_fails_after_the_fact_is_acknowledged",
        ),
    ),
    *POSTGRES_ROWS,
)
BY_NAME: Final = {row.name: row for row in ROWS}


def breaks(name: str) -> Callable[[T], T]:
    """This test is of a row, for each store of it."""

    def mark(test: T) -> T:
        test.fault = name  # type: ignore[attr-defined]
        marked: T = pytest.mark.parametrize("store", BY_NAME[name].stores, indirect=True)(test)
        return marked

    return mark


def shown() -> str:
    """The table for people, as Markdown."""
    lines = ["| What breaks | What must follow | Held for |", "|---|---|---|"]
    for row in ROWS:
        held = ", ".join(NAMES[store] for store in row.stores) or "SQLite (in one process)"
        gap = f" **Not yet:** {row.gap}." if row.gap else ""
        lines.append(f"| {row.breaks} | {row.follows}.{gap} | {held} |")
    return "\n".join(lines)
