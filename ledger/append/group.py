"""A group of submissions decided in one transaction, in order, each after the ones before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ledger.append.memory import Memory, bounded, caught_up
from ledger.append.recorded import RecordingClock
from ledger.authority import public_keys
from ledger.claims import check_certificates, claims_of, zone_of
from ledger.clock import format_instant, local_date, parse_instant
from ledger.door import NeedsAcknowledgement, decide
from ledger.entry import format_entry
from ledger.envelope import verify_envelope
from ledger.errors import LedgerError, Refusal
from ledger.event import Stated
from ledger.ids import split_stream
from ledger.merkle import leaf_hash
from ledger.store.base import Head, NewEntry, Plan, Tail
from ledger.streams import load_for
from ledger.submission import Submission
from ledger.world import World, names_made


@dataclass(slots=True, eq=False)
class Pending:
    """One submission, or a batch taken all or nothing, on its way to the log.

    indexes: its leaf indexes once it is in the log; fault: why it is not.
    """

    batch: Sequence[Submission]
    indexes: list[int] = field(default_factory=list)
    fault: LedgerError | None = None


class LookedUp:
    """A group that finds what became of payloads, and commits, so that what it found cannot be lost.

    found: SHA-256 → leaf index; head: None until it was committed.
    """

    def __init__(self, payload_hashes: Sequence[str]) -> None:
        self._hashes = payload_hashes
        self.found: dict[str, int] = {}
        self.head: Head | None = None

    def plan(self, head: Head, tail: Tail) -> Plan:
        self.found, self.head = tail.recorded(self._hashes), head
        return Plan((), (), head, ())


class SubmissionGroup:
    """Implements ledger.store.base.Group for the appender."""

    def __init__(
        self,
        pending: Sequence[Pending],
        memory: Memory,
        clock: RecordingClock,
        checkpoints: Sequence[tuple[int, str]],
    ) -> None:
        self.pending = pending
        self.memory = memory
        self._clock = clock
        self._checkpoints = checkpoints
        self.entries: list[NewEntry] = []
        self.nodes: list[tuple[int, int, bytes]] = []
        self.base = 0  # entries before it
        self.head: Head | None = None  # after the commit; None if nothing is to be committed
        self._taken: dict[str, int] = {}
        self._ids: dict[str, int] = {}

    def plan(self, head: Head, tail: Tail) -> Plan | None:
        """Decide under the lock. Nothing of a submission that is refused remains."""
        self.base = head.size
        self.memory = caught_up(self.memory, head, tail)
        last = parse_instant(head.recorded_at) if head.recorded_at else None
        self._clock.check(last)
        size = head.size
        self._look_up(tail)
        for pending in self.pending:
            moment = self._clock.after(last)
            try:
                made = self._take(pending, size, moment, tail)
            except LedgerError as fault:
                fault.position = size
                pending.fault = fault
                continue
            if made:
                last, size = moment, size + made
        self.memory = bounded(self.memory, (pending.batch[0].event.subject for pending in self.pending))
        if not self.entries:
            return self._known_already(head)
        frontier, self.nodes = head.frontier.extend(leaf_hash(entry.raw) for entry in self.entries)
        assert last is not None
        self.head = Head(frontier, format_instant(last))
        return Plan(tuple(self.entries), self.nodes, self.head, self._checkpoints)

    def _known_already(self, head: Head) -> Plan | None:
        """What was found under the lock is answered after a commit, so that it is as durable as one."""
        if not any(pending.indexes for pending in self.pending):
            return None
        self.head = head
        return Plan((), (), head, self._checkpoints)

    def _look_up(self, tail: Tail) -> None:
        submissions = [item for pending in self.pending for item in pending.batch]
        self._taken.update(tail.recorded(item.payload_hash for item in submissions))
        self._ids.update(tail.events(item.event.id for item in submissions))

    def _take(self, pending: Pending, size: int, moment: datetime, tail: Tail) -> int:
        """Decide one submission; returns how many entries it makes. Raises LedgerError."""
        known = [self._taken.get(item.payload_hash) for item in pending.batch]
        if all(index is not None for index in known):
            pending.indexes = [index for index in known if index is not None]
            return 0
        if any(index is not None for index in known):
            place = next(place for place, index in enumerate(known) if index is not None)
            raise Refusal("partly-recorded", f"/envelopes/{place}", pending.batch[place].event.id)
        # Streams that were loaded stay, also when the submission is refused: asking again is cheap.
        world = load_for(self.memory.world, pending.batch[0].event, tail)
        self.memory = replace(self.memory, world=world)
        overlay = _Overlay(self.memory, world, tail, size, moment)
        self.memory = _decide_batch(pending.batch, overlay, self._ids)
        entries = overlay.entries
        self.entries.extend(entries)
        for entry in entries:
            self._taken[entry.payload_hash] = self._ids[entry.event] = entry.index
        pending.indexes = [entry.index for entry in entries]
        return len(entries)


@dataclass(slots=True)
class _Overlay:
    """A batch under decision: what it makes so far, over the memory that stays untouched.

    world: with what its first event needs loaded.
    """

    memory: Memory
    world: World
    tail: Tail
    start: int
    moment: datetime
    entries: list[NewEntry] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)

    def take(self, submission: Submission) -> None:
        """Decide the next envelope of the batch. Raises Refusal or NeedsAcknowledgement."""
        event, index = submission.event, self.start + len(self.entries)
        if self.entries:
            self.world = load_for(self.world, event, self.tail)
        unverified = _verify(self.world, submission)
        zone = zone_of(self.world)
        claims = claims_of(submission.envelope, event, zone, self._recorded_before)
        stated = Stated(event, submission.payload_hash, index, format_instant(self.moment), claims)
        today = local_date(self.moment, zone).isoformat()
        names = tuple(name for name in names_made(event) if name not in self.world.names)
        after = _judge(self.world, stated, today, batch_start=self.start)
        for place in unverified:  # the door refuses unknown keys in better words; nothing may hang on that
            raise Refusal("unknown-key", f"/signers/{place}/kid", event.signers[place].kid, instead=[])
        self.world = after
        self.entries.append(self._entry(submission, stated, names))

    def _recorded_before(self, position: int) -> str:
        """When the last entry of a prefix was recorded; what this group makes is of this moment."""
        rows = self.tail.entries(position - 1, 1)
        return rows[0].recorded_at if rows else format_instant(self.moment)

    def _entry(self, submission: Submission, stated: Stated, names: tuple[str, ...]) -> NewEntry:
        event, version = stated.event, self._next_version(stated.event.subject)
        raw = format_entry(
            genesis=self.world.root.genesis,
            index=stated.index,
            stream=event.subject,
            version=version,
            recorded_at=stated.recorded_at,
            envelope=submission.envelope,
        )
        return NewEntry(
            stated.index,
            event.subject,
            version,
            stated.recorded_at,
            raw,
            stated.payload_hash,
            event.id,
            names,
        )

    def _next_version(self, stream: str) -> int:
        last = self.versions.get(stream, self.memory.versions.get(stream))
        if last is None:
            last = self.tail.version(stream)
        self.versions[stream] = last + 1
        return last + 1


def _decide_batch(batch: Sequence[Submission], overlay: _Overlay, ids: dict[str, int]) -> Memory:
    """Decide a batch in order, all or nothing; returns the memory with it."""
    seen_ids: set[str] = set()
    for place, submission in enumerate(batch):
        try:
            if submission.event.id in ids or submission.event.id in seen_ids:
                raise Refusal("event-id-used", "/id", submission.event.id)
            seen_ids.add(submission.event.id)
            overlay.take(submission)
        except Refusal as refusal:
            raise _placed(refusal, place, len(batch)) from refusal
        except NeedsAcknowledgement as asked:
            raise _asked(asked, place, len(batch)) from asked
    _check_whole(overlay.world, batch)
    # In place: after a failed commit the whole memory is dropped.
    overlay.memory.versions.update(overlay.versions)
    return replace(overlay.memory, world=overlay.world)


def _judge(world: World, stated: Stated, today: str, *, batch_start: int) -> World:
    """The next world. What goes wrong in a rule is this submission's fault alone."""
    try:
        return decide(world, stated, today, batch_start=batch_start).world
    except LedgerError:
        raise
    except Exception as error:
        raise LedgerError(f"a rule failed on event {stated.event.id}: {error!r}") from error


def _verify(world: World, submission: Submission) -> list[int]:
    """Check the signatures, unless they were checked before the submission got here.

    Returns the places of the signers whose keys are not known. If there is any, no signature was
    checked, and the submission can only be refused.
    """
    check_certificates(world, submission.event, submission.envelope)
    if submission.verified:
        return []
    keys = public_keys(world, submission.event)
    missing = [place for place, one in enumerate(submission.event.signers) if one.kid not in keys]
    if not missing:
        verify_envelope(submission.envelope, keys)
    return missing


def _placed(refusal: Refusal, place: int, count: int) -> Refusal:
    """Inside a batch the pointer starts with the envelope's place."""
    if count == 1:
        return refusal
    pointer = f"/envelopes/{place}{refusal.pointer}"
    return Refusal(refusal.code, pointer, refusal.got, **refusal.details)


def _asked(asked: NeedsAcknowledgement, place: int, count: int) -> NeedsAcknowledgement:
    if count == 1:
        return asked
    prefix = f"/envelopes/{place}"
    return NeedsAcknowledgement([replace(d, pointer=prefix + d.pointer) for d in asked.found])


def _check_whole(world: World, batch: Sequence[Submission]) -> None:
    """An adoption in parts is whole at the end of its batch."""
    for place, submission in enumerate(batch):
        family, name = split_stream(submission.event.subject)
        if family == "programme" and world.programmes[name].parts_due is not None:
            at = f"/envelopes/{place}/data/part" if len(batch) > 1 else "/data/part"
            raise Refusal("part-missing", at, name)
