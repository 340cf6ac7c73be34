"""Indicators: what was reached against the target, as it was at the year's end and as it is now.

More is taken to be better, and Так better than Ні. A target below its base says otherwise, and no paper
says what is then good: whether it was reached is undetermined.
"""

from __future__ import annotations

from decimal import Decimal

from projections.doubtful import worst_of
from projections.evaluation.sections import Row, Section, Verdict, evidence, verdicts
from projections.findings.case import Case
from projections.indicators import number, read_indicators

_YES_NO = {"так": Decimal(1), "ні": Decimal(0)}


def reached(case: Case, year: int) -> Section:
    found = read_indicators(case.reading, case.programme, case.day)
    rows = [_row(case, row, year) for row in found if row["year"] == year]
    return {
        "rows": rows,
        "totals": {
            "indicators": len(rows),
            "against_target_then": verdicts(row["reached_then"] for row in rows),
            "against_target_now": verdicts(row["reached_now"] for row in rows),
        },
    }


def _row(case: Case, row: Row, year: int) -> Row:
    indicator, latest = row["indicator"], row["latest"] or {}
    cells = [f"/indicators/{indicator}/targets/{year}", *_actuals(case, indicator, year)]
    shown = evidence(case, cells)
    return {
        "key": indicator,
        "indicator": indicator,
        "name": row["name"],
        "kind": row["kind"],
        "unit": row["unit"],
        "base": row["base"],
        "target_then": row["target_then"],
        "target_now": row["target_now"],
        "actual": row["actual"],
        "period": latest.get("period"),
        "review": row["status"],
        "files": row["evidence"],
        "reached_then": is_reached(row["actual"], row["target_then"], row["base"]),
        "reached_now": is_reached(row["actual"], row["target_now"], row["base"]),
        **shown,
        "doubt": worst_of([row["doubt"], shown["doubt"]]),
    }


def _actuals(case: Case, indicator: str, year: int) -> list[str]:
    paths = case.under(f"/actuals/{indicator}")
    return [path for path in paths if path.split("/")[3][:4] == str(year)]


def is_reached(actual: str | None, target: str | None, base: str | None) -> Verdict:
    """All three as printed. A value that is no number is compared with nothing."""
    value, goal, start = _worth(actual), _worth(target), _worth(base)
    if value is None or goal is None or (start is not None and goal < start):
        return "undetermined"
    return "yes" if value >= goal else "no"


def _worth(text: str | None) -> Decimal | None:
    if text is None:
        return None
    known = _YES_NO.get(text.strip().casefold())
    return known if known is not None else number(text)
