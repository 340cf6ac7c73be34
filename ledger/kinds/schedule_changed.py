"""schedule.changed: how the year's appropriation is spread over its lines («розпис і зміни»)."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.event import Common
from ledger.kinds.base import Discrepancy, Kind, Olds, View, Words
from ledger.kinds.parts import Lines, above_appropriation, check_line, line_phrases, line_writes
from ledger.timeline import Write
from ledger.values import Day, Name, Strict


class Certificate(Strict):
    """The paper by which a schedule is changed («довідка про зміни»); no act of a council is needed."""

    number: Name
    date: Day | None = None


class ScheduleChanged(Strict):
    """A line says `set` an amount, `add` one or `unset`."""

    lines: Lines
    certificate: Certificate | None = None


def writes(data: ScheduleChanged, effective: str, slot: str) -> Iterator[Write]:
    return line_writes("schedule", data, effective)


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: ScheduleChanged | None = event.data
    if data is None:
        return
    for place, line in enumerate(data.lines):
        check_line(view.programme, line, f"/data/lines/{place}")
    yield from above_appropriation(view, data.lines, "schedule", event.effective)


def phrases(data: ScheduleChanged, olds: Olds) -> Iterator[Words]:
    return line_phrases(data.lines, "schedule", olds)


KIND = Kind(
    "schedule.changed",
    schema=1,
    family="programme",
    proposable=True,
    data=ScheduleChanged,
    act="optional",
    effective="required",
    writes=writes,
    decide=decide,
    phrases=phrases,
    title_uk="Змінено розпис",
    title_en="Schedule changed",
    uk="Розпис на захід {measure}, {year} рік ({source}): {old} → {new}",
    en="Schedule for measure {measure}, {year} ({source}): {old} → {new}",
    example={
        "lines": [{"measure": "1", "year": 2025, "source": "local", "op": "set", "amount": "90.00"}],
        "certificate": {"number": "15 (приклад)", "date": "2025-03-01"},
    },
)
