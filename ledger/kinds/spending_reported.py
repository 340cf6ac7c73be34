"""spending.reported: commitments, payments, expenses or payables of a period."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Literal

from pydantic import Field

from ledger.errors import Refusal
from ledger.event import Common
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.kinds.parts import Axes, by_year, check_axes, over_appropriation
from ledger.timeline import Write
from ledger.values import Accumulation, Money, Period, Strict, period_end, period_year

PHASE_WORDS = {
    "commitment": ("зобов'язання", "commitments"),
    "paid": ("касові видатки", "paid"),
    "incurred": ("фактичні видатки", "incurred"),
    "payable": ("кредиторська заборгованість", "payable"),
}


class SpendingLine(Axes):
    amount: Money


class SpendingReported(Strict):
    """accumulation: `period` for this period alone, `ytd` from the start of the year."""

    phase: Literal["commitment", "paid", "incurred", "payable"]
    period: Period
    accumulation: Accumulation
    lines: Annotated[tuple[SpendingLine, ...], Field(min_length=1, max_length=2000)]


def writes(data: SpendingReported, effective: str, slot: str) -> Iterator[Write]:
    for place, line in enumerate(data.lines):
        path = f"{line.cell(data.phase)}/{data.period}/{data.accumulation}"
        yield Write(path, effective, "set", line.amount, f"/data/lines/{place}")


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: SpendingReported | None = event.data
    if data is None:
        return
    if not view.programme.has_year(period_year(data.period)):
        raise Refusal("unknown-period", "/data/period", data.period)
    for place, line in enumerate(data.lines):
        check_axes(view.programme, line, f"/data/lines/{place}")
        if line.year != period_year(data.period):
            raise Refusal("unknown-year", f"/data/lines/{place}/year", line.year)
    if data.phase in ("paid", "commitment"):
        yield from _over(view, data)


def _over(view: View, data: SpendingReported) -> Iterator[Discrepancy]:
    assert view.after is not None  # a programme kind
    for place, (line, *_) in by_year(data.lines):
        total = partial(view.after.reported, data.phase, line.measure, line.year)
        at, day = f"/data/lines/{place}", period_end(data.period)
        yield from over_appropriation(view, line, at, data.phase, total, day)


def phrases(data: SpendingReported, olds: object) -> Iterator[Words]:
    for line in data.lines:
        yield {**line.model_dump(), "phase": PHASE_WORDS[data.phase], "period": data.period}


KIND = Kind(
    "spending.reported",
    schema=1,
    family="programme",
    data=SpendingReported,
    starts=lambda data: period_end(data.period),
    writes=writes,
    decide=decide,
    phrases=phrases,
    title_uk="Подано звіт про видатки",
    title_en="Spending reported",
    uk="{phase} за {period}, захід {measure} ({source}): {amount}",
    en="{phase} in {period}, measure {measure} ({source}): {amount}",
    example={
        "phase": "paid",
        "period": "2025-Q1",
        "accumulation": "period",
        "lines": [{"measure": "1", "year": 2025, "source": "local", "amount": "25.00"}],
    },
)
