"""How long after it was recorded an entry was first anchored outside.

A cosignature or a stamp shows that an entry was there by then, and not since when: between two anchors the
ledger's own clock alone tells the time. Source: docs/questions.md, question 7.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Final

from ledger.clock import parse_instant
from ledger.ids import LeafIndex
from projections.anchoring import first_over
from projections.findings.case import Case
from projections.findings.dossier import Said
from projections.questions.log import KINDS
from projections.questions.question import Item
from projections.recording import Doc

GAP_MAX_SECONDS: Final = 86_400  # a day: what else is judged by, counts days


@dataclass(frozen=True, slots=True)
class Wait:
    """anchored: the first instant that an anchor over the entry states; "" where none states any."""

    index: int
    recorded: str
    anchored: str

    @property
    def seconds(self) -> float:
        """Never below zero: clocks differ. Without an instant there is no end to it."""
        if not self.anchored:
            return inf
        return max((parse_instant(self.anchored) - parse_instant(self.recorded)).total_seconds(), 0.0)

    @property
    def hours(self) -> str | None:
        return f"{self.seconds / 3600:.1f}" if self.anchored else None

    def item(self) -> Item:
        values = {"recorded": self.recorded, "anchored": self.anchored or None, "gap_hours": self.hours}
        at = self.anchored or "…"
        sentence = (
            f"№ {self.index + 1}: зареєстровано {self.recorded}, уперше засвідчено ззовні {at}",
            f"№ {self.index + 1}: recorded {self.recorded}, first anchored outside {at}",
        )
        return Item(sentence, entries=(self.index,), values=values)


def waits(case: Case, entries: list[Said]) -> list[Wait]:
    """Of anchored entries, in the order of the log; one checkpoint is the first over many of them."""
    over: list[Doc | None] = [None for _ in KINDS]
    found = []
    for said in entries:
        for place, kind in enumerate(KINDS):
            doc = over[place]
            if doc is None or doc["size"] <= said.index:
                over[place] = first_over(case.reading, said.index, kind)
        first = min((at for doc in over if doc is not None for at in _instants(doc)), default="")
        found.append(Wait(said.index, said.stated.recorded_at, first))
    return found


def _instants(doc: Doc) -> Iterator[str]:
    """What the cosignatures of a checkpoint state, or its stamp."""
    told = [one["at"] for one in doc.get("cosignatures", ())] or [doc.get("at")]
    yield from (at for at in told if at is not None)


def anchored_to(case: Case) -> int:
    """How many of the log's first entries a recorded cosignature or stamp vouches for."""
    low, high = 0, case.position  # what covers an entry covers those before it
    while low < high:
        middle = (low + high) // 2
        if any(first_over(case.reading, LeafIndex(middle), kind) for kind in KINDS):
            low = middle + 1
        else:
            high = middle
    return low
