"""Is a year's figure whole? Until it is, nobody can say that a target was missed, or that it was met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ledger.deadlines import PeriodKind, periods
from ledger.periods import PeriodKey, counted
from ledger.values import period_end
from projections.duties.items import INDICATORS
from projections.duties.owed import period_start
from projections.findings.case import Case
from projections.obligations.core import asking_of
from projections.obligations.plan import CasePlan
from projections.reaching import months


def is_whole(case: Case, indicator: str, kind: str | None, year: int) -> bool:
    """The year is over on D, and of a flow every period is there: a stock stands as last reported."""
    if case.day < f"{year}-12-31":
        return False
    return kind != "flow" or not list(lacking(case, indicator, year))


def lacking(case: Case, indicator: str, year: int) -> Iterator[str]:
    """The periods of a flow's year that no counted report covers, of those on whose last day it was there.

    Which periods: the months, quarters, halves or years in which a deadline asks about the year; if none
    does, those in which it was reported. A deadline that began within the year does not make it shorter.
    """
    reports = _reports(case, indicator, year)
    told = {month for key in counted(reports) for month in months(key)}
    used = _asked(case, year) or {_kind(period) for period, _ in reports}
    plan = CasePlan(case)
    for kind in sorted(used):
        for period in periods(kind, year, year):
            there = plan.is_there("/indicators", indicator, period_end(period))
            if there and period_start(period) < plan.closed and not {*months((period, ""))} <= told:
                yield period


def _reports(case: Case, indicator: str, year: int) -> Mapping[PeriodKey, int]:
    """Period and mode → the slot's place; of those that hold on D, as they were recorded."""
    found: dict[PeriodKey, int] = {}
    for path in case.under(f"/actuals/{indicator}"):
        answer = case.answer(path)
        _, _, _, period, mode = path.split("/")
        if answer is not None and not answer.removed and period[:4] == str(year):
            found[period, mode] = answer.last.rank[3]
    return dict(sorted(found.items(), key=lambda one: one[1]))


def _asked(case: Case, year: int) -> set[PeriodKind]:
    found: Iterable[str] = (period for kind, period in asking_of(case).asked if kind == INDICATORS)
    return {_kind(period) for period in found if period[:4] == str(year)}


def _kind(period: str) -> PeriodKind:
    kinds: dict[str, PeriodKind] = {"": "year", "Q": "quarter", "H": "half"}
    return kinds.get(period[5:6], "month")
