"""registrar.changed: the whole new set of registrars of the root or of a body, and their k."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from ledger.event import Common, Stated
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.kinds.possession import NamedRegistrar, check_registrars
from ledger.kinds.registrars import owners_with, registrar_set
from ledger.registry import Body, Root, keep
from ledger.values import Strict


class RegistrarChanged(Strict):
    """k persons of the old set and k of the new one sign it (ledger/authority.py)."""

    registrars: Annotated[tuple[NamedRegistrar, ...], Field(min_length=1, max_length=32)]
    k: Annotated[int, Field(ge=1, le=32)]


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: RegistrarChanged = event.data
    check_registrars(view, event, data.registrars, data.k)
    yield from ()


def evolve(registry: Root | Body, stated: Stated) -> Root | Body:
    data: RegistrarChanged = stated.event.data
    by = (stated.event.subject, stated.slot)
    new = registrar_set(data.registrars, data.k, stated.index, by)
    kept = keep(stated, "registrars", registry.kept.get(stated.slot))
    return replace(
        registry,
        threshold=data.k,
        registrars=new.registrars,
        sets=(*registry.sets, new),
        owners=owners_with(registry.owners, new),
        kept=registry.kept.set(stated.slot, kept),
    )


def phrases(data: RegistrarChanged, olds: object) -> Iterator[Words]:
    yield {"k": data.k, "people": ", ".join(one.person for one in data.registrars)}


KIND = Kind(
    "registrar.changed",
    schema=1,
    family="root",
    also=("body",),
    data=RegistrarChanged,
    registrar=True,
    correctable=False,
    refers=lambda data: [f"key:{one.public_key().kid}" for one in data.registrars],
    makes=lambda data: [f"key:{one.public_key().kid}" for one in data.registrars],
    decide=decide,
    evolve=evolve,
    phrases=phrases,
    title_uk="Змінено реєстраторів",
    title_en="Registrars changed",
    uk="Реєстратори: {people}; потрібно підписів: {k}",
    en="Registrars: {people}; signatures needed: {k}",
    example={
        "registrars": [
            {
                "person": "p-01",
                "jwk": {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
            }
        ],
        "k": 1,
    },
)
