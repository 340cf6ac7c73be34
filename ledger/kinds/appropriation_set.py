"""appropriation.set: what the year's budget decision grants."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.event import Common
from ledger.kinds.base import Discrepancy, Kind, Olds, View, Words
from ledger.kinds.parts import Lines, check_line, line_phrases, line_writes
from ledger.timeline import Write
from ledger.values import Strict


class AppropriationSet(Strict):
    """A second limit beside the programme's need: the two are never one number."""

    lines: Lines


def writes(data: AppropriationSet, effective: str, slot: str) -> Iterator[Write]:
    return line_writes("appropriation", data, effective)


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: AppropriationSet | None = event.data
    if data is None:
        return
    for place, line in enumerate(data.lines):
        check_line(view.programme, line, f"/data/lines/{place}")
    yield from ()


def phrases(data: AppropriationSet, olds: Olds) -> Iterator[Words]:
    return line_phrases(data.lines, "appropriation", olds)


KIND = Kind(
    "appropriation.set",
    schema=1,
    family="programme",
    proposable=True,
    data=AppropriationSet,
    act="required",
    effective="required",
    writes=writes,
    decide=decide,
    phrases=phrases,
    title_uk="Встановлено бюджетні призначення",
    title_en="Appropriation set",
    uk="Призначення на захід {measure}, {year} рік ({source}): {old} → {new}",
    en="Appropriation for measure {measure}, {year} ({source}): {old} → {new}",
    example={
        "lines": [{"measure": "1", "year": 2025, "source": "local", "op": "set", "amount": "100.00"}],
    },
)
