"""Checks of what an entry itself says: its form, its signatures, and who may say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from api.checking.outcome import Checked, failed, passed, undetermined
from ledger.authority import public_keys
from ledger.doubt import doubts_of, offices_behind
from ledger.envelope import verify_envelope
from ledger.errors import LedgerError, Refusal
from ledger.event import Common
from ledger.ids import body_stream, split_stream
from ledger.store.base import LogReader
from ledger.streams import load_for, load_offices, load_stream
from ledger.verify.doubting import Said
from ledger.verify.entry_file import EntryFile, Row
from ledger.verify.judging import (
    AUTHORITY,
    Nothing,
    Placed,
    Surroundings,
    judge,
    read_placed,
)
from ledger.world import World

STREAM_MAX = 5000  # entries of a stream that are judged again for one page; the offline verifier has no limit
OF_KEYS = frozenset(["unknown-key", "key-not-accepted", "key-of-another", "key-revoked", "key-retired"])
AFTER_FORM = ("signature", "key", "authority", "rules")


def read_form(row: Row, genesis: str, event: str) -> tuple[Placed | None, Checked]:
    """The entry read strictly: in its one form, at its own place, and the event that was asked for."""
    try:
        placed = read_placed(row, genesis)
    except (LedgerError, ValueError, KeyError, TypeError):
        return None, failed("form", number=row.leaf + 1)
    if placed.submission.event.id != event:
        return None, failed("form", "other-event", number=row.leaf + 1)
    return placed, passed("form", number=row.leaf + 1)


def unread() -> Iterator[Checked]:
    """Of an entry that cannot be read nothing more can be said."""
    return (undetermined(code, "unread") for code in AFTER_FORM)


def check_entry(reader: LogReader, file: EntryFile, placed: Placed) -> Iterator[Checked]:
    """signature, key, authority, rules: as the door judged them at the entry's own place in the log."""
    event, index = placed.submission.event, placed.entry.index
    before = reader.at_position(index)
    if placed.entry.version > STREAM_MAX:
        yield from (undetermined(code, "too-long", limit=STREAM_MAX) for code in AFTER_FORM)
        return
    try:
        world = load_for(replace(World(), position=index), event, before)
    except (LedgerError, ValueError, KeyError, TypeError, AttributeError):
        yield from (undetermined(code, "history-unread") for code in AFTER_FORM)
        return
    yield _signature(world, placed)
    _, fault = judge(world, placed, Surroundings(file), Nothing(file, index), verify=False)
    yield from _judged(event, fault.code if fault is not None else None)


def _signature(world: World, placed: Placed) -> Checked:
    event = placed.submission.event
    facts: dict[str, Any] = {
        "count": len(placed.envelope.signatures),
        "payload": placed.submission.payload_hash,
    }
    try:
        verify_envelope(placed.envelope, public_keys(world, event))
    except Refusal as refusal:
        if refusal.code == "unknown-key":
            return undetermined("signature", "no-key", kid=refusal.got)
        return failed("signature", kid=refusal.got)
    return passed("signature", **facts)


def _judged(event: Common, code: str | None) -> Iterator[Checked]:
    """Judging ends at the first thing that is wrong: what comes after it was not reached."""
    persons = [signer.person for signer in event.signers]
    offices = [signer.office for signer in event.signers]
    facts: dict[str, Any] = {"persons": persons, "offices": offices, "why": code}
    if code is None:
        yield passed("key", **facts)
        yield passed("authority", **facts)
        yield passed("rules", **facts)
    elif code in OF_KEYS:
        yield failed("key", **facts)
        yield undetermined("authority", "unreached")
        yield undetermined("rules", "unreached")
    elif code in AUTHORITY:
        # Keys and offices are judged signer by signer: what was not reached is not said to hold.
        yield undetermined("key", "unreached")
        yield failed("authority", **facts)
        yield undetermined("rules", "unreached")
    elif code == "entry-missing":
        yield from (undetermined(name, "history-unread") for name in AFTER_FORM[1:])
    else:
        yield undetermined("key", "unreached")
        yield undetermined("authority", "unreached")
        yield failed("rules", **facts)


def check_doubt(world: World, reader: LogReader, placed: Placed) -> list[Checked]:
    """What stands against it as the registry is now. world: at the head, with the entry's stream."""
    stream = placed.submission.event.subject
    said = Said(
        placed.submission.event.id,
        placed.entry.index,
        placed.submission.event.signers,
        placed.entry.recorded_at,
    )
    now = reader.at_position(world.position)
    try:
        world = load_offices(world, list(offices_behind(world, stream, said)), now)
        family, name = split_stream(stream)
        for body in (name, *world.root.lineage(name)) if family == "body" else ():
            world = load_stream(world, body_stream(body), now)
        found = doubts_of(world, stream, said)
    except (LedgerError, KeyError):
        return [undetermined("doubt", "history-unread")]
    if not found:
        return [passed("doubt")]
    return [
        undetermined("doubt", one.doubt, one.because or "", person=one.person, office=one.office)
        for one in found
    ]
