"""The write side as one thing: open a ledger's directory, submit, draft, close."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eventsourcing.persistence import PersistenceError

from ledger.append.appender import Appender, Outcome
from ledger.append.memory import Memory, caught_up
from ledger.authority import public_keys
from ledger.claims import zone_of
from ledger.clock import Clock, SystemClock, format_instant, local_date, parse_instant
from ledger.directory import Directory
from ledger.door import examine, unanswered
from ledger.envelope import BATCH_COUNT_MAX, Envelope, verify_envelope
from ledger.errors import LedgerError, Refusal, Stopped, StorageError
from ledger.event import Common, Stated
from ledger.ids import ROOT
from ledger.keys import PrivateKey
from ledger.kinds import Discrepancy
from ledger.log import open_log
from ledger.registry import Root
from ledger.rules import check_acknowledged
from ledger.sentence import Sentence
from ledger.service_key import load_service_key, signing_key
from ledger.signing.opening import open_signer
from ledger.store.base import Head, Plan, Tail
from ledger.store.place import Database
from ledger.streams import load_for, load_stream
from ledger.submission import Submission, read_submission
from ledger.world import World


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would happen to a draft: what it would ask, and the worlds without and with it."""

    found: tuple[Discrepancy, ...]
    missing: tuple[str, ...]
    before: World
    after: World
    index: int


@dataclass(frozen=True, slots=True)
class _Keeping:
    """A group that inserts no entry, only a checkpoint."""

    checkpoint: tuple[int, str]

    def plan(self, head: Head, tail: Tail) -> Plan:
        return Plan((), (), head, (self.checkpoint,))


class Ledger:
    """An open ledger. Of a file one process may write; a database many may."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock | None = None,
        on_commit: Callable[[int], None] | None = None,
        database: Database | None = None,
        signer: str | None = None,
        signer_token: Path | None = None,
    ) -> None:
        """database: instead of the one that the directory names. signer: the address of a signer that holds
        the log key, signer_token: a file; else the key lies in the directory.
        """
        self.directory = Directory(path, database)
        if not self.directory.holds_ledger:
            raise StorageError(
                Sentence("{path} holds no ledger: run `pledger init` first", "no-ledger", path=path)
            )
        self._clock = clock or SystemClock()
        with ExitStack() as opened:  # what was opened is closed again if the rest cannot be
            self.directory.lock()
            opened.callback(self.directory.unlock)
            self._service = self._open_service_key()
            self.signer = open_signer(self.directory, signer, signer_token)
            opened.callback(self.signer.close)
            self.database = self.directory.database
            self._log, self.reader = open_log(self.database or self.directory.ledger_db)
            opened.callback(self._log.close)
            opened.callback(self.reader.close)
            self._seen = World()
            self._root = self._check_log_key()
            self.appender = Appender(
                self._log, self.reader, self.signer, clock=self._clock, on_commit=on_commit
            )
            opened.callback(self._store_last)
            opened.callback(self.appender.close)
            self._opened = opened.pop_all()

    def _open_service_key(self) -> PrivateKey | None:
        place = self.directory.service_key
        return load_service_key(place) if place.exists() else None

    def _check_log_key(self) -> Root:
        """Before anything is signed: clients could check nothing that other keys sign."""
        root = self._world_at(self.reader.head().size, ROOT).root
        in_force = root.log_key
        if in_force and in_force not in self.signer.verifier_keys:
            raise Stopped(
                Sentence(
                    "the log key in force is {key}, and {path} is another one: put the key in force there,"
                    " or as {beside} beside it if the old key still has to overlap. If the database is an"
                    " old backup, from before a rotation, bring back the entries that are missing",
                    "other-key-in-force",
                    key=in_force,
                    path=self.directory.log_key,
                    beside=self.directory.next_log_key.name,
                )
            )
        return root

    def close(self) -> None:
        """Take what is under way, store the last checkpoint, and let go of everything."""
        self._opened.close()

    def _store_last(self) -> None:
        """Whoever reads the file of a ledger that stands still finds all of it under a signed checkpoint."""
        newest = self.appender.checkpoint
        with suppress(LedgerError, PersistenceError, sqlite3.Error):  # the log itself is whole without it
            if newest is not None and self.reader.checkpoint_after(newest[0] - 1) is None:
                self.keep_checkpoint()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def root(self) -> Root:
        """The root registry as of the last commit that was seen here; costs nothing."""
        known = self._newest_world()
        if ROOT in known.loaded:
            self._root = known.root
        return self._root

    def _newest_world(self) -> World:
        """What was seen last, by the appender or by whoever asked."""
        appended, seen = self.appender.world, self._seen
        return seen if seen.loaded and seen.position >= appended.position else appended

    @property
    def service(self) -> tuple[PrivateKey, str] | None:
        """The service key and its id, while the root's registrars have it enrolled and not revoked."""
        return signing_key(self.root, self._service)

    def log_state(self) -> list[tuple[str, dict[str, Any]]]:
        """What is wrong with the store, as code and details; nothing is known of a file but by using it."""
        state = getattr(self.reader, "state", None)
        return state(self.database) if self.database is not None and state is not None else []

    def world_now(self, stream: str = ROOT) -> World:
        """The world at the head with a stream and the root loaded; for reading."""
        head, world = self.reader.head(), self._newest_world()
        if world.loaded and world.position < head.size:  # others append too
            kept = Memory(world)
            world = caught_up(kept, head, self.reader.at_position(head.size)).world
        elif not world.loaded:
            world = replace(World(), position=head.size)
        world = load_stream(world, stream, self.reader.at_position(world.position))
        if world.position >= self._seen.position:
            self._seen = world
        return world

    def _world_at(self, size: int, stream: str) -> World:
        return load_stream(replace(World(), position=size), stream, self.reader.at_position(size))

    def keep_checkpoint(self) -> None:
        """Store the newest checkpoint now, which the next commit would do. Raises Stopped."""
        newest = self.appender.checkpoint
        if newest is None:
            raise Stopped(self.appender.stopped or "the log's head is not signed")
        self._log.append(_Keeping(newest))

    def submit(self, envelopes: Sequence[Envelope]) -> Future[Outcome]:
        """Check what needs no lock, then queue. Raises Refusal, Busy or Stopped."""
        if not 1 <= len(envelopes) <= BATCH_COUNT_MAX:
            raise Refusal("batch-count", "/envelopes", len(envelopes), count_max=BATCH_COUNT_MAX)
        batch = []
        for place, envelope in enumerate(envelopes):
            try:
                batch.append(self._verified(read_submission(envelope)))
            except Refusal as refusal:
                if len(envelopes) == 1:
                    raise
                pointer = f"/envelopes/{place}{refusal.pointer}"
                raise Refusal(refusal.code, pointer, refusal.got, **refusal.details) from refusal
        return self.appender.submit(batch)

    def _verified(self, submission: Submission) -> Submission:
        """Check the signatures here if the keys are known already; else under the lock."""
        world = self.appender.world
        keys = public_keys(world, submission.event)
        if len(keys) < len(submission.event.signers):
            return submission
        verify_envelope(submission.envelope, keys)
        return replace(submission, verified=True)

    def draft(self, event: Common, payload_hash: str) -> Outlook:
        """Judge an unsigned event at the head as if it came now. Raises Refusal."""
        world = self.world_now(event.subject)
        world = load_for(world, event, self.reader.at_position(world.position))
        head = self.reader.head()
        moment = self._clock.now()
        last = parse_instant(head.recorded_at) if head.recorded_at else None
        recorded_at = format_instant(moment if last is None or moment > last else last)
        stated = Stated(event, payload_hash, world.position, recorded_at)
        zone = zone_of(world)
        today = local_date(moment, zone).isoformat()
        found, after = examine(world, stated, today, batch_start=world.position)
        check_acknowledged(event, found)
        missing = unanswered(event, found)
        return Outlook(tuple(found), tuple(missing), world, after, world.position)
