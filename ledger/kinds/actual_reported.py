"""actual.reported: what an indicator reached in a period."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ledger.errors import Refusal
from ledger.event import Common
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.timeline import Write
from ledger.values import Accumulation, Id, Number, Period, Strict, Text, period_end, period_year

ACCUMULATION_WORDS = {
    "period": ("за період", "in the period"),
    "ytd": ("наростаючим підсумком", "year-to-date"),
}


class ActualReported(Strict):
    """value: a number, or Так/Ні for a boolean; percentages may carry their fraction."""

    indicator: Id
    period: Period
    accumulation: Accumulation
    value: Number | Literal["Так", "Ні"]
    numerator: Number | None = None
    denominator: Number | None = None
    note: Text = ""


def writes(data: ActualReported, effective: str, slot: str) -> Iterator[Write]:
    path = f"/actuals/{data.indicator}/{data.period}/{data.accumulation}"
    yield Write(path, effective, "set", data.value, "/data/value")


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: ActualReported | None = event.data
    if data is None:
        return
    if not view.programme.has_indicator(data.indicator):
        raise Refusal("unknown-indicator", "/data/indicator", data.indicator)
    if not view.programme.has_year(period_year(data.period)):
        raise Refusal("unknown-period", "/data/period", data.period)
    boolean = view.programme.indicator_kind(data.indicator) == "boolean"
    if boolean != (data.value in ("Так", "Ні")):
        raise Refusal("value-of-another-kind", "/data/value", data.value)
    if (data.numerator is None) != (data.denominator is None):
        raise Refusal("missing-field", "/data/denominator" if data.denominator is None else "/data/numerator")
    if data.denominator is not None and (data.denominator[0] == "-" or not data.denominator.strip("0.")):
        raise Refusal("not-positive", "/data/denominator", data.denominator)
    yield from ()


def phrases(data: ActualReported, olds: object) -> Iterator[Words]:
    yield {**data.model_dump(), "how": ACCUMULATION_WORDS[data.accumulation]}


KIND = Kind(
    "actual.reported",
    schema=1,
    family="programme",
    data=ActualReported,
    starts=lambda data: period_end(data.period),
    writes=writes,
    decide=decide,
    phrases=phrases,
    title_uk="Подано фактичне значення",
    title_en="Actual reported",
    uk="Індикатор {indicator}, {period} ({how}): {value}",
    en="Indicator {indicator}, {period} ({how}): {value}",
    example={"indicator": "1.1", "period": "2025-Q1", "accumulation": "period", "value": "1"},
)
