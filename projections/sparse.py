"""Programmes as the tables are written: without their cells and slots, of which the tables hold everything.

A programme that grew by an entry a day for years would otherwise be in memory with each of them. What an
entry asks about earlier ones, which few do, is read again from the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, cast

from immutables import Map

from ledger.event import Stated
from ledger.ids import programme_stream, split_stream
from ledger.programme import Programme
from ledger.store.base import Tail
from ledger.streams import load_stream
from ledger.timeline import Act, Slot, Timeline
from ledger.world import World, apply, slot_after

Newest = Callable[[int], int | None]
"""The leaf index of a slot's first event → that of its statement in force; None if it has none."""


@dataclass(frozen=True, slots=True)
class Passing(Timeline):
    """Takes slots and acts, and keeps only these: what was stated before is not here.

    Implements so much of Timeline as it takes to tell the rows of a slot (`lives`).
    """

    def state_slot(self, slot: Slot, act: Act | None) -> Passing:
        acts = self.acts.set(act.id, act) if act is not None else self.acts
        return Passing(self.slots.set(slot.id, slot), acts=acts)

    def state_act(self, act: Act) -> Passing:
        return replace(self, acts=self.acts.set(act.id, act))


NOTHING: Final = Passing()


class Slots(Mapping[str, Slot]):
    """A programme's slots as of a position, each read from the log when it is asked for.

    here: those that are known already; None for one that is known not to be there.
    """

    def __init__(
        self, programme: str, tail: Tail, newest: Newest, here: Mapping[str, Slot | None] | None = None
    ) -> None:
        self._programme, self._tail, self._newest = programme, tail, newest
        self._here = dict(here or {})

    def set(self, slot_id: str, slot: Slot) -> Slots:
        return Slots(self._programme, self._tail, self._newest, {**self._here, slot_id: slot})

    def __getitem__(self, slot_id: str) -> Slot:
        if slot_id not in self._here:
            self._here[slot_id] = self._read(slot_id)
        found = self._here[slot_id]
        if found is None:
            raise KeyError(slot_id)
        return found

    def _read(self, slot_id: str) -> Slot | None:
        first = self._tail.events([slot_id]).get(slot_id)
        newest = self._newest(first) if first is not None else None
        if first is None or newest is None:
            return None
        return slot_at(self._tail, self._programme, first, newest)

    def __iter__(self) -> Iterator[str]:
        """Reads the whole stream: few ask for it, and seldom."""
        stated = (entry.stated().slot for entry in self._tail.stream(programme_stream(self._programme)))
        return iter(dict.fromkeys([*stated, *(one for one, slot in self._here.items() if slot is not None)]))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def slot_at(tail: Tail, programme: str, first: int, index: int) -> Slot | None:
    """The slot whose first event stands at one leaf index, as stated at another; None if it is none."""
    stated = tail.entries(index, 1)[0].stated()
    if stated.event.subject != programme_stream(programme):
        return None
    return replace(slot_after(Programme(programme), stated), index=first)


def corrected(tail: Tail, programme: str, stated: Stated) -> Slot | None:
    """The statement whose place a correction takes: it names it by its hash. None where it does not."""
    corrects = stated.event.relations.corrects
    assert corrects is not None
    index = tail.recorded([corrects.payload]).get(corrects.payload)
    first = tail.events([corrects.event]).get(corrects.event)
    found = slot_at(tail, programme, first, index) if first is not None and index is not None else None
    return found if found is not None and found.id == stated.slot else None


def load_sparse(world: World, programme: str, tail: Tail) -> World:
    """The same position with a programme loaded, without its cells and slots."""
    stream = programme_stream(programme)
    if stream in world.loaded:
        return world
    around = World(root=world.root, programmes=Map({programme: _empty(programme)}))
    for entry in tail.stream(stream):
        around = apply(around, entry.stated())
    loaded = world.loaded.set(stream, True)
    known = around.programmes[programme]
    if not known.version:
        return replace(world, loaded=loaded)
    return replace(world, loaded=loaded, programmes=world.programmes.set(programme, sparse(known)))


def _empty(programme: str) -> Programme:
    return Programme(programme, timeline=NOTHING)


def sparse(programme: Programme) -> Programme:
    """Without what was stated."""
    return _with_timeline(programme, NOTHING)


def is_whole(world: World, programme: str) -> bool:
    """Is a programme here with all its cells?"""
    known = world.programmes.get(programme)
    return known is not None and not isinstance(known.timeline, Passing)


def with_slots(world: World, programme: str, slots: Slots) -> World:
    """A world in which a sparse programme can be asked about slots. One that is not there yet has none."""
    known = world.programmes.get(programme)
    if known is None:
        return world
    timeline = Passing(slots=cast("Map[str, Slot]", slots))
    known = _with_timeline(known, timeline)
    return with_programmes(world, world.programmes.set(programme, known), world.citing)


def with_programmes(
    world: World, programmes: Map[str, Programme], citing: Map[str, tuple[str, ...]]
) -> World:
    """As dataclasses.replace, in a third of its time: this is done for each entry."""
    return World(
        world.position,
        world.root,
        world.bodies,
        programmes,
        world.names,
        citing,
        world.loaded,
        world.trust,
    )


def _with_timeline(known: Programme, timeline: Timeline) -> Programme:
    return Programme(
        known.id,
        known.body,
        timeline,
        known.parts_due,
        known.version,
        known.proposals,
        known.observations,
        known.reaffirmed,
        known.accepted,
    )


def with_act(world: World, programme: str, act: str, tail: Tail) -> World:
    """A world in which a sparse programme tells the rows of slots that cite an act, as it stands now."""
    stream = tail.names([f"act:{act}"]).get(f"act:{act}")
    if stream is None:
        return world
    world = load_stream(world, stream, tail)
    found, known = world.bodies[split_stream(stream)[1]].acts.get(act), world.programmes.get(programme)
    if found is None or known is None:
        return world
    known = replace(known, timeline=known.timeline.state_act(found))
    return replace(world, programmes=world.programmes.set(programme, known))
