"""Who could do it instead: what a refusal tells besides its rule. Looks at what is loaded."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from ledger.reach import acts_for, is_succeeded
from ledger.registry import Body

if TYPE_CHECKING:
    from ledger.world import World

NAMED_MAX = 10
Instead = list[dict[str, Any]]  # {"office", "persons"}


def holders(body: Body, office: str, day: str) -> Instead:
    """The persons who hold one office on a day."""
    return [{"office": office, "persons": body.holders(office, day)}]


def offices_that_may(
    world: World, kind: str, owner: str, day: str, *, asked: Collection[str] = ()
) -> Instead:
    """The offices that may sign a kind for a body, with who holds them; asked: others that may, too."""
    found = [
        {"office": office.id, "persons": body.holders(office.id, day)}
        for body in world.bodies.values()
        if _acts_for(world, body.id, owner, day)
        for office in body.offices.values()
        if kind in office.kinds
    ]
    others = sorted({*asked} - {one["office"] for one in found})
    return [*holders_of(world, tuple(others), day), *found][:NAMED_MAX]


def _acts_for(world: World, body: str, owner: str, day: str) -> bool:
    """Bodies may be loaded for their acts alone: who manages them nobody knows then."""
    known = all(name in world.bodies for name in world.root.chain(body, day))
    return known and acts_for(world, body, owner, day)


def holders_of(world: World, offices: tuple[str, ...], day: str, *, without: Collection[str] = ()) -> Instead:
    """Named offices, wherever they are, with who holds them; without: who may not, all the same.

    For an office of a body that was succeeded nobody can.
    """
    found: Instead = []
    for office in offices[:NAMED_MAX]:
        body = world.body_of(f"office:{office}")
        gone = body is None or is_succeeded(world, body.id, day)
        persons = body.holders(office, day) if body is not None and not gone else []
        found.append({"office": office, "persons": [one for one in persons if one not in without]})
    return found


def live_keys(world: World, body: Body, person: str) -> list[str]:
    """The keys with which a person may sign for a body's offices."""
    root = world.root.revoked
    mine = [kid for kid, key in body.keys.items() if key.person == person]
    return sorted(kid for kid in mine if body.live_key(kid) is not None and kid not in root)
