"""Planned and actual money by source: each line, and its sums. An amount that was never stated is no zero."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from projections.budget import is_amount, read_budget, sum_rows
from projections.doubtful import worst_of
from projections.evaluation.sections import Row, Section, evidence, share
from projections.findings.case import Case

AMOUNTS = (
    "original",
    "amended",
    "appropriated",
    "transferred",
    "committed",
    "paid",
    "incurred",
    "payable",
    "returned",
)
_FAMILIES = (
    "financing", "appropriation", "transfers", "returns", "commitment", "paid", "incurred", "payable",
)  # fmt: skip


def spent(case: Case, year: int) -> Section:
    """paid_of_plan, paid_of_appropriation: shares; None where one of the two is not stated."""
    lines = [row for row in read_budget(case.reading, case.programme, case.day) if row["year"] == year]
    return {
        "rows": [_line(case, row) for row in lines],
        "by_source": [{"key": row["source"], "source": row["source"], **_sums(row)} for row in _by(lines)],
        "totals": _sums(next(iter(sum_rows(lines)), {})),
    }


def _by(lines: list[Row]) -> list[Row]:
    return sorted(sum_rows(lines, "source"), key=lambda row: str(row["source"]))


def _line(case: Case, row: Row) -> Row:
    _, _, measure, year, segment = row["cell"].split("/")
    shown = evidence(case, _cells(case, f"{measure}/{year}/{segment}"))
    return {
        "key": f"{measure}/{segment}",
        "measure": measure,
        "source": row["source"],
        "line": segment,
        "currency": row["currency"],
        **{name: row[name] for name in AMOUNTS},
        **_shares(row),
        **shown,
        "doubt": worst_of([row["doubt"], shown["doubt"]]),
    }


def _cells(case: Case, line: str) -> Iterator[str]:
    for family in _FAMILIES:
        yield from case.under(f"/{family}/{line}")


def _sums(row: Row) -> Row:
    return {
        **{name: row.get(name) for name in AMOUNTS},
        **_shares(row),
        "doubt": worst_of((row.get("doubtful") or {}).get(name) for name in AMOUNTS),
    }


def _shares(row: Row) -> Row:
    return {
        "paid_of_plan": _share(row.get("paid"), row.get("amended")),
        "paid_of_appropriation": _share(row.get("paid"), row.get("appropriated")),
    }


def _share(part: Any, whole: Any) -> str | None:
    return share(Decimal(part), Decimal(whole)) if is_amount(part) and is_amount(whole) else None
