"""Shapes of money: its chain step by step, and its moves."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from api.models.events import ROW, ActCited
from api.models.programmes import CAUSE, CELL, POINT, Cause, Dated
from api.models.shape import EVENT, KNOWN, Doubt, Shape, example
from api.models.sums import TOTALS, BudgetTotals

StepName = Literal[
    "need", "appropriation", "schedule", "commitment", "paid", "incurred", "payable", "returned"
]


class Empties(Shape):
    """How many lines state no amount, and what they hold instead."""

    none: int
    dash: int
    blank: int
    removed: int


class ChainFigure(Shape):
    """amount: of one line as it stands; of several the sum of the `stated` ones, null if none is."""

    amount: str | None
    stated: int
    empties: Empties
    cells: list[str]
    events: list[str]
    doubt: Doubt | None


class ChainStep(ChainFigure):
    """deviation: the amount less that of the step before; null unless both are amounts."""

    step: StepName
    deviation: str | None


class ChainRow(Shape):
    """key: what the lines have in common, as asked for; lines: how many there are."""

    key: dict[str, str | int | None]
    lines: int
    currency: str | None
    original: ChainFigure
    transferred: ChainFigure
    steps: list[ChainStep]
    doubt: Doubt | None


_FIGURE: dict[str, Any] = {
    "amount": "45000.00",
    "stated": 1,
    "empties": {"none": 0, "dash": 0, "blank": 0, "removed": 0},
    "cells": [CELL],
    "events": [EVENT],
    "doubt": None,
}
_NOTHING: dict[str, Any] = {
    "amount": None,
    "stated": 0,
    "empties": {"none": 1, "dash": 0, "blank": 0, "removed": 0},
    "cells": [],
    "events": [],
    "doubt": None,
}


class Money(Dated):
    """The whole chain, by line or by what `by` names; totals are of the lines looked at."""

    model_config = example(
        programme="town-digital-2025",
        **POINT,
        by=["source"],
        items=[
            {
                "key": {"source": "local"},
                "lines": 1,
                "currency": "UAH",
                "original": {**_FIGURE, "amount": "30000.00"},
                "transferred": _NOTHING,
                "steps": [
                    {"step": "need", "deviation": None, **_FIGURE},
                    {"step": "appropriation", "deviation": "-5000.00", **_FIGURE, "amount": "40000.00"},
                ],
                "doubt": None,
            }
        ],
        next=None,
        totals=TOTALS,
    )
    programme: str
    by: list[str]
    items: list[ChainRow]
    next: None
    totals: BudgetTotals


class Move(Shape):
    """From the cell of one line to that of another one."""

    from_: str = Field(alias="from")
    to: str
    amount: str


class Part(Shape):
    cell: str
    amount: str


class Delta(Shape):
    cell: str
    delta: str


class MovesRow(Shape):
    """What one act did to one family of cells. why: by its decision, or by a change of its status.

    moves: what it took from lines and gave to others; added, taken: the rest. For each line: moved in − moved
    out + added − taken = delta. net: the sum of the deltas.
    """

    of: Literal["financing", "appropriation", "schedule"]
    why: Literal["decided", "status"]
    act: ActCited | None
    causes: list[Cause]
    moves: list[Move]
    added: list[Part]
    taken: list[Part]
    moved: str
    net: str
    changes: list[Delta]
    doubt: Doubt | None


class MoveSums(Shape):
    of: Literal["financing", "appropriation", "schedule"]
    moved: str
    added: str
    taken: str
    net: str
    doubt: Doubt | None


_OTHER = "/financing/2.1.5/2025/local"
_POINT: dict[str, Any] = {"as_of": "2025-08-01", "known": KNOWN}


class Moves(Shape):
    """Where money was moved to between two points, act by act."""

    model_config = example(
        programme="town-digital-2025",
        **{"from": _POINT},
        to=_POINT,
        items=[
            {
                "of": "financing",
                "why": "decided",
                "act": ROW["act"],
                "causes": [CAUSE],
                "moves": [{"from": _OTHER, "to": CELL, "amount": "15000.00"}],
                "added": [],
                "taken": [{"cell": _OTHER, "amount": "500.00"}],
                "moved": "15000.00",
                "net": "-500.00",
                "changes": [{"cell": CELL, "delta": "15000.00"}, {"cell": _OTHER, "delta": "-15500.00"}],
                "doubt": None,
            }
        ],
        next=None,
        totals=[
            {
                "of": "financing",
                "moved": "15000.00",
                "added": "0.00",
                "taken": "500.00",
                "net": "-500.00",
                "doubt": None,
            }
        ],
    )
    programme: str
    from_: Dated = Field(alias="from")
    to: Dated
    items: list[MovesRow]
    next: None
    totals: list[MoveSums]
