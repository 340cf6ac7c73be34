"""Doubt: what throws it on a recorded statement, how it spreads, and what lifts it.

Everything is computed from the registry as it stands now, and what it said at the statement's
own place: nothing that was recorded is ever rewritten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, Protocol
from zoneinfo import ZoneInfo

from immutables import Map

from ledger.clock import local_date, parse_instant
from ledger.errors import StorageError
from ledger.event import Signer
from ledger.ids import REGISTRAR, ROOT, SERVICE, TRUST, split_stream
from ledger.registry import Body, Kept, Reference, RegistrarSet, Root
from ledger.statements import slots_of

if TYPE_CHECKING:
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


class _Unknown(Exception):
    """Of a statement it must be known first what stands against it."""

    def __init__(self, stream: str, statement: Statement) -> None:
        super().__init__(statement.event)
        self.stream, self.statement = stream, statement


@dataclass(slots=True)
class Asked:
    """One question: every statement that it comes to, and what stands against each, as far as known.

    Statements rest on others without ever coming round; re-affirmations may stand for each other. So doubt
    is found without them first, and then lifted, the newest statement first, until nothing more is. What is
    sound stays so. Nothing here calls itself: a long row of statements must not exhaust the stack.
    """

    world: World
    stated: dict[str, tuple[str, Statement]] = field(default_factory=dict)
    found: dict[str, tuple[Doubt, ...]] = field(default_factory=dict)

    def answer(self, stream: str, statement: Statement) -> tuple[Doubt, ...]:
        """What stands against a statement, once all is lifted that can be."""
        self._find(stream, statement)
        while self._lift():
            self.found = {event: doubts for event, doubts in self.found.items() if not doubts}
            self._find(stream, statement)
        return self.found[statement.event]

    def of(self, stream: str, statement: Statement) -> tuple[Doubt, ...]:
        """What stands against a statement on which another rests. Raises _Unknown until it was found."""
        if statement.event_index == 0:  # the opening: auditors trust its hash, or nothing at all
            return ()
        if statement.event not in self.found:
            raise _Unknown(stream, statement)
        return self.found[statement.event]

    def _find(self, stream: str, statement: Statement) -> None:
        """Judge a statement, first what it rests on; and what re-affirms any that is in doubt."""
        waiting = [(stream, statement)]
        while waiting:
            where, one = waiting[-1]
            if one.event in self.found:
                waiting.pop()
                continue
            try:
                doubts = tuple(_doubts(self.world, where, one, self))
            except _Unknown as unknown:
                waiting.append((unknown.stream, unknown.statement))
                continue
            self.found[one.event] = doubts
            self.stated[one.event] = (where, one)
            waiting.pop()
            if doubts:  # below what waits: that may need no more than this
                waiting[:0] = [(where, kept) for kept in self._reaffirming(where, one)]

    def _lift(self) -> bool:
        """Take the doubt from what something sound re-affirms. Returns whether there was any."""
        doubtful = [self.stated[event] for event, doubts in self.found.items() if doubts]
        lifted = False
        for where, one in sorted(doubtful, key=lambda pair: pair[1].event_index, reverse=True):
            if any(not self.found[kept.event] for kept in self._reaffirming(where, one)):
                self.found[one.event] = ()
                lifted = True
        return lifted

    def _reaffirming(self, stream: str, statement: Statement) -> tuple[Kept, ...]:
        return _reaffirmed(self.world, stream).get(statement.event, ())


def doubts_of(world: World, stream: str, statement: Statement) -> tuple[Doubt, ...]:
    """What stands against a statement now; () if nothing, or if it was soundly re-affirmed.

    world: with the bodies of its signers' offices loaded (streams.load_offices), and those that
    succeed them. Raises StorageError otherwise: what cannot be judged is not sound. No re-affirmation
    lifts a statement that it rests on itself.
    """
    return () if statement.event_index == 0 else Asked(world).answer(stream, statement)


def worst(doubts: tuple[Doubt, ...]) -> Name | None:
    """The one word that stands beside a value."""
    names = {doubt.doubt for doubt in doubts}
    return next((name for name in WORST if name in names), None)


def _reaffirmed(world: World, stream: str) -> Map[str, tuple[Kept, ...]]:
    family, name = split_stream(stream)
    if family == "programme":
        return world.programmes[name].reaffirmed
    if family == TRUST:
        return Map()  # nothing rests on it, and nobody re-affirms it
    return world.bodies[name].reaffirmed if family == "body" else world.root.reaffirmed


def offices_behind(world: World, stream: str, statement: Statement) -> Iterator[str]:
    """Who signed a statement, what it enacts by, and what re-affirms it: to judge it they must be loaded."""
    waiting, seen = [statement], set[str]()
    while waiting:
        one = waiting.pop()
        if one.event not in seen:
            seen.add(one.event)
            yield from (signer.office for signer in one.signers if signer.office not in (REGISTRAR, SERVICE))
            waiting += endorsements_of(world, stream, one)
            waiting += _reaffirmed(world, stream).get(one.event, ())


def endorsements_of(world: World, stream: str, statement: Statement) -> list[Slot]:
    """What a statement rests on that enacts a proposal with the same text, oldest first."""
    family, name = split_stream(stream)
    if family != "programme":
        return []
    programme = world.programmes[name]
    closed = (one for one in programme.proposals.values() if one.closed_by == statement.event)
    endorsed = [one.endorsed_before(statement.event_index) for one in closed if one.same_text]
    return [programme.timeline.slots[event] for found in endorsed for event in found.values()]


def kinds_behind(world: World, stream: str, statement: Slot | Kept) -> set[str]:
    """The kinds of what is re-affirmed, also through a re-affirmation."""
    return {meant.kind for meant in meant_by(world, stream, statement)}


def meant_by(world: World, stream: str, statement: Slot | Kept) -> Iterator[Slot | Kept]:
    """The statement, or what a re-affirmation says anew in its turn; each once."""
    waiting, seen = [statement], set[str]()
    while waiting:
        one = waiting.pop()
        if one.event in seen:
            continue
        seen.add(one.event)
        if one.kind == REAFFIRMED:
            waiting += _named_by(world, stream, one.event)
        else:
            yield one


def _named_by(world: World, stream: str, event: str) -> list[Slot | Kept]:
    """The statements in force that an entry.reaffirmed names."""
    reaffirmed = _reaffirmed(world, stream).items()
    named = {name for name, kept in reaffirmed if any(one.event == event for one in kept)}
    return [slot for slot in slots_of(world, stream).values() if slot.event in named]


def day_of(world: World, recorded_at: str) -> str:
    """The local date on which an entry was recorded."""
    return _day_in(world.root.zone if world.root.opened else "UTC", recorded_at)


@lru_cache(maxsize=64)
def _day_in(zone: str, instant: str) -> str:
    """One entry asks for its day several times."""
    return local_date(parse_instant(instant), ZoneInfo(zone)).isoformat()


def _doubts(world: World, stream: str, statement: Statement, asked: Asked) -> Iterator[Doubt]:
    day = day_of(world, statement.recorded_at)
    for signer in statement.signers:
        if signer.office == SERVICE:
            yield from _of_service(world, statement, signer, day, asked)
        elif signer.office != REGISTRAR:
            yield from _of_official(world, statement, signer, day, asked)
    registrars = [signer for signer in statement.signers if signer.office == REGISTRAR]
    if registrars:
        yield from _of_registrars(world, stream, statement, registrars, day, asked)
    for endorsement in endorsements_of(world, stream, statement):
        found = asked.of(stream, endorsement)
        yield from (doubt for doubt in found if doubt.doubt == "suspect")


def _of_registrars(
    world: World,
    stream: str,
    statement: Statement,
    signers: list[Signer],
    day: str,
    asked: Asked,
) -> Iterator[Doubt]:
    """A registrar's key was revoked with a suspect range, or no sound set let them sign."""
    subject = world.root if stream == ROOT else world.bodies[split_stream(stream)[1]]
    kids = {signer.kid for signer in signers}
    for where in _managers(world, stream, statement.event_index, day):
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


def _of_sets(world: World, sets: list[RegistrarSet], signers: list[Signer], asked: Asked) -> Iterator[Doubt]:
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


def _managers(world: World, stream: str, index: int, day: str) -> Iterator[Root | Body]:
    """Whose registrars may have signed for a stream, nearest first, by the entries before a leaf index."""
    family, name = split_stream(stream)
    for body in world.root.known_before(index).chain(name, day) if family == "body" else ():
        if body not in world.bodies:
            raise StorageError(f"body {body} is not loaded: doubt cannot be judged")
        yield world.bodies[body]
    yield world.root


def _of_service(
    world: World, statement: Statement, signer: Signer, day: str, asked: Asked
) -> Iterator[Doubt]:
    """A service key was revoked with a suspect range, or enrolled by suspect registrars."""
    yield from _revoked(world.root, world.root, statement, signer, day)
    key = world.root.services.get(signer.kid)
    if key is not None:
        yield from _rests_on(world, (ROOT, key.slot), signer, asked)


def _of_official(
    world: World, statement: Statement, signer: Signer, day: str, asked: Asked
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
    world: World, body: Body, statement: Statement, signer: Signer, day: str, asked: Asked
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


def _rests_on(world: World, reference: Reference, signer: Signer, asked: Asked) -> Iterator[Doubt]:
    """A statement of the registry that is suspect makes suspect what rests on it."""
    stream, slot = reference
    family, name = split_stream(stream)
    kept = (world.bodies[name].kept if family == "body" else world.root.kept).get(slot)
    if kept is None:
        return
    for doubt in asked.of(stream, kept):
        if doubt.doubt == "suspect":
            yield _doubt("suspect", signer, doubt.because)
            return


def _doubt(name: Name, signer: Signer, because: str | None) -> Doubt:
    return Doubt(name, signer.kid, signer.person, signer.office, because)
