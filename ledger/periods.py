"""How the reports of a year add up: by period, or year-to-date."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ledger.values import period_end

PeriodKey = tuple[str, str]  # (period, "period" | "ytd")


def last_of(reports: Mapping[PeriodKey, Any]) -> PeriodKey | None:
    """The report whose period ends last; of those that end on one day the newest statement.

    reports: in the order in which they were stated.
    """
    return max(reversed(list(reports)), key=lambda key: period_end(key[0]), default=None)


def counted(reports: Mapping[PeriodKey, Any]) -> list[PeriodKey]:
    """The reports that a flow's year is made of: the last year-to-date one if there is any, else all."""
    last = last_of({key: value for key, value in reports.items() if key[1] == "ytd"})
    return [last] if last is not None else list(reports)


def flow_year(reports: Mapping[PeriodKey, Decimal]) -> Decimal | None:
    """A flow's year: its last year-to-date value if there is any, else the sum of its periods.

    None if nothing was reported. Source: time.md, fold.
    """
    return sum((reports[key] for key in counted(reports)), Decimal(0)) if reports else None


def stock_year(reports: Mapping[PeriodKey, Decimal]) -> Decimal | None:
    """A stock's year: the value of the period that ends last; None if nothing was reported."""
    last = last_of(reports)
    return reports[last] if last is not None else None
