"""What is remembered of webhooks: cursors and dead letters, in webhooks.db beside the ledger.

The server writes it, and the operator's commands beside it. The log itself is the queue: here is only
how far each webhook has come, so that a receiver that is away for a year costs one row.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from api.webhooks.refused import Reason
from ledger.entry import Entry
from ledger.errors import StorageError
from ledger.sentence import Sentence

VERSION: Final = 1
BUSY_SECONDS: Final = 5.0
_SCHEMA: Final = Path(__file__).with_name("memory.sql").read_text(encoding="utf8")


@dataclass(frozen=True, slots=True)
class State:
    """How one webhook stands; the columns of its row. Times are instants as texts."""

    id: str
    position: int
    off_since: str | None
    event: str | None
    attempts: int
    first_at: str | None
    next_at: str | None
    reason: Reason | None
    taken_at: str | None
    delivered: int
    failed: int
    died: int
    dead: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that was given up. index: of its entry's leaf; again: it is to be sent once more."""

    webhook: str
    index: int
    event: str
    kind: str
    attempts: int
    first_at: str
    last_at: str
    reason: Reason
    again: bool


class Memory:
    """The file, open. Safe for several threads and processes; a webhook's position never goes back here."""

    def __init__(self, path: Path, genesis: str = "") -> None:
        """Make it if it is not there. genesis: of the ledger, "" if it is not asked. Raises StorageError."""
        self._path, self._lock = path, threading.Lock()
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._db = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error
        try:
            self._prepare()
            self._bind(genesis)
        except sqlite3.Error as error:
            self._db.close()
            raise self._unusable(error) from error
        except BaseException:
            self._db.close()
            raise

    def _unusable(self, error: Exception) -> StorageError:
        return StorageError(
            Sentence(
                "{path}, which remembers how far each webhook is, cannot be used ({why}). With the server"
                " stopped it may be moved away: each webhook then begins at its `after`, or at the end",
                "webhooks-memory",
                path=self._path,
                why=error,
            )
        )

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version not in (0, VERSION):
            raise sqlite3.DatabaseError(f"version {version}")
        self._db.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")

    def _bind(self, genesis: str) -> None:
        """Positions of another ledger mean nothing here."""
        if not genesis:
            return
        with self._writing() as db:
            db.execute("INSERT OR IGNORE INTO about VALUES ('genesis', ?)", (genesis,))
            (known,) = db.execute("SELECT value FROM about WHERE name = 'genesis'").fetchone()
        if known != genesis:
            raise StorageError(
                Sentence(
                    "{path} is of another ledger: move it away, so that each webhook begins anew",
                    "webhooks-other-ledger",
                    path=self._path,
                )
            )

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction. Raises StorageError."""
        try:
            with self._lock, self._db:
                yield self._db
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    # -- a webhook ------------------------------------------------------------------

    def begin(self, webhook: str, position: int) -> None:
        """Where a webhook begins that is not known yet."""
        with self._writing() as db:
            db.execute("INSERT OR IGNORE INTO webhook (id, position) VALUES (?, ?)", (webhook, position))

    def not_beyond(self, size: int) -> list[str]:
        """Webhooks that were further than the log is long; they now stand at its end."""
        with self._writing() as db:
            found = db.execute("SELECT id FROM webhook WHERE position > ? ORDER BY id", (size,)).fetchall()
            db.execute(
                "UPDATE webhook SET position = ?, event = NULL, attempts = 0, first_at = NULL, next_at = NULL"
                " WHERE position > ?",
                (size, size),
            )
        return [str(one) for (one,) in found]

    def state(self, webhook: str) -> State | None:
        """None for one that never began."""
        found = self._rows(f"{_STATES} WHERE id = ?", (webhook,))
        return _state(found[0]) if found else None

    def states(self) -> list[State]:
        return [_state(row) for row in self._rows(f"{_STATES} ORDER BY id", ())]

    def skip(self, webhook: str, position: int) -> None:
        """Entries below a position are not for it."""
        with self._writing() as db:
            db.execute("UPDATE webhook SET position = max(position, ?) WHERE id = ?", (position, webhook))

    def taken(self, webhook: str, index: int, at: str) -> None:
        """The receiver has the entry at a leaf index."""
        with self._writing() as db:
            self._pass(db, webhook, index)
            db.execute(
                "UPDATE webhook SET reason = NULL, taken_at = ?, delivered = delivered + 1 WHERE id = ?",
                (at, webhook),
            )

    def _pass(self, db: sqlite3.Connection, webhook: str, index: int) -> None:
        db.execute(
            "UPDATE webhook SET position = max(position, ?), event = NULL, attempts = 0, first_at = NULL,"
            " next_at = NULL WHERE id = ?",
            (index + 1, webhook),
        )

    def failed(self, webhook: str, index: int, event: str, *, at: str, next_at: str, reason: Reason) -> None:
        """The entry was not taken, and is tried again."""
        with self._writing() as db:
            db.execute(
                "UPDATE webhook SET position = max(position, ?), event = ?, attempts = attempts + 1,"
                " first_at = coalesce(first_at, ?), next_at = ?, reason = ?, failed = failed + 1"
                " WHERE id = ?",
                (index, event, at, next_at, json.dumps(reason), webhook),
            )

    def died(self, webhook: str, entry: Entry, kind: str, *, at: str, reason: Reason) -> None:
        """The entry is given up; what comes after it goes on."""
        with self._writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO dead"
                " (webhook, place, event, kind, attempts, first_at, last_at, reason)"
                " SELECT id, ?, ?, ?, attempts + 1, coalesce(first_at, ?), ?, ? FROM webhook WHERE id = ?",
                (entry.index, entry.event_id(), kind, at, at, json.dumps(reason), webhook),
            )
            self._pass(db, webhook, entry.index)
            db.execute(
                "UPDATE webhook SET reason = ?, failed = failed + 1, died = died + 1 WHERE id = ?",
                (json.dumps(reason), webhook),
            )

    def switch_off(self, webhook: str, *, at: str, reason: Reason) -> None:
        """The receiver wants no more; where it stands is kept."""
        with self._writing() as db:
            db.execute(
                "UPDATE webhook SET off_since = ?, reason = ?, failed = failed + 1 WHERE id = ?",
                (at, json.dumps(reason), webhook),
            )

    def enable(self, webhook: str) -> None:
        """Go on at once, from where it stands."""
        with self._writing() as db:
            db.execute(
                "UPDATE webhook SET off_since = NULL, attempts = 0, first_at = NULL, next_at = NULL"
                " WHERE id = ?",
                (webhook,),
            )

    # -- dead letters ---------------------------------------------------------------

    def letters(self, webhook: str, *, after: int = -1, limit: int = 100) -> list[Letter]:
        """In the log's order, beyond a leaf index."""
        question = f"{_LETTERS} WHERE webhook = ? AND place > ? ORDER BY place LIMIT ?"
        return [_letter(row) for row in self._rows(question, (webhook, after, limit))]

    def wanted(self, webhook: str) -> Letter | None:
        """The first one that the operator wants sent once more."""
        found = self._rows(f"{_LETTERS} WHERE webhook = ? AND again = 1 ORDER BY place LIMIT 1", (webhook,))
        return _letter(found[0]) if found else None

    def want(self, webhook: str, event: str | None) -> int:
        """Have one dead letter sent once more, or all; how many."""
        with self._writing() as db:
            return db.execute(
                "UPDATE dead SET again = 1 WHERE webhook = ? AND (?2 IS NULL OR event = ?2)", (webhook, event)
            ).rowcount

    def letter_taken(self, letter: Letter, at: str) -> None:
        with self._writing() as db:
            db.execute("DELETE FROM dead WHERE webhook = ? AND place = ?", (letter.webhook, letter.index))
            db.execute(
                "UPDATE webhook SET taken_at = ?, delivered = delivered + 1 WHERE id = ?",
                (at, letter.webhook),
            )

    def letter_failed(self, letter: Letter, *, at: str, reason: Reason) -> None:
        """It stays dead until somebody asks again."""
        with self._writing() as db:
            db.execute(
                "UPDATE dead SET again = 0, attempts = attempts + 1, last_at = ?, reason = ?"
                " WHERE webhook = ? AND place = ?",
                (at, json.dumps(reason), letter.webhook, letter.index),
            )
            db.execute("UPDATE webhook SET failed = failed + 1 WHERE id = ?", (letter.webhook,))

    def _rows(self, question: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._db.execute(question, values).fetchall()
        except sqlite3.Error as error:
            raise self._unusable(error) from error


_STATE_COLUMNS: Final = (
    *("id", "position", "off_since", "event", "attempts", "first_at", "next_at", "reason", "taken_at"),
    *("delivered", "failed", "died"),
)
_LETTER_COLUMNS: Final = (
    *("webhook", "place", "event", "kind", "attempts", "first_at", "last_at", "reason", "again"),
)
_STATES: Final = (
    f"SELECT {', '.join(_STATE_COLUMNS)},"  # noqa: S608 -- put together from the names above
    " (SELECT count(*) FROM dead WHERE dead.webhook = webhook.id) FROM webhook"
)
_LETTERS: Final = f"SELECT {', '.join(_LETTER_COLUMNS)} FROM dead"  # noqa: S608 -- likewise


def _state(row: tuple[Any, ...]) -> State:
    members = dict(zip((*_STATE_COLUMNS, "dead"), row, strict=True))
    members["reason"] = json.loads(members["reason"]) if members["reason"] else None
    return State(**members)


def _letter(row: tuple[Any, ...]) -> Letter:
    members = dict(zip(_LETTER_COLUMNS, row, strict=True))
    members["index"] = members.pop("place")
    members["reason"], members["again"] = json.loads(members["reason"]), bool(members["again"])
    return Letter(**members)
