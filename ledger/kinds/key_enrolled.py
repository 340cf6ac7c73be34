"""key.enrolled: a body's registrars accept a person's key, with proof of possession."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from ledger.envelope import check_possession
from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.ids import ROOT
from ledger.keys import PublicKey
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.kinds.parts import Jwk, is_log_key, public_key
from ledger.registry import Body, Key, keep
from ledger.values import Id, Strict

B64 = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,2000}$")]


class ProofSignature(Strict):
    """One signature of a JWS in general JSON form."""

    protected: B64
    signature: B64


class Possession(Strict):
    """What the key's holder signed: ledger, person and key, under a `typ` of its own."""

    payload: B64
    signatures: Annotated[tuple[ProofSignature, ...], Field(min_length=1, max_length=1)]


class KeyEnrolled(Strict):
    """A key belongs to one person for ever; each body accepts it for its own offices."""

    person: Id
    jwk: Jwk
    possession: Possession

    def public_key(self) -> PublicKey:
        return public_key(self.jwk, "/data/jwk")


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: KeyEnrolled = event.data
    if data.person not in view.root.persons:
        raise Refusal("unknown-person", "/data/person", data.person)
    key = data.public_key()
    if key.kid in view.council.keys:
        raise Refusal("key-exists", "/data/jwk", key.kid)
    if _owner(view, key.kid) not in (None, data.person):
        raise Refusal("key-of-another", "/data/jwk", key.kid)
    if is_log_key(view.root.log_key, key):
        raise Refusal("key-of-the-log", "/data/jwk", key.kid)
    _check_possession(event.ledger.model_dump(), data, key)
    yield from ()


def _check_possession(ledger: dict[str, str], data: KeyEnrolled, key: PublicKey) -> None:
    """The proof is an envelope of its own: its pointers are placed where it stands."""
    proof = data.possession.model_dump(mode="json")
    try:
        check_possession(proof, ledger=ledger, person=data.person, key=key)
    except Refusal as refusal:
        at = f"/data/possession{refusal.pointer}"
        raise Refusal(refusal.code, at, refusal.got, **refusal.details) from refusal


def _owner(view: View, kid: str) -> str | None:
    if view.world.names.get(f"key:{kid}") == ROOT:
        return view.root.registrars[kid].person
    body = view.world.body_of(f"key:{kid}")
    return body.keys[kid].person if body is not None else None


def evolve(body: Body, stated: Stated) -> Body:
    data: KeyEnrolled = stated.event.data
    public = data.public_key()
    kept = keep(stated, public.kid, body.kept.get(stated.slot))
    keys = body.keys.set(public.kid, Key(public.kid, data.person, public))
    return replace(body, keys=keys, kept=body.kept.set(stated.slot, kept))


KIND = Kind(
    "key.enrolled",
    schema=1,
    family="body",
    data=KeyEnrolled,
    registrar=True,
    correctable=False,
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
