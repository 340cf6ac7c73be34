"""service_key.enrolled: the root's registrars accept a key of the ledger's own machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.keys import PublicKey
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.kinds.parts import Jwk, public_key
from ledger.kinds.possession import Possession, check_key, check_possession_of
from ledger.registry import Root, ServiceKey, keep
from ledger.values import Id, Strict


class ServiceKeyEnrolled(Strict):
    """A key that states only what the stream `trust` takes. service: the id that no person has."""

    service: Id
    jwk: Jwk
    possession: Possession

    def public_key(self) -> PublicKey:
        return public_key(self.jwk, "/data/jwk")


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: ServiceKeyEnrolled = event.data
    if data.service in view.root.persons:
        raise Refusal("person-exists", "/data/service", data.service)
    key = data.public_key()
    check_key(view, key, data.service, "/data")
    if f"key:{key.kid}" in view.world.names:
        raise Refusal("service-key-known", "/data/jwk", key.kid)
    check_possession_of(event, data.possession, data.service, key, "/data/possession")
    yield from ()


def evolve(root: Root, stated: Stated) -> Root:
    data: ServiceKeyEnrolled = stated.event.data
    public = data.public_key()
    kept = keep(stated, public.kid, root.kept.get(stated.slot))
    key = ServiceKey(public.kid, data.service, public, stated.slot)
    return replace(
        root,
        services=root.services.set(public.kid, key),
        owners=root.owners.set(public.kid, data.service),
        kept=root.kept.set(stated.slot, kept),
    )


KIND = Kind(
    "service_key.enrolled",
    schema=1,
    family="root",
    data=ServiceKeyEnrolled,
    registrar=True,
    correctable=False,
    makes=lambda data: [f"key:{data.public_key().kid}"],
    decide=decide,
    evolve=evolve,
    title_uk="Прийнято ключ служби",
    title_en="Service key enrolled",
    uk="Прийнято ключ служби {service}, який свідчить лише про стан журналу",
    en="A key of the service {service} is accepted, which states only how the log stands",
    example={
        "service": "service",
        "jwk": {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        "possession": {"payload": "e30", "signatures": [{"protected": "e30", "signature": "AA"}]},
    },
)
