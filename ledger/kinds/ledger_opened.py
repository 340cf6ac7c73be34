"""ledger.opened: the first entry. Its canonical `data` is the genesis of the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated
from zoneinfo import ZoneInfo

from immutables import Map
from pydantic import Field

from ledger.canonical import dumps
from ledger.errors import Refusal
from ledger.event import Common, LedgerName, Stated
from ledger.ids import ROOT
from ledger.keys import PublicKey
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.kinds.parts import Jwk, is_log_key, log_verifier, public_key
from ledger.kinds.registrars import owners_with, registrar_set
from ledger.registry import Root, keep
from ledger.values import Id, Name, Sha256, Strict


class RegistrarKey(Strict):
    """A root registrar and the key with which this person signs the registry."""

    person: Id
    name: Name
    jwk: Jwk

    def public_key(self) -> PublicKey:
        return public_key(self.jwk, "/data/registrars")


class LedgerOpened(Strict):
    """origin: the log's name for ever; log_key: verifier key text; k: registrars needed."""

    origin: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9./_-]{0,126}[a-z0-9])?$")]
    nonce: Sha256
    log_key: Annotated[str, Field(pattern=r"^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}$")]
    registrars: Annotated[tuple[RegistrarKey, ...], Field(min_length=1, max_length=32)]
    k: Annotated[int, Field(ge=1, le=32)]
    zone: Annotated[str, Field(pattern=r"^[A-Za-z_]+(/[A-Za-z_+-]+)*$", max_length=64)]

    def genesis(self) -> str:
        """SHA-256 of the canonical data, hexadecimal."""
        return hashlib.sha256(dumps(self.model_dump(mode="json"))).hexdigest()


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: LedgerOpened = event.data
    if view.root.opened or view.world.position:
        raise Refusal("already-open")
    log_verifier(data.log_key, data.origin)
    people = {registrar.person for registrar in data.registrars}
    kids = {registrar.public_key().kid for registrar in data.registrars}
    if len(people) != len(data.registrars) or len(kids) != len(data.registrars):
        raise Refusal("registrar-twice", "/data/registrars")
    for place, registrar in enumerate(data.registrars):
        if is_log_key(data.log_key, registrar.public_key()):
            raise Refusal("key-of-the-log", f"/data/registrars/{place}/jwk", registrar.public_key().kid)
    if data.k > len(people):
        raise Refusal("threshold-too-high", "/data/k", data.k)
    if event.ledger != LedgerName(origin=data.origin, genesis=data.genesis()):
        raise Refusal("wrong-ledger", "/ledger")
    try:
        ZoneInfo(data.zone)
    except (OSError, ValueError, KeyError) as error:  # an unknown key is a KeyError
        raise Refusal("unknown-zone", "/data/zone", data.zone) from error
    # By signing the opening each registrar proves that the named key is held.
    if len(event.signers) < len(data.registrars):
        raise Refusal("too-few-registrars", "/signers", len(event.signers), needed=len(data.registrars))
    yield from ()


def evolve(root: Root, stated: Stated) -> Root:
    data: LedgerOpened = stated.event.data
    new = registrar_set(data.registrars, data.k, stated.index, (ROOT, stated.slot))
    return replace(
        root,
        threshold=data.k,
        registrars=new.registrars,
        sets=(new,),
        owners=owners_with(root.owners, new),
        origin=data.origin,
        genesis=data.genesis(),
        zone=data.zone,
        log_key=data.log_key,
        log_keys=(data.log_key,),
        persons=Map({r.person: r.name for r in data.registrars}),
        kept=root.kept.set(stated.slot, keep(stated, data.origin, None)),
    )


KIND = Kind(
    "ledger.opened",
    schema=1,
    family="root",
    data=LedgerOpened,
    registrar=True,
    correctable=False,
    makes=lambda data: [f"key:{one.public_key().kid}" for one in data.registrars],
    decide=decide,
    evolve=evolve,
    title_uk="Відкрито реєстр",
    title_en="Ledger opened",
    uk="Відкрито реєстр {origin}; потрібно підписів реєстраторів: {k}",
    en="Ledger {origin} opened; registrars' signatures needed: {k}",
    example={
        "origin": "ledger.example/pledger",
        "nonce": "00" * 32,
        "log_key": "ledger.example/pledger+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
        "registrars": [
            {
                "person": "p-01",
                "name": "Реєстратор 1",
                "jwk": {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
            }
        ],
        "k": 1,
        "zone": "Europe/Kyiv",
    },
)
