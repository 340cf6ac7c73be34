"""The state of the projects: how far each measure has come, by its reports.

No paper says by when a measure is to be done, so that the year is the only term there is: a measure is
done, is not, or nobody has reported of it. One that was removed stays in the years in which it was there.
"""

from __future__ import annotations

from ledger.periods import PeriodKey, last_of
from ledger.values import period_end
from projections.evaluation.gone import removal, stood_in
from projections.evaluation.sections import Row, Section, Verdict, code_order, evidence, verdicts
from projections.findings.case import Case
from projections.obligations.plan import CasePlan

STATUSES = ("not-started", "in-progress", "done", "stopped")


def projects(case: Case, year: int) -> Section:
    plan, day = CasePlan(case), min(case.day, f"{year}-12-31")
    known = (item for item in plan.rows if plan.level(item) == "measure")
    measures = [item for item in known if stood_in(case, [f"/tree/{item}/title"], year)]
    rows = [_row(case, plan, item, year, day) for item in sorted(measures, key=code_order)]
    statuses = [row["status"] for row in rows]
    return {
        "rows": rows,
        "totals": {
            "measures": len(rows),
            "removed": sum(row["removed"] is not None for row in rows),
            "by_status": {name: statuses.count(name) for name in STATUSES},
            "done": verdicts(row["done"] for row in rows),
        },
    }


def _row(case: Case, plan: CasePlan, item: str, year: int, day: str) -> Row:
    path, said = _latest(case, item, year)
    title = f"/tree/{item}/title"
    return {
        "key": item,
        "measure": item,
        "title": plan.rows[item],
        "funded": plan.is_funded(item, str(year), day),
        "status": said,
        "period": path.rpartition("/")[2] if path is not None else None,
        "done": _done(said),
        "removed": removal(case, [title]),
        **evidence(case, [title] if path is None else [title, path]),
    }


def _latest(case: Case, item: str, year: int) -> tuple[str | None, str | None]:
    """The last report of the year; of earlier years only that it was done, which it stays."""
    reports: dict[PeriodKey, tuple[int, str, str]] = {}
    for path in case.under(f"/progress/{item}"):
        answer = case.answer(path)
        period = path.rpartition("/")[2]
        if answer is not None and not answer.removed and period_end(period) <= f"{year}-12-31":
            reports[period, ""] = (answer.last.rank[3], path, str(answer.value))
    last = last_of(dict(sorted(reports.items(), key=lambda one: one[1][0])))
    if last is None:
        return None, None
    _, path, status = reports[last]
    return (path, status) if last[0][:4] == str(year) or status == "done" else (None, None)


def _done(status: str | None) -> Verdict:
    if status is None:
        return "undetermined"
    return "yes" if status == "done" else "no"
