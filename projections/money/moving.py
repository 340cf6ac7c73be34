"""How money moved by one cause: what was taken from some lines, matched with what other lines were given.

The rule, in this order: first lines of the same year and source, then of the same year, then of the same
source, then any. Within each round the largest decrease takes the largest increase (of equal ones the one
whose path comes first), and either may be split. What no other line was given is `taken`; what no other
line had to give is `added`. So for every line: what moved in, less what moved out, plus added, less taken,
is its change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from heapq import heapify, heappop, heappush
from typing import Final, NamedTuple

from projections.budget import split_segment


class Move(NamedTuple):
    """amount: above zero."""

    source: str
    target: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Matched:
    """moves: in the order in which they were found; added, taken: the rest, by path, above zero."""

    moves: tuple[Move, ...]
    added: Mapping[str, Decimal]
    taken: Mapping[str, Decimal]

    @property
    def moved(self) -> Decimal:
        return sum((move.amount for move in self.moves), Decimal(0))

    @property
    def net(self) -> Decimal:
        """The sum of all changes: moves are no part of it."""
        return sum(self.added.values(), Decimal(0)) - sum(self.taken.values(), Decimal(0))


def _year(path: str) -> str:
    return path.split("/")[3]


def _source(path: str) -> str:
    return split_segment(path.split("/")[4])[0]


_ROUNDS: Final[tuple[Callable[[str], tuple[str, ...]], ...]] = (
    lambda path: (_year(path), _source(path)),
    lambda path: (_year(path),),
    lambda path: (_source(path),),
    lambda path: (),
)


def match(changes: Mapping[str, Decimal]) -> Matched:
    """changes: the cell of a line (/family/measure/year/segment) → new − old. Cost: n · log n."""
    rest = {path: amount for path, amount in changes.items() if amount}
    moves: list[Move] = []
    for alike in _ROUNDS:
        kinds: dict[tuple[str, ...], list[str]] = {}
        for path in sorted(rest):
            kinds.setdefault(alike(path), []).append(path)
        for _, paths in sorted(kinds.items()):
            moves += _pair_up(paths, rest)
    added = {path: amount for path, amount in sorted(rest.items()) if amount > 0}
    taken = {path: -amount for path, amount in sorted(rest.items()) if amount < 0}
    return Matched(tuple(moves), added, taken)


def _pair_up(paths: list[str], rest: dict[str, Decimal]) -> Iterator[Move]:
    """Largest against largest until one side is empty; rest: what is left of each line, lessened here."""
    down = [(rest[path], path) for path in paths if rest[path] < 0]
    up = [(-rest[path], path) for path in paths if rest[path] > 0]
    heapify(down)
    heapify(up)
    while down and up:
        (less, source), (more, target) = heappop(down), heappop(up)
        amount = min(-less, -more)
        yield Move(source, target, amount)
        rest[source], rest[target] = less + amount, -more - amount
        if rest[source]:
            heappush(down, (rest[source], source))
        if rest[target]:
            heappush(up, (-rest[target], target))
