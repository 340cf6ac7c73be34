"""How the reports of a year add up: by period, or year-to-date."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ledger.values import period_end

PeriodKey = tuple[str, str]  # (period, "period" | "ytd")


def flow_year(reports: Mapping[PeriodKey, Decimal]) -> Decimal | None:
    """A flow's year: its last year-to-date value if there is any, else the sum of its periods.

    None if nothing was reported. Source: time.md, fold.
    """
    to_date = [(period_end(period), value) for (period, mode), value in reports.items() if mode == "ytd"]
    if to_date:
        return max(to_date, key=lambda pair: pair[0])[1]
    amounts = [value for (_, mode), value in reports.items() if mode == "period"]
    return sum(amounts, Decimal(0)) if amounts else None


def stock_year(reports: Mapping[PeriodKey, Decimal]) -> Decimal | None:
    """A stock's year: the value of the period that ends last; None if nothing was reported."""
    values = [(period_end(period), value) for (period, _), value in reports.items()]
    return max(values, key=lambda pair: pair[0])[1] if values else None
