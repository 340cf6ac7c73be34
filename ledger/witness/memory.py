"""What a witness has cosigned, and what it saw that does not fit: one SQLite file.

Each head is kept as the note with the witness's own cosignature, and is checked by it whenever
it is read: bits that rot, or rows that somebody edits, make no history. What it cannot notice
is an older copy of the whole file put in its place.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.cosignature import CosignatureVerifier, time_of
from ledger.errors import StorageError, VerificationError
from ledger.note import open_note, parse_note
from ledger.sentence import Sentence

EVIDENCE_MAX: Final = {True: 1000, False: 100}  # of each log; a flood must not fill the disk

_FORMAT: Final = "pledger-witness/1"
_SCHEMA: Final = """
BEGIN EXCLUSIVE;
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE heads (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL,
    time INTEGER NOT NULL
) STRICT;
CREATE TABLE evidence (
    id INTEGER PRIMARY KEY, origin TEXT NOT NULL, proven INTEGER NOT NULL, text TEXT NOT NULL,
    seen TEXT NOT NULL, kept TEXT NOT NULL, time INTEGER NOT NULL, UNIQUE (origin, proven, text)
) STRICT;
"""
_HEADS: Final = "SELECT origin, size, root, note, time FROM heads"
_EVIDENCE: Final = "SELECT origin, proven, seen, kept, time FROM evidence ORDER BY id"


@dataclass(frozen=True, slots=True)
class Head:
    """The newest checkpoint cosigned for a log. note: with our cosignature; time: POSIX seconds of it."""

    checkpoint: Checkpoint
    note: str
    time: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Two notes that the log's key signed and that do not fit together.

    proven: they have one size and different roots, which convicts the log by itself. Else
    somebody failed to show that `seen` extends `kept`: anybody can send a wrong proof.
    kept: what the witness remembered, with its cosignature. time: POSIX seconds.
    """

    origin: str
    proven: bool
    seen: str
    kept: str
    time: int


class WitnessMemory:
    """The file, opened for one witness key. Threads and processes may share it."""

    def __init__(self, path: Path, verifier: CosignatureVerifier, *, read_only: bool = False) -> None:
        """Open and check all of it. Raises StorageError for another key's file or a damaged one."""
        self._path, self._verifier, self._lock = path, verifier, threading.Lock()
        self._database = _connect(path, read_only=read_only)
        try:
            with self._wrapped():
                _check_sound(self._database, str(verifier.key))
            self.heads()
        except BaseException:
            self._database.close()
            raise

    @classmethod
    def create(cls, path: Path, verifier: CosignatureVerifier) -> WitnessMemory:
        """Start a new file, mode 0600. Raises StorageError if there is one."""
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            database = _connect(path)
            try:
                database.executescript(_SCHEMA)
                about = [("format", _FORMAT), ("key", str(verifier.key))]
                database.executemany("INSERT INTO about VALUES (?,?)", about)
                database.execute("COMMIT")
            finally:
                database.close()
        except (OSError, sqlite3.Error) as error:
            raise StorageError(
                Sentence(
                    "the witness's state {path} cannot be made: {why}",
                    "witness-state-not-made",
                    path=path,
                    why=error,
                )
            ) from error
        return cls(path, verifier)

    @contextmanager
    def writing(self) -> Iterator[WitnessWriting]:
        """One writer at a time, also of other processes; durable when this ends well, else undone.

        Raises StorageError.
        """
        with self._lock, self._wrapped():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield WitnessWriting(self._database, self)
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    def heads(self) -> list[Head]:
        """The newest of each log, by origin. Raises StorageError."""
        with self._lock, self._wrapped():
            rows = self._database.execute(f"{_HEADS} ORDER BY origin").fetchall()
        return [self.checked(*row) for row in rows]

    def evidence(self) -> list[Evidence]:
        """In the order in which it was seen. Raises StorageError."""
        with self._lock, self._wrapped():
            rows = self._database.execute(_EVIDENCE).fetchall()
        return [Evidence(row[0], bool(row[1]), *row[2:]) for row in rows]

    def last_time(self) -> int:
        """When the witness cosigned last, POSIX seconds; 0 for never."""
        return max((head.time for head in self.heads()), default=0)

    def checked(self, origin: str, size: int, root: bytes, note: str, time: int) -> Head:
        """A row that its own cosignature vouches for. Raises StorageError."""
        try:
            opened = open_note(note, [self._verifier])
            checkpoint = parse_checkpoint(opened.text)
            said = (checkpoint.origin, checkpoint.size, checkpoint.root, time_of(opened.verified[0]))
        except VerificationError as error:
            said_of = Sentence(
                "what it says of {origin} does not hold: {why}",
                "witness-says-wrong",
                origin=origin,
                why=error,
            )
            raise self._damaged(said_of) from error
        if said != (origin, size, root, time):
            raise self._damaged(
                Sentence(
                    "what it says of {origin} is not what was cosigned", "witness-says-other", origin=origin
                )
            )
        return Head(checkpoint, note, time)

    def close(self) -> None:
        with self._lock:
            self._database.close()

    @contextmanager
    def _wrapped(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._damaged(error) from error

    def _damaged(self, problem: Sentence | sqlite3.Error) -> StorageError:
        return StorageError(
            Sentence(
                "the witness's state {path} cannot be used: {why}",
                "witness-state-unusable",
                path=self._path,
                why=problem,
            )
        )


class WitnessWriting:
    """What can be done while nobody else writes."""

    def __init__(self, database: sqlite3.Connection, memory: WitnessMemory) -> None:
        self._database, self._memory = database, memory

    def head(self, origin: str) -> Head | None:
        row = self._database.execute(f"{_HEADS} WHERE origin=?", (origin,)).fetchone()
        return self._memory.checked(*row) if row is not None else None

    def last_time(self) -> int:
        """When the witness cosigned last, POSIX seconds; 0 for never."""
        time: int = self._database.execute("SELECT coalesce(max(time), 0) FROM heads").fetchone()[0]
        return time

    def keep(self, head: Head) -> None:
        """Remember a head in the place of the one before; doubts of this very text are settled."""
        checkpoint = head.checkpoint
        row = (checkpoint.origin, checkpoint.size, checkpoint.root, head.note, head.time)
        self._database.execute("REPLACE INTO heads VALUES (?,?,?,?,?)", row)
        settled = (checkpoint.origin, parse_note(head.note).text)
        self._database.execute("DELETE FROM evidence WHERE origin=? AND text=? AND NOT proven", settled)

    def keep_evidence(self, evidence: Evidence) -> bool:
        """False when it was there already, or there is too much of it."""
        count = "SELECT count(*) FROM evidence WHERE origin=? AND proven=?"
        (kept,) = self._database.execute(count, (evidence.origin, evidence.proven)).fetchone()
        if kept >= EVIDENCE_MAX[evidence.proven]:
            return False
        # The same text with other signatures below it is no new evidence.
        text = parse_note(evidence.seen).text
        row = (evidence.origin, evidence.proven, text, evidence.seen, evidence.kept, evidence.time)
        insert = (
            "INSERT OR IGNORE INTO evidence (origin, proven, text, seen, kept, time) VALUES (?,?,?,?,?,?)"
        )
        return self._database.execute(insert, row).rowcount == 1


def key_of(path: Path) -> CosignatureVerifier:
    """The verifier key of the witness whose state this is. Raises StorageError."""
    try:
        database = _connect(path, read_only=True)
        try:
            return CosignatureVerifier.parse(_about(database)["key"])
        finally:
            database.close()
    except (sqlite3.Error, KeyError, VerificationError) as error:
        raise StorageError(
            Sentence(
                "the witness's state {path} cannot be read: {why}",
                "witness-state-unreadable",
                path=path,
                why=error,
            )
        ) from error


def _connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Raises StorageError when there is no such file: it is never made by opening it."""
    try:
        database = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=10.0,
        )
        # In this mode FULL would let a power cut bring back the journal of a commit that was
        # answered already; EXTRA is FULL and syncs the folder too.
        database.execute("PRAGMA synchronous=EXTRA")
    except sqlite3.Error as error:
        raise StorageError(
            Sentence(
                "the witness's state {path} cannot be opened: {why}",
                "witness-state-unopenable",
                path=path,
                why=error,
            )
        ) from error
    return database


def _about(database: sqlite3.Connection) -> dict[str, str]:
    return dict(database.execute("SELECT name, value FROM about"))


def _check_sound(database: sqlite3.Connection, key: str) -> None:
    """Raises StorageError, sqlite3.Error."""
    found: Sequence[tuple[str]] = database.execute("PRAGMA integrity_check").fetchall()
    if found != [("ok",)]:
        raise StorageError(
            Sentence("the witness's state is damaged: {why}", "witness-state-damaged", why=found[0][0])
        )
    about = _about(database)
    if about.get("format") != _FORMAT:
        raise StorageError(
            Sentence(
                "the witness's state is of another version: {found}",
                "witness-state-other-version",
                found=about.get("format"),
            )
        )
    if about.get("key") != key:
        raise StorageError(
            Sentence(
                "the witness's state is that of the key {found}, not of {key}",
                "witness-state-other-key",
                found=about.get("key"),
                key=key,
            )
        )
