"""Shapes of a programme in time: GET /v1/programmes/{programme}/timeline."""

from __future__ import annotations

from typing import Any

from api.models.programmes import POINT, Dated
from api.models.shape import EVENT, INSTANT, Doubt, Page, Shape, Words, example


class Passed(Shape):
    """One entry on the two lanes. effective: the day from which it counts, null where it has none."""

    index: int
    event: str
    kind: str
    title: Words
    effective: str | None
    recorded_at: str
    example: str | None
    doubt: Doubt | None


class SessionAct(Shape):
    id: str
    number: str
    project_number: str
    title: str


class Session(Shape):
    """A day on which the council decided on the programme."""

    date: str
    acts: list[SessionAct]


class AdoptingAct(Shape):
    """in_force: null for not yet; number "": left blank in the paper."""

    id: str
    point: str | None
    kind: str
    number: str | None
    project_number: str | None
    date: str
    title: str
    in_force: str | None
    body: str


class Adoption(Shape):
    """The last part of the adoption: known after it, on its own day, the programme is as adopted."""

    index: int
    event: str
    effective: str | None
    recorded_at: str
    act: AdoptingAct | None
    example: str | None
    doubt: Doubt | None


_PASSED: dict[str, Any] = {
    "index": 12,
    "event": EVENT,
    "kind": "financing.changed",
    "title": {"uk": "Фінансування змінено", "en": "Financing changed"},
    "effective": "2025-06-01",
    "recorded_at": INSTANT,
    "example": None,
    "doubt": None,
}
_ACT: dict[str, Any] = {"id": "town-476-2025", "number": "476", "project_number": ""}


class Passage(Dated, Page):
    """items: newest first; total: how many there are. years: last days of the term's years."""

    model_config = example(
        programme="town-digital-2025",
        **POINT,
        items=[_PASSED],
        total=24,
        adopted={
            "index": 8,
            "event": EVENT,
            "effective": "2025-02-20",
            "recorded_at": INSTANT,
            "act": {
                **_ACT,
                "point": "1",
                "kind": "decision",
                "date": "2025-02-20",
                "title": "Про програму",
                "in_force": "2025-02-20",
                "body": "town-council",
            },
            "example": None,
            "doubt": None,
        },
        sessions=[{"date": "2025-02-20", "acts": [{**_ACT, "title": "Про програму"}]}],
        years=["2025-12-31", "2026-12-31", "2027-12-31"],
        next=None,
    )
    programme: str
    items: list[Passed]
    total: int
    adopted: Adoption
    sessions: list[Session]
    years: list[str]
