"""Acknowledged against found: each receipt's event must be in the log where the receipt says, once."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from ledger.log import open_reader
from ledger.merkle import Frontier, leaf_hash
from ledger.store.base import LogReader
from ledger.store.place import Database
from tests.bench.marks import Mark

PAGE = 1000


@dataclass(frozen=True)
class Held:
    """acknowledged, found: how many. lost: acknowledged and not where the receipt says. doubled: payloads
    that are in the log more than once. broken: what of the log does not fit together, in words.
    """

    acknowledged: int
    found: int
    lost: int
    doubled: int
    broken: tuple[str, ...]

    def marks(self) -> list[Mark]:
        """Nothing may be lost, doubled or half-written."""
        said = f"{self.acknowledged:,} acknowledged, {self.found:,} of them found"
        return [
            Mark("acknowledged and lost", "", self.lost, target=0, least=False, note=said),
            Mark("twice in the log", "", self.doubled, target=0, least=False),
            Mark("half-written", "", len(self.broken), target=0, least=False, note="; ".join(self.broken)),
        ]


def payload_of(request: bytes) -> str:
    """SHA-256, hexadecimal, of the payload in a request that appends one event."""
    payload = orjson.loads(request.partition(b"\r\n\r\n")[2])["payload"]
    return hashlib.sha256(urlsafe_b64decode(payload + "=" * (-len(payload) % 4))).hexdigest()


def compare(
    place: Path | Database,
    appends: Sequence[bytes],
    acknowledged: Iterable[tuple[float, int, int]],
    start: int = 0,
) -> Held:
    """appends: whole requests; acknowledged: (when, place among the appends, index in the log).

    start: of the first entry that is read; before it there was none of these. Only from 0 on is the whole
    tree computed anew.
    """
    reader = open_reader(place)
    try:
        payloads, broken = _read(reader, start)
    finally:
        reader.close()
    told = {(n, index) for _, n, index in acknowledged}
    found = sum(payloads.get(index) == payload_of(appends[n]) for n, index in told)
    doubled = sum(count > 1 for count in Counter(payloads.values()).values())
    return Held(len(told), found, len(told) - found, doubled, tuple(broken))


def _read(reader: LogReader, start: int) -> tuple[dict[int, str], list[str]]:
    """Each entry's payload hash by its index, and what does not fit together."""
    payloads, broken, frontier, place = dict[int, str](), list[str](), Frontier.empty(), start
    while entries := reader.entries(place, PAGE):
        page = {one.index: hashlib.sha256(one.payload).hexdigest() for one in entries}
        if [one.index for one in entries] != list(range(place, place + len(entries))):
            broken.append(f"entries have other indexes than their places from {place} on")
        if reader.recorded(page.values()) != {payload: index for index, payload in page.items()}:
            broken.append(f"the table of payloads differs from entry {place} on")
        if not start:
            frontier, _ = frontier.extend(leaf_hash(one.raw) for one in entries)
        payloads |= page
        place += len(entries)
    head = reader.head()
    if head.size != place:
        broken.append(f"the head is of {head.size} entries, and there are {place}")
    if not start and head.frontier.root() != frontier.root():
        broken.append("the head has another root than the entries")
    return payloads, broken
