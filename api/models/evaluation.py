"""Shapes of a year's evaluation: four sections of figures, and what was concluded of them."""

from __future__ import annotations

from typing import Any, Literal

from api.models.events import SignerShown
from api.models.programmes import POINT, Dated
from api.models.shape import EVENT, HASH, INSTANT, Doubt, Shape, Words, example
from projections.evaluation.sections import Verdict
from projections.evaluation.standing import Standing
from projections.obligations.told import Review

Rating = Literal["effective", "partly", "ineffective"]


class EvaluatedRow(Shape):
    """key: names the row within its list. cells, events: what it rests on; doubt: the worst of it."""

    key: str
    cells: list[str]
    events: list[str]
    doubt: Doubt | None


class EvaluatedVerdicts(Shape):
    """share: of those that are determined, to four decimals; null where none is."""

    yes: int
    no: int
    undetermined: int
    share: str | None


class EvaluatedRemoval(Shape):
    """since: the day from which it is gone; events: what removed it."""

    since: str
    cells: list[str]
    events: list[str]
    doubt: Doubt | None


class EvaluatedTargetRemoval(EvaluatedRemoval):
    """target: the last that there was, against which the year counts."""

    target: str | None


class EvaluatedMeasure(EvaluatedRow):
    """status: of the last report of the year; null if nobody reported of it."""

    measure: str
    title: str
    funded: bool
    status: Literal["not-started", "in-progress", "done", "stopped"] | None
    period: str | None
    done: Verdict
    removed: EvaluatedRemoval | None


class EvaluatedMeasures(Shape):
    """removed: how many of the measures are gone on the day."""

    measures: int
    removed: int
    by_status: dict[str, int]
    done: EvaluatedVerdicts


class EvaluatedProjects(Shape):
    rows: list[EvaluatedMeasure]
    totals: EvaluatedMeasures


class EvaluatedAmounts(Shape):
    """Null was never set; "-" and "" are as printed. Shares to four decimals."""

    original: str | None
    amended: str | None
    appropriated: str | None
    transferred: str | None
    committed: str | None
    paid: str | None
    incurred: str | None
    payable: str | None
    returned: str | None
    paid_of_plan: str | None
    paid_of_appropriation: str | None
    doubt: Doubt | None


class EvaluatedLine(EvaluatedAmounts):
    """line: the source with its budget axes, as in the cell's path."""

    key: str
    measure: str
    source: str
    line: str
    currency: str | None
    cells: list[str]
    events: list[str]


class EvaluatedSource(EvaluatedAmounts):
    key: str
    source: str


class EvaluatedMoney(Shape):
    rows: list[EvaluatedLine]
    by_source: list[EvaluatedSource]
    totals: EvaluatedAmounts


class EvaluatedReports(Shape):
    asked: int
    due: int
    on_time: int
    late: int
    missing: int
    returned: int
    accepted: int


class EvaluatedItem(EvaluatedRow, EvaluatedReports):
    kind: str
    item: str


class EvaluatedAsked(Shape):
    """All null where no deadline asks for reports about the year: unknown, and no zeros."""

    asked: int | None
    due: int | None
    on_time: int | None
    late: int | None
    missing: int | None
    returned: int | None
    accepted: int | None


class EvaluatedReport(EvaluatedRow):
    """A report that was made, by its id. state: does it count in the year's figures on the day?

    partly: of its cells some count; superseded: another report counts instead; not-yet: its period ends
    later; not-in-force: what it says does not hold.
    """

    kind: str
    items: list[str]
    period: str
    state: Standing
    review: Review


class EvaluatedExpectation(EvaluatedRow):
    """result: as printed; indicators: those that belong to the row."""

    measure: str
    result: str | list[str]
    indicators: list[str]


class EvaluatedResults(Shape):
    """configured: does a policy in force ask for reports about the year? If not, the totals are null.

    reports: those that were made, be they asked for or not.
    """

    configured: bool
    rows: list[EvaluatedItem]
    expected: list[EvaluatedExpectation]
    reports: list[EvaluatedReport]
    totals: EvaluatedAsked


class EvaluatedIndicator(EvaluatedRow):
    """reached_then: against the target in force at the year's end; reached_now: on the day."""

    indicator: str
    name: str | None
    kind: str | None
    unit: str | None
    base: str | None
    target_then: str | None
    target_now: str | None
    actual: str | None
    period: str | None
    review: Review | None
    files: int | None
    reached_then: Verdict
    reached_now: Verdict
    removed: EvaluatedTargetRemoval | None


class EvaluatedIndicatorTotals(Shape):
    """removed: how many of the indicators, or of their targets, are gone on the day."""

    indicators: int
    removed: int
    against_target_then: EvaluatedVerdicts
    against_target_now: EvaluatedVerdicts


class EvaluatedIndicators(Shape):
    rows: list[EvaluatedIndicator]
    totals: EvaluatedIndicatorTotals


class EvaluatedSections(Shape):
    projects: EvaluatedProjects
    money: EvaluatedMoney
    results: EvaluatedResults
    indicators: EvaluatedIndicators


class ConcludedSections(Shape):
    projects: str
    money: str
    results: str
    indicators: str


class EvaluatedSummaries(Shape):
    projects: Words
    money: Words
    results: Words
    indicators: Words


class ConcludedFigures(Shape):
    as_of: str
    known: int
    sha256: str


class ConcludedChange(Shape):
    """path: JSON Pointer within the sections, rows by their keys."""

    path: str
    concluded: Any
    now: Any


class Concluded(Shape):
    """bound: is the hash that it names that of the figures it says it looked at?

    changed: where those differ from the present ones; null if they cannot be computed.
    """

    event: str
    index: int
    recorded_at: str
    effective: str
    signers: list[SignerShown]
    rating: Rating
    conclusion: str
    sections: ConcludedSections
    figures: ConcludedFigures
    bound: bool
    changed: list[ConcludedChange] | None
    changed_total: int | None
    cells: list[str]
    doubt: Doubt | None


_NONE: dict[str, Any] = {"yes": 0, "no": 0, "undetermined": 0, "share": None}
_AMOUNTS: dict[str, Any] = {
    **dict.fromkeys(EvaluatedAmounts.model_fields),
    "amended": "30000.00",
    "paid": "15000.00",
    "paid_of_plan": "0.5000",
}
_COUNTS = dict.fromkeys(EvaluatedAsked.model_fields)
_SENTENCE = {"uk": "Заходів: 0. Виконано: 0, не виконано: 0, не визначено: 0.", "en": "Measures: 0."}
_STATUSES = {"not-started": 0, "in-progress": 0, "done": 0, "stopped": 0}


class Evaluation(Dated):
    """sha256: of the canonical figures, which a conclusion binds. conclusion: the one in force, if any."""

    model_config = example(
        programme="town-digital-2025",
        **POINT,
        year=2025,
        in_term=True,
        sections={
            "projects": {
                "rows": [],
                "totals": {"measures": 0, "removed": 0, "by_status": _STATUSES, "done": _NONE},
            },
            "money": {"rows": [], "by_source": [], "totals": _AMOUNTS},
            "results": {"configured": False, "rows": [], "expected": [], "reports": [], "totals": _COUNTS},
            "indicators": {
                "rows": [],
                "totals": {
                    "indicators": 0,
                    "removed": 0,
                    "against_target_then": _NONE,
                    "against_target_now": _NONE,
                },
            },
        },
        summaries=dict.fromkeys(("projects", "money", "results", "indicators"), _SENTENCE),
        sha256=HASH,
        conclusion={
            "event": EVENT,
            "index": 90,
            "recorded_at": INSTANT,
            "effective": "2026-01-31",
            "signers": [],
            "rating": "partly",
            "conclusion": "Заплановане виконано частково (приклад)",
            "sections": dict.fromkeys(("projects", "money", "results", "indicators"), "…"),
            "figures": {"as_of": "2026-01-31", "known": 89, "sha256": HASH},
            "bound": True,
            "changed": [{"path": "/money/totals/paid", "concluded": "10000.00", "now": "15000.00"}],
            "changed_total": 1,
            "cells": ["/evaluation/2025/rating", "/evaluation/2025/figures"],
            "doubt": None,
        },
    )
    programme: str
    year: int
    in_term: bool
    sections: EvaluatedSections
    summaries: EvaluatedSummaries
    sha256: str
    conclusion: Concluded | None
