"""Doubt: what throws it on a recorded statement, how it spreads, and what lifts it.

Everything is computed from the registry as it stands now, and what it said at the statement's
own place: nothing that was recorded is ever rewritten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol
from zoneinfo import ZoneInfo

from ledger.clock import local_date, parse_instant
from ledger.errors import StorageError
from ledger.event import Signer
from ledger.ids import REGISTRAR, ROOT, split_stream
from ledger.registry import Body, Kept, Reference, RegistrarSet, Root
from ledger.statements import slots_of

if TYPE_CHECKING:
    from immutables import Map

    from ledger.timeline import Slot
    from ledger.world import World

Name = Literal["suspect", "undetermined", "ended-late"]
REAFFIRMED = "entry.reaffirmed"
WORST: tuple[Name, ...] = ("suspect", "undetermined", "ended-late")


class Statement(Protocol):
    """What is judged: a slot of a programme or of the registry, as the statement in force has it."""

    @property
    def event(self) -> str: ...
    @property
    def event_index(self) -> int: ...
    @property
    def signers(self) -> tuple[Signer, ...]: ...
    @property
    def recorded_at(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Doubt:
    """doubt: what kind; kid, person, office: whose signature; because: the event that throws it."""

    doubt: Name
    kid: str
    person: str
    office: str
    because: str | None


def doubts_of(
    world: World, stream: str, statement: Statement, asked: frozenset[str] = frozenset()
) -> tuple[Doubt, ...]:
    """What stands against a statement now; () if nothing, or if it was soundly re-affirmed.

    world: with the bodies of its signers' offices loaded (streams.load_offices), and those that
    succeed them. Raises StorageError otherwise: what cannot be judged is not sound. asked: what is
    being judged by this: no re-affirmation lifts a statement that it rests on itself.
    """
    if statement.event_index == 0:  # the opening: auditors trust its hash, or nothing at all
        return ()
    following = asked | {statement.event}
    found = tuple(_doubts(world, stream, statement, following))
    if not found or statement.event in asked:
        return found
    reaffirmed = _reaffirmed(world, stream).get(statement.event, ())
    return () if any(not doubts_of(world, stream, kept, following) for kept in reaffirmed) else found


def worst(doubts: tuple[Doubt, ...]) -> Name | None:
    """The one word that stands beside a value."""
    names = {doubt.doubt for doubt in doubts}
    return next((name for name in WORST if name in names), None)


def _reaffirmed(world: World, stream: str) -> Map[str, tuple[Kept, ...]]:
    family, name = split_stream(stream)
    if family == "programme":
        return world.programmes[name].reaffirmed
    return world.bodies[name].reaffirmed if family == "body" else world.root.reaffirmed


def offices_behind(world: World, stream: str, statement: Statement) -> Iterator[str]:
    """The offices that signed a statement, and what re-affirms it: to judge it they must be loaded."""
    yield from (signer.office for signer in statement.signers if signer.office != REGISTRAR)
    for kept in _reaffirmed(world, stream).get(statement.event, ()):
        yield from offices_behind(world, stream, kept)


def kinds_behind(world: World, stream: str, statement: Slot | Kept) -> set[str]:
    """The kinds of what is re-affirmed, also through a re-affirmation."""
    if statement.kind != REAFFIRMED:
        return {statement.kind}
    slots = slots_of(world, stream).values()
    reaffirmed = _reaffirmed(world, stream).items()
    meant = {event for event, kept in reaffirmed if any(one.event == statement.event for one in kept)}
    found = [slot for slot in slots if slot.event in meant]
    return {kind for slot in found for kind in kinds_behind(world, stream, slot)}


def day_of(world: World, recorded_at: str) -> str:
    """The local date on which an entry was recorded."""
    zone = ZoneInfo(world.root.zone) if world.root.opened else ZoneInfo("UTC")
    return local_date(parse_instant(recorded_at), zone).isoformat()


def _doubts(world: World, stream: str, statement: Statement, asked: frozenset[str]) -> Iterator[Doubt]:
    day = day_of(world, statement.recorded_at)
    for signer in statement.signers:
        if signer.office != REGISTRAR:
            yield from _of_official(world, statement, signer, day, asked)
    registrars = [signer for signer in statement.signers if signer.office == REGISTRAR]
    if registrars:
        yield from _of_registrars(world, stream, statement, registrars, day, asked)


def _of_registrars(
    world: World,
    stream: str,
    statement: Statement,
    signers: list[Signer],
    day: str,
    asked: frozenset[str],
) -> Iterator[Doubt]:
    """A registrar's key was revoked with a suspect range, or no sound set let them sign."""
    subject = world.root if stream == ROOT else world.bodies[split_stream(stream)[1]]
    kids = {signer.kid for signer in signers}
    for where in _managers(world, stream, day):
        sets = [one for one in where.sets if one.index < statement.event_index]
        if sets and kids & {*sets[-1].registrars}:
            break
    else:
        where, sets = world.root, []
    own = [one for one in subject.sets if one.index == statement.event_index]
    for signer in signers:
        found: dict[Doubt, None] = {}
        for registry, named in ((where, sets), (subject, own)):
            if any(signer.kid in one.registrars for one in named):
                found |= dict.fromkeys(_revoked(world.root, registry, statement, signer, day))
        yield from found
    mine = [signer for signer in signers if sets and signer.kid in sets[-1].registrars]
    if mine:
        yield from _of_sets(world, sets, mine, asked)


def _of_sets(
    world: World, sets: list[RegistrarSet], signers: list[Signer], asked: frozenset[str]
) -> Iterator[Doubt]:
    """One sound statement is enough that names all who signed, and asks for no more persons."""
    kids, found = {signer.kid for signer in signers}, []
    for one in reversed(sets):
        people = {one.registrars[kid].person for kid in kids if kid in one.registrars}
        if kids <= {*one.registrars} and len(people) >= one.threshold:
            doubts = list(_rests_on(world, one.by, signers[0], asked))
            if not doubts:
                return
            found.extend(doubts)
    yield from found[:1]


def _managers(world: World, stream: str, day: str) -> Iterator[Root | Body]:
    """Whose registrars may have signed for a stream: the body's own, its successor's, the root's."""
    family, name = split_stream(stream)
    if family == "body":
        for body in dict.fromkeys((world.root.current(name, day), name)):
            if body not in world.bodies:
                raise StorageError(f"body {body} is not loaded: doubt cannot be judged")
            yield world.bodies[body]
    yield world.root


def _of_official(
    world: World, statement: Statement, signer: Signer, day: str, asked: frozenset[str]
) -> Iterator[Doubt]:
    body = world.body_of(f"office:{signer.office}")
    if body is None:
        raise StorageError(f"the body of office {signer.office} is not loaded: doubt cannot be judged")
    yield from _revoked(world.root, body, statement, signer, day)
    key, office = body.keys.get(signer.kid), body.offices.get(signer.office)
    stream = f"body:{body.id}"
    if key is not None:
        yield from _rests_on(world, (stream, key.slot), signer, asked)
    if office is not None:
        yield from _rests_on(world, (stream, office.slot), signer, asked)
    yield from _of_mandate(world, body, statement, signer, day, asked)


def _of_mandate(
    world: World, body: Body, statement: Statement, signer: Signer, day: str, asked: frozenset[str]
) -> Iterator[Doubt]:
    person, office, index = signer.person, signer.office, statement.event_index
    mandates = body.ever_held(person, office)
    then = [
        m for m in mandates if (span := m.known_before(index)) is not None and span.holds(person, office, day)
    ]
    now = [m for m in mandates if (m.person, m.office) == (person, office) and m.holds(day)]
    if not then:
        ended = max(
            (m for m in mandates if m.spans[0].known_from < index), key=lambda m: m.until, default=None
        )
        yield _doubt("undetermined", signer, _ending(body, ended.slot) if ended else None)
        return
    if not now:
        yield _doubt("ended-late", signer, _ending(body, then[-1].slot))
    held = now or then
    grants = [list(_rests_on(world, (f"body:{body.id}", mandate.slot), signer, asked)) for mandate in held]
    if all(grants):
        yield from grants[0]


def _ending(body: Body, slot: str) -> str | None:
    """The event that ended a mandate, or that granted it for an interval, or voided the grant."""
    mandate = body.mandates[slot]
    for kept in body.kept.values():
        if kept.kind == "mandate.ended" and kept.about == slot and kept.event_index == mandate.ended_at:
            return kept.event
    granted = body.kept.get(slot)
    return granted.event if granted is not None else None


def _revoked(
    root: Root, where: Root | Body, statement: Statement, signer: Signer, day: str
) -> Iterator[Doubt]:
    for registry in (root,) if where is root else (root, where):
        revoked = registry.revoked.get(signer.kid)
        if revoked is None or revoked.suspect_from is None:
            continue
        if statement.event_index < revoked.index and day >= revoked.suspect_from:
            yield _doubt("suspect", signer, revoked.event)


def _rests_on(world: World, reference: Reference, signer: Signer, asked: frozenset[str]) -> Iterator[Doubt]:
    """A statement of the registry that is suspect makes suspect what rests on it."""
    stream, slot = reference
    family, name = split_stream(stream)
    kept = (world.bodies[name].kept if family == "body" else world.root.kept).get(slot)
    if kept is None:
        return
    for doubt in doubts_of(world, stream, kept, asked):
        if doubt.doubt == "suspect":
            yield _doubt("suspect", signer, doubt.because)
            return


def _doubt(name: Name, signer: Signer, because: str | None) -> Doubt:
    return Doubt(name, signer.kid, signer.person, signer.office, because)
