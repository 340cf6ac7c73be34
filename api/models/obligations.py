"""Shapes of obligations: what is due from whom and when, and what became of it."""

from __future__ import annotations

from typing import Any, Literal

from api.models.programmes import POINT, Dated
from api.models.shape import EVENT, INSTANT, Doubt, Page, Shape, Words, example
from projections.inbox import Reminder
from projections.obligations.core import Status
from projections.obligations.told import Review

ReportKind = Literal["actual.reported", "progress.reported", "spending.reported"]


class ObligationEntry(Shape):
    """An entry: its event, its leaf index, and the local day on which it was recorded."""

    event: str
    index: int
    day: str
    recorded_at: str
    doubt: Doubt | None


class ObligationItem(Shape):
    """due: the last day on which it is on time; policy: the event that says so. reminder: of what waits.

    office: who reports, as policies name it, null where none does («не визначено»); body: who owes it
    today; succeeded: the office's body was succeeded, so that nobody can sign for the office any more.
    report: the first event of the report by which it was reported, and event, index, day, recorded_at the
    statement in which it first was; on_time: was that on or before the due day? corrected: the newest
    correction, which is no lateness. review, reviewed: what was said of what stands, and by which entry.
    """

    kind: ReportKind
    indicator: str | None
    measure: str | None
    period: str
    title: Words
    due: str
    status: Status
    reminder: Reminder | None
    policy: str
    office: str | None
    office_name: str | None
    body: str | None
    succeeded: bool
    persons: list[str]
    report: str | None
    event: str | None
    index: int | None
    day: str | None
    recorded_at: str | None
    doubt: Doubt | None
    on_time: bool | None
    corrected: ObligationEntry | None
    review: Review | None
    reviewed: ObligationEntry | None
    cells: list[str]
    link: str


class ObligationTotals(Shape):
    due: int
    on_time: int
    late: int
    missing: int
    returned: int


class ObligationYear(Shape):
    """configured: does a deadline ask for reports about it? If not, totals is null: unknown, and no zero."""

    year: int
    configured: bool
    totals: ObligationTotals | None


_COUNTS = {"due": 0, "on_time": 1, "late": 0, "missing": 0, "returned": 0}
_ITEM: dict[str, Any] = {
    "kind": "actual.reported",
    "indicator": "1.1.2",
    "measure": None,
    "period": "2025-Q3",
    "title": {
        "uk": "2025-Q3, індикатор 1.1.2 «Семінари й тренінги»",
        "en": "2025-Q3, indicator 1.1.2 «Семінари й тренінги»",
    },
    "due": "2025-10-06",
    "status": "on_time",
    "reminder": None,
    "policy": EVENT,
    "office": "responsible-executor",
    "office_name": "Відповідальний виконавець",
    "body": "town-council",
    "succeeded": False,
    "persons": ["p-07"],
    "report": EVENT,
    "event": EVENT,
    "index": 41,
    "day": "2025-10-03",
    "recorded_at": INSTANT,
    "doubt": None,
    "on_time": True,
    "corrected": None,
    "review": "submitted",
    "reviewed": None,
    "cells": ["/actuals/1.1.2/2025-Q3/period"],
    "link": "/v1/programmes/town-digital-2025/reports?indicator=1.1.2&period=2025-Q3",
}


class Obligations(Dated, Page):
    """The next due first. configured: does a policy in force ask for reports? If not, nothing is asked.

    not_configured: the settings that no policy in force says. years: of the programme, each with its own
    answer. totals: of all pages, by status; null where nothing is configured.
    """

    model_config = example(
        programme="town-digital-2025",
        **POINT,
        configured=True,
        not_configured=[],
        items=[_ITEM],
        years=[{"year": 2025, "configured": True, "totals": _COUNTS}],
        totals=_COUNTS,
        total=1,
        next=None,
    )
    programme: str
    configured: bool
    not_configured: list[Literal["deadlines", "executors"]]
    items: list[ObligationItem]
    years: list[ObligationYear]
    totals: ObligationTotals | None
    total: int
