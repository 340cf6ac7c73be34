"""The write side as one thing: open a ledger's directory, submit, draft, close."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from ledger.append.appender import Appender, Outcome
from ledger.authority import public_keys
from ledger.clock import Clock, SystemClock, format_instant, local_date, parse_instant
from ledger.directory import Directory
from ledger.door import examine
from ledger.envelope import BATCH_COUNT_MAX, Envelope, verify_envelope
from ledger.errors import Refusal, StorageError
from ledger.event import Common, Stated
from ledger.ids import ROOT
from ledger.kinds import Discrepancy
from ledger.log import open_log
from ledger.rules import check_acknowledged
from ledger.signer import FileLogSigner
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


class Ledger:
    """An open ledger. One process may have a directory open for writing."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock | None = None,
        on_commit: Callable[[int], None] | None = None,
    ) -> None:
        self.directory = Directory(path)
        if not self.directory.ledger_db.exists():
            raise StorageError(f"{path} holds no ledger: run `pledger init` first")
        self._clock = clock or SystemClock()
        with ExitStack() as opened:  # what was opened is closed again if the rest cannot be
            self.directory.lock()
            opened.callback(self.directory.unlock)
            self.signer = FileLogSigner(self.directory.log_key, self.directory.log_memory)
            opened.callback(self.signer.close)
            self._log, self.reader = open_log(self.directory.ledger_db)
            opened.callback(self._log.close)
            opened.callback(self.reader.close)
            self.appender = Appender(
                self._log, self.reader, self.signer, clock=self._clock, on_commit=on_commit
            )
            opened.callback(self.appender.close)
            self._opened = opened.pop_all()

    def close(self) -> None:
        self._opened.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def world_now(self, stream: str = ROOT) -> World:
        """The world at the head with a stream and the root loaded; for reading."""
        world = self.appender.world
        size = self.reader.head().size
        if world.position != size or not world.loaded:
            world = replace(World(), position=size)
        return load_stream(world, stream, self.reader.at_position(world.position))

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
        zone = ZoneInfo(world.root.zone) if world.root.opened else ZoneInfo("UTC")
        today = local_date(moment, zone).isoformat()
        found, after = examine(world, stated, today, batch_start=world.position)
        check_acknowledged(event, found)
        missing = sorted({item.code for item in found} - set(event.acknowledges))
        return Outlook(tuple(found), tuple(missing), world, after, world.position)
