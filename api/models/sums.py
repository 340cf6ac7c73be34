"""Shapes of sums: of a budget's rows by year, source, measure and code, and by the tree of sources."""

from __future__ import annotations

from typing import Any, Literal

from api.models.shape import Doubt, Shape


class Sums(Shape):
    """Computed on the way out, never stored; null where nothing was said.

    variance: paid less amended, null unless both are amounts. doubtful: the members that rest on a
    statement in doubt, each with its word; doubt: the worst.
    """

    original: str | None
    amended: str | None
    appropriated: str | None
    scheduled: str | None
    transferred: str | None
    committed: str | None
    paid: str | None
    incurred: str | None
    payable: str | None
    returned: str | None
    variance: str | None
    doubt: Doubt | None
    doubtful: dict[str, Doubt]


class YearSums(Sums):
    year: int


class SourceSums(Sums):
    source: str


class MeasureSums(Sums):
    measure: str


class PrioritySums(Sums):
    """priority: the row of the tree above the measures; null where there is none."""

    priority: str | None


class KpkvkSums(Sums):
    """kpkvk: null for all lines that name none; so are the other codes."""

    kpkvk: str | None


class KekvSums(Sums):
    kekv: str | None


class FundSums(Sums):
    fund: str | None


class UnitSums(Sums):
    unit: str | None


class SourceNode(Sums):
    """A source with all that is below it. own, below: lines of its own, and of the sources below it.

    mixed: own amounts and those from below are in one sum; whether the paper meant them so is not known.
    """

    source: str
    name: str | None
    parent: str | None
    depth: int
    own: int
    below: int
    mixed: bool


class CoFinancing(Shape):
    """share: which part of the measure's amended plan of the year the source gives, to four decimals."""

    measure: str
    year: int
    source: str
    amended: str
    share: str | None
    cells: list[str]
    doubt: Doubt | None


class CountedTwice(Shape):
    """Money sent out of a source, and planned or reported in others of the same measure's year.

    Whether it is the same money no statement says: the sums hold both.
    """

    measure: str
    year: int
    source: str
    transferred: str
    others: list[str]
    answer: Literal["undetermined"]


class BudgetTotals(Shape):
    all: list[Sums]
    by_year: list[YearSums]
    by_source: list[SourceSums]
    by_measure: list[MeasureSums]
    by_priority: list[PrioritySums]
    by_kpkvk: list[KpkvkSums]
    by_kekv: list[KekvSums]
    by_fund: list[FundSums]
    by_unit: list[UnitSums]
    by_source_tree: list[SourceNode]
    co_financing: list[CoFinancing]
    counted_twice: list[CountedTwice]


SUMS: dict[str, Any] = {
    "original": "30000.00",
    "amended": "45000.00",
    "appropriated": None,
    "scheduled": None,
    "transferred": "45000.00",
    "committed": None,
    "paid": None,
    "incurred": None,
    "payable": None,
    "returned": None,
    "variance": None,
    "doubt": None,
    "doubtful": {},
}
_NODE: dict[str, Any] = {"name": "місцевий бюджет", "parent": None, "depth": 0, "own": 1, "below": 0}
TOTALS: dict[str, Any] = {
    "all": [SUMS],
    "by_year": [{"year": 2025, **SUMS}],
    "by_source": [{"source": "local", **SUMS}],
    "by_measure": [{"measure": "2.1.4", **SUMS}],
    "by_priority": [{"priority": "2", **SUMS}],
    **{f"by_{code}": [{code: None, **SUMS}] for code in ("kpkvk", "kekv", "fund", "unit")},
    "by_source_tree": [{"source": "local", **_NODE, "mixed": False, **SUMS}],
    "co_financing": [
        {
            "measure": "2.1.4",
            "year": 2025,
            "source": "local",
            "amended": "45000.00",
            "share": "1.0000",
            "cells": ["/financing/2.1.4/2025/local"],
            "doubt": None,
        }
    ],
    "counted_twice": [],
}
