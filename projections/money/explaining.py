"""Which acts account for a difference, to the kopiyka: the fewest whose own changes add up to it.

An act either closes the whole difference, alone or with others, or explains nothing of it: half an
explanation would be a guess. If several choices of the same least number of acts fit, none is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Final

from projections.money.books import Standing, answer_of
from projections.money.figures import amount_of

TOGETHER_MAX: Final = 12  # candidates; of more, only single acts are tried


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one act does to a figure. act: None for an event without one, which `slot` names (leaf index).

    delta: by how much its own statements change the figure's cells. counted: do they stand in the ledger's
    figure? Then the treasury lacks it; else the treasury has it and the figure does not.
    """

    act: str | None
    slot: int
    date: str
    delta: Decimal
    counted: bool
    entries: tuple[int, ...]

    @property
    def closes(self) -> Decimal:
        """What of treasury − ledger it accounts for."""
        return -self.delta if self.counted else self.delta


@dataclass(frozen=True, slots=True)
class Explained:
    """by: the acts, newest first. fits: how many choices of the least number of acts fit; 0 if none does."""

    by: tuple[Candidate, ...]
    fits: int


def explain(difference: Decimal, candidates: Sequence[Candidate]) -> Explained:
    """difference: treasury − ledger, not zero. Cost: 2^12 sums at the most."""
    ordered = sorted((one for one in candidates if one.closes), key=_newest_first)
    largest = len(ordered) if len(ordered) <= TOGETHER_MAX else 1
    for size in range(1, largest + 1):
        found = [
            chosen
            for chosen in combinations(ordered, size)
            if sum((one.closes for one in chosen), Decimal(0)) == difference
        ]
        if found:
            return Explained(found[0] if len(found) == 1 else (), len(found))
    return Explained((), 0)


def _newest_first(one: Candidate) -> tuple[int, int]:
    return (-int(one.date.replace("-", "")), -max(one.entries))


@dataclass(slots=True)
class _Sum:
    date: str
    delta: Decimal
    entries: set[int]


def candidates_of(cells: Sequence[tuple[Sequence[Standing], frozenset[int]]], day: str) -> list[Candidate]:
    """The acts behind some cells. cells: each one's writes, and the places of those that stand in the figure.

    An act made after the day is none: the treasury cannot have followed it by then. A write's own change is
    what history shows for it: its value less what it found on its first day.
    """
    sums: dict[tuple[str | None, int, bool], _Sum] = {}
    for writes, counted in cells:
        for place, one in enumerate(writes):
            if place not in counted and one.placed.rank[1] > day:
                continue
            act = one.placed.act
            key = (act, -1 if act is not None else one.placed.rank[3], place in counted)
            found = sums.setdefault(key, _Sum(one.placed.rank[1], Decimal(0), set()))
            found.delta += own_change(writes, place)
            found.entries.add(one.placed.entry)
    return [
        Candidate(act, slot, found.date, found.delta, counted, tuple(sorted(found.entries)))
        for (act, slot, counted), found in sums.items()
    ]


def own_change(writes: Sequence[Standing], place: int) -> Decimal:
    """What a write adds to what it found; an unset takes it away, and what is no amount counts as nothing."""
    one = writes[place].placed
    if one.op == "add":
        return Decimal(one.value)
    found = amount_of(answer_of(writes, one.rank[0], one.rank)) or Decimal(0)
    return (amount_of(one) or Decimal(0)) - found
