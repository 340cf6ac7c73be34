"""Acknowledged against found: each receipt's event must be in the log where the receipt says, once."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

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
    database: Database, appends: Sequence[bytes], acknowledged: Iterable[tuple[float, int, int]]
) -> Held:
    """appends: whole requests; acknowledged: (when, place among the appends, index in the log)."""
    reader = open_reader(database)
    try:
        payloads, broken = _read(reader)
    finally:
        reader.close()
    told = {(place, index) for _, place, index in acknowledged}
    found = sum(
        index < len(payloads) and payloads[index] == payload_of(appends[place]) for place, index in told
    )
    doubled = sum(count > 1 for count in Counter(payloads).values())
    return Held(len(told), found, len(told) - found, doubled, tuple(broken))


def _read(reader: LogReader) -> tuple[list[str], list[str]]:
    """Each entry's payload hash by its index, and what does not fit together."""
    payloads, broken, frontier = list[str](), list[str](), Frontier.empty()
    for start, page in _pages(reader):
        for place, (raw, index, payload) in enumerate(page, start):
            if index != place:
                broken.append(f"entry {place} says that it is {index}")
            payloads.append(payload)
            frontier, _ = frontier.append(leaf_hash(raw))
        hashes = payloads[start:]
        if reader.recorded(hashes) != {payload: start + n for n, payload in enumerate(hashes)}:
            broken.append(f"the table of payloads differs from entry {start} on")
    head = reader.head()
    if (head.size, head.frontier.root()) != (len(payloads), frontier.root()):
        broken.append(f"the head is of {head.size} entries, and there are {len(payloads)}")
    return payloads, broken


def _pages(reader: LogReader) -> Iterator[tuple[int, list[tuple[bytes, int, str]]]]:
    start = 0
    while entries := reader.entries(start, PAGE):
        yield start, [(one.raw, one.index, hashlib.sha256(one.payload).hexdigest()) for one in entries]
        start += len(entries)
