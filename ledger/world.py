"""Everything that decides: root, bodies, programmes and trust as of one position.

A World is immutable. `evolve` takes one stated event to the next World; a group of
submissions is decided over a chain of Worlds, and the last is kept only after COMMIT.
Streams may be absent until they are needed: ledger/streams.py loads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from immutables import Map

from ledger.consent import enacted
from ledger.event import Common, Stated
from ledger.ids import ROOT, TRUST, body_stream, split_stream
from ledger.kinds import KINDS
from ledger.programme import Programme
from ledger.registry import Body, Root, founded
from ledger.timeline import Act, Slot
from ledger.trust import Trust


@dataclass(frozen=True, slots=True)
class World:
    """What is loaded, as of `position` entries.

    names: office:x, act:x, key:x → the stream that introduced it; programme:x → that of the body that
    adopted it, where it was asked for. citing: act → the
    loaded programmes whose slots cite it. loaded: the streams that are here, be they empty.
    """

    position: int = 0
    root: Root = Root()
    bodies: Map[str, Body] = Map()
    programmes: Map[str, Programme] = Map()
    names: Map[str, str] = Map()
    citing: Map[str, tuple[str, ...]] = Map()
    loaded: Map[str, bool] = Map()
    trust: Trust = Trust()

    def body_of(self, name: str) -> Body | None:
        """The body whose stream introduced `office:x`, `act:x` or `key:x`."""
        family, body = split_stream(self.names.get(name, ""))
        return self.bodies.get(body) if family == "body" else None

    def act(self, act: str) -> Act | None:
        body = self.body_of(f"act:{act}")
        return body.acts.get(act) if body is not None else None


def names_used(event: Common) -> Iterator[str]:
    """The names that an event refers to or introduces, to be resolved before deciding."""
    for signer in event.signers:
        yield f"office:{signer.office}"
        yield f"key:{signer.kid}"
    if event.act is not None:
        yield f"act:{event.act.id}"
    if event.data is not None:
        yield from KINDS[event.kind].refers(event.data)
    yield from names_made(event)


def names_made(event: Common) -> Iterator[str]:
    """The names that an event introduces; each may be introduced once in a ledger."""
    if event.data is not None and event.relations.corrects is None:
        yield from KINDS[event.kind].makes(event.data)


def evolve(world: World, stated: Stated) -> World:
    """The next world. The event has been decided; nothing is checked here."""
    following = apply(world, stated)
    names = following.names
    for made in names_made(stated.event):
        if made not in names:
            names = names.set(made, stated.event.subject)
    return World(
        stated.index + 1,
        following.root,
        following.bodies,
        following.programmes,
        names,
        following.citing,
        following.loaded,
        following.trust,
    )


def apply(world: World, stated: Stated) -> World:
    """What an event does to its stream, and through acts to programmes; position stays."""
    family, name = split_stream(stated.event.subject)
    if family == "programme":
        return _evolve_programme(world, name, stated)
    if family == "body":
        return _evolve_body(world, name, stated)
    if family == TRUST:
        return _evolve_trust(world, stated)
    return _evolve_root(world, stated)


def _evolve_root(world: World, stated: Stated) -> World:
    kind = KINDS[stated.event.kind]
    assert kind.evolve is not None  # every root kind has one; a test asserts it
    root = kind.evolve(world.root, stated)
    opened = stated.event.data.body if stated.event.kind == "body.opened" else ""
    bodies = world.bodies
    if opened in bodies and opened not in world.root.bodies:  # somebody asked for it too early
        bodies = bodies.set(opened, founded(root, opened))
    return replace(world, root=root, bodies=bodies)


def _evolve_trust(world: World, stated: Stated) -> World:
    kind = KINDS[stated.event.kind]
    assert kind.evolve is not None  # every trust kind has one; a test asserts it
    return replace(world, trust=kind.evolve(world.trust, stated))


def _evolve_body(world: World, name: str, stated: Stated) -> World:
    kind = KINDS[stated.event.kind]
    assert kind.evolve is not None  # every body kind has one; a test asserts it
    before = world.bodies.get(name) or founded(world.root, name)
    after: Body = kind.evolve(before, stated)
    programmes = world.programmes
    about = after.kept[stated.slot].about
    act = after.acts.get(about) if stated.event.kind.startswith("act.") else None
    if act is not None and act is not before.acts.get(about):
        for programme in world.citing.get(about, ()):
            old = programmes[programme]
            programmes = programmes.set(programme, replace(old, timeline=old.timeline.state_act(act)))
    return replace(world, bodies=world.bodies.set(name, after), programmes=programmes)


def _evolve_programme(world: World, name: str, stated: Stated) -> World:
    kind = KINDS[stated.event.kind]
    before = world.programmes.get(name) or Programme(id=name)
    slot = slot_after(before, stated)
    act = world.act(slot.act) if slot.act is not None else None
    after = replace(before, timeline=before.timeline.state_slot(slot, act), version=before.version + 1)
    if kind.evolve is not None:
        after = kind.evolve(after, stated)
    enacts = stated.event.relations.enacts
    if enacts is not None:
        after = replace(after, proposals=enacted(after.proposals, enacts.proposal, stated.event))
    citing = world.citing
    if slot.act is not None and name not in citing.get(slot.act, ()):
        citing = citing.set(slot.act, (*citing.get(slot.act, ()), name))
    return replace(world, programmes=world.programmes.set(name, after), citing=citing)


def slot_after(programme: Programme, stated: Stated) -> Slot:
    """The slot that a statement makes or, as a correction, restates in its old place."""
    event, kind = stated.event, KINDS[stated.event.kind]
    writes = kind.writes_of(event, stated.slot)
    old = programme.timeline.slots.get(stated.slot)
    return Slot(
        id=stated.slot,
        index=old.index if old is not None else stated.index,
        kind=event.kind,
        act=event.act.id if event.act is not None else None,
        event=event.id,
        event_index=stated.index,
        payload=stated.payload_hash,
        writes=writes,
        signers=event.signers,
        recorded_at=stated.recorded_at,
    )


def streams_needed(event: Common, used: Iterable[str], names: Map[str, str]) -> set[str]:
    """The streams that deciding an event reads. used: its names, of which `names` has those that resolve."""
    streams = {names[name] for name in used if name in names}
    streams |= {ROOT, event.subject}
    body = getattr(event.data, "body", None) if event.kind == "programme.adopted" else None
    if isinstance(body, str):
        streams.add(body_stream(body))
    return streams
