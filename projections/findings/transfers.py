"""Subventions: sent is not yet used. What was sent, reported as used, returned, and what nobody has told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from ledger.values import money, period_end
from projections.duties.owed import asked_by
from projections.findings.case import Case
from projections.findings.groups import Group, counting_to, groups_of, paid_to, sent_to
from projections.findings.holding import Pair, Report
from projections.findings.rule import Hit, Rule

SPENDING: Final = "spending.reported"
USED_WORDS: dict[str, Pair] = {
    "incurred": ("за фактичними видатками", "by incurred expenses"),
    "paid": ("за касовими видатками", "by payments"),
    "": ("звітів немає", "no reports"),
}


def unused(case: Case, measure: str) -> Iterator[Hit]:
    """From the day on which the use of the year's last period should have been told; see begins_on.

    What was sent, returned and reported later than D is not known on D.
    """
    for group in groups_of(case, measure):
        if not group.transfers:
            continue
        sent, returned = sent_to(group.transfers, case.day), sent_to(group.returns, case.day)
        basis, reports = _use(group, case.day)
        used = paid_to(reports, case.day) or Decimal(0)
        unknown = sent - used - returned
        if unknown > 0:
            words = {
                "measure": group.measure,
                "year": group.year,
                "source": group.source,
                "sent": money(sent),
                "used": money(used) if basis else None,
                "basis": USED_WORDS[basis],
                "returned": money(returned),
                "unknown": money(unknown),
            }
            told = [(one.path, one.entry) for one in counting_to(reports, case.day)]
            flows = [(one.path, one.entry) for one in (*group.transfers, *group.returns)]
            cells = tuple(path for path, _ in (*flows, *told))
            entries = tuple(sorted({entry for _, entry in (*flows, *told)}))
            yield Hit(group.key, cells, entries, words=words, day=_since(case, group))


def _since(case: Case, group: Group) -> str:
    """Once it should have been told, the first day since which something was unknown on every day up to D."""
    start = begins_on(case, group.year)
    reports = [one for phase in (group.incurred, group.paid) for some in phase.values() for one in some]
    days = {one.day for one in (*group.transfers, *group.returns)} | {one.day for one in reports}
    found = max(start, case.day)
    for day in sorted({start, *(day for day in days if start < day <= case.day)}, reverse=True):
        if _unknown(group, day) <= 0:
            break
        found = day
    return found


def _unknown(group: Group, day: str) -> Decimal:
    used = paid_to(_use(group, day)[1], day) or Decimal(0)
    return sent_to(group.transfers, day) - used - sent_to(group.returns, day)


def _use(group: Group, day: str) -> tuple[str, dict[str, list[Report]]]:
    """Incurred expenses tell of the use; where none are reported by the day, payments do."""
    for basis, phase in (("incurred", group.incurred), ("paid", group.paid)):
        if any(one.day <= day for some in phase.values() for one in some):
            return basis, phase
    return "", {}


def begins_on(case: Case, year: str) -> str:
    """The day after the spending of the year's end is due, as the policies on the next 1 January say.

    Without such a policy it is that 1 January itself.
    """
    end, new_year = f"{year}-12-31", f"{int(year) + 1}-01-01"
    found = asked_by(case.stated_policies(), case.programme, (int(year), int(year)), new_year)
    due = (one.day for (kind, period), one in found.items() if kind == SPENDING and period_end(period) == end)
    last = max([end, *due])
    return (date.fromisoformat(last) + timedelta(days=1)).isoformat()


RULES = (
    Rule(
        "FIN-SUBVENTION",
        "ask",
        uk="Захід {measure}, {year} рік ({source}): субвенцію передано {sent}, про використання звітовано "
        "{used} ({basis}), повернено {returned}; невідомо {unknown}",
        en="Measure {measure}, {year} ({source}): {sent} was sent as a subvention, {used} is reported as "
        "used ({basis}), {returned} came back; {unknown} is unknown",
        check=unused,
        topic="measure",
    ),
)
