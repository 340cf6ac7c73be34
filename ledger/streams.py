"""Loading what a decision needs: root, bodies and programmes, stream by stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from ledger.entry import Entry
from ledger.event import Common
from ledger.ids import ROOT, split_stream
from ledger.programme import Programme
from ledger.registry import Body
from ledger.world import World, apply, names_used, streams_needed


class StreamReader(Protocol):
    """Where streams come from: under the head lock, or as of a position."""

    def names(self, names: Iterable[str]) -> dict[str, str]:
        """Which of these names were introduced, and by which stream."""

    def stream(self, stream: str) -> Iterator[Entry]:
        """The stream's entries in order."""


def load_for(world: World, event: Common, reader: StreamReader) -> World:
    """The same position with everything loaded that judging this event reads."""
    world = _with_stream(world, ROOT, reader)
    world = _with_names(world, names_used(event), reader)
    for stream in streams_needed(event, world.names):
        if stream not in world.loaded:
            world = _with_stream(world, stream, reader)
    return world


def load_stream(world: World, stream: str, reader: StreamReader) -> World:
    """The same position with one stream loaded, and the root."""
    return _with_stream(_with_stream(world, ROOT, reader), stream, reader)


def _with_names(world: World, names: Iterable[str], reader: StreamReader) -> World:
    unknown = [name for name in dict.fromkeys(names) if name not in world.names]
    if not unknown:
        return world
    found = reader.names(unknown)
    return replace(world, names=world.names.update(found)) if found else world


def _with_stream(world: World, stream: str, reader: StreamReader) -> World:
    if stream in world.loaded:
        return world
    world = replace(world, loaded=world.loaded.set(stream, True))
    family, name = split_stream(stream)
    if family == "programme":
        return _with_programme(world, name, stream, reader)
    if family == "body":
        world = replace(world, bodies=world.bodies.set(name, Body(id=name)))
    for entry in reader.stream(stream):
        world = apply(world, entry.stated())
    return world


def _with_programme(world: World, name: str, stream: str, reader: StreamReader) -> World:
    """Acts first, since a write's rank is its act's as it stands now."""
    stated = [entry.stated() for entry in reader.stream(stream)]
    acts = [f"act:{item.event.act.id}" for item in stated if item.event.act is not None]
    world = _with_names(world, acts, reader)
    for body in dict.fromkeys(world.names[act] for act in acts):
        world = _with_stream(world, body, reader)
    for item in stated:
        world = apply(world, item)
    if name not in world.programmes:
        return world
    return replace(world, programmes=world.programmes.set(name, _settled(world.programmes[name])))


def _settled(programme: Programme) -> Programme:
    """Let each act's last change touch the cells of the slots that cite it."""
    timeline = programme.timeline
    for act in timeline.acts.values():
        timeline = timeline.state_act(act)
    return replace(programme, timeline=timeline)
