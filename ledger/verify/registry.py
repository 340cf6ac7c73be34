"""Root, bodies and trust services replayed from the genesis: the world after each of their entries."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ledger.errors import LedgerError, Refusal
from ledger.ids import TRUST
from ledger.keys import PublicKey
from ledger.registry import Root
from ledger.verify.entry_file import EntryFile
from ledger.verify.judging import FormError, Nothing, Placed, Surroundings, judge, read_placed, told_twice
from ledger.verify.report import Fault
from ledger.world import World, names_made

LOG_KEY_ROTATED = "log_key.rotated"


class Introduced(NamedTuple):
    """Where a name was introduced. leaf: index of the entry."""

    stream: str
    leaf: int


@dataclass(slots=True)
class Registry:
    """worlds[i]: after the entry at indexes[i]; worlds are immutable and share what they have in common.

    Of a long log they are not kept: then regions.py judges the programmes. roots[i]: the root after the
    entry at root_indexes[i]. names: what was introduced, and where. keys: every key that the registry ever
    knew, by kid. faults: of what could not stand. trust: the entries of the stream `trust`; rotations: those
    of the log's key. count: how many entries were judged.
    """

    genesis: str
    indexes: list[int] = field(default_factory=list)
    worlds: list[World] = field(default_factory=list)
    root_indexes: list[int] = field(default_factory=list)
    roots: list[Root] = field(default_factory=list)
    names: dict[str, Introduced] = field(default_factory=dict)
    keys: dict[str, PublicKey] = field(default_factory=dict)
    form_faults: list[Fault] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    trust: list[Placed] = field(default_factory=list)
    rotations: list[Placed] = field(default_factory=list)
    count: int = 0

    def at(self, position: int) -> World:
        """The world as of so many entries; programmes are not in it."""
        place = bisect_left(self.indexes, position)
        return self.worlds[place - 1] if place else World()

    @property
    def last(self) -> World:
        return self.worlds[-1] if self.worlds else World()

    @property
    def lacks(self) -> bool:
        """Was a stream asked for that is not here? All are."""
        return False

    def root_at(self, position: int) -> Root:
        """The root as of so many entries."""
        place = bisect_left(self.root_indexes, position)
        return self.roots[place - 1] if place else Root()

    @property
    def root(self) -> Root:
        """As of the last entry."""
        return self.roots[-1] if self.roots else Root()

    def _note(self, placed: Placed, world: World, *, keep: bool) -> None:
        """What an entry brought."""
        index, event = placed.entry.index, placed.submission.event
        if keep:
            self.indexes.append(index)
            self.worlds.append(world)
        if not self.roots or world.root is not self.roots[-1]:
            self.root_indexes.append(index)
            self.roots.append(world.root)
        for name in names_made(event):
            if name in world.names:  # it was taken
                self.names.setdefault(name, Introduced(event.subject, index))
        self.keys.update(_keys_of(world, placed))
        if event.subject == TRUST:
            self.trust.append(placed)
        elif event.kind == LOG_KEY_ROTATED:
            self.rotations.append(placed)


def replay_registry(
    file: EntryFile,
    genesis: str,
    end: int,
    *,
    around: Surroundings | None = None,
    reader_at: Callable[[int], Nothing] | None = None,
    without: frozenset[int] = frozenset(),
    keep: bool = True,
) -> Registry:
    """Judge every entry below `end` that no programme states, signatures included, in order.

    keep: the world after each of them.

    around, reader_at: what rules read of other entries, for whoever wants to know what that is.
    without: leaf indexes of entries to pass over.
    """
    found = Registry(genesis)
    surroundings = around or Surroundings(file)
    world, events = World(), set[str]()
    for row in file.registry(end):
        if row.leaf in without:
            continue
        found.count += 1
        try:
            placed = read_placed(row, genesis)
        except FormError as error:
            found.form_faults.append(Fault("malformed-entry", row.leaf, row.stream, str(error)))
            continue
        except LedgerError as error:
            code = error.code if isinstance(error, Refusal) else "malformed-entry"
            found.form_faults.append(Fault(code, row.leaf, row.stream, str(error)))
            continue
        found.faults += told_twice(placed, events)
        reader = reader_at(row.leaf) if reader_at is not None else Nothing(file, row.leaf)
        world, fault = judge(world, placed, surroundings, reader, verify=True)
        if fault is not None:
            found.faults.append(fault)
        found._note(placed, world, keep=keep)
    return found


def _keys_of(world: World, placed: Placed) -> Iterator[tuple[str, PublicKey]]:
    """The keys that an entry may have brought: those that its stream's registry knows by now."""
    stream = placed.submission.event.subject
    name = stream.partition(":")[2]
    if stream == "root":
        yield from ((kid, one.key) for kid, one in world.root.registrars.items())
        yield from services_of(world)
        for body in world.bodies.values():
            yield from ((kid, one.key) for kid, one in body.registrars.items())
    elif name in world.bodies:
        body = world.bodies[name]
        yield from ((kid, one.key) for kid, one in body.registrars.items())
        yield from ((kid, one.public) for kid, one in body.keys.items())


def services_of(world: World) -> Iterator[tuple[str, PublicKey]]:
    """The service keys that the root's registrars enrolled."""
    for kid, one in world.root.services.items():
        yield kid, one.public
