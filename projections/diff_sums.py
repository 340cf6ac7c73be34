"""What the limits of a programme come to at two points: need, appropriation and schedule, year by year."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from ledger.timeline import Answer
from ledger.values import is_money, money
from projections.budget import LIMITS
from projections.doubtful import worst_of

Row = dict[str, Any]
Cells = Mapping[str, Answer]
Doubts = Callable[[str], Iterable[Any]]


def sum_sides(old: Cells, new: Cells, doubts: Doubts) -> list[Row]:
    """By family and year where either side states an amount; null where none does.

    What is no amount counts as nothing, as in the budget's sums. doubts: the words beside a cell.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for path in sorted({*old, *new}):
        family, _, year, *_ = [*path.split("/")[1:], "", ""]
        if family in LIMITS:
            groups.setdefault((family, year), []).append(path)
    ordered = sorted(groups, key=lambda key: (LIMITS.index(key[0]), key[1]))
    found = (_row(family, year, groups[family, year], old, new, doubts) for family, year in ordered)
    return [row for row in found if row["old"] is not None or row["new"] is not None]


def _row(family: str, year: str, paths: list[str], old: Cells, new: Cells, doubts: Doubts) -> Row:
    before, after = _sum(paths, old), _sum(paths, new)
    return {
        "of": family,
        "year": int(year),
        "old": None if before is None else money(before),
        "new": None if after is None else money(after),
        "delta": money((after or Decimal(0)) - (before or Decimal(0))),
        "doubt": worst_of(word for path in paths for word in doubts(path)),
    }


def _sum(paths: Iterable[str], cells: Cells) -> Decimal | None:
    stated = [Decimal(cells[path].value) for path in paths if path in cells and is_money(cells[path].value)]
    return sum(stated, Decimal(0)) if stated else None
