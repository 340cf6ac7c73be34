"""mandate.ended: the day from which a mandate no longer holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.registry import Body, keep
from ledger.values import FOREVER, Day, EventId, Line, Strict


class MandateEnded(Strict):
    """mandate: the event that granted it; end: first day without it (exclusive)."""

    mandate: EventId
    end: Day
    order: Line = ""


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: MandateEnded | None = event.data
    if data is None:
        return
    mandate = view.council.mandates.get(data.mandate)
    if mandate is None or mandate.void:
        raise Refusal("unknown-mandate", "/data/mandate", data.mandate)
    if data.end < mandate.start:
        raise Refusal("ends-before-start", "/data/end", data.end)
    known = view.council.kept.get(view.slot)
    if known is not None and known.about != data.mandate:
        raise Refusal("correction-changes-id", "/data/mandate", data.mandate)
    if known is None and mandate.ended_at is not None:
        raise Refusal("mandate-ended-already", "/data/mandate", data.mandate)
    yield from ()


def evolve(body: Body, stated: Stated) -> Body:
    data: MandateEnded | None = stated.event.data
    old = body.kept.get(stated.slot)
    about = data.mandate if data is not None else old.about if old else ""
    body = replace(body, kept=body.kept.set(stated.slot, keep(stated, about, old)))
    mandate = body.mandates.get(about)
    if mandate is None:
        return body
    if data is None:
        return body.with_mandate(replace(mandate, ended=FOREVER, ended_at=None), stated.index)
    return body.with_mandate(replace(mandate, ended=data.end, ended_at=stated.index), stated.index)


KIND = Kind(
    "mandate.ended",
    schema=1,
    family="body",
    data=MandateEnded,
    registrar=True,
    decide=decide,
    evolve=evolve,
    title_uk="Припинено повноваження",
    title_en="Mandate ended",
    uk="Повноваження припинено з {end}",
    en="Mandate ended from {end}",
    example={"mandate": "01890a5d-ac96-774b-bcce-b302099a8057", "end": "2026-01-01", "order": ""},
)
