"""Shapes of a programme's tree."""

from __future__ import annotations

from typing import Any, Literal

from api.models.programmes import POINT, Dated
from api.models.shape import EVENT, Doubt, Shape, example

Level = Literal["priority", "task", "measure", "work"]


class TreeEmpties(Shape):
    dash: int
    blank: int
    removed: int


class TreeRow(Shape):
    """depth: 0 at the root. tasks … indicators: how many are below, and the row's own indicators.

    original … paid: of the year, of the row and all below it; null where no amount was stated.
    empties: how many of its lines say a dash, a blank, or that they were removed.
    """

    id: str
    level: Level | None
    depth: int
    parent: str | None
    title: str
    mode: str | None
    executor: str | None
    result: str | None
    kpkvk: str | None
    tasks: int
    measures: int
    works: int
    indicators: int
    original: str | None
    amended: str | None
    appropriated: str | None
    paid: str | None
    money_doubt: Doubt | None
    empties: TreeEmpties
    cell: str
    event: str
    index: int
    doubt: Doubt | None


_ROW: dict[str, Any] = {
    **dict.fromkeys(TreeRow.model_fields),
    "id": "2.1.4",
    "level": "measure",
    "depth": 2,
    "parent": "2.1",
    "title": "Електронний документообіг",
    "tasks": 0,
    "measures": 0,
    "works": 0,
    "indicators": 1,
    "original": "30000.00",
    "amended": "45000.00",
    "empties": {"dash": 0, "blank": 0, "removed": 0},
    "cell": "/tree/2.1.4/title",
    "event": EVENT,
    "index": 8,
}


class TreeTotals(Shape):
    """funded: measures of which some amount of the year is stated."""

    priorities: int
    tasks: int
    measures: int
    works: int
    funded: int


class Tree(Dated):
    """Parents before what is below them. year: of the money. totals: how many rows of each level."""

    model_config = example(
        programme="town-digital-2025",
        **POINT,
        year=2025,
        currency="UAH",
        items=[_ROW],
        totals={"priorities": 4, "tasks": 11, "measures": 25, "works": 0, "funded": 4},
        next=None,
    )
    programme: str
    year: int
    currency: str | None
    items: list[TreeRow]
    totals: TreeTotals
    next: None
