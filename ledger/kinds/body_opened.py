"""body.opened: a council, committee, department or commission is on the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.names import mixed_script
from ledger.registry import BodyEntry, Root, keep
from ledger.values import Id, Name, Strict


class BodyOpened(Strict):
    """parent: the body that this one belongs to; edrpou: registry code, "" if not known."""

    body: Id
    name: Name
    parent: Id | None = None
    edrpou: Annotated[str, Field(pattern=r"^([0-9]{8})?$")] = ""


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: BodyOpened = event.data
    known = view.root.kept.get(view.slot)
    if known is not None and known.about != data.body:
        raise Refusal("correction-changes-id", "/data/body", data.body)
    if known is None and data.body in view.root.bodies:
        raise Refusal("body-exists", "/data/body", data.body)
    if data.parent is not None and data.parent not in view.root.bodies:
        raise Refusal("unknown-body", "/data/parent", data.parent)
    if data.parent is not None and view.root.belongs(data.parent, data.body):
        raise Refusal("circular-parent", "/data/parent", data.parent)
    yield from mixed_script("/data/name", data.name)


def evolve(root: Root, stated: Stated) -> Root:
    data: BodyOpened = stated.event.data
    entry = BodyEntry(data.body, data.name, data.parent)
    kept = keep(stated, data.body, root.kept.get(stated.slot))
    return replace(root, bodies=root.bodies.set(data.body, entry), kept=root.kept.set(stated.slot, kept))


KIND = Kind(
    "body.opened",
    schema=1,
    family="root",
    data=BodyOpened,
    registrar=True,
    voidable=False,
    decide=decide,
    evolve=evolve,
    title_uk="Внесено орган",
    title_en="Body opened",
    uk="Внесено орган «{name}»",
    en="Body “{name}” is on the record",
    example={"body": "town-council", "name": "Міська рада (приклад)", "edrpou": ""},
)
