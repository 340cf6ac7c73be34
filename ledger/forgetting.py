"""Programmes that a world need not hold any longer: they are loaded again where something asks for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TypeVar

from immutables import Map

from ledger.ids import programme_stream
from ledger.world import World

V = TypeVar("V")


def without_programmes(world: World, gone: Collection[str]) -> World:
    """The same position, and none of these programmes loaded, by name.

    An appender keeps bodies: it tells what becomes of an act to the programmes that cite it only while the
    act's body is here.
    """
    return replace(
        world,
        loaded=less(world.loaded, map(programme_stream, gone)),
        programmes=less(world.programmes, gone),
        citing=_uncited(world, gone),
    )


def less(known: Map[str, V], gone: Iterable[str]) -> Map[str, V]:
    """Without these keys, of which some may not be there."""
    left = known.mutate()
    for name in gone:
        left.pop(name, None)
    return left.finish()


def _uncited(world: World, gone: Collection[str]) -> Map[str, tuple[str, ...]]:
    citing = world.citing
    for name in gone:
        programme = world.programmes.get(name)
        for act in programme.timeline.acts if programme is not None else ():
            left = tuple(one for one in citing.get(act, ()) if one != name)
            citing = citing.set(act, left) if left else less(citing, [act])
    return citing
