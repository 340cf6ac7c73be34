"""Results: which reports about the year were made, and how; what was expected of each measure beside them."""

from __future__ import annotations

from collections.abc import Iterable

from projections.evaluation.sections import Row, Section, code_order, evidence
from projections.evaluation.standing import standings
from projections.findings.case import Case
from projections.obligations.core import STATUSES, Obligation, asking_of, obligations
from projections.obligations.plan import CasePlan


def results(case: Case, year: int) -> Section:
    """configured: does a policy in force ask for reports about this year?

    If not, nobody knows how many were asked, late or missing: the totals are None, and no zeros.
    reports: those that were made, be they asked for or not, and whether they count on the day.
    """
    configured = asking_of(case).asks_about(year)
    asked = [one for one in obligations(case) if one.period[:4] == str(year)]
    places = sorted({(one.kind, one.item) for one in asked}, key=lambda one: (one[0], code_order(one[1])))
    by_place: dict[tuple[str, str], list[Obligation]] = {place: [] for place in places}
    for one in asked:
        by_place[one.kind, one.item].append(one)
    return {
        "configured": configured,
        "rows": [_row(case, kind, item, found) for (kind, item), found in by_place.items()],
        "expected": list(_expected(case, year)),
        "reports": standings(case, year),
        "totals": _counts(asked) if configured else dict.fromkeys(_counts(())),
    }


def _row(case: Case, kind: str, item: str, found: list[Obligation]) -> Row:
    entries = {entry for one in found for entry in one.entries}
    cells = {path for one in found if one.told is not None for path in one.told.cells}
    return {
        "key": f"{kind}/{item}",
        "kind": kind,
        "item": item,
        **_counts(found),
        **evidence(case, cells, entries),
    }


def _counts(found: Iterable[Obligation]) -> dict[str, int]:
    """By status, and how many of them are accepted."""
    asked = list(found)
    counts: dict[str, int] = {status: sum(one.status == status for one in asked) for status in STATUSES}
    accepted = sum(one.told is not None and one.told.review == "accepted" for one in asked)
    return {"asked": len(asked), **counts, "accepted": accepted}


def _expected(case: Case, year: int) -> Iterable[Row]:
    """The expected result of each row that states one, as printed, and the indicators that belong to it."""
    plan, day = CasePlan(case), min(case.day, f"{year}-12-31")
    there = plan.there("/indicators", day)
    for item in sorted(plan.there("/tree", day), key=code_order):
        path = f"/tree/{item}/result"
        result = case.value(path, day)
        if result is not None:
            linked = [one for one in plan.indicators if one in there and plan.measure_of(one) == item]
            yield {
                "key": item,
                "measure": item,
                "result": result,
                "indicators": sorted(linked, key=code_order),
                **evidence(case, [path]),
            }
