"""key.enrolled: a body's registrars accept a person's key, with proof of possession."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.keys import PublicKey
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.kinds.parts import Jwk, public_key
from ledger.kinds.possession import Possession, check_key, check_possession_of
from ledger.registry import Body, Key, keep
from ledger.remedy import live_keys
from ledger.values import Id, Sha256, Strict


class KeyEnrolled(Strict):
    """A key belongs to one person for ever; each body accepts it for its own offices.

    certificate: SHA-256 of a certificate that is a restricted file of this event.
    """

    person: Id
    jwk: Jwk
    possession: Possession
    certificate: Sha256 | None = None

    def public_key(self) -> PublicKey:
        return public_key(self.jwk, "/data/jwk")


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: KeyEnrolled = event.data
    if data.person not in view.root.persons:
        raise Refusal("unknown-person", "/data/person", data.person)
    key = data.public_key()
    if key.kid in view.council.keys:
        instead = live_keys(view.world, view.council, data.person)
        raise Refusal("key-exists", "/data/jwk", key.kid, instead=instead)
    check_key(view, key, data.person, "/data")
    check_certificate(event, data.certificate)
    check_possession_of(event, data.possession, data.person, key, "/data/possession")
    yield from ()


def check_certificate(event: Common, certificate: str | None) -> None:
    """A certificate is named by hash and lies beside the event, for nobody to read in public."""
    if certificate is None:
        return
    if not any(file.sha256 == certificate and file.access == "restricted" for file in event.files):
        raise Refusal("certificate-not-attached", "/data/certificate", certificate)


def evolve(body: Body, stated: Stated) -> Body:
    data: KeyEnrolled = stated.event.data
    public = data.public_key()
    kept = keep(stated, public.kid, body.kept.get(stated.slot))
    key = Key(public.kid, data.person, public, stated.slot, certificate=data.certificate)
    return replace(
        body,
        keys=body.keys.set(public.kid, key),
        owners=body.owners.set(public.kid, data.person),
        kept=body.kept.set(stated.slot, kept),
    )


KIND = Kind(
    "key.enrolled",
    schema=1,
    family="body",
    data=KeyEnrolled,
    registrar=True,
    correctable=False,
    makes=lambda data: [f"key:{data.public_key().kid}"],
    decide=decide,
    evolve=evolve,
    title_uk="Прийнято ключ",
    title_en="Key enrolled",
    uk="Прийнято ключ особи {person}",
    en="A key of person {person} is accepted",
    example={
        "person": "p-07",
        "jwk": {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        "possession": {"payload": "e30", "signatures": [{"protected": "e30", "signature": "AA"}]},
    },
)
