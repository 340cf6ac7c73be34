"""What a commit is worth: synced to disk, held by standbys, and never quietly less.

PostgreSQL commits on its own disk first and then waits for the standbys. When somebody cancels that
wait it says so in a warning, and answers as if all were well; when a connection ends meanwhile nobody
is told anything. Both are taken for a commit in doubt.
"""

from __future__ import annotations

import math
import re
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg

from ledger.errors import Stopped, StorageError
from ledger.sentence import Sentence

# fsync, synchronous_commit, synchronous_standby_names of this very session
DURABILITY: Final = (
    "SELECT current_setting('fsync'), current_setting('synchronous_commit'), "
    "current_setting('synchronous_standby_names')"
)
_COMMITS: Final = ("on", "remote_apply")
_COUNTED: Final = re.compile(r"^\s*(?:(?:FIRST|ANY)\s+)?(\d+)\s*\(", re.IGNORECASE)


def check_durable(row: Sequence[Any], standbys: int, unsafe: bool) -> None:
    """row: of DURABILITY. Raises Stopped where a commit would be worth less than is promised."""
    fsync, commits, names = row
    if unsafe:
        return
    if fsync != "on" or commits not in _COMMITS:
        raise Stopped(
            Sentence(
                "the database does not sync what it commits (fsync {fsync}, synchronous_commit {commits}):"
                " nothing is appended until both are on",
                "database-not-durable",
                fsync=fsync,
                commits=commits,
            )
        )
    if standbys_of(names) < standbys:
        raise Stopped(
            Sentence(
                "each commit is to be held by {standbys} synchronous standbys, and the database waits for"
                " {found} (synchronous_standby_names): nothing is appended until it waits for all of them",
                "standby-unsynchronised",
                standbys=standbys,
                found=standbys_of(names),
            )
        )


def standbys_of(names: str) -> int:
    """How many standbys a commit waits for, by synchronous_standby_names. Source: PostgreSQL 18, 19.6.2."""
    counted = _COUNTED.match(names)
    if counted is not None:
        return int(counted[1])
    return 1 if names.strip() else 0


class Watch:
    """One transaction that is waited for: what the server warned of while it went on."""

    def __init__(self) -> None:
        self.warned = ""
        self.cut = False

    def heard(self, diagnostic: psycopg.errors.Diagnostic) -> None:
        if diagnostic.severity_nonlocalized == "WARNING":
            self.warned = diagnostic.message_primary or "a warning without words"

    def check_commit(self) -> None:
        """After COMMIT was answered. Raises StorageError if that answer is not to be believed."""
        if self.warned:
            raise StorageError(
                Sentence(
                    "the database answered a commit with a warning, so that it may be lost: {why}",
                    "commit-in-doubt",
                    why=self.warned,
                )
            )


class Patience:
    """Cuts connections that take longer than `seconds` for a transaction, or a question; 0: never.

    A server that hangs, or waits for a standby that is gone, answers nothing at all, and psycopg waits.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._watched: dict[Watch, tuple[float, psycopg.Connection[Any]]] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._wakes = math.inf  # when the thread looks again by itself: it is not woken for each transaction
        self._thread: threading.Thread | None = None

    @contextmanager
    def watching(self, connection: psycopg.Connection[Any]) -> Iterator[Watch]:
        watch = Watch()
        connection.add_notice_handler(watch.heard)
        self._begin(watch, connection)
        try:
            yield watch
        finally:
            with self._changed:
                self._watched.pop(watch, None)
            connection.remove_notice_handler(watch.heard)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _begin(self, watch: Watch, connection: psycopg.Connection[Any]) -> None:
        if not self._seconds:
            return
        with self._changed:
            until = time.monotonic() + self._seconds
            self._watched[watch] = (until, connection)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="patience", daemon=True)
                self._thread.start()
            if until < self._wakes:
                self._changed.notify_all()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                for watch, (until, connection) in list(self._watched.items()):
                    if until <= now:
                        del self._watched[watch]
                        watch.cut = True
                        _cut(connection)
                left = self._next(now)
                self._wakes = math.inf if left is None else now + left
                self._changed.wait(left)

    def _next(self, now: float) -> float | None:
        return max(0.01, min(until for until, _ in self._watched.values()) - now) if self._watched else None


def _cut(connection: psycopg.Connection[Any]) -> None:
    """Whoever waits for an answer on it gets an error at once; the connection is still theirs to close."""
    with suppress(OSError, psycopg.Error), socket.socket(fileno=connection.fileno()) as shared:
        try:
            shared.shutdown(socket.SHUT_RDWR)
        finally:
            shared.detach()
