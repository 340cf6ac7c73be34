"""Shapes of the reconciliation: the treasury's figures beside the ledger's, and what explains them."""

from __future__ import annotations

from typing import Any, Literal

from api.models.events import ROW, ActCited
from api.models.programmes import POINT, Dated
from api.models.shape import EVENT, Doubt, Shape, example

Status = Literal["unexplained", "ambiguous", "undetermined", "explained", "agrees"]


class SideFigure(Shape):
    """amount: null where nothing states it. until: of reports, the last day that they cover."""

    amount: str | None
    day: str
    until: str | None
    cells: list[str]
    events: list[str]
    doubt: Doubt | None


class ExplainedBy(Shape):
    """delta: what the act's own statements change. counted: they stand in the ledger's figure, and the
    treasury lacks them; else the treasury has them, and the ledger's figure does not."""

    act: ActCited | None
    events: list[str]
    delta: str
    counted: bool
    doubt: Doubt | None


class Comparison(Shape):
    """difference: treasury − ledger. fits: how many choices of so few acts close it; more than one explains
    nothing. unexplained: what no act accounts for."""

    name: Literal["approved", "amended", "scheduled", "paid"]
    treasury: SideFigure
    ledger: SideFigure
    difference: str | None
    status: Status
    why: (
        Literal["not-in-extract", "not-in-ledger", "older-extract", "reports-end-earlier", "shares-above-one"]
        | None
    )
    explained_by: list[ExplainedBy]
    fits: int
    unexplained: str | None
    doubt: Doubt | None


class ShareOf(Shape):
    line: str
    share: str
    cell: str
    events: list[str]
    doubt: Doubt | None


class ReconciledItem(Shape):
    """A measure's year and source, with the treasury lines that pay for it and the lines behind it."""

    measure: str
    year: int
    source: str
    status: Status
    shares: list[ShareOf]
    lines: list[str]
    comparisons: list[Comparison]
    doubt: Doubt | None


class Extracted(Shape):
    approved: str | None
    amended: str | None
    paid: str | None
    cells: list[str]
    events: list[str]
    doubt: Doubt | None


class PreviousExtract(Extracted):
    day: str


class TreasuryRow(Extracted):
    """newest: is it in the newest extract? mapped: which part of it is this programme's; null if none is."""

    line: str
    kpkvk: str | None
    kekv: str | None
    fund: str | None
    unit: str | None
    day: str
    newest: bool
    previous: PreviousExtract | None
    mapped: str | None
    status: Status


class Unmapped(Shape):
    """A line of the programme that no treasury line is mapped to: undetermined."""

    measure: str
    year: int
    segment: str
    appropriated: str | None
    scheduled: str | None
    paid: str | None
    cells: list[str]
    events: list[str]
    doubt: Doubt | None
    status: Literal["undetermined"]
    why: Literal["not-mapped"]


class ExtractShown(Shape):
    day: str
    events: list[str]


_TREASURY = "/treasury/2025/0217520.2210.general._/amended"
_SIDE: dict[str, Any] = {"day": "2025-06-30", "until": None, "events": [EVENT], "doubt": None}


class Reconciliation(Dated):
    """The newest extract of a year beside the ledger on its day; "not-imported" where there is none."""

    model_config = example(
        programme="town-digital-2025",
        **POINT,
        year=2025,
        status="explained",
        extract={"day": "2025-06-30", "events": [EVENT]},
        items=[
            {
                "measure": "2.1.4",
                "year": 2025,
                "source": "local",
                "status": "explained",
                "shares": [
                    {
                        "line": "0217520.2210.general._",
                        "share": "1",
                        "cell": "/allocation/2025/0217520.2210.general._/2.1.4/local",
                        "events": [EVENT],
                        "doubt": None,
                    }
                ],
                "lines": ["2.1.4/2025/local"],
                "comparisons": [
                    {
                        "name": "amended",
                        "treasury": {**_SIDE, "amount": "40000.00", "cells": [_TREASURY]},
                        "ledger": {
                            **_SIDE,
                            "amount": "45000.00",
                            "cells": ["/appropriation/2.1.4/2025/local"],
                        },
                        "difference": "-5000.00",
                        "status": "explained",
                        "why": None,
                        "explained_by": [
                            {
                                "act": ROW["act"],
                                "events": [EVENT],
                                "delta": "5000.00",
                                "counted": True,
                                "doubt": None,
                            }
                        ],
                        "fits": 1,
                        "unexplained": "0.00",
                        "doubt": None,
                    }
                ],
                "doubt": None,
            }
        ],
        lines=[],
        unmapped=[],
        next=None,
    )
    programme: str
    year: int
    status: Literal["not-imported", "unexplained", "ambiguous", "undetermined", "explained", "agrees"]
    extract: ExtractShown | None
    items: list[ReconciledItem]
    lines: list[TreasuryRow]
    unmapped: list[Unmapped]
    next: None
