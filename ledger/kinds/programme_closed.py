"""programme.closed: the programme ends; only reports and corrections follow without notice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ledger.errors import Refusal
from ledger.event import Common
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.timeline import Write
from ledger.values import Strict


class ProgrammeClosed(Strict):
    """outcome: how it ended."""

    outcome: Literal["completed", "terminated"]


def writes(data: ProgrammeClosed, effective: str, slot: str) -> Iterator[Write]:
    yield Write("/closed", effective, "set", data.outcome, "/data/outcome")


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    if view.programme.closed_on(view.today) is not None and event.relations.corrects is None:
        raise Refusal("programme-closed-already", "/subject", event.subject)
    yield from ()


def phrases(data: ProgrammeClosed, olds: object) -> Iterator[dict[str, object]]:
    words = {
        "completed": ("виконано", "completed"),
        "terminated": ("припинено достроково", "terminated early"),
    }
    yield {"outcome": words[data.outcome]}


KIND = Kind(
    "programme.closed",
    schema=1,
    family="programme",
    proposable=True,
    data=ProgrammeClosed,
    act="required",
    effective="required",
    writes=writes,
    decide=decide,
    phrases=phrases,
    title_uk="Програму завершено",
    title_en="Programme closed",
    uk="Програму завершено: {outcome}",
    en="Programme closed: {outcome}",
    example={"outcome": "completed"},
)
