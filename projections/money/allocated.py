"""What the signed allocation says: which part of which treasury line pays for which measure and source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from projections.money.books import Books, answer_of


class Target(NamedTuple):
    """A measure's year and source, that treasury lines pay for."""

    measure: str
    year: int
    source: str


@dataclass(frozen=True, slots=True)
class Share:
    """Which part of a treasury line it is, above 0 and at most 1. path, entries: of the allocation."""

    line: str
    share: Decimal
    path: str
    entries: tuple[int, ...]


def mapped(books: Books, year: int, day: str) -> dict[Target, tuple[Share, ...]]:
    """What the allocation says on a day, by measure and source."""
    found: dict[Target, list[Share]] = {}
    for path in books.under(f"/allocation/{year}"):
        answer = answer_of(books.writes(path), day)
        if answer is None or answer.removed:
            continue
        _, _, _, line, measure, source = path.split("/")
        share = Share(line, Decimal(answer.value), path, tuple(placed.entry for placed in answer.chain))
        found.setdefault(Target(measure, year, source), []).append(share)
    return {target: tuple(shares) for target, shares in found.items()}


def above_one(every: Mapping[Target, Sequence[Share]]) -> frozenset[str]:
    """The treasury lines of which more than the whole is mapped: nobody can tell whose part is too large."""
    sums: dict[str, Decimal] = {}
    for share in (share for shares in every.values() for share in shares):
        sums[share.line] = sums.get(share.line, Decimal(0)) + share.share
    return frozenset(line for line, total in sums.items() if total > 1)
