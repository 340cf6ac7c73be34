"""The newest head that a client saw, per ledger: what it is shown later must extend it.

    heads/<genesis>.json           the memory: the newest signed checkpoint, and when it was seen
    heads/<genesis>.lock           one process at a time asks and remembers
    heads/<genesis>.fork-<n>.json  two signed heads of one log that do not fit: evidence

Source: docs/proof.md, "Memory of heads".
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

from ledger.clock import Clock, SystemClock, format_instant, parse_instant
from ledger.durable import write_whole
from ledger.errors import StorageError, VerificationError
from ledger.seen import HeadAlarm, Log, Prove, Seen, check_extends, check_joined, open_head
from ledger.sentence import Sentence

if sys.platform != "win32":
    import fcntl

FILE_BYTES_MAX: Final = 1 << 20
_GENESIS = re.compile("[0-9a-f]{64}")

Fetch: TypeAlias = Callable[[], str]
"""Asks for the newest signed checkpoint, as it came. Raises NoHead if none is shown."""


class Heads:
    """The memory in one folder. Safe for several processes; nothing unchecked gets into it."""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self._folder, self._clock = folder, clock or SystemClock()

    def path(self, genesis: str) -> Path:
        """Where the head of a ledger is remembered."""
        if not _GENESIS.fullmatch(genesis):
            raise StorageError(
                Sentence(
                    "{genesis!r} is no genesis: nothing is remembered under such a name",
                    "no-genesis",
                    genesis=genesis,
                )
            )
        return self._folder / f"{genesis}.json"

    def remembered(self, log: Log) -> Seen | None:
        """The newest head seen; None before the first. Raises StorageError if it is damaged."""
        path = self.path(log.genesis)
        try:
            with path.open("rb") as file:
                raw = file.read(FILE_BYTES_MAX)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError(
                Sentence("{path} cannot be read: {why}", "file-unreadable", path=path, why=error)
            ) from error
        try:
            return _read(raw, log)
        except (ValueError, KeyError, TypeError, RecursionError, VerificationError) as error:
            raise StorageError(
                Sentence(
                    "{path}, which remembers the newest head seen of this ledger, is damaged. Nothing is"
                    " believed meanwhile: compare the ledger's size with what an auditor or a witness has"
                    " seen, then move the file away to start a new memory",
                    "heads-damaged",
                    path=path,
                )
            ) from error

    def see(self, log: Log, fetch: Fetch, prove: Prove) -> Seen:
        """Ask for the newest head, check that it extends what is remembered, and remember it.

        The lock is held from before the question on, so that nobody remembers a later answer in
        between; a smaller answer is asked for once more, as something may have kept an old one.
        Raises HeadAlarm, StorageError, and what fetch and prove raise.
        """
        with self._turn(log.genesis):
            old = self.remembered(log)
            with self._telling(log, old):
                new = self._open(fetch(), log)
                if old is not None and new.size < old.size:
                    new = self._open(fetch(), log)
                check_extends(old, new, prove)
            if old is None or new.size > old.size:
                self._write(log, new)
            return new

    def join(self, log: Log, note: str, prove: Prove) -> None:
        """Check that a signed head, such as a receipt's, is of the remembered log. Raises as see."""
        with self._turn(log.genesis):
            old = self.remembered(log)
            with self._telling(log, old):
                new = self._open(note, log)
                if old is not None and new.size <= old.size:
                    check_joined(old, new, prove)
                    return
                check_extends(old, new, prove)
            self._write(log, new)

    def keep(self, log: Log, why: str, old: Seen, new: Seen) -> Path:
        """Keep two signed heads of one log that do not fit; nothing is remembered. Raises StorageError."""
        with self._turn(log.genesis):
            return self._keep_evidence(log, why, old, new)

    def _open(self, note: str, log: Log) -> Seen:
        return open_head(note, log, format_instant(self._clock.now()))

    @contextmanager
    def _telling(self, log: Log, old: Seen | None) -> Iterator[None]:
        """Let an alarm name what is remembered, and keep the evidence of two signed heads."""
        try:
            yield
        except HeadAlarm as alarm:
            alarm.old, alarm.kept = old, self.path(log.genesis)
            if old is not None and alarm.new is not None:
                alarm.evidence = self._keep_evidence(log, alarm.why, old, alarm.new)
            raise

    def _keep_evidence(self, log: Log, why: str, old: Seen, new: Seen) -> Path:
        """Both signed notes in a file of their own; the same pair is kept once."""
        shown: dict[str, Any] = {"origin": log.origin, "genesis": log.genesis, "why": why}
        shown |= {"remembered": old.to_json(), "shown": new.to_json()}
        number = 1
        while (path := self._folder / f"{log.genesis}.fork-{number}.json").exists():
            if _pair(path) == (old.note, new.note):
                return path
            number += 1
        write_whole(path, shown)
        return path

    def _write(self, log: Log, head: Seen) -> None:
        members = {"origin": log.origin, "genesis": log.genesis, **head.to_json()}
        write_whole(self.path(log.genesis), members)

    @contextmanager
    def _turn(self, genesis: str) -> Iterator[None]:
        """Wait until nobody else asks and remembers."""
        path = self.path(genesis).with_suffix(".lock")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageError(
                Sentence(
                    "{path} cannot be made ({why}), so that no head can be remembered: put the trust file"
                    " into a folder of your own",
                    "heads-unwritable",
                    path=path,
                    why=error,
                )
            ) from error
        try:
            if sys.platform != "win32":  # there, two commands at once may see a rollback that is none
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _read(raw: bytes, log: Log) -> Seen:
    members = json.loads(raw.decode())
    if not all(isinstance(members[name], str) for name in ("note", "log_key", "seen_at")):
        raise TypeError("a member is no text")
    if (members["origin"], members["genesis"]) != (log.origin, log.genesis):
        raise ValueError("it is of another ledger")
    parse_instant(members["seen_at"])
    # By the key of then: the log's key may have been rotated since.
    head = open_head(members["note"], Log(log.origin, log.genesis, members["log_key"]), members["seen_at"])
    if (members["size"], members["root"]) != (head.size, head.root.hex()):
        raise ValueError("its size and root are not those of its note")
    return head


def _pair(path: Path) -> tuple[str, str] | None:
    try:
        members = json.loads(path.read_bytes())
        return members["remembered"]["note"], members["shown"]["note"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
