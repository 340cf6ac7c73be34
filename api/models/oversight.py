"""Shapes of observations and of reports."""

from __future__ import annotations

from typing import Any, Literal

from api.models.events import SignerShown
from api.models.programmes import POINT, Dated
from api.models.shape import EVENT, INSTANT, KID, KNOWN, Doubt, KnownPoint, Page, Shape, example

_SIGNERS = [{"person": "p-12", "office": "commission-chair", "kid": KID}]


class About(Shape):
    """An event of the same stream, or of the programme a cell or a finding (as of a day)."""

    event: str | None
    cell: str | None
    finding: str | None = None
    as_of: str | None


class Answer(Shape):
    """slot: the answer's first event; event: the statement in force."""

    slot: str
    event: str
    index: int
    doubt: Doubt | None
    text: str
    outcome: Literal["explained", "corrected", "rejected"]
    signers: list[SignerShown]
    recorded_at: str


class Observation(Shape):
    """open: until the first answer. to: the office that is to answer, by `due`. voided: taken back."""

    id: str
    stream: str
    programme: str | None
    about: About
    text: str
    to: str | None
    due: str | None
    signers: list[SignerShown]
    answers: list[Answer]
    open: bool
    voided: bool
    event: str
    index: int
    doubt: Doubt | None
    recorded_at: str
    example: str | None


_OBSERVATION: dict[str, Any] = {
    "id": EVENT,
    "stream": "programme:town-digital-2025",
    "programme": "town-digital-2025",
    "about": {"event": None, "cell": "/financing/2.1.4/2025/local", "finding": None, "as_of": "2025-12-31"},
    "text": "Потребує пояснення (приклад)",
    "to": "finance-head",
    "due": "2026-01-31",
    "signers": _SIGNERS,
    "answers": [
        {
            "slot": EVENT,
            "event": EVENT,
            "index": 64,
            "doubt": None,
            "text": "Рішенням № 12 (приклад)",
            "outcome": "explained",
            "signers": [{"person": "p-09", "office": "finance-head", "kid": KID}],
            "recorded_at": INSTANT,
        }
    ],
    "open": False,
    "voided": False,
    "event": EVENT,
    "index": 60,
    "doubt": None,
    "recorded_at": INSTANT,
    "example": None,
}


class Observations(Page):
    """By time, oldest first."""

    model_config = example(items=[_OBSERVATION], next=None, known=KNOWN)
    items: list[Observation]
    known: KnownPoint


class ObservationRecord(Shape):
    model_config = example(item=_OBSERVATION, known=KNOWN)
    item: Observation
    known: KnownPoint


class ReportCell(Shape):
    """in_force: the event that counts in the cell."""

    path: str
    value: Any
    current: bool
    in_force: str | None


class ReportRow(Shape):
    """One statement of a report. report: the report's first event.

    state: current if it counts in any of its cells; superseded by another report of them; corrected or
    voided by replaced_by. status: of this statement; remarks: of who accepted or returned it;
    review_doubt: in which the status stands.
    """

    report: str
    event: str
    index: int
    doubt: Doubt | None
    kind: str
    indicator: str | None
    measures: list[str]
    period: str
    phase: str | None
    accumulation: str | None
    value: str | None
    numerator: str | None
    denominator: str | None
    state: Literal["current", "superseded", "corrected", "voided"]
    current: bool
    replaced_by: str | None
    status: Literal["submitted", "accepted", "returned"]
    remarks: str | None
    reviewed_by: str | None
    review_doubt: Doubt | None
    signers: list[SignerShown]
    reason: str
    evidence: int
    recorded_at: str
    example: str | None
    cells: list[ReportCell]
    cells_total: int


_REPORT: dict[str, Any] = {
    "report": EVENT,
    "event": EVENT,
    "index": 50,
    "doubt": None,
    "kind": "actual.reported",
    "indicator": "1.1.2",
    "measures": [],
    "period": "2025-Q4",
    "phase": None,
    "accumulation": "period",
    "value": "1",
    "numerator": None,
    "denominator": None,
    "state": "current",
    "current": True,
    "replaced_by": None,
    "status": "returned",
    "remarks": "Додайте підтвердні документи (приклад)",
    "reviewed_by": EVENT,
    "review_doubt": None,
    "signers": _SIGNERS,
    "reason": "",
    "evidence": 1,
    "recorded_at": INSTANT,
    "example": None,
    "cells": [{"path": "/actuals/1.1.2/2025-Q4/period", "value": "1", "current": True, "in_force": EVENT}],
    "cells_total": 1,
}


class Reports(Dated, Page):
    """By time, a report's statements together. What conflicts is kept, and one is current."""

    model_config = example(programme="town-digital-2025", **POINT, items=[_REPORT], next=None)
    programme: str
    items: list[ReportRow]
