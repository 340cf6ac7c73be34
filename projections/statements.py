"""Statements of a slot: the event, its corrections, and which of them is in force."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ledger.entry import Entry
from ledger.event import Stated
from ledger.store.base import Tail
from ledger.values import EVENT_ID
from projections.doubtful import read_doubt
from projections.reading import Reading

_EVENT_ID = re.compile(EVENT_ID)


def is_event_id(text: str) -> bool:
    return _EVENT_ID.fullmatch(text) is not None


def _statements(log: Tail, entry: Entry) -> Iterator[Stated]:
    """Every statement of an entry's slot, in order; the stream is read once."""
    slot = entry.stated().slot
    needle = slot.encode()
    for other in log.stream(entry.stream):
        if needle in other.payload:
            stated = other.stated()
            if stated.slot == slot:
                yield stated


def corrections_of(reading: Reading, entry: Entry) -> list[dict[str, Any]]:
    """What states the entry's slot again, after the entry."""
    return [
        {
            "event": stated.event.id,
            "index": stated.index,
            "recorded_at": stated.recorded_at,
            "doubt": read_doubt(reading, entry.stream, stated.index),
        }
        for stated in _statements(reading.log, entry)
        if stated.index > entry.index
    ]


def statement_in_force(reading: Reading, entry: Entry) -> dict[str, str | None]:
    """The slot's newest statement; its payload hash is what a correction must name."""
    *_, newest = _statements(reading.log, entry)
    doubt = read_doubt(reading, entry.stream, newest.index)
    return {"event": newest.event.id, "payload": newest.payload_hash, "doubt": doubt}
