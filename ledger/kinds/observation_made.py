"""observation.made: somebody with oversight remarks on an event, a cell or a finding, on the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.governing import adopter_of
from ledger.kinds.authors import check_authors
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.oversight import observed
from ledger.reach import acts_for
from ledger.registry import Body, keep
from ledger.remedy import offices_that_may
from ledger.statements import slots_of
from ledger.values import Day, EventId, Finding, Id, RequiredText, Strict

if TYPE_CHECKING:
    from ledger.programme import Programme

ANSWERED = "observation.answered"


class About(Strict):
    """The first event of a slot of the same stream, or of the programme a cell or a finding (as of a day)."""

    event: EventId | None = None
    cell: Annotated[str, Field(pattern=r"^(/[A-Za-z0-9._~-]+)+$", max_length=400)] | None = None
    finding: Finding | None = None
    as_of: Day | None = None


class ObservationMade(Strict):
    """to: the office that is asked to answer; due: by which day."""

    about: About
    text: RequiredText
    to: Id | None = None
    due: Day | None = None


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: ObservationMade | None = event.data
    known = (view.body if view.body is not None else view.programme).observations.get(view.slot)
    if known is not None:
        check_authors(view, event, known.offices)
    if data is None:
        return
    _check_about(view, data.about)
    if data.to is not None:
        _check_office(view, event, data.to)
    yield from ()


def _check_about(view: View, about: About) -> None:
    """Refuse what names nothing, several things, or what is not there.

    Whether a finding is still one is not asked: it may have come and gone.
    """
    named = [name for name in ("event", "cell", "finding") if getattr(about, name) is not None]
    if len(named) != 1:
        raise Refusal("unknown-field" if named else "missing-field", f"/data/about/{[*named, 'event'][0]}")
    if about.as_of is not None and about.event is not None:
        raise Refusal("unknown-field", "/data/about/as_of", about.as_of)
    if about.event is not None and about.event not in slots_of(view.world, view.subject):
        raise Refusal("unknown-event", "/data/about/event", about.event)
    if about.cell is not None and (view.before is None or about.cell not in view.before.timeline.cells):
        raise Refusal("unknown-cell", "/data/about/cell", about.cell)
    if about.finding is not None and view.before is None:  # a body has none
        raise Refusal("unknown-field", "/data/about/finding", about.finding)


def _check_office(view: View, event: Common, name: str) -> None:
    """Who is asked must be able to answer, for the body that answers for the subject."""
    body = view.world.body_of(f"office:{name}")
    office = body.offices.get(name) if body is not None else None
    if body is None or office is None:
        raise Refusal("unknown-office", "/data/to", name)
    owner = view.world.root.current(adopter_of(view.world, event), view.today)
    instead = offices_that_may(view.world, ANSWERED, owner, view.today)
    if ANSWERED not in office.kinds:
        raise Refusal("office-may-not", "/data/to", name, kind=ANSWERED, instead=instead)
    if not acts_for(view.world, body.id, owner, view.today):
        raise Refusal("foreign-body", "/data/to", body.id, owner=owner, instead=instead)


def evolve(state: Body | Programme, stated: Stated) -> Body | Programme:
    state = replace(state, observations=observed(state.observations, stated))
    return _kept(state, stated) if isinstance(state, Body) else state


def _kept(body: Body, stated: Stated) -> Body:
    kept = keep(stated, "observation", body.kept.get(stated.slot))
    return replace(body, kept=body.kept.set(stated.slot, kept))


def phrases(data: ObservationMade, olds: object) -> Iterator[Words]:
    yield {"about": data.about.event or data.about.cell or data.about.finding, "text": data.text}


KIND = Kind(
    "observation.made",
    schema=1,
    family="programme",
    also=("body",),
    data=ObservationMade,
    refers=lambda data: [f"office:{data.to}"] if data.to else [],
    decide=decide,
    evolve=evolve,
    phrases=phrases,
    title_uk="Зауваження",
    title_en="Observation made",
    uk="Зауваження до {about}: {text}",
    en="Observation on {about}: {text}",
    example={
        "about": {"cell": "/financing/1/2025/local", "as_of": "2025-12-31"},
        "text": "Потребує пояснення (приклад)",
        "to": "finance-head",
        "due": "2026-01-31",
    },
)
