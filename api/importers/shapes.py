"""What may be imported, by name: who reads it, and what is asked beside the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from api.importers import actuals, against, comparison, schedule, spending, treasury, votes
from api.importers.rows import Reader, Template

Beside = Literal["programme", "state", "registration"]


@dataclass(frozen=True, slots=True)
class Shape:
    """asks: members of Asked that it takes; needs: those of them that it cannot do without.

    beside: what of the record it is read with: a programme at the head, a programme's state on the day from
    which the file counts, or an act's registration. kind: of its events.
    """

    kind: str
    read: Reader
    asks: tuple[str, ...]
    needs: tuple[str, ...] = ("programme",)
    beside: Beside = "programme"


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
    "votes": Shape("act.registered", votes.read_votes, ("act",), ("act",), "registration"),
    "comparison": Shape(
        "financing.changed",
        against.take_comparison,
        ("programme", "act", "point", "effective", "amounts_in"),
        ("programme", "act", "effective"),
        "state",
    ),
    "edition": Shape(
        "programme.amended",
        against.take_edition,
        ("programme", "act", "point", "effective", "annex"),
        ("programme", "act", "effective", "annex"),
        "state",
    ),
}
TEMPLATES: Final[Mapping[str, Template]] = {
    "actuals": actuals.TEMPLATE,
    "spending": spending.TEMPLATE,
    "schedule": schedule.TEMPLATE,
    "treasury": treasury.TEMPLATE,
    "votes": votes.TEMPLATE,
    "comparison": comparison.TEMPLATE,
}
