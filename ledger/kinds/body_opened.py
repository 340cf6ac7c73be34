"""body.opened: a council, committee, department or commission is on the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.ids import ROOT
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.kinds.possession import NamedRegistrar, check_registrars
from ledger.kinds.registrars import owners_with, registrar_set
from ledger.kinds.ties import above_or_after
from ledger.names import mixed_script
from ledger.registry import Body, BodyEntry, Root, keep
from ledger.values import Id, Name, Strict


class BodyOpened(Strict):
    """parent: the body that this one belongs to; edrpou: registry code, "" if not known.

    registrars, k: who manages it; without them the root's registrars do. A correction names none:
    registrar.changed does.
    """

    body: Id
    name: Name
    parent: Id | None = None
    edrpou: Annotated[str, Field(pattern=r"^([0-9]{8})?$")] = ""
    registrars: Annotated[tuple[NamedRegistrar, ...], Field(max_length=32)] = ()
    k: Annotated[int, Field(ge=1, le=32)] | None = None


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: BodyOpened = event.data
    known = view.root.kept.get(view.slot)
    if known is not None and known.about != data.body:
        raise Refusal("correction-changes-id", "/data/body", data.body)
    if known is None and data.body in view.root.bodies:
        raise Refusal("body-exists", "/data/body", data.body)
    if data.parent is not None and data.parent not in view.root.bodies:
        raise Refusal("unknown-body", "/data/parent", data.parent)
    if data.parent is not None and data.body in above_or_after(view.root, data.parent):
        raise Refusal("circular-parent", "/data/parent", data.parent)
    _check_registrars(view, event, data, corrected=known is not None)
    yield from mixed_script("/data/name", data.name)


def _check_registrars(view: View, event: Common, data: BodyOpened, *, corrected: bool) -> None:
    if corrected and (data.registrars or data.k is not None):
        raise Refusal("registrars-by-change", "/data/registrars")
    if bool(data.registrars) != (data.k is not None):
        raise Refusal("missing-field", "/data/k" if data.registrars else "/data/registrars")
    if data.k is not None:
        new = replace(view, body=Body(data.body))  # none of its registrars is known yet
        check_registrars(new, event, data.registrars, data.k)


def evolve(root: Root, stated: Stated) -> Root:
    data: BodyOpened = stated.event.data
    known = root.bodies.get(data.body)
    owners = root.owners
    if known is not None:
        entry = replace(known, name=data.name, parent=data.parent)
    else:
        entry = BodyEntry(data.body, data.name, data.parent)
        if data.k is not None:
            new = registrar_set(data.registrars, data.k, stated.index, (ROOT, stated.slot))
            entry, owners = replace(entry, founding=new), owners_with(owners, new)
    kept = keep(stated, data.body, root.kept.get(stated.slot))
    return replace(root.with_body(entry, stated.index), owners=owners, kept=root.kept.set(stated.slot, kept))


KIND = Kind(
    "body.opened",
    schema=1,
    family="root",
    data=BodyOpened,
    registrar=True,
    voidable=False,
    refers=lambda data: [f"key:{one.public_key().kid}" for one in data.registrars],
    makes=lambda data: [f"key:{one.public_key().kid}" for one in data.registrars],
    decide=decide,
    evolve=evolve,
    title_uk="Внесено орган",
    title_en="Body opened",
    uk="Внесено орган «{name}»",
    en="Body “{name}” is on the record",
    example={"body": "town-council", "name": "Міська рада (приклад)", "edrpou": ""},
)
