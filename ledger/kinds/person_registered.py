"""person.registered: an opaque id and an official name, nothing else about a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.names import mixed_script
from ledger.registry import Root, keep
from ledger.values import Id, Name, Strict


class PersonRegistered(Strict):
    """person: an opaque id, never a tax number; name: as in official papers."""

    person: Id
    name: Name


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: PersonRegistered = event.data
    known = view.root.kept.get(view.slot)
    if known is not None and known.about != data.person:
        raise Refusal("correction-changes-id", "/data/person", data.person)
    if known is None and (data.person in view.root.persons or view.root.is_service(data.person)):
        raise Refusal("person-exists", "/data/person", data.person)
    yield from mixed_script("/data/name", data.name)


def evolve(root: Root, stated: Stated) -> Root:
    data: PersonRegistered = stated.event.data
    kept = keep(stated, data.person, root.kept.get(stated.slot))
    persons = root.persons.set(data.person, data.name)
    return replace(root, persons=persons, kept=root.kept.set(stated.slot, kept))


KIND = Kind(
    "person.registered",
    schema=1,
    family="root",
    data=PersonRegistered,
    registrar=True,
    voidable=False,
    decide=decide,
    evolve=evolve,
    title_uk="Внесено особу",
    title_en="Person registered",
    uk="Внесено особу {person}: {name}",
    en="Person {person} registered: {name}",
    example={"person": "p-07", "name": "Секретар ради (приклад)"},
)
