"""How an event stood to what was proposed and asked for, as its record says."""

from __future__ import annotations

from ledger.event import Stated
from projections.doubtful import mark_entries
from projections.reading import Reading
from projections.recording import Doc
from projections.records import read_record

_SHORT = ("proposal", "met", "lacking")


def read_consent(reading: Reading, stated: Stated, *, whole: bool = False) -> Doc | None:
    """None if nothing was proposed or asked for. whole: every tally, not only what came of them.

    reading.position must be after the entry: what is recorded here never changes, only the doubt in
    which the endorsements stand that counted.
    """
    if not stated.event.subject.startswith("programme:"):
        return None
    found = read_record(reading.at(stated.index + 1), "consent", stated.event.id)
    if found is not None and whole:
        mark_entries(reading, found["tallies"])
    if found is None or whole:
        return found
    return {name: found[name] for name in _SHORT}
