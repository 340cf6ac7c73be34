"""Which entries of a programme an answer about one event or act rests on.

A statement brings the programme's adoption with it (whose programme it is decides who may speak), its slot
with every correction, what it names (a proposal, a report, what it re-affirms), and what was said on
those proposals or re-affirms any of it. Source: docs/proof.md, Bundles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from ledger.entry import read_entry
from ledger.event import Common
from ledger.verify.entry_file import EntryFile

ADOPTED = "programme.adopted"
SPEAKING = frozenset(("change.endorsed", "change.refused", "change.withdrawn", "entry.reaffirmed"))


@dataclass(frozen=True, slots=True)
class Statement:
    """One entry of a programme. named: the ids of events that it names, and perhaps other words."""

    index: int
    slot: str
    event: Common
    named: frozenset[str]

    def cites(self, act: str) -> bool:
        return self.event.act is not None and self.event.act.id == act


class Story:
    """A programme's statements below a position."""

    def __init__(self, file: EntryFile, stream: str, end: int) -> None:
        self.statements = [_read(row.raw) for row in file.of_stream(stream, end)]
        self._slot_of = {one.event.id: one.slot for one in self.statements}
        self._slots: dict[str, list[Statement]] = defaultdict(list)
        self._spoken: dict[str, set[str]] = defaultdict(set)
        for one in self.statements:
            self._slots[one.slot].append(one)
            if one.event.kind in SPEAKING:
                for slot in self._named(one):
                    self._spoken[slot].add(one.slot)

    def resting(self, wanted: Callable[[Statement], bool]) -> frozenset[int]:
        """Leaf indexes of the wanted statements and of all that they rest on; empty if none is wanted."""
        waiting = [one.slot for one in self.statements if wanted(one)]
        if not waiting:
            return frozenset()
        waiting += [one.slot for one in self.statements if one.event.kind == ADOPTED]
        found: set[str] = set()
        while waiting:
            slot = waiting.pop()
            if slot not in found:
                found.add(slot)
                waiting += self._beside(slot)
        return frozenset(one.index for slot in found for one in self._slots[slot])

    def _beside(self, slot: str) -> Iterable[str]:
        """What a slot names, and what speaks of it."""
        named = (other for one in self._slots[slot] for other in self._named(one))
        return {*named, *self._spoken[slot]}

    def _named(self, one: Statement) -> Iterator[str]:
        return (self._slot_of[name] for name in one.named if name in self._slot_of)


def _read(raw: bytes) -> Statement:
    entry = read_entry(raw)
    stated = entry.stated()
    payload = orjson.loads(entry.payload)
    named = frozenset(_words({name: payload.get(name) for name in ("data", "relations")}))
    return Statement(entry.index, stated.slot, stated.event, named)


def _words(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _words(one)
    elif isinstance(value, list):
        for one in value:
            yield from _words(one)
