"""financing.changed: the programme's need, by measure, year and source."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.event import Common
from ledger.kinds.base import Discrepancy, Kind, Olds, View, Words
from ledger.kinds.parts import Lines, above_appropriation, check_line, line_phrases, line_writes
from ledger.timeline import Write
from ledger.values import Strict


class FinancingChanged(Strict):
    """A line says `set` an amount, `add` one («збільшити на») or `unset`."""

    lines: Lines


def writes(data: FinancingChanged, effective: str, slot: str) -> Iterator[Write]:
    return line_writes("financing", data, effective)


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: FinancingChanged | None = event.data
    if data is None:
        return
    for place, line in enumerate(data.lines):
        check_line(view.programme, line, f"/data/lines/{place}")
    yield from above_appropriation(view, data.lines, "financing", event.effective)


def phrases(data: FinancingChanged, olds: Olds) -> Iterator[Words]:
    return line_phrases(data.lines, "financing", olds)


KIND = Kind(
    "financing.changed",
    schema=1,
    family="programme",
    proposable=True,
    data=FinancingChanged,
    act="required",
    effective="required",
    writes=writes,
    decide=decide,
    phrases=phrases,
    title_uk="Змінено обсяг фінансування",
    title_en="Financing changed",
    uk="Фінансування заходу {measure} на {year} рік ({source}): {old} → {new}",
    en="Financing of measure {measure} for {year} ({source}): {old} → {new}",
    example={
        "lines": [
            {
                "measure": "1",
                "year": 2025,
                "source": "local",
                "op": "set",
                "amount": "150.00",
                "stated_old": "100.00",
            }
        ]
    },
)
