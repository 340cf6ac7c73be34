"""Whose doubt an entry may change, and what rests on a statement: wide enough, since all are judged."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from ledger.doubt import day_of
from ledger.event import Stated
from ledger.ids import split_stream
from ledger.registry import Mandate
from ledger.store.base import Tail
from ledger.world import World
from projections.signatures import REAFFIRMED, Signatures

MANDATES = ("mandate.granted", "mandate.ended")
DISTURBING = (REAFFIRMED, "key.revoked", *MANDATES)


def disturbed_by(
    before: World, after: World, stated: Stated, signatures: Signatures, tail: Tail
) -> Iterator[int]:
    """The earlier entries whose doubt an entry may change at first hand: none but of DISTURBING kinds."""
    kind = stated.event.kind
    if kind == REAFFIRMED:
        yield from tail.events(signatures.reaffirmed_by(stated.index)).values()
    elif kind == "key.revoked":
        yield from _by_revoked(before, after, stated, signatures, tail)
    elif kind in MANDATES:
        yield from _by_mandate(before, after, stated, signatures, tail)


def _by_revoked(
    before: World, after: World, stated: Stated, signatures: Signatures, tail: Tail
) -> Iterator[int]:
    family, name = split_stream(stated.event.subject)
    kid = stated.event.data.kid
    known = [world.bodies.get(name) if family == "body" else world.root for world in (before, after)]
    revoked = [one.revoked[kid] for one in known if one is not None and kid in one.revoked]
    days = [one.suspect_from for one in revoked if one.suspect_from is not None]
    if days:
        yield from signatures.by_key(kid, _first_on(after, min(days), stated.index, tail))


def _by_mandate(
    before: World, after: World, stated: Stated, signatures: Signatures, tail: Tail
) -> Iterator[int]:
    """Whoever held the office by this mandate, as it is or was known: from the first day that may differ."""
    name = split_stream(stated.event.subject)[1]
    granted = stated.event.kind == "mandate.granted"
    slot = stated.slot if granted else after.bodies[name].kept[stated.slot].about
    known = [world.bodies[name].mandates.get(slot) for world in (before, after) if name in world.bodies]
    mandates: list[Mandate] = [mandate for mandate in known if mandate is not None]
    for person, office in holders_by(*mandates):
        days = [mandate.start if granted else mandate.until for mandate in mandates]
        yield from signatures.by_holder(person, office, _first_on(after, min(days), stated.index, tail))


def holders_by(*mandates: Mandate | None) -> list[tuple[str, str]]:
    """The persons and offices of mandates, as they are and ever were known."""
    known = (span for mandate in mandates if mandate is not None for span in mandate.spans)
    return sorted({(span.person, span.office) for span in known})


def _first_on(world: World, day: str, below: int, tail: Tail) -> int:
    """The leaf index of the first entry that was recorded on a local day or after it."""
    return bisect_left(range(below), day, key=lambda n: day_of(world, tail.entries(n, 1)[0].recorded_at))


def resting_on(world: World, stated: Stated, signatures: Signatures) -> Iterator[int]:
    """The entries that rest on a statement of the registry: they are suspect if it is."""
    kind, data = stated.event.kind, stated.event.data
    if kind == "mandate.granted":  # whoever held by it, also as it was known once, be it void now
        mandate = world.bodies[split_stream(stated.event.subject)[1]].mandates.get(stated.slot)
        for person, office in holders_by(mandate):
            yield from signatures.by_holder(person, office)
    elif data is None:
        return  # a void says nothing else that anything could rest on
    elif kind in ("key.enrolled", "key.rotated", "service_key.enrolled"):
        yield from signatures.by_key(data.public_key().kid)
    elif kind == "office.created":
        yield from signatures.by_office(data.office)
    elif kind in ("ledger.opened", "registrar.changed"):
        for one in data.registrars:
            yield from signatures.by_key(one.public_key().kid)
    elif kind == "body.opened":
        founding = world.root.bodies[data.body].founding
        for kid in sorted(founding.registrars) if founding is not None else ():
            yield from signatures.by_key(kid)
    elif kind == "body.succeeded":
        yield from range(stated.index + 1, world.position)
