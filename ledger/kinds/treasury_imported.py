"""treasury.imported: what the treasury's extract shows on its day, line by line of the budget."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from ledger.errors import Refusal
from ledger.event import Common
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.kinds.parts import Axis, BudgetLine, check_come
from ledger.timeline import Write
from ledger.values import Day, Line, Money, Strict, Year

AMOUNTS = ("approved", "amended", "paid")


class TreasuryLine(BudgetLine):
    """approved: ZAT_AMT; amended: PLANS_AMT; paid: FAKT_AMT, cumulative year-to-date.

    What the extract does not state is absent: it is not zero.
    """

    approved: Money | None = None
    amended: Money | None = None
    paid: Money | None = None


class TreasuryImported(Strict):
    """day: that of the extract; budget_code: 10 or 11 digits; source: what the extract is called."""

    year: Year
    day: Day
    budget_code: Axis | None = None
    source: Line | None = None
    lines: Annotated[tuple[TreasuryLine, ...], Field(min_length=1, max_length=2000)]


def writes(data: TreasuryImported, effective: str, slot: str) -> Iterator[Write]:
    for place, line in enumerate(data.lines):
        cell = f"/treasury/{data.year}/{line.line()}"
        for name in AMOUNTS:
            amount = getattr(line, name)
            if amount is not None:
                yield Write(f"{cell}/{name}", effective, "set", amount, f"/data/lines/{place}/{name}")


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: TreasuryImported | None = event.data
    if data is None:
        return
    if not view.programme.has_year(data.year):
        raise Refusal("unknown-year", "/data/year", data.year)
    if not f"{data.year}-01-01" <= data.day <= f"{data.year + 1}-01-31":  # a year's last extract comes late
        raise Refusal("day-outside-year", "/data/day", data.day, year=data.year)
    check_come(data.day, view.today, "/data/day")
    for place, line in enumerate(data.lines):
        if all(getattr(line, name) is None for name in AMOUNTS):
            raise Refusal("missing-field", f"/data/lines/{place}/paid")
    yield from _lowered(view)


def _lowered(view: View) -> Iterator[Discrepancy]:
    """What is paid only grows within a year: it is neither below an earlier extract nor above a later one."""
    assert view.after is not None  # a programme kind
    timeline = view.after.timeline
    for write, rank in timeline.placed(timeline.slots[view.slot]):
        if not write.path.endswith("/paid"):
            continue
        found = timeline.below(write.path, rank)
        before = [(found.last.rank[0], found.value)] if found is not None else []
        after = [(later.rank[0], later.value) for later in timeline.above(write.path, rank)[:1]]
        yield from _falling(write, [*before, (write.since, write.value), *after])


def _falling(write: Write, extracts: list[tuple[str, str]]) -> Iterator[Discrepancy]:
    """Each step down. extracts: (day, amount) of the cell, in their order."""
    for (first, more), (second, less) in pairwise(extracts):
        if Decimal(less) < Decimal(more):
            details = {"path": write.path, "day": second, "paid": less, "earlier": first, "before": more}
            yield Discrepancy("lower-than-before", write.at, details)


def phrases(data: TreasuryImported, olds: object) -> Iterator[Words]:
    for line in data.lines:
        yield {**line.model_dump(), "day": data.day, "line": line.line()}


KIND = Kind(
    "treasury.imported",
    schema=1,
    family="programme",
    data=TreasuryImported,
    starts=lambda data: data.day,
    writes=writes,
    decide=decide,
    phrases=phrases,
    title_uk="Внесено виписку казначейства",
    title_en="Treasury extract imported",
    uk="Казначейство станом на {day}, рядок {line}: план з урахуванням змін {amended}, касові видатки {paid}",
    en="Treasury as of {day}, line {line}: amended plan {amended}, paid {paid}",
    example={
        "year": 2025,
        "day": "2025-06-30",
        "budget_code": "1356300000",
        "source": "Виписка (приклад)",
        "lines": [
            {
                "kpkvk": "0217520",
                "kekv": "2210",
                "fund": "general",
                "approved": "100.00",
                "amended": "100.00",
                "paid": "25.00",
            }
        ],
    },
)
