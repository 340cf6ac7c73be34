"""Which acts account for a difference, to the kopiyka: the fewest without which, or with which, it is closed.

The cells are folded anew for every choice: without the acts that the treasury would lack, with those that it
would have already. A choice explains only if that gives the treasury's own figure, so an act that a later one
has overwritten explains nothing. Half an explanation would be a guess; if several choices of the same least
number of acts fit, none is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations
from typing import Final

from projections.money.books import Standing
from projections.money.figures import held

TOGETHER_MAX: Final = 12  # candidates; of more, only single acts are tried
Place = tuple[int, int]  # a cell, and one of its writes


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one act does to a figure. act: None for an event without one, which `slot` names (leaf index).

    counted: do its statements stand in the ledger's figure? Then the treasury lacks it; else the treasury has
    it and the figure does not. places: its writes. delta: what they change; 0 until they explain something.
    """

    act: str | None
    slot: int
    date: str
    counted: bool
    entries: tuple[int, ...]
    places: frozenset[Place]
    delta: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Explained:
    """by: the acts, newest first. fits: how many choices of the least number of acts fit; 0 if none does."""

    by: tuple[Candidate, ...]
    fits: int


class Cells:
    """Some cells that add up to a figure, to be folded with and without some of their writes.

    cells: of each its writes, and the places of those that stand in the figure.
    """

    def __init__(self, cells: Sequence[tuple[Sequence[Standing], frozenset[int]]]) -> None:
        self.cells = cells
        self._folded: dict[tuple[int, frozenset[int]], Decimal] = {}
        self._whole = sum((self._of(cell, frozenset()) for cell in range(len(cells))), Decimal(0))

    def figure(self, turned: frozenset[Place] = frozenset()) -> Decimal:
        """What they come to with some writes turned: those that stand left out, the others put in."""
        by_cell: dict[int, set[int]] = {}
        for cell, place in turned:
            by_cell.setdefault(cell, set()).add(place)
        steps = (
            self._of(cell, frozenset(places)) - self._of(cell, frozenset())
            for cell, places in by_cell.items()
        )
        return self._whole + sum(steps, Decimal(0))

    def _of(self, cell: int, turned: frozenset[int]) -> Decimal:
        if (cell, turned) not in self._folded:
            writes, counted = self.cells[cell]
            standing = sorted(counted ^ turned, reverse=True)
            self._folded[cell, turned] = held(writes[place].placed for place in standing)
        return self._folded[cell, turned]


def explain(treasury: Decimal, cells: Cells, candidates: Sequence[Candidate]) -> Explained:
    """treasury: its figure, which is not that of the cells. Cost: 2^12 sums over the cells at the most."""
    ordered = sorted(candidates, key=_newest_first)
    largest = len(ordered) if len(ordered) <= TOGETHER_MAX else 1
    for size in range(1, largest + 1):
        found = [
            chosen for chosen in combinations(ordered, size) if cells.figure(_places(chosen)) == treasury
        ]
        if found:
            chosen = found[0] if len(found) == 1 else ()
            return Explained(_with_deltas(cells, chosen), len(found))
    return Explained((), 0)


def _places(chosen: Sequence[Candidate]) -> frozenset[Place]:
    return frozenset[Place]().union(*(one.places for one in chosen))


def _with_deltas(cells: Cells, chosen: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Each with what it changes, turned after those before it: together they close the difference."""
    found: list[Candidate] = []
    for number, one in enumerate(chosen):
        step = cells.figure(_places(chosen[: number + 1])) - cells.figure(_places(chosen[:number]))
        found.append(replace(one, delta=-step if one.counted else step))
    return tuple(found)


def _newest_first(one: Candidate) -> tuple[int, int]:
    return (-int(one.date.replace("-", "")), -max(one.entries))


@dataclass(slots=True)
class _Made:
    date: str
    entries: set[int]
    places: set[Place]


def candidates_of(cells: Cells, day: str) -> list[Candidate]:
    """The acts behind some cells, but those made after the day: the treasury cannot have followed them."""
    made: dict[tuple[str | None, int, bool], _Made] = {}
    for cell, (writes, counted) in enumerate(cells.cells):
        for place, one in enumerate(writes):
            if place not in counted and one.placed.rank[1] > day:
                continue
            act = one.placed.act
            key = (act, -1 if act is not None else one.placed.rank[3], place in counted)
            found = made.setdefault(key, _Made(one.placed.rank[1], set(), set()))
            found.entries.add(one.placed.entry)
            found.places.add((cell, place))
    return [
        Candidate(act, slot, found.date, counted, tuple(sorted(found.entries)), frozenset(found.places))
        for (act, slot, counted), found in made.items()
    ]
