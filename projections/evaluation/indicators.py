"""Indicators: what was reached against the target, as it was at the year's end and as it is now.

More is taken to be better, and Так better than Ні. A target below its base says otherwise, and no paper
says what is then good: whether it was reached is undetermined. So it is while the year is not over, and of a
flow whose periods are not all there.
"""

from __future__ import annotations

from projections.doubtful import worst_of
from projections.evaluation.complete import is_whole
from projections.evaluation.gone import is_gone, last_held, last_said, removal, stood_in
from projections.evaluation.sections import Row, Section, evidence, verdicts
from projections.findings.case import Case
from projections.indicators import read_indicators
from projections.reaching import is_reached

__all__ = ["counts_in", "is_reached", "judged", "reached"]


def reached(case: Case, year: int) -> Section:
    found = read_indicators(case.reading, case.programme, case.day)
    rows = [_row(case, row, year) for row in found if row["year"] == year and counts_in(case, row)]
    return {
        "rows": rows,
        "totals": {
            "indicators": len(rows),
            "removed": sum(row["removed"] is not None for row in rows),
            "against_target_then": verdicts(row["reached_then"] for row in rows),
            "against_target_now": verdicts(row["reached_now"] for row in rows),
        },
    }


def counts_in(case: Case, row: Row) -> bool:
    """Is it among the indicators of the row's year? One that was gone before it, and unreported, is not.

    row: as read_indicators gives it.
    """
    name, target = _paths(row)
    is_removed = is_gone(case, name, case.day) or is_gone(case, target, case.day)
    return not is_removed or row["actual"] is not None or stood_in(case, (name, target), row["year"])


def judged(case: Case, row: Row) -> Row:
    """What was reached, against the targets; what was taken away counts with its last. row: see counts_in.

    removed: since when it is gone, its last target and the event; None if it is not.
    """
    name, target = _paths(row)
    year, indicator = row["year"], row["indicator"]
    then, now = (_goal(case, target, day) for day in (min(case.day, f"{year}-12-31"), case.day))
    base = last_said(case, f"/indicators/{indicator}/base")
    whole = is_whole(case, indicator, row["kind"], year)
    return {
        "reached_then": is_reached(row["actual"], then, base) if whole else "undetermined",
        "reached_now": is_reached(row["actual"], now, base) if whole else "undetermined",
        "removed": removal(case, (name, target), target=now),
    }


def _paths(row: Row) -> tuple[str, str]:
    base = f"/indicators/{row['indicator']}"
    return f"{base}/name", f"{base}/targets/{row['year']}"


def _goal(case: Case, path: str, day: str) -> str | None:
    """On the day, or the last before it was taken away; of what never was more than a dash nothing."""
    answer = last_held(case, path, day)
    return str(answer.value) if answer is not None else None


def _row(case: Case, row: Row, year: int) -> Row:
    indicator, latest = row["indicator"], row["latest"] or {}
    found = judged(case, row)
    name, target = _paths(row)
    cells = [target, *_actuals(case, indicator, year), *([name] if found["removed"] is not None else [])]
    last = last_held(case, target, case.day)
    shown = evidence(case, cells, [last.last.entry] if last is not None else [])
    base = f"/indicators/{indicator}"
    return {
        "key": indicator,
        "indicator": indicator,
        "name": last_said(case, name),
        "kind": row["kind"],
        "unit": last_said(case, f"{base}/unit"),
        "base": last_said(case, f"{base}/base"),
        "target_then": row["target_then"],
        "target_now": row["target_now"],
        "actual": row["actual"],
        "period": latest.get("period"),
        "review": row["status"],
        "files": row["evidence"],
        **found,
        **shown,
        "doubt": worst_of([row["doubt"], shown["doubt"]]),
    }


def _actuals(case: Case, indicator: str, year: int) -> list[str]:
    paths = case.under(f"/actuals/{indicator}")
    return [path for path in paths if path.split("/")[3][:4] == str(year)]
