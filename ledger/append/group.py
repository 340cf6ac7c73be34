"""A group of submissions decided in one transaction, in order, each after the ones before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from ledger.append.recorded import RecordingClock
from ledger.authority import public_keys
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


@dataclass(frozen=True, slots=True)
class Memory:
    """What the appender knows between groups: the world, and each stream's last version."""

    world: World = World()
    versions: dict[str, int] = field(default_factory=dict)


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
        self._taken: dict[str, int] = {}
        self._ids: dict[str, int] = {}

    def plan(self, head: Head, tail: Tail) -> Plan | None:
        """Decide under the lock. Nothing of a submission that is refused remains."""
        self.memory = _caught_up(self.memory, head)
        last = parse_instant(head.recorded_at) if head.recorded_at else None
        self._clock.check(last)
        size = head.size
        self._look_up(tail)
        for pending in self.pending:
            moment = self._clock.after(last)
            try:
                made = self._take(pending, size, moment, tail)
            except LedgerError as fault:
                pending.fault = fault
                continue
            if made:
                last, size = moment, size + made
        if not self.entries:
            return None
        frontier, nodes = head.frontier.extend(leaf_hash(entry.raw) for entry in self.entries)
        assert last is not None
        following = Head(frontier, format_instant(last))
        return Plan(tuple(self.entries), nodes, following, self._checkpoints)

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
        memory, entries = _decide_batch(pending.batch, self.memory, size, moment, tail, self._ids)
        self.memory = memory
        self.entries.extend(entries)
        for entry in entries:
            self._taken[entry.payload_hash] = self._ids[entry.event] = entry.index
        pending.indexes = [entry.index for entry in entries]
        return len(entries)


def _decide_batch(
    batch: Sequence[Submission], memory: Memory, size: int, moment: datetime, tail: Tail, ids: dict[str, int]
) -> tuple[Memory, list[NewEntry]]:
    world = memory.world
    recorded_at = format_instant(moment)
    entries: list[NewEntry] = []
    seen_ids: set[str] = set()
    fresh: dict[str, int] = {}
    for place, submission in enumerate(batch):
        event = submission.event
        try:
            if event.id in ids or event.id in seen_ids:
                raise Refusal("event-id-used", "/id", event.id)
            seen_ids.add(event.id)
            world = load_for(world, event, tail)
            _verify(world, submission)
            stated = Stated(event, submission.payload_hash, size + place, recorded_at)
            today = local_date(moment, _zone(world)).isoformat()
            made = _new_names(world, submission)
            world = _judge(world, stated, today, batch_start=size)
            version = fresh.get(event.subject)
            if version is None:
                version = memory.versions.get(event.subject)
            if version is None:
                version = tail.version(event.subject)
            fresh[event.subject] = version + 1
            entries.append(_entry(world, submission, stated, version + 1, made))
        except Refusal as refusal:
            raise _placed(refusal, place, len(batch)) from refusal
        except NeedsAcknowledgement as asked:
            raise _asked(asked, place, len(batch)) from asked
    _check_whole(world, batch)
    # In place: after a failed commit the whole memory is dropped.
    memory.versions.update(fresh)
    return Memory(world, memory.versions), entries


def _judge(world: World, stated: Stated, today: str, *, batch_start: int) -> World:
    """The next world. What goes wrong in a rule is this submission's fault alone."""
    try:
        return decide(world, stated, today, batch_start=batch_start).world
    except LedgerError:
        raise
    except Exception as error:
        raise LedgerError(f"a rule failed on event {stated.event.id}: {error!r}") from error


def _zone(world: World) -> ZoneInfo:
    if world.root.opened:
        return ZoneInfo(world.root.zone)
    return ZoneInfo("UTC")


def _verify(world: World, submission: Submission) -> None:
    """Check the signatures, unless they were checked before the submission got here."""
    if not submission.verified:
        keys = public_keys(world, submission.event)
        missing = [signer for signer in submission.event.signers if signer.kid not in keys]
        if not missing:
            verify_envelope(submission.envelope, keys)


def _new_names(world: World, submission: Submission) -> tuple[str, ...]:
    return tuple(name for name in names_made(submission.event) if name not in world.names)


def _entry(
    world: World, submission: Submission, stated: Stated, version: int, names: tuple[str, ...]
) -> NewEntry:
    raw = format_entry(
        genesis=world.root.genesis,
        index=stated.index,
        stream=stated.event.subject,
        version=version,
        recorded_at=stated.recorded_at,
        envelope=submission.envelope,
    )
    event = stated.event
    return NewEntry(stated.index, event.subject, version, raw, stated.payload_hash, event.id, names)


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


def _caught_up(memory: Memory, head: Head) -> Memory:
    """Forget what another process may have changed: streams are loaded again when needed."""
    if memory.world.position == head.size:
        return memory
    return Memory(replace(World(), position=head.size), {})
