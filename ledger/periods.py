"""How the reports of a year add up: by period, or year-to-date."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ledger.values import period_end

PeriodKey = tuple[str, str]  # (period, "period" | "ytd")


def last_first(key: PeriodKey) -> tuple[str, str, int]:
    """Sorts reports by their period's end; on one day year-to-date, then the longer period, is last."""
    period, mode = key
    return period_end(period), mode, -len(period)


def flow_year(reports: Mapping[PeriodKey, Decimal]) -> Decimal | None:
    """A flow's year: its last year-to-date value if there is any, else the sum of its periods.

    None if nothing was reported. Source: time.md, fold.
    """
    to_date = [key for key in reports if key[1] == "ytd"]
    if to_date:
        return reports[max(to_date, key=last_first)]
    return sum(reports.values(), Decimal(0)) if reports else None


def stock_year(reports: Mapping[PeriodKey, Decimal]) -> Decimal | None:
    """A stock's year: the value of the period that ends last; None if nothing was reported."""
    return reports[max(reports, key=last_first)] if reports else None
