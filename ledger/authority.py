"""Who may say it: keys, persons, mandates and offices, judged at the event's place in the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ledger.errors import Refusal
from ledger.event import Common, Signer
from ledger.ids import REGISTRAR, split_stream
from ledger.keys import PublicKey
from ledger.kinds import Kind
from ledger.registry import Body, Key, Registrar, Root

if TYPE_CHECKING:
    from ledger.world import World


def public_keys(world: World, event: Common) -> dict[str, PublicKey]:
    """The keys that the signers named, as far as the registry knows them."""
    found: dict[str, PublicKey] = {}
    registrars = _registrars(world.root, event)
    for signer in event.signers:
        if signer.office == REGISTRAR:
            if signer.kid in registrars:
                found[signer.kid] = registrars[signer.kid].key
            continue
        body = world.body_of(f"office:{signer.office}")
        if body is not None and signer.kid in body.keys:
            found[signer.kid] = body.keys[signer.kid].public
    return found


def _registrars(root: Root, event: Common) -> Mapping[str, Registrar]:
    """Before the ledger is open its registrars are those that the opening names."""
    if root.opened or event.kind != "ledger.opened":
        return root.registrars
    return {r.public_key().kid: Registrar(r.person, r.public_key()) for r in event.data.registrars}


def check_authority(world: World, event: Common, kind: Kind, today: str) -> None:
    """Refuse signers who may not say this. today: the local date of recorded_at."""
    if kind.registrar:
        _check_registrars(world, event)
        return
    for place in range(len(event.signers)):
        _check_signer(world, event, place, today)


def _check_registrars(world: World, event: Common) -> None:
    registrars = _registrars(world.root, event)
    people = set()
    for place, signer in enumerate(event.signers):
        at = f"/signers/{place}"
        if signer.office != REGISTRAR:
            raise Refusal("registrar-needed", f"{at}/office", signer.office)
        registrar = registrars.get(signer.kid)
        if registrar is None:
            raise Refusal("not-a-registrar", f"{at}/kid", signer.kid)
        if registrar.person != signer.person:
            raise Refusal("key-of-another", f"{at}/person", signer.person)
        people.add(signer.person)
    needed = world.root.threshold if world.root.opened else event.data.k
    if len(people) < needed:
        raise Refusal("too-few-registrars", "/signers", len(people), needed=needed)


def _check_signer(world: World, event: Common, place: int, today: str) -> None:
    signer, at = event.signers[place], f"/signers/{place}"
    body = world.body_of(f"office:{signer.office}")
    if body is None or signer.office not in body.offices:
        raise Refusal("unknown-office", f"{at}/office", signer.office)
    if event.kind not in body.offices[signer.office].kinds:
        raise Refusal("office-may-not", f"{at}/office", signer.office, kind=event.kind)
    _check_reach(world, event, body, f"{at}/office")
    _check_key(world, body, signer, at)
    _check_mandate(body, signer, at, today)


def _check_key(world: World, body: Body, signer: Signer, at: str) -> Key:
    key = body.keys.get(signer.kid)
    if key is None:
        known = f"key:{signer.kid}" in world.names
        raise Refusal("key-not-accepted" if known else "unknown-key", f"{at}/kid", signer.kid)
    if key.person != signer.person:
        raise Refusal("key-of-another", f"{at}/person", signer.person)
    return key


def _check_reach(world: World, event: Common, body: Body, at: str) -> None:
    """An office acts for its own body and the bodies above it, and for no other's."""
    family, name = split_stream(event.subject)
    if family == "body":
        owner = name
    else:
        programme = world.programmes.get(name)
        owner = programme.body if programme is not None else getattr(event.data, "body", None) or ""
    if not world.root.belongs(body.id, owner):
        raise Refusal("foreign-body", at, body.id, owner=owner)


def _check_mandate(body: Body, signer: Signer, at: str, today: str) -> None:
    """The person must hold the office on the day of recording.

    An event signed before a mandate's end and submitted after it is refused too, until
    `entry.reaffirmed` exists to settle such entries: see docs/decisions.
    """
    mandates = body.mandates_of(signer.person, signer.office)
    if not any(mandate.holds(today) for mandate in mandates):
        raise Refusal("no-mandate", f"{at}/office", signer.office, person=signer.person, today=today)
