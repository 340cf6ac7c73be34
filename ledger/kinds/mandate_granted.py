"""mandate.granted: a person holds an office from a day on, or for an interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.registry import Body, Mandate, keep
from ledger.values import FOREVER, Day, Id, Line, Strict

HOLDING = ("обіймає посаду", "holds office")
ACTING = ("виконує обов'язки за посадою (в.о.)", "is acting in office")


class MandateGranted(Strict):
    """start: first day; end: the day after the last one (exclusive), absent while open.

    acting: the person stands in for the office's holder, by an order that must be named.
    """

    person: Id
    office: Id
    start: Day
    end: Day | None = None
    order: Line = ""  # the order or decision that appoints, as printed
    acting: bool = False


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: MandateGranted | None = event.data
    if data is None:
        return
    if data.person not in view.root.persons:
        raise Refusal("unknown-person", "/data/person", data.person)
    if data.office not in view.council.offices:
        raise Refusal("unknown-office", "/data/office", data.office)
    if data.end is not None and data.end <= data.start:
        raise Refusal("ends-before-start", "/data/end", data.end)
    if data.acting and not data.order.strip():
        raise Refusal("order-needed", "/data/order", data.order)
    yield from ()


def evolve(body: Body, stated: Stated) -> Body:
    data: MandateGranted | None = stated.event.data
    old = body.kept.get(stated.slot)
    about = f"{data.person}/{data.office}" if data is not None else old.about if old else ""
    body = replace(body, kept=body.kept.set(stated.slot, keep(stated, about, old)))
    before = body.mandates.get(stated.slot)
    if data is None:
        if before is None:
            return body
        return body.with_mandate(replace(before, void=True), stated.index)
    mandate = Mandate(
        stated.slot, data.person, data.office, data.start, data.end or FOREVER,
        order=data.order, acting=data.acting,
    )  # fmt: skip
    if before is not None:  # an end that was stated stays
        mandate = replace(mandate, ended=before.ended, ended_at=before.ended_at, spans=before.spans)
    return body.with_mandate(mandate, stated.index)


def phrases(data: MandateGranted, olds: object) -> Iterator[Words]:
    yield {**data.model_dump(), "how": ACTING if data.acting else HOLDING}


KIND = Kind(
    "mandate.granted",
    schema=1,
    family="body",
    data=MandateGranted,
    registrar=True,
    decide=decide,
    evolve=evolve,
    phrases=phrases,
    title_uk="Надано повноваження",
    title_en="Mandate granted",
    uk="Особа {person} {how} {office} з {start}",
    en="Person {person} {how} {office} from {start}",
    example={"person": "p-07", "office": "council-secretary", "start": "2025-01-01", "order": ""},
)
