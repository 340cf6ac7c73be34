"""Shapes of what a programme adds up to: state, budget, indicators, history, diff, blame."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from api.models.events import ROW, ActCited, EventRow, SignerShown
from api.models.shape import EVENT, HASH, INSTANT, KNOWN, Doubt, KnownPoint, Page, Shape, example
from api.models.sums import SUMS, TOTALS, BudgetTotals, Sums
from projections.reaching import Verdict

CELL = "/financing/2.1.4/2025/local"
POINT: dict[str, Any] = {"as_of": "2025-12-31", "known": KNOWN}


class Dated(Shape):
    """What every answer about a state echoes."""

    as_of: str
    known: KnownPoint


class CellOrigin(Shape):
    """event: the one that set the cell; index: its leaf index; from: the day it holds from.

    doubt: the worst of what decides the value, as known at the position.
    """

    event: str
    index: int
    from_: str = Field(alias="from")
    doubt: Doubt | None


class Gone(Shape):
    """A cell that has no value, by what is in doubt."""

    path: str
    doubt: Doubt


class State(Dated):
    """Nested values: removed is null, none is no member. cells: the event behind each path.

    gone: cells that would be there if what is in doubt had not been recorded.
    """

    model_config = example(
        programme="town-digital-2025",
        **POINT,
        state={"financing": {"2.1.4": {"2025": {"local": "45000.00"}}}},
        cells={CELL: {"event": EVENT, "index": 12, "from": "2025-06-01", "doubt": None}},
        gone=[],
        state_hash=f"sha256:{HASH}",
    )
    programme: str
    state: dict[str, Any]
    cells: dict[str, CellOrigin]
    gone: list[Gone]
    state_hash: str


class Term(Shape):
    from_: str | None = Field(alias="from")
    to: str | None


_PROGRAMME: dict[str, Any] = {
    "id": "town-digital-2025",
    "title": "Цифрове місто (приклад)",
    "body": "town-council",
    "term": {"from": "2025", "to": "2027"},
    "currency": "UAH",
    "status": "in-force",
    "adopted_index": 8,
    "last_index": 56,
    "doubt": None,
}


class ProgrammeItem(Shape):
    """title: null while the adopting act is not in force. *_index: leaf indexes.

    doubt: the worst of the statements that set its title, term, currency and closing.
    """

    id: str
    title: str | None
    body: str
    term: Term
    currency: str | None
    status: Literal["in-force", "not-in-force", "closed", "unavailable"]
    adopted_index: int
    last_index: int | None
    doubt: Doubt | None


class Programmes(Dated, Page):
    """The programmes on the record, by id."""

    model_config = example(items=[_PROGRAMME], next=None, **POINT)
    items: list[ProgrammeItem]


class Behind(Shape):
    """What a figure is made of: cells, and the leaf indexes of the entries that set them."""

    cells: list[str]
    entries: list[int]


class BudgetRow(Sums):
    """ "-" and "" as printed; "removed": removed; null: never set. Amounts have two decimals.

    evidence: by column, of those that have any.
    """

    measure: str
    year: int
    source: str
    kpkvk: str | None
    kekv: str | None
    fund: str | None
    unit: str | None
    currency: str | None
    unfunded: str | None
    cell: str
    event: str | None
    index: int | None
    evidence: dict[str, Behind]


BUDGET_ROW: dict[str, Any] = {
    "measure": "2.1.4",
    "year": 2025,
    "source": "local",
    "kpkvk": None,
    "kekv": None,
    "fund": None,
    "unit": None,
    "currency": "UAH",
    **SUMS,
    "unfunded": None,
    "cell": CELL,
    "event": EVENT,
    "index": 12,
    "evidence": {"amended": {"cells": [CELL], "entries": [8, 12]}},
}


class Budget(Dated):
    """Original beside amended, appropriated and actual; totals are of the rows shown."""

    model_config = example(
        programme="town-digital-2025",
        **POINT,
        items=[BUDGET_ROW],
        next=None,
        totals=TOTALS,
    )
    programme: str
    items: list[BudgetRow]
    next: None
    totals: BudgetTotals


class Latest(Shape):
    period: str
    value: Any


class Dynamics(Shape):
    """rule: how `computed` was made: the sum of a flow's targets, or a stock's end minus base."""

    printed: str | None
    computed: str | None
    rule: Literal["sum", "end-minus-base"] | None


class Reported(Shape):
    """The statement behind the latest report. example: what it says of being invented."""

    cell: str
    event: str
    index: int
    example: str | None


class IndicatorRow(Shape):
    """target_then: in force on the year's last day; target_now: on as_of. report: its slot.

    reached: the actual against target_now, where the year is over and its figure surely whole.

    doubtful: the members that rest on a statement in doubt, each with its word; doubt: the worst.
    """

    indicator: str
    name: str | None
    measure: str | None
    kind: str | None
    unit: str | None
    year: int | None
    base: str | None
    base_date: str | None
    target_then: str | None
    target_now: str | None
    actual: str | None
    latest: Latest | None
    status: str | None
    evidence: int | None
    report: str | None
    reported: Reported | None
    achievement: str | None
    reached: Verdict
    dynamics: Dynamics
    cell: str
    event: str | None
    index: int | None
    doubt: Doubt | None
    doubtful: dict[str, Doubt]


_INDICATOR: dict[str, Any] = {
    "indicator": "1.1.2",
    "name": "Семінари й тренінги",
    "measure": "1.1.2",
    "kind": "flow",
    "unit": "одиниць",
    "year": 2025,
    "base": "0",
    "base_date": None,
    "target_then": "2",
    "target_now": "2",
    "actual": "3",
    "latest": {"period": "2025-Q4", "value": "1"},
    "status": "accepted",
    "evidence": 1,
    "report": EVENT,
    "reported": {"cell": "/actuals/1.1.2/2025-Q4/period", "event": EVENT, "index": 31, "example": None},
    "achievement": "1.5000",
    "reached": "yes",
    "dynamics": {"printed": "+10", "computed": "10", "rule": "sum"},
    "cell": "/indicators/1.1.2/targets/2025",
    "event": EVENT,
    "index": 8,
    "doubt": None,
    "doubtful": {},
}


class VerdictCounts(Shape):
    yes: int
    no: int
    undetermined: int


class IndicatorTotals(Shape):
    """Of the rows of one year that were answered. missing: nothing was reported of them."""

    year: int
    indicators: int
    reported: int
    missing: int
    returned: int
    reached: VerdictCounts
    doubt: Doubt | None


_TOTALS: dict[str, Any] = {
    "year": 2025,
    "indicators": 1,
    "reported": 1,
    "missing": 0,
    "returned": 0,
    "reached": {"yes": 1, "no": 0, "undetermined": 0},
    "doubt": None,
}


class Indicators(Dated):
    """One row per indicator and year; with a limit `next` continues after the last indicator.

    totals: of the rows answered here, by year.
    """

    model_config = example(
        programme="town-digital-2025", **POINT, items=[_INDICATOR], totals=[_TOTALS], next=None
    )
    programme: str
    items: list[IndicatorRow]
    totals: list[IndicatorTotals]
    next: str | None


class History(Page):
    """What happened, newest first; `next` continues below the last row."""

    model_config = example(
        programme="town-digital-2025",
        known=KNOWN,
        items=[ROW],
        next="/v1/programmes/town-digital-2025/history?known=57&before=12",
    )
    programme: str
    known: KnownPoint
    items: list[EventRow]


class LogHistory(Page):
    """What happened in the whole ledger, newest first."""

    model_config = example(known=KNOWN, items=[ROW], next="/v1/history?known=57&before=12")
    known: KnownPoint
    items: list[EventRow]


class Side(Shape):
    """doubt: of what makes up the value, as known at the side's own position."""

    value: Any
    removed: bool
    event: str
    doubt: Doubt | None


class Cause(Shape):
    event: str
    index: int
    kind: str
    act: ActCited | None
    reason: str
    example: str | None
    recorded_at: str
    signers: list[SignerShown]
    doubt: Doubt | None
    proof: str


CAUSE: dict[str, Any] = {
    "event": EVENT,
    "index": 12,
    "kind": "financing.changed",
    "act": ROW["act"],
    "reason": "",
    "example": None,
    "recorded_at": INSTANT,
    "signers": ROW["signers"],
    "doubt": None,
    "proof": f"/v1/proofs/inclusion?event={EVENT}",
}


class Change(Shape):
    """old, new: null where the cell was none. delta: new − old, for money.

    old_doubt, new_doubt: of what decides each side, also where it is null.
    """

    path: str
    unit: str | None
    old: Side | None
    new: Side | None
    old_doubt: Doubt | None
    new_doubt: Doubt | None
    delta: str | None
    why: Literal["took_effect", "decided", "corrected", "status"]
    causes: list[Cause]


class LimitSums(Shape):
    """What a year's limits come to at either point, null where no amount is stated; delta: new − old."""

    of: Literal["financing", "appropriation", "schedule"]
    year: int
    old: str | None
    new: str | None
    delta: str
    doubt: Doubt | None


class DiffTotals(Shape):
    """Of all pages together. changes: how many cells differ; limits: also of years that do not."""

    changes: int
    limits: list[LimitSums]


class Diff(Page):
    """What differs between two points, cell by cell, and why."""

    model_config = example(
        programme="town-digital-2025",
        **{"from": {"as_of": "2025-08-01", "known": KNOWN}},
        to={"as_of": "2025-08-01", "known": KNOWN},
        changes=[
            {
                "path": CELL,
                "unit": "UAH",
                "old": {"value": "30000.00", "removed": False, "event": EVENT, "doubt": None},
                "new": {"value": "45000.00", "removed": False, "event": EVENT, "doubt": None},
                "old_doubt": None,
                "new_doubt": None,
                "delta": "15000.00",
                "why": "decided",
                "causes": [CAUSE],
            }
        ],
        totals={
            "changes": 1,
            "limits": [
                {
                    "of": "financing",
                    "year": 2025,
                    "old": "30000.00",
                    "new": "45000.00",
                    "delta": "15000.00",
                    "doubt": None,
                }
            ],
        },
        next=None,
    )
    programme: str
    from_: Dated = Field(alias="from")
    to: Dated
    changes: list[Change]
    totals: DiffTotals


class BlameRow(Cause):
    """One counting write of the cell; old: the value that it found, null: none; old_doubt: of that."""

    op: Literal["set", "add", "unset"]
    value: Any
    from_: str = Field(alias="from")
    old: Any
    old_doubt: Doubt | None
    act_date: str


class Doubter(Shape):
    """An entry in doubt that decides a value: what could be re-affirmed."""

    event: str
    index: int
    stream: str
    kind: str
    doubt: Doubt


class Blame(Dated, Page):
    """The chain of one cell, the write in force first. value: null if the cell is none.

    doubt: of what decides the cell, also where it is none; doubted_by: the entries in doubt that do.
    """

    model_config = example(
        programme="town-digital-2025",
        **POINT,
        path=CELL,
        value={"value": "45000.00", "removed": False, "event": EVENT, "doubt": None},
        doubt=None,
        doubted_by=[],
        items=[
            {
                "op": "set",
                "value": "45000.00",
                **{"from": "2025-06-01"},
                "old": "30000.00",
                "old_doubt": None,
                "act_date": "2025-05-29",
                **CAUSE,
            }
        ],
        next=None,
    )
    programme: str
    path: str
    value: Side | None
    doubt: Doubt | None
    doubted_by: list[Doubter]
    items: list[BlameRow]
