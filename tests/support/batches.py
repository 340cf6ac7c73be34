"""Submissions of a load: single events and batches, each batch marked so that one in part is seen."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from uuid import uuid4

import orjson

from ledger.entry import Entry
from tests.support.log import BOOKS, ROADS, SCHOOLS, Small

MARKER = re.compile(r"batch [0-9a-f-]{36} of ([0-9]+)")


def batch_of(small: Small, chance: random.Random) -> list[bytes]:
    """One payload, or a batch whose reason names it and its size: it must be there whole."""
    if chance.random() < 0.7:
        return [chance.choice((small.person, small.act, small.transfer))()]
    count = chance.randint(2, 6)
    marker = f"batch {uuid4()} of {count}"
    programmes = chance.choices((ROADS, SCHOOLS, BOOKS), k=count)
    return [small.transfer(programme, reason=marker) for programme in programmes]


def batches_in(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Marker → its entries, in the order of the log."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        marker = MARKER.fullmatch(orjson.loads(entry.payload).get("reason", ""))
        if marker is not None:
            found.setdefault(marker.group(), []).append(entry)
    return found


def is_whole(marker: str, entries: list[Entry]) -> bool:
    """Are all members of a batch there, side by side, under one instant?"""
    first, count = entries[0].index, int(marker.rpartition(" ")[2])
    placed = [entry.index for entry in entries] == list(range(first, first + count))
    return placed and len({entry.recorded_at for entry in entries}) == 1


def check_batches(entries: Iterable[Entry]) -> None:
    """No batch is there in part."""
    for marker, members in batches_in(entries).items():
        assert is_whole(marker, members), f"a batch is there in part: {marker}"
