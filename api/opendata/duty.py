"""The duty to publish: how each data set on the record stands against the changes that followed it.

What is on the record is a signed publication; a release of the server is none, since nobody signed it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from projections.doubtful import read_doubt
from projections.findings.case import Case
from projections.findings.publication import Standing, standings, unpublished

Row = dict[str, Any]


def duties_of(case: Case) -> Iterator[Row]:
    """A row for each data set; one without a name where none was ever published."""
    rows = [_row(case, one) for one in standings(case)]
    yield from rows or [_row(case, unpublished(case))]


def _row(case: Case, one: Standing) -> Row:
    change = one.change
    return {
        "programme": case.programme,
        "dataset": one.dataset or None,
        "status": _status(case, one),
        "published": _published(case, one),
        "changed": {"event": change.stated.event.id, "index": change.index, "day": change.day}
        if change is not None
        else None,
        "due": one.due,
        "policy": case.event_id(one.policy.index) if one.policy is not None else None,
    }


def _status(case: Case, one: Standing) -> str:
    if one.published is None:
        return "never-published"
    if one.change is None:
        return "fresh"
    return "overdue" if one.due is not None and case.day > one.due else "due"


def _published(case: Case, one: Standing) -> Row | None:
    if one.published is None:
        return None
    return {
        "event": one.published.event,
        "index": one.published.entry,
        "day": one.published.rank[0],
        "position": int(one.published.value),
        "doubt": read_doubt(case.reading, f"programme:{case.programme}", one.published.entry),
    }


def unavailable(programme: str) -> Row:
    """Of a programme that cannot be kept up nothing is said."""
    return {
        "programme": programme,
        "dataset": None,
        "status": "unavailable",
        "published": None,
        "changed": None,
        "due": None,
        "policy": None,
    }
