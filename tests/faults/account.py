"""What was acknowledged against what is found: the figures of the table that is printed."""

from __future__ import annotations

from base64 import b64decode
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from ledger.entry import Entry
from tests.faults.load import Load
from tests.support.batches import batches_in, is_whole

COLUMNS = ("acknowledged", "found", "lost", "doubled", "half", "refused", "cut")


@dataclass(frozen=True)
class Found:
    """All that a store holds: its entries in order, and what belongs to no whole entry, in words."""

    entries: list[Entry]
    torn: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Account:
    """acknowledged: events with a receipt. found: of them, on the record as the receipt says. lost: the rest.

    doubled: events that are there more than once. half: entries, batches and keys that are not whole.
    refused, cut: requests that were answered with 4xx or 5xx, or not at all.
    """

    acknowledged: int
    found: int
    lost: int
    doubled: int
    half: int
    refused: int
    cut: int

    def check(self, at_least: int) -> None:
        """Nothing lost, nothing doubled, nothing by half; and it was not about nothing."""
        assert self.acknowledged >= at_least > 0, self
        assert (self.lost, self.doubled, self.half) == (0, 0, 0), self
        assert self.found == self.acknowledged, self


def reckon(load: Load, found: Found) -> Account:
    """Compare byte for byte: a receipt holds its own entry."""
    times = Counter(entry.payload for entry in found.entries)
    places = {entry.payload: entry for entry in found.entries}
    kept = sum(_is_there(receipt, places.get(payload)) for payload, receipt in load.acknowledged.items())
    return Account(
        acknowledged=len(load.acknowledged),
        found=kept,
        lost=len(load.acknowledged) - kept,
        doubled=sum(count > 1 for count in times.values()),
        half=len(found.torn) + _partial(found.entries),
        refused=load.refused.total(),
        cut=load.cut,
    )


def _is_there(receipt: Any, entry: Entry | None) -> bool:
    return entry is not None and b64decode(receipt["entry"]) == entry.raw


def _partial(entries: Collection[Entry]) -> int:
    return sum(not is_whole(marker, members) for marker, members in batches_in(entries).items())
