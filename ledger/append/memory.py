"""What the appender knows between groups, and how it takes in what other processes appended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ledger.entry import Entry
from ledger.forgetting import without_programmes
from ledger.ids import programme_stream, split_stream
from ledger.recent import Recent
from ledger.store.base import Head, Tail
from ledger.streams import load_for
from ledger.world import World, evolve

STATEMENTS_MAX = 200_000  # of all programmes that are kept, some 2 kB of memory each
OF_ANY = 10  # statements' worth of memory that even a programme without any takes
NAMES_MAX = 200_000  # names and streams, be they only asked for; beyond that all is loaded anew
REPLAYED_MAX = 2000  # entries of others that are worked in; beyond that, streams are loaded anew


def _programmes() -> Recent[str, None]:
    return Recent(STATEMENTS_MAX, least=1)


@dataclass(frozen=True, slots=True)
class Memory:
    """The world as of the last commit that was seen, and each stream's last version, as far as known.

    programmes: those of the world, in the order in which they were used.
    """

    world: World = World()
    versions: dict[str, int] = field(default_factory=dict)
    programmes: Recent[str, None] = field(default_factory=_programmes)


def caught_up(memory: Memory, head: Head, tail: Tail) -> Memory:
    """The memory as of the head. Streams that it lacks, or had to forget, are loaded when they are needed."""
    behind = head.size - memory.world.position
    if not 0 <= behind <= REPLAYED_MAX or not memory.world.loaded or _is_full(memory.world):
        return Memory(replace(World(), position=head.size))
    if behind == 0:
        return memory
    return _replayed(memory, tail.entries(memory.world.position, behind), tail)


def bounded(memory: Memory, used: Iterable[str]) -> Memory:
    """The memory without the programmes that were not used for longest, where they became too much.

    used: the streams that were worked in, in this order. What was used last stays, however large it is.
    """
    recent = memory.programmes
    _note(memory, (name for family, name in map(split_stream, used) if family == "programme"))
    if len(recent) != len(memory.world.programmes):  # some were loaded by the way
        _note(memory, (name for name in memory.world.programmes if name not in recent))
    gone = recent.shrink()
    if not gone:
        return memory
    for name in gone:
        memory.versions.pop(programme_stream(name), None)
    return replace(memory, world=without_programmes(memory.world, gone))


def _note(memory: Memory, names: Iterable[str]) -> None:
    for name in names:
        known = memory.world.programmes.get(name)
        if known is not None:
            memory.programmes.put(name, None, OF_ANY + known.version)


def _is_full(world: World) -> bool:
    return len(world.names) + len(world.loaded) > NAMES_MAX


def _replayed(memory: Memory, entries: Iterable[Entry], tail: Tail) -> Memory:
    """Entries of others were decided when they were appended: they only happen here."""
    world, versions, used = memory.world, dict(memory.versions), []
    for entry in entries:
        if entry.stream in world.loaded:
            stated = entry.stated()
            world = load_for(world, stated.event, tail.at_position(entry.index))
            world = evolve(world, stated)
            used.append(entry.stream)
        world = replace(world, position=entry.index + 1)
        if entry.stream in versions:
            versions[entry.stream] = entry.version
    return bounded(replace(memory, world=world, versions=versions), used)
