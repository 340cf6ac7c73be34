"""key.rotated: a person's new key takes the place of an old one, which signs no more here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.keys import PublicKey
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.kinds.key_enrolled import check_certificate
from ledger.kinds.parts import Jwk, public_key
from ledger.kinds.possession import Possession, check_key, check_possession_of
from ledger.registry import Body, Key, keep
from ledger.remedy import live_keys
from ledger.values import Kid, Sha256, Strict


class KeyRotated(Strict):
    """kid: the key that is retired; jwk: the one that follows, of the same person."""

    kid: Kid
    jwk: Jwk
    possession: Possession
    certificate: Sha256 | None = None

    def public_key(self) -> PublicKey:
        return public_key(self.jwk, "/data/jwk")


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: KeyRotated = event.data
    old = view.council.live_key(data.kid)
    if old is None or data.kid in view.root.revoked:
        raise Refusal("no-live-key", "/data/kid", data.kid)
    key = data.public_key()
    if key.kid in view.council.keys:
        instead = live_keys(view.world, view.council, old.person)
        raise Refusal("key-exists", "/data/jwk", key.kid, instead=instead)
    check_key(view, key, old.person, "/data")
    check_certificate(event, data.certificate)
    check_possession_of(event, data.possession, old.person, key, "/data/possession")
    yield from ()


def evolve(body: Body, stated: Stated) -> Body:
    data: KeyRotated = stated.event.data
    public, old = data.public_key(), body.keys[data.kid]
    key = Key(public.kid, old.person, public, stated.slot, certificate=data.certificate)
    keys = body.keys.set(old.kid, replace(old, retired_at=stated.index)).set(public.kid, key)
    kept = keep(stated, public.kid, body.kept.get(stated.slot))
    owners = body.owners.set(public.kid, old.person)
    return replace(body, keys=keys, owners=owners, kept=body.kept.set(stated.slot, kept))


KIND = Kind(
    "key.rotated",
    schema=1,
    family="body",
    data=KeyRotated,
    registrar=True,
    correctable=False,
    refers=lambda data: [f"key:{data.kid}"],
    makes=lambda data: [f"key:{data.public_key().kid}"],
    decide=decide,
    evolve=evolve,
    title_uk="Замінено ключ",
    title_en="Key rotated",
    uk="Ключ {kid} замінено новим",
    en="Key {kid} is replaced by a new one",
    example={
        "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
        "jwk": {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        "possession": {"payload": "e30", "signatures": [{"protected": "e30", "signature": "AA"}]},
    },
)
