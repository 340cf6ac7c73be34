"""The figures of a year in the four directions of the programme's section 6, and the hash that binds them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from ledger.canonical import dumps
from projections.evaluation.indicators import reached
from projections.evaluation.money import spent
from projections.evaluation.projects import projects
from projections.evaluation.results import results
from projections.evaluation.sections import Section
from projections.findings.case import Case

DIRECTIONS = ("projects", "money", "results", "indicators")
ROWS = frozenset({"rows", "by_source", "expected", "reports"})
# What stands beside a figure: where it comes from, in what doubt it is, and what a row is called.
BESIDE = frozenset({"cells", "events", "doubt", "title", "name"})


def figures_of(case: Case, year: int) -> dict[str, Section]:
    """Every row has a `key`, which names it within its list. Cost: as a budget and a list of indicators."""
    return {
        "projects": projects(case, year),
        "money": spent(case, year),
        "results": results(case, year),
        "indicators": reached(case, year),
    }


def bare(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The figures alone: rows by their keys, so that one more or less moves no other."""
    return {name: _bare(name, value) for name, value in figures.items() if name not in BESIDE | {"key"}}


def _bare(name: str, value: Any) -> Any:
    if name in ROWS:
        return {row["key"]: bare(row) for row in value}
    return bare(value) if isinstance(value, Mapping) else value


def figures_hash(year: int, figures: Mapping[str, Section]) -> str:
    """SHA-256, hexadecimal, of the canonical figures: what a conclusion binds. Source: docs/evaluation.md."""
    return hashlib.sha256(dumps({"year": year, "figures": bare(figures)})).hexdigest()
