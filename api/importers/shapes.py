"""What may be imported, by name: who reads it, and what is asked beside the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from api.importers import actuals, schedule, spending, treasury, votes
from api.importers.rows import Reader, Template


@dataclass(frozen=True, slots=True)
class Shape:
    """asks: members of Asked that it takes; needs: those of them that it cannot do without.

    known: whether it is about a programme that is on the record, and is read with what that has. kind: of its
    events.
    """

    kind: str
    read: Reader
    asks: tuple[str, ...]
    needs: tuple[str, ...] = ("programme",)
    known: bool = True


SHAPES: Final[Mapping[str, Shape]] = {
    "actuals": Shape("actual.reported", actuals.read_actuals, ("programme", "period", "accumulation")),
    "spending": Shape(
        "spending.reported",
        spending.read_spending,
        ("programme", "period", "accumulation", "phase", "amounts_in"),
    ),
    "schedule": Shape(
        "schedule.changed", schedule.read_schedule, ("programme", "effective", "year", "amounts_in")
    ),
    "treasury": Shape(
        "treasury.imported",
        treasury.read_treasury,
        ("programme", "day", "year", "kpkvk", "fund", "name"),
        ("programme", "day"),
    ),
    "votes": Shape("act.registered", votes.read_votes, ("act",), ("act",), known=False),
}
TEMPLATES: Final[Mapping[str, Template]] = {
    "actuals": actuals.TEMPLATE,
    "spending": spending.TEMPLATE,
    "schedule": schedule.TEMPLATE,
    "treasury": treasury.TEMPLATE,
    "votes": votes.TEMPLATE,
}
