"""office.created: a position in a body, with the kinds of event that it may sign."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.ids import REGISTRAR, SERVICE
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.names import mixed_script
from ledger.registry import Body, Office, keep
from ledger.values import Id, Name, Strict


class OfficeCreated(Strict):
    """kinds: the names of the event kinds that the office may sign."""

    office: Id
    name: Name
    kinds: Annotated[tuple[str, ...], Field(min_length=1, max_length=64)]


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    from ledger.kinds import KINDS  # noqa: PLC0415 -- the table of kinds imports this file

    data: OfficeCreated = event.data
    known = view.council.kept.get(view.slot)
    if known is not None and known.about != data.office:
        raise Refusal("correction-changes-id", "/data/office", data.office)
    if data.office in (REGISTRAR, SERVICE) or (known is None and f"office:{data.office}" in view.world.names):
        raise Refusal("office-exists", "/data/office", data.office)
    for place, name in enumerate(data.kinds):
        if name not in KINDS or not KINDS[name].by_office:
            raise Refusal("unknown-kind", f"/data/kinds/{place}", name)
    yield from mixed_script("/data/name", data.name)


def evolve(body: Body, stated: Stated) -> Body:
    data: OfficeCreated = stated.event.data
    kept = keep(stated, data.office, body.kept.get(stated.slot))
    office = Office(data.office, data.name, data.kinds, stated.slot)
    return replace(body, offices=body.offices.set(data.office, office), kept=body.kept.set(stated.slot, kept))


KIND = Kind(
    "office.created",
    schema=1,
    family="body",
    data=OfficeCreated,
    registrar=True,
    voidable=False,
    makes=lambda data: [f"office:{data.office}"],
    decide=decide,
    evolve=evolve,
    title_uk="Створено посаду",
    title_en="Office created",
    uk="Створено посаду «{name}»",
    en="Office “{name}” created",
    example={"office": "council-secretary", "name": "Секретар ради", "kinds": ["act.registered"]},
)
