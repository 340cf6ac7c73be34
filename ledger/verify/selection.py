"""What a selected entry rests on is here too: its adoption, and each event and statement that it names.

What speaks of it (a voice, a later correction) may be left out: a selection proves no absence.
Source: docs/proof.md, Bundles.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.entry import read_entry
from ledger.errors import LedgerError
from ledger.event import Common, Corrects, Stated
from ledger.verify.entry_file import EntryFile
from ledger.verify.report import Check, Fault

# Members of `data` that name the first event of a slot of the same stream, as the door asks.
_SLOTS = ("proposal", "report", "transfer", "observation")


def check_rested(check: Check, file: EntryFile, stream: str, end: int, without: frozenset[int]) -> None:
    """Look at the entries of a programme of which only some are here."""
    said = list(_stated(file, stream, end, without))
    events, payloads = {one.event.id for one in said}, {one.payload_hash for one in said}
    check.count += len(said)
    for one in said:
        events_named, payloads_named = {*_events(one.event)}, {*_payloads(one.event)}
        for missing in sorted((events_named - events) | (payloads_named - payloads)):
            check.fail(Fault("named-missing", one.index, one.event.id, missing))
    first = next(file.of_stream(stream, end), None)
    if said and (first is None or first.version != 1 or first.leaf in without):
        check.fail(Fault("programme-missing", said[0].index, stream))


def _stated(file: EntryFile, stream: str, end: int, without: frozenset[int]) -> Iterator[Stated]:
    for row in file.of_stream(stream, end):
        if row.leaf in without:
            continue
        try:
            yield read_entry(row.raw).stated()
        except (LedgerError, ValueError, KeyError, TypeError, AttributeError):
            continue  # another check says that this is no entry


def _statements(event: Common) -> Iterator[Corrects]:
    """Those that it names by their slot and their own hash."""
    if event.relations.corrects is not None:
        yield event.relations.corrects
    if event.kind == "entry.reaffirmed" and event.data is not None:
        yield from event.data.entries


def _payloads(event: Common) -> Iterator[str]:
    return (one.payload for one in _statements(event))


def _events(event: Common) -> Iterator[str]:
    yield from (one.event for one in _statements(event))
    if event.relations.enacts is not None:
        yield event.relations.enacts.proposal
    about = getattr(event.data, "about", None)
    named = [getattr(event.data, name, None) for name in _SLOTS]
    yield from (one for one in (*named, getattr(about, "event", None)) if isinstance(one, str))
