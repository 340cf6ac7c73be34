"""Whose registrars manage a body, and for which bodies an office may act.

Source: docs/authority.md, registrars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.errors import StorageError
from ledger.registry import Body, Root

if TYPE_CHECKING:
    from ledger.world import World


def managing(world: World, body: str, day: str) -> Root | Body:
    """Who manages a body: its own registrars, those of the nearest body above that has some, or the root's.

    A body that was succeeded is managed as its successor is. world: with the body's lineage loaded; raises
    StorageError otherwise: what cannot be judged is not allowed.
    """
    for name in world.root.chain(body, day):
        found = world.bodies.get(name)
        if found is None:
            raise StorageError(f"body {name} is not loaded: nobody knows who manages {body}")
        if found.registrars:
            return found
    return world.root


def acts_for(world: World, body: str, owner: str, day: str) -> bool:
    """May an office of `body` act for `owner`? It is the owner, or below it and under the same registrars."""
    if not world.root.belongs(body, owner, day):
        return False
    there = world.root.current(owner, day)
    return body == there or _name(managing(world, body, day)) == _name(managing(world, there, day))


def _name(registry: Root | Body) -> str:
    return registry.id if isinstance(registry, Body) else ""
