"""Streams that a world need not hold any longer: they are loaded again where something asks for them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ledger.event import Common
from ledger.forgetting import less, without_programmes
from ledger.ids import split_stream
from ledger.recent import Recent
from ledger.world import World
from projections.sparse import is_whole

FAMILIES = ("body", "programme")  # the root and what is trusted are asked for by every entry


class Streams:
    """Which streams of a world were used last. size_max: statements that are kept of all of them."""

    def __init__(self, size_max: int) -> None:
        self._recent: Recent[str, None] = Recent(size_max)
        self._used: dict[str, None] = {}  # since it was last bounded, in the order of use

    def used(self, world: World, event: Common) -> None:
        """world: after the event."""
        names = [f"office:{signer.office}" for signer in event.signers]
        if event.act is not None:
            names.append(f"act:{event.act.id}")
        for stream in (event.subject, *(world.names.get(name, "") for name in names)):
            self._used.pop(stream, None)
            self._used[stream] = None

    def bounded(self, world: World) -> World:
        """The same position, without what was not used for longest if it is too much."""
        for stream in self._used:
            self._put(world, stream)
        self._used.clear()
        for stream in world.loaded if len(world.loaded) > len(self._recent) else ():
            if stream not in self._recent:
                self._put(world, stream)
        gone = self._recent.shrink()
        return without(world, gone) if gone else world

    def _put(self, world: World, stream: str) -> None:
        if stream in world.loaded and split_stream(stream)[0] in FAMILIES:
            self._recent.put(stream, None, size_of(world, stream))


def size_of(world: World, stream: str) -> int:
    """How many statements of a stream are kept."""
    family, name = split_stream(stream)
    if family == "body":
        body = world.bodies[name]
        return 1 + len(body.kept)
    known = world.programmes.get(name)
    if known is None:
        return 1
    said = len(known.proposals) + len(known.observations) + len(known.reaffirmed) + len(known.accepted)
    return 1 + said + (known.version if is_whole(world, name) else 0)


def without(world: World, streams: Collection[str]) -> World:
    """The same position, and none of these streams (of bodies and programmes) loaded."""
    gone = {*streams}
    named: dict[str, list[str]] = {family: [] for family in FAMILIES}
    for family, name in map(split_stream, gone):
        named[family].append(name)
    left = without_programmes(world, named["programme"])
    return replace(
        left,
        loaded=less(left.loaded, gone),
        bodies=less(left.bodies, named["body"]),
        names=less(left.names, [name for name, stream in left.names.items() if stream in gone]),
    )
