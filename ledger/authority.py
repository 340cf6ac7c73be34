"""Who may say it: keys, persons, mandates and offices, judged at the event's place in the log.

Source: security.md, authority; docs/authority.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ledger.doubt import REAFFIRMED, kinds_behind
from ledger.errors import Refusal
from ledger.event import Claims, Common, Signer, Stated
from ledger.governing import adopter_of, policies_for
from ledger.ids import REGISTRAR, SERVICE, split_stream
from ledger.keys import PublicKey
from ledger.kinds import KINDS, Kind
from ledger.reach import acts_for, is_succeeded, managing, offices_asked
from ledger.registry import Body, Mandate, Registrar, Root
from ledger.remedy import Instead, holders, live_keys, offices_that_may
from ledger.statements import statement_of

if TYPE_CHECKING:
    from ledger.world import World

REGISTRARS_CHANGED = "registrar.changed"


def public_keys(world: World, event: Common) -> dict[str, PublicKey]:
    """The keys that the signers named, as far as the registry knows them; also dead ones."""
    found: dict[str, PublicKey] = {}
    registrars = dict(_registrar_keys(world, event))
    for signer in event.signers:
        if signer.office == REGISTRAR:
            if signer.kid in registrars:
                found[signer.kid] = registrars[signer.kid]
            continue
        if signer.office == SERVICE:
            if signer.kid in world.root.services:
                found[signer.kid] = world.root.services[signer.kid].public
            continue
        body = world.body_of(f"office:{signer.office}")
        if body is not None and signer.kid in body.keys:
            found[signer.kid] = body.keys[signer.kid].public
    return found


def _registrar_keys(world: World, event: Common) -> Iterator[tuple[str, PublicKey]]:
    """Whoever may be a registrar here: a kid names its key, so it does not matter who said so."""
    if event.kind in ("ledger.opened", REGISTRARS_CHANGED) and event.data is not None:
        for named in event.data.registrars:
            yield named.public_key().kid, named.public_key()
    family, name = split_stream(event.subject)
    for body in world.root.lineage(name) if family == "body" else ():
        if body in world.bodies:
            yield from ((kid, one.key) for kid, one in world.bodies[body].registrars.items())
    yield from ((kid, one.key) for kid, one in world.root.registrars.items())


def managers(world: World, subject: str, today: str) -> Root | Body:
    """Whose registrars manage a stream: the body's own, those of a body above it, or the root's."""
    family, name = split_stream(subject)
    return managing(world, name, today) if family == "body" else world.root


def check_authority(world: World, stated: Stated, kind: Kind, today: str) -> None:
    """Refuse signers who may not say this. today: the local date of recorded_at."""
    event = stated.event
    if kind.by_service:
        _check_service(world, event)
        return
    for place, signer in enumerate(event.signers):
        if signer.office == SERVICE:
            raise Refusal("service-may-not", f"/signers/{place}/office", signer.office, kind=kind.name)
    meant = kinds_meant(world, event, kind)
    if kind.registrar or any(one.registrar for one in meant):
        _check_registrars(world, event, today)
        return
    for place in range(len(event.signers)):
        _check_signer(world, stated, place, today, meant)


def _check_service(world: World, event: Common) -> None:
    """One signature of an enrolled service key, and no other."""
    root, signer = world.root, event.signers[0]
    instead = [one.kid for one in root.live_services()]
    for place, one in enumerate(event.signers):
        if one.office != SERVICE or place > 0:
            got = one.office if one.office != SERVICE else len(event.signers)
            raise Refusal("service-only", f"/signers/{place}/office", got, kind=event.kind, instead=instead)
    key, revoked = root.services.get(signer.kid), root.revoked.get(signer.kid)
    if key is None:
        raise Refusal("not-a-service", "/signers/0/kid", signer.kid, instead=instead)
    if revoked is not None:
        raise Refusal("key-revoked", "/signers/0/kid", signer.kid, revoked=revoked.event, instead=instead)
    if key.service != signer.person:
        raise Refusal("key-of-another", "/signers/0/person", signer.person, instead=[key.service])


def kinds_meant(world: World, event: Common, kind: Kind) -> tuple[Kind, ...]:
    """Whose right to speak is asked: who re-affirms must be one who could state it anew."""
    if kind.name != REAFFIRMED:
        return (kind,)
    names: set[str] = set()
    for place, one in enumerate(event.data.entries):
        statement = statement_of(world, event.subject, one, place)
        names |= kinds_behind(world, event.subject, statement)
    meant = tuple(KINDS[name] for name in sorted(names))
    if len({one.registrar for one in meant}) != 1:
        raise Refusal("entries-differ", "/data/entries")
    return meant


def _check_registrars(world: World, event: Common, today: str) -> None:
    where = managers(world, event.subject, today)
    old, needed = _in_charge(world.root, where, event)
    new: Mapping[str, Registrar] = {}
    if event.kind == REGISTRARS_CHANGED:
        new = {one.public_key().kid: Registrar(one.person, one.public_key()) for one in event.data.registrars}
    for place, signer in enumerate(event.signers):
        _check_registrar(world, where, old, new, signer, f"/signers/{place}")
    _check_threshold(event, old, needed)
    if new:
        _check_threshold(event, new, event.data.k)


def _in_charge(root: Root, where: Root | Body, event: Common) -> tuple[Mapping[str, Registrar], int]:
    """Before the ledger is open its registrars are those that the opening names."""
    if root.opened or event.kind != "ledger.opened":
        return where.registrars, where.threshold
    named = {r.public_key().kid: Registrar(r.person, r.public_key()) for r in event.data.registrars}
    return named, event.data.k


def _check_registrar(
    world: World,
    where: Root | Body,
    old: Mapping[str, Registrar],
    new: Mapping[str, Registrar],
    signer: Signer,
    at: str,
) -> None:
    instead = sorted({one.person for one in old.values()})
    if signer.office != REGISTRAR:
        raise Refusal("registrar-needed", f"{at}/office", signer.office, instead=instead)
    revoked = where.revoked.get(signer.kid) or world.root.revoked.get(signer.kid)
    if revoked is not None:
        raise Refusal("key-revoked", f"{at}/kid", signer.kid, revoked=revoked.event, instead=instead)
    registrar = old.get(signer.kid) or new.get(signer.kid)
    if registrar is None:
        raise Refusal("not-a-registrar", f"{at}/kid", signer.kid, instead=instead)
    if registrar.person != signer.person:
        raise Refusal("key-of-another", f"{at}/person", signer.person, instead=instead)


def _check_threshold(event: Common, registrars: Mapping[str, Registrar], needed: int) -> None:
    """Persons are counted, never keys."""
    people = {registrars[s.kid].person for s in event.signers if s.kid in registrars}
    if len(people) < needed:
        others = sorted({one.person for one in registrars.values()} - people)
        raise Refusal("too-few-registrars", "/signers", len(people), needed=needed, instead=others)


def _check_signer(world: World, stated: Stated, place: int, today: str, meant: tuple[Kind, ...]) -> None:
    event, at = stated.event, f"/signers/{place}"
    signer = event.signers[place]
    body = world.body_of(f"office:{signer.office}")
    owner = owner_of(world, event, today)
    if body is None or signer.office not in body.offices:
        raise Refusal("unknown-office", f"{at}/office", signer.office)
    for kind in meant:
        if kind.name not in body.offices[signer.office].kinds:
            instead = _instead(world, event, kind.name, owner, today)
            raise Refusal("office-may-not", f"{at}/office", signer.office, kind=kind.name, instead=instead)
    if not acts_for(world, body.id, owner, today) and not _is_asked(
        world, event, body.id, signer.office, owner, today
    ):
        instead = _instead(world, event, meant[0].name, owner, today)
        raise Refusal("foreign-body", f"{at}/office", body.id, owner=owner, instead=instead)
    _check_key(world, body, signer, at)
    _check_mandate(world, body, stated, signer, at, today)


def _is_asked(world: World, event: Common, body: str, office: str, owner: str, today: str) -> bool:
    """Consent reaches further: an office that a policy in force asks for it may give or refuse it."""
    return not is_succeeded(world, body, today) and office in _asked(world, event, owner, today)


def _asked(world: World, event: Common, owner: str, today: str) -> frozenset[str]:
    family, name = split_stream(event.subject)
    if family != "programme" or name not in world.programmes:
        return frozenset()
    return offices_asked(world, event, policies_for(world, event, owner, today))


def _instead(world: World, event: Common, kind: str, owner: str, today: str) -> Instead:
    return offices_that_may(world, kind, owner, today, asked=_asked(world, event, owner, today))


def owner_of(world: World, event: Common, day: str) -> str:
    """The body that answers for the subject on a day; "" for what nobody owns."""
    return world.root.current(adopter_of(world, event), day)


def _check_key(world: World, body: Body, signer: Signer, at: str) -> None:
    key = body.keys.get(signer.kid)
    revoked = body.revoked.get(signer.kid) or world.root.revoked.get(signer.kid)
    if key is not None and revoked is None and key.retired_at is None:
        if key.person != signer.person:
            instead = live_keys(world, body, signer.person)
            raise Refusal("key-of-another", f"{at}/person", signer.person, instead=instead)
        return
    instead = live_keys(world, body, signer.person)
    if key is None:
        known = f"key:{signer.kid}" in world.names
        raise Refusal(
            "key-not-accepted" if known else "unknown-key",
            f"{at}/kid",
            signer.kid,
            body=body.id,
            instead=instead,
        )
    if revoked is not None:
        raise Refusal("key-revoked", f"{at}/kid", signer.kid, revoked=revoked.event, instead=instead)
    raise Refusal("key-retired", f"{at}/kid", signer.kid, instead=instead)


def _check_mandate(world: World, body: Body, stated: Stated, signer: Signer, at: str, today: str) -> None:
    """The person must hold the office on the day of recording.

    What was signed before the mandate's end by all that can be told (what the signer had seen,
    and what the signature claims) is recorded all the same; ledger/doubt.py shows it as undetermined.
    """
    mandates = body.mandates_of(signer.person, signer.office)
    if any(mandate.holds(today) for mandate in mandates):
        return
    claims = stated.claims
    if claims is not None and any(_signed_in_time(mandate, claims, signer.kid) for mandate in mandates):
        return
    raise Refusal(
        "no-mandate",
        f"{at}/office",
        signer.office,
        person=signer.person,
        today=today,
        ended=max((m.until for m in mandates if not m.void and m.until <= today), default=None),
        instead=holders(body, signer.office, today),
    )


def _signed_in_time(mandate: Mandate, claims: Claims, kid: str) -> bool:
    return mandate.holds(claims.signed(kid)) and claims.seen() < mandate.until
