"""Who is who: what the root stream and each body's stream add up to.

Both states are immutable; the kinds under ledger/kinds evolve them one event at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, update_wrapper
from typing import Any, Concatenate, ParamSpec, TypeVar

from immutables import Map

from ledger.event import Signer, Stated
from ledger.keys import PublicKey
from ledger.oversight import Observations
from ledger.policy import Policy
from ledger.timeline import Act
from ledger.values import FOREVER

STEPS_MAX = 32  # parents and successors followed upwards; the door lets no circle in
REMEMBERED_MAX = 4096  # answers of one root; a log of years asks about many days
Reference = tuple[str, str]  # a statement of the registry: stream and slot

P = ParamSpec("P")
T = TypeVar("T")


def remembered(ask: Callable[Concatenate[Root, P], T]) -> Callable[Concatenate[Root, P], T]:
    """A root never changes, so what it answered once it answers again; each event asks the same of it."""

    def answer(root: Root, /, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (ask.__name__, *args)
        known = root.answers
        if key not in known:
            if len(known) >= REMEMBERED_MAX:
                known.clear()
            known[key] = ask(root, *args, **kwargs)
        found: T = known[key]
        return found

    return update_wrapper(answer, ask)


@dataclass(frozen=True, slots=True)
class Kept:
    """A slot of the registry: which statement is in force and what it is about.

    index: of the slot's first event; event_index: of the statement in force.
    """

    kind: str
    event: str
    payload: str
    act: str | None
    about: str
    index: int
    event_index: int
    signers: tuple[Signer, ...]
    recorded_at: str


@dataclass(frozen=True, slots=True)
class Registrar:
    person: str
    key: PublicKey


@dataclass(frozen=True, slots=True)
class RegistrarSet:
    """A set of registrars (by kid) and its k, as one statement names them, at a leaf index."""

    index: int
    by: Reference
    registrars: Map[str, Registrar]
    threshold: int


@dataclass(frozen=True, slots=True)
class Revoked:
    """A key that signs no more from a leaf index on; suspect_from: the day since when it is doubted."""

    index: int
    event: str
    suspect_from: str | None


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """A key of the ledger's own machine, as the statement `slot` of the root enrolled it."""

    kid: str
    service: str
    public: PublicKey
    slot: str


@dataclass(frozen=True, slots=True)
class Succession:
    """From `start` on, `successor` owes and owns what the body did."""

    successor: str
    start: str
    event: str


@dataclass(frozen=True, slots=True)
class BodyEntry:
    """What the root knows of a body."""

    id: str
    name: str
    parent: str | None
    succeeded: Succession | None = None
    founding: RegistrarSet | None = None

    @property
    def place(self) -> tuple[str | None, str | None, str | None]:
        """Whom it stands below, who stands for it, and since when."""
        after = self.succeeded
        return (self.parent, None, None) if after is None else (self.parent, after.successor, after.start)


@dataclass(frozen=True, slots=True)
class Former:
    """The bodies as all entries before the leaf index `until` said, which said otherwise."""

    until: int
    bodies: Map[str, BodyEntry]


@dataclass(frozen=True, slots=True)
class Root:
    """The root registry: the ledger's identity, registrars, persons and bodies.

    threshold: how many registrars (counted in persons) an event of the registry needs.
    log_keys: all that the log has had, as verifier key text. sets: all sets of
    registrars, oldest first. owners: kid → person, or service, of every key that this stream brought.
    revoked: keys that the root revoked, for everywhere. services: every service key, by kid. former: how
    the bodies stood to each other before, oldest first. ties: body → whoever was ever said to stand above
    it or to succeed it. reaffirmed: event → the statements that say it holds.
    """

    origin: str = ""
    genesis: str = ""
    zone: str = "UTC"
    log_key: str = ""
    log_keys: tuple[str, ...] = ()
    threshold: int = 0
    registrars: Map[str, Registrar] = Map()
    sets: tuple[RegistrarSet, ...] = ()
    owners: Map[str, str] = Map()
    revoked: Map[str, Revoked] = Map()
    services: Map[str, ServiceKey] = Map()
    persons: Map[str, str] = Map()
    bodies: Map[str, BodyEntry] = Map()
    former: tuple[Former, ...] = ()
    ties: Map[str, tuple[str, ...]] = Map()
    policies: tuple[Policy, ...] = ()
    reaffirmed: Map[str, tuple[Kept, ...]] = Map()
    kept: Map[str, Kept] = Map()
    answers: dict[tuple[Any, ...], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def opened(self) -> bool:
        return bool(self.genesis)

    def is_service(self, service: str) -> bool:
        """Is it the id of a service? No person has such an id."""
        return any(one.service == service for one in self.services.values())

    def live_services(self) -> list[ServiceKey]:
        """The service keys that may sign now, by kid."""
        return [self.services[kid] for kid in sorted(self.services) if kid not in self.revoked]

    def with_body(self, entry: BodyEntry, index: int) -> Root:
        """index: the leaf index of the statement that says so."""
        known, ties = self.bodies.get(entry.id), self.ties.get(entry.id, ())
        moved = known is not None and known.place != entry.place
        former = (*self.former, Former(index, self.bodies)) if moved else self.former
        new = tuple(name for name in entry.place[:2] if name is not None and name not in ties)
        return replace(
            self,
            bodies=self.bodies.set(entry.id, entry),
            former=former,
            ties=self.ties.set(entry.id, (*ties, *new)) if new else self.ties,
        )

    def known_before(self, index: int) -> Root:
        """With the bodies as the entries before a leaf index said, and perhaps some opened since."""
        bodies = next((one.bodies for one in self.former if one.until >= index), self.bodies)
        return self if bodies is self.bodies else replace(self, bodies=bodies)

    @remembered
    def current(self, body: str, day: str) -> str:
        """The body that owes and owns on a day what this one did."""
        for _ in range(STEPS_MAX):
            entry = self.bodies.get(body)
            if entry is None or entry.succeeded is None or entry.succeeded.start > day:
                return body
            body = entry.succeeded.successor
        return body

    @remembered
    def chain(self, body: str, day: str) -> tuple[str, ...]:
        """The body that stands for this one on a day, and those above it."""
        found: list[str] = []
        step: str | None = body
        while step is not None and len(found) < STEPS_MAX:
            found.append(self.current(step, day))
            entry = self.bodies.get(found[-1])
            step = entry.parent if entry is not None else None
        return tuple(found)

    @remembered
    def governing(self, body: str, day: str) -> tuple[str, ...]:
        """The body and those above it, each with all that stood in its place up to a day."""
        found: list[str] = []
        step: str | None = body
        while step is not None and step not in found:
            entry = self.bodies.get(step)
            if entry is None:
                break
            found.append(step)
            after = entry.succeeded
            step = after.successor if after is not None and after.start <= day else entry.parent
        return tuple(found)

    @remembered
    def lineage(self, body: str) -> tuple[str, ...]:
        """A body, those above it, and whoever succeeds one of them, whenever and as ever was said."""
        found: list[str] = []
        waiting = [body]
        while waiting:
            name = waiting.pop()
            if name in self.bodies and name not in found:
                found.append(name)
                waiting.extend(self.ties.get(name, ()))
        return tuple(found)

    def belongs(self, body: str, to: str, day: str) -> bool:
        """Is `body` the one that stands for `to` on a day, or below it?

        A body that was succeeded does not stand for its successor: it owns nothing any more.
        """
        there = self.current(to, day)
        if body == there:
            return True
        entry = self.bodies.get(body)
        return entry is not None and entry.parent is not None and there in self.chain(entry.parent, day)

    def related(self, one: str, other: str, day: str) -> bool:
        """Is one of two bodies, or who stands for it, the other or below it?"""
        here, there = self.current(one, day), self.current(other, day)
        return self.belongs(here, there, day) or self.belongs(there, here, day)


@dataclass(frozen=True, slots=True)
class Office:
    id: str
    name: str
    kinds: tuple[str, ...]
    slot: str


@dataclass(frozen=True, slots=True)
class Span:
    """What was known of a mandate from a leaf index on: who held what on days [start, end)."""

    known_from: int
    person: str
    office: str
    start: str
    end: str

    def holds(self, person: str, office: str, day: str) -> bool:
        return (self.person, self.office) == (person, office) and self.start <= day < self.end


@dataclass(frozen=True, slots=True)
class Mandate:
    """A person holds an office on days [start, end), as granted, and before `ended`.

    ended: the day from which `mandate.ended` says that it no longer holds (exclusive);
    ended_at: leaf index of that event. A voided grant holds on no day. spans: what was
    known, oldest first: entries are judged by what was known before them.
    """

    slot: str
    person: str
    office: str
    start: str
    end: str = FOREVER
    ended: str = FOREVER
    ended_at: int | None = None
    order: str = ""
    acting: bool = False
    void: bool = False
    spans: tuple[Span, ...] = ()

    @property
    def until(self) -> str:
        """The first day without it (exclusive)."""
        return min(self.end, self.ended)

    def holds(self, day: str) -> bool:
        return not self.void and self.start <= day < self.until

    def known_before(self, index: int) -> Span | None:
        """What the entries before a leaf index said; None if nothing."""
        return next((span for span in reversed(self.spans) if span.known_from < index), None)

    def noted(self, index: int) -> Mandate:
        """The same mandate with what is known of it from a leaf index on."""
        end = self.start if self.void else self.until
        span = Span(index, self.person, self.office, self.start, end)
        return replace(self, spans=(*self.spans, span))


@dataclass(frozen=True, slots=True)
class Key:
    """A key that this body's registrars accepted, by the statement `slot`.

    retired_at: leaf index of the rotation that took its place. certificate: SHA-256 of one,
    hexadecimal, to which a signature's x5t#S256 must then point.
    """

    kid: str
    person: str
    public: PublicKey
    slot: str
    retired_at: int | None = None
    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """One body's stream: its registrars, offices, mandates, accepted keys, policies and acts.

    registrars is empty while others manage it; owners, sets, revoked, reaffirmed: as the root's.
    """

    id: str
    threshold: int = 0
    registrars: Map[str, Registrar] = Map()
    sets: tuple[RegistrarSet, ...] = ()
    owners: Map[str, str] = Map()
    revoked: Map[str, Revoked] = Map()
    offices: Map[str, Office] = Map()
    mandates: Map[str, Mandate] = Map()
    held: Map[tuple[str, str], tuple[str, ...]] = Map()
    keys: Map[str, Key] = Map()
    policies: tuple[Policy, ...] = ()
    acts: Map[str, Act] = Map()
    papers: Map[str, Mapping[str, Any]] = Map()
    observations: Observations = Map()
    reaffirmed: Map[str, tuple[Kept, ...]] = Map()
    kept: Map[str, Kept] = Map()

    def mandates_of(self, person: str, office: str) -> list[Mandate]:
        """What the grants in force say; a correction may have given one to another person."""
        mandates = [self.mandates[slot] for slot in self.held.get((person, office), ())]
        return [one for one in mandates if (one.person, one.office) == (person, office)]

    def ever_held(self, person: str, office: str) -> list[Mandate]:
        """Also the mandates that said so once, and were corrected."""
        return [self.mandates[slot] for slot in self.held.get((person, office), ())]

    def holders(self, office: str, day: str) -> list[str]:
        """The persons who hold an office on a day."""
        return sorted({m.person for m in self.mandates.values() if m.office == office and m.holds(day)})

    def live_key(self, kid: str) -> Key | None:
        """The key, if it may sign for this body's offices as far as this body says."""
        key = self.keys.get(kid)
        dead = key is None or key.retired_at is not None or kid in self.revoked
        return None if dead else key

    def with_mandate(self, mandate: Mandate, index: int) -> Body:
        """index: the leaf index of the statement that says so."""
        pair = (mandate.person, mandate.office)
        slots = self.held.get(pair, ())
        held = self.held if mandate.slot in slots else self.held.set(pair, (*slots, mandate.slot))
        return replace(self, mandates=self.mandates.set(mandate.slot, mandate.noted(index)), held=held)


def founded(root: Root, body: str) -> Body:
    """A body before the first event of its own stream."""
    entry = root.bodies.get(body)
    if entry is None or entry.founding is None:
        return Body(body)
    founding = entry.founding
    return Body(
        body,
        founding.threshold,
        founding.registrars,
        (founding,),
        Map({kid: one.person for kid, one in founding.registrars.items()}),
    )


def keep(stated: Stated, about: str, old: Kept | None) -> Kept:
    """The slot's entry after a statement; a correction keeps the first one's index."""
    event = stated.event
    return Kept(
        kind=event.kind,
        event=event.id,
        payload=stated.payload_hash,
        act=event.act.id if event.act is not None else None,
        about=about,
        index=old.index if old is not None else stated.index,
        event_index=stated.index,
        signers=_same(event.signers),
        recorded_at=stated.recorded_at,
    )


@lru_cache(maxsize=4096)
def _same(signers: tuple[Signer, ...]) -> tuple[Signer, ...]:
    """One in memory for all that the same officials stated with the same keys: two kB for each would be most
    of what a world keeps of an act.
    """
    return signers
