"""What the appender knows between groups, and how it takes in what other processes appended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ledger.entry import Entry
from ledger.store.base import Head, Tail
from ledger.streams import load_for
from ledger.world import World, evolve

PROGRAMMES_KEPT_MAX = 2000
WORKED_IN_MAX = 50_000  # entries, some 3 kB of memory each; then only what is asked for is loaded again
REPLAYED_MAX = 2000  # entries of others that are worked in; beyond that, streams are loaded anew


@dataclass(frozen=True, slots=True)
class Memory:
    """The world as of the last commit that was seen, and each stream's last version, as far as known.

    since: the position from which on entries were worked in one by one.
    """

    world: World = World()
    versions: dict[str, int] = field(default_factory=dict)
    since: int = 0


def caught_up(memory: Memory, head: Head, tail: Tail) -> Memory:
    """The memory as of the head. Streams that it lacks, or had to forget, are loaded when they are needed."""
    behind = head.size - memory.world.position
    if not 0 <= behind <= REPLAYED_MAX or not memory.world.loaded or _is_full(memory):
        return Memory(replace(World(), position=head.size), {}, head.size)
    if behind == 0:
        return memory
    return _replayed(memory, tail.entries(memory.world.position, behind), tail)


def _is_full(memory: Memory) -> bool:
    world = memory.world
    return len(world.programmes) > PROGRAMMES_KEPT_MAX or world.position - memory.since > WORKED_IN_MAX


def _replayed(memory: Memory, entries: Iterable[Entry], tail: Tail) -> Memory:
    """Entries of others were decided when they were appended: they only happen here."""
    world, versions = memory.world, dict(memory.versions)
    for entry in entries:
        if entry.stream in world.loaded:
            stated = entry.stated()
            world = load_for(world, stated.event, tail.at_position(entry.index))
            world = evolve(world, stated)
        world = replace(world, position=entry.index + 1)
        if entry.stream in versions:
            versions[entry.stream] = entry.version
    return Memory(world, versions, memory.since)
