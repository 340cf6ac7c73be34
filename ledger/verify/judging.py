"""One entry judged again, exactly as the door judged it at its place in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from ledger.authority import check_authority, public_keys
from ledger.claims import check_certificates, claims_of, zone_of
from ledger.clock import local_date, parse_instant
from ledger.door import NeedsAcknowledgement, decide
from ledger.entry import Entry, format_entry, read_entry
from ledger.envelope import Envelope, parse_envelope, verify_envelope
from ledger.errors import LedgerError, Refusal, StorageError
from ledger.event import Stated
from ledger.ids import split_stream
from ledger.kinds import kind_of
from ledger.rules import check_ledger, check_subject
from ledger.streams import load_for
from ledger.submission import Submission, read_submission
from ledger.verify.entry_file import EntryFile, Row
from ledger.verify.report import Fault
from ledger.world import World, evolve

# Refusals that are about who spoke, not about what was said.
AUTHORITY = frozenset(
    [
        "unknown-key",
        "unknown-office",
        "office-may-not",
        "foreign-body",
        "key-not-accepted",
        "key-of-another",
        "key-revoked",
        "key-retired",
        "no-mandate",
        "registrar-needed",
        "not-a-registrar",
        "too-few-registrars",
        "signers-differ",
        "certificate-mismatch",
        "service-only",
        "not-a-service",
        "signer-not-allowed",
    ]
)


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry in its one form, with the submission inside. today: the local date of recorded_at."""

    entry: Entry
    envelope: Envelope
    submission: Submission


class FormError(LedgerError):
    """Bytes that are no entry of this ledger at this place."""


def read_placed(row: Row, genesis: str) -> Placed:
    """Read an entry strictly: one form, its own place, its own stream. Raises FormError, Refusal."""
    if not isinstance(row.raw, bytes):
        raise FormError("the entry is no bytes")
    try:
        entry = read_entry(row.raw)
        envelope = parse_envelope(entry.envelope)
        one_form = format_entry(
            genesis=genesis,
            index=row.leaf,
            stream=row.stream,
            version=row.version,
            recorded_at=entry.recorded_at,
            envelope=envelope,
        )
        parse_instant(entry.recorded_at)
    except Refusal:
        raise
    except (LedgerError, ValueError, TypeError) as error:
        raise FormError(f"this is no entry: {error}") from error
    if one_form != row.raw:
        raise FormError("the entry is of another ledger or place, or not in its one form")
    submission = read_submission(envelope)
    if submission.event.subject != row.stream:
        raise FormError(f"the event is about {submission.event.subject}, and stands in {row.stream}")
    return Placed(entry, envelope, submission)


class NotHere(StorageError):
    """A rule reads an entry that is not here. index: its leaf index."""

    def __init__(self, index: int) -> None:
        super().__init__(f"entry {index}, whose time a rule reads, is not here")
        self.index = index


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a rule reads of other entries: when those before were recorded, and where a batch starts.

    asked_time: told the indexes whose time was read, for whoever makes a bundle.
    """

    file: EntryFile
    asked_time: Callable[[int], None] = lambda index: None

    def recorded_before(self, position: int) -> str:
        """recorded_at of a prefix's last entry. Raises NotHere if that entry is not here."""
        self.asked_time(position - 1)
        found = self.file.recorded_at(position - 1)
        if found is None:
            raise NotHere(position - 1)
        return found

    def batch_start(self, index: int, recorded_at: str) -> int:
        """The first index here of the batch that an entry came in: equal neighbours in time mark it."""
        while True:
            before = self.file.before(index)
            if before is None or before[1] != recorded_at:
                return index
            index = before[0]


class Nothing:
    """A reader of streams for a replay from the start: what is there was replayed already.

    Of a programme that is not replayed beside the registry, the first entry may be read: it names the body
    that adopted it. unfounded: told each programme of which it is not here below this index, and the index;
    where entries may be missing that is no proof that there was none.
    """

    def __init__(
        self,
        file: EntryFile,
        below: int,
        unfounded: Callable[[str, int], None] = lambda stream, below: None,
    ) -> None:
        self._file, self._below, self._unfounded = file, below, unfounded

    def names(self, names: Iterable[str]) -> dict[str, str]:
        return {}

    def stream(self, stream: str) -> Iterator[Entry]:
        if split_stream(stream)[0] != "programme":
            return
        row = next(self._file.of_stream(stream, self._below), None)
        if row is None or row.version != 1:  # another entry names no body
            self._unfounded(stream, self._below)
            return
        yield read_entry(row.raw)


def judge(
    world: World,
    placed: Placed,
    around: Surroundings,
    reader: Nothing,
    *,
    verify: bool,
    authority_only: bool = False,
) -> tuple[World, Fault | None]:
    """The world after an entry, and what the door would have against it.

    What may not stand in the log is taken all the same, so that the entries after it are judged by what
    the log holds. verify: check the signatures here too. authority_only: of a selection, in which the
    state is not that a rule would have read: ask for the ledger, the subject and who may say it.
    """
    event, entry = placed.submission.event, placed.entry
    world = replace(world, position=entry.index)
    try:
        world = load_for(world, event, reader)
        check_certificates(world, event, placed.envelope)
        keys = public_keys(world, event)
        for place, signer in enumerate(event.signers):
            if signer.kid not in keys:
                raise Refusal("unknown-key", f"/signers/{place}/kid", signer.kid)
        if verify:
            verify_envelope(placed.envelope, keys)
        zone = zone_of(world)
        claims = claims_of(placed.envelope, event, zone, around.recorded_before)
        stated = Stated(event, placed.submission.payload_hash, entry.index, entry.recorded_at, claims)
        today = local_date(parse_instant(entry.recorded_at), zone).isoformat()
        if authority_only:
            check_ledger(world, stated)
            check_subject(world, event)
            check_authority(world, stated, kind_of(event.kind), today)
            return take(world, placed), None
        start = around.batch_start(entry.index, entry.recorded_at)
        return decide(world, stated, today, batch_start=start).world, None
    except Refusal as refusal:
        fault = Fault(refusal.code, entry.index, event.id, f"{refusal.pointer or '/'}: {refusal.got}")
    except NotHere as missing:
        fault = Fault("entry-missing", entry.index, event.id, f"№ {missing.index + 1}")
    except NeedsAcknowledgement as asked:
        codes = ", ".join(sorted({one.code for one in asked.found}))
        fault = Fault("not-acknowledged", entry.index, event.id, codes)
    except Exception as error:  # noqa: BLE001 -- a hostile entry may break a rule, never the verifier
        fault = Fault("rule-failed", entry.index, event.id, repr(error))
    return take(world, placed), fault


def told_twice(placed: Placed, events: set[str]) -> list[Fault]:
    """What to say of an event that stands in its stream already; it is noted in `events`.

    A signed envelope can be put into the log again by whoever keeps it; no rule of a kind forbids it.
    """
    event = placed.submission.event.id
    if event in events:
        return [Fault("recorded-twice", placed.entry.index, event)]
    events.add(event)
    return []


def take(world: World, placed: Placed) -> World:
    """The world after an entry, unjudged; the same world if it cannot be taken at all."""
    entry, submission = placed.entry, placed.submission
    stated = Stated(submission.event, submission.payload_hash, entry.index, entry.recorded_at)
    try:
        return evolve(replace(world, position=entry.index), stated)
    except Exception:  # noqa: BLE001 -- it was refused, and that is on the report already
        return replace(world, position=entry.index + 1)
