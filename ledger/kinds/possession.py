"""Keys that come new into the registry: whose they are, and the proof that they are held."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from ledger.envelope import check_possession
from ledger.errors import Refusal
from ledger.event import Common
from ledger.ids import split_stream
from ledger.keys import PublicKey
from ledger.kinds.base import View
from ledger.kinds.parts import Jwk, is_log_key, public_key
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


class NamedRegistrar(Strict):
    """A registrar and the key; possession: proof for a key that was no registrar's here before."""

    person: Id
    jwk: Jwk
    possession: Possession | None = None

    def public_key(self) -> PublicKey:
        return public_key(self.jwk, "/data/registrars")


def check_key(view: View, key: PublicKey, person: str, at: str) -> None:
    """One key, one person, for ever; never the log's, and never one that was revoked."""
    if any(is_log_key(log_key, key) for log_key in view.root.log_keys):
        raise Refusal("key-of-the-log", f"{at}/jwk", key.kid)
    revoked = view.root.revoked.get(key.kid) or view.registry.revoked.get(key.kid)
    if revoked is not None:
        raise Refusal("key-revoked", f"{at}/jwk", key.kid, revoked=revoked.event, instead=[])
    owner = owner_of_key(view, key.kid)
    if owner not in (None, person):
        raise Refusal("key-of-another", f"{at}/jwk", key.kid, instead=[owner])


def owner_of_key(view: View, kid: str) -> str | None:
    """The person to whom some stream's registrars gave the key first."""
    stream = view.world.names.get(f"key:{kid}")
    if stream is None:
        return None
    family, name = split_stream(stream)
    body = view.world.bodies.get(name) if family == "body" else None
    return (body.owners if body is not None else view.root.owners).get(kid)


def check_possession_of(event: Common, possession: Possession, person: str, key: PublicKey, at: str) -> None:
    """The proof is an envelope of its own: its pointers are placed where it stands."""
    proof, ledger = possession.model_dump(mode="json"), event.ledger.model_dump()
    try:
        check_possession(proof, ledger=ledger, person=person, key=key)
    except Refusal as refusal:
        at = f"{at}{refusal.pointer}"
        raise Refusal(refusal.code, at, refusal.got, **refusal.details) from refusal


def check_registrars(view: View, event: Common, registrars: Iterable[NamedRegistrar], k: int) -> None:
    """A whole set of registrars: persons on the record, keys of theirs, proofs of the new ones."""
    people: set[str] = set()
    kids: set[str] = set()
    for place, one in enumerate(registrars):
        at, key = f"/data/registrars/{place}", one.public_key()
        if one.person not in view.root.persons:
            raise Refusal("unknown-person", f"{at}/person", one.person)
        if one.person in people or key.kid in kids:
            raise Refusal("registrar-twice", at, one.person)
        people.add(one.person)
        kids.add(key.kid)
        check_key(view, key, one.person, at)
        if key.kid in view.registry.registrars:
            continue
        if one.possession is None:
            raise Refusal("missing-field", f"{at}/possession")
        check_possession_of(event, one.possession, one.person, key, f"{at}/possession")
    if k > len(people):
        raise Refusal("threshold-too-high", "/data/k", k)
