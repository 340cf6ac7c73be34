"""act.registered: a legal act is on the record, once, for all the programmes it changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.registry import Body, keep
from ledger.timeline import Act
from ledger.values import Day, Id, Line, Strict, Text

ACT_KINDS = Literal[
    "decision",
    "executive-decision",
    "order",
    "military-order",
    "court-decision",
    "commission-decision",
    "other",
]


class PrintedStatus(Strict):
    """The status as the paper prints it; it starts and stops nothing."""

    text: Line
    date: Day | Literal[""] = ""


class ExternalId(Strict):
    """The act's id in a neighbouring system."""

    system: Id
    id: Line


class Vote(Strict):
    """One vote of a named ballot, as the minutes print it."""

    name: Line
    vote: Literal["for", "against", "abstained", "absent", "did-not-vote"]


class ActRegistered(Strict):
    """date: of the act; order: within the day; in_force: first day, or None for not yet.

    number and project_number stay apart; "" is a blank in the paper.
    """

    act: Id
    kind: ACT_KINDS
    number: Line = ""
    project_number: Line = ""
    date: Day
    order: Annotated[int, Field(ge=0, le=9999)] | None = None
    title: Text
    points: Annotated[tuple[Line, ...], Field(max_length=200)] = ()
    in_force: Day | None = None
    status: PrintedStatus | None = None
    session: Line | None = None
    convocation: Line | None = None
    legal_bases: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    external_ids: Annotated[tuple[ExternalId, ...], Field(max_length=20)] = ()
    votes: Annotated[tuple[Vote, ...], Field(max_length=400)] = ()


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: ActRegistered = event.data
    known = view.council.kept.get(view.slot)
    if known is not None and known.about != data.act:
        raise Refusal("correction-changes-id", "/data/act", data.act)
    if known is None and f"act:{data.act}" in view.world.names:
        raise Refusal("act-exists", "/data/act", data.act)
    yield from ()


def evolve(body: Body, stated: Stated) -> Body:
    data: ActRegistered = stated.event.data
    old = body.acts.get(data.act)
    statuses = old.statuses if old is not None else ()
    act = Act(data.act, data.date, data.order or 0, data.in_force, statuses, stated.index)
    if old is not None and (old.date, old.order, old.stretches) == (act.date, act.order, act.stretches):
        act = replace(act, changed_at=old.changed_at)
    kept = keep(stated, data.act, body.kept.get(stated.slot))
    return replace(
        body,
        acts=body.acts.set(data.act, act),
        papers=body.papers.set(data.act, {"number": data.number, "date": data.date, "points": data.points}),
        kept=body.kept.set(stated.slot, kept),
    )


KIND = Kind(
    "act.registered",
    schema=1,
    family="body",
    data=ActRegistered,
    voidable=False,
    makes=lambda data: [f"act:{data.act}"],
    decide=decide,
    evolve=evolve,
    title_uk="Зареєстровано акт",
    title_en="Act registered",
    uk="Зареєстровано акт від {date}, номер: {number}: «{title}»",
    en="Act of {date} registered, number: {number}: “{title}”",
    example={
        "act": "town-12-2025-01-15",
        "kind": "decision",
        "number": "12",
        "date": "2025-01-15",
        "title": "Про програму (приклад)",
        "points": ["1", "2"],
        "in_force": "2025-01-15",
    },
)
