"""progress.reported: where a measure stands at the end of a period, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ledger.errors import Refusal
from ledger.event import Common
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.timeline import Write
from ledger.values import Id, Period, Strict, Text, period_end, period_year

PROGRESS_WORDS = {
    "not-started": ("не розпочато", "not started"),
    "in-progress": ("виконується", "in progress"),
    "done": ("виконано", "done"),
    "stopped": ("припинено", "stopped"),
}


class ProgressReported(Strict):
    """status: where the measure stands; note: what was done."""

    measure: Id
    period: Period
    status: Literal["not-started", "in-progress", "done", "stopped"]
    note: Text = ""


def writes(data: ProgressReported, effective: str, slot: str) -> Iterator[Write]:
    yield Write(f"/progress/{data.measure}/{data.period}", effective, "set", data.status, "/data/status")


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: ProgressReported | None = event.data
    if data is None:
        return
    if not view.programme.has_measure(data.measure):
        raise Refusal("unknown-measure", "/data/measure", data.measure)
    if not view.programme.has_year(period_year(data.period)):
        raise Refusal("unknown-period", "/data/period", data.period)
    yield from ()


def phrases(data: ProgressReported, olds: object) -> Iterator[Words]:
    yield {**data.model_dump(), "status": PROGRESS_WORDS[data.status]}


KIND = Kind(
    "progress.reported",
    schema=1,
    family="programme",
    data=ProgressReported,
    starts=lambda data: period_end(data.period),
    writes=writes,
    decide=decide,
    phrases=phrases,
    title_uk="Подано стан виконання",
    title_en="Progress reported",
    uk="Захід {measure}, {period}: {status}",
    en="Measure {measure}, {period}: {status}",
    example={"measure": "1", "period": "2025-Q1", "status": "in-progress", "note": ""},
)
