"""Who is who: what the root stream and each body's stream add up to.

Both states are immutable; the kinds under ledger/kinds evolve them one event at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from immutables import Map

from ledger.event import Stated
from ledger.keys import PublicKey
from ledger.timeline import Act
from ledger.values import FOREVER


@dataclass(frozen=True, slots=True)
class Kept:
    """A slot of the registry: which statement is in force and what it is about."""

    kind: str
    event: str
    payload: str
    act: str | None
    about: str
    index: int


@dataclass(frozen=True, slots=True)
class Registrar:
    person: str
    key: PublicKey


@dataclass(frozen=True, slots=True)
class BodyEntry:
    """What the root knows of a body."""

    id: str
    name: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Root:
    """The root registry: the ledger's identity, registrars, persons and bodies.

    threshold: how many registrars (counted in persons) an event of the registry needs.
    """

    origin: str = ""
    genesis: str = ""
    zone: str = "UTC"
    log_key: str = ""
    threshold: int = 0
    registrars: Map[str, Registrar] = Map()
    persons: Map[str, str] = Map()
    bodies: Map[str, BodyEntry] = Map()
    kept: Map[str, Kept] = Map()

    @property
    def opened(self) -> bool:
        return bool(self.genesis)

    def belongs(self, body: str, to: str) -> bool:
        """Is `body` the body `to`, or below it?"""
        step: str | None = body
        for _ in range(32):
            if step == to:
                return True
            entry = self.bodies.get(step) if step is not None else None
            step = entry.parent if entry is not None else None
        return False

    def related(self, one: str, other: str) -> bool:
        return self.belongs(one, other) or self.belongs(other, one)


@dataclass(frozen=True, slots=True)
class Office:
    id: str
    name: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mandate:
    """A person holds an office on days [start, end), as granted, and before `ended`.

    ended: the day from which `mandate.ended` says that it no longer holds (exclusive);
    ended_at: leaf index of that event. A voided grant holds on no day.
    """

    slot: str
    person: str
    office: str
    start: str
    end: str = FOREVER
    ended: str = FOREVER
    ended_at: int | None = None
    order: str = ""
    void: bool = False

    def holds(self, day: str) -> bool:
        return not self.void and self.start <= day < min(self.end, self.ended)


@dataclass(frozen=True, slots=True)
class Key:
    """A key that this body's registrars accepted."""

    kid: str
    person: str
    public: PublicKey


@dataclass(frozen=True, slots=True)
class Body:
    """One body's stream: its offices, mandates, accepted keys and acts."""

    id: str
    offices: Map[str, Office] = Map()
    mandates: Map[str, Mandate] = Map()
    held: Map[tuple[str, str], tuple[str, ...]] = Map()
    keys: Map[str, Key] = Map()
    acts: Map[str, Act] = Map()
    papers: Map[str, Mapping[str, Any]] = Map()
    kept: Map[str, Kept] = Map()

    def mandates_of(self, person: str, office: str) -> list[Mandate]:
        """What the grants in force say; a correction may have given one to another person."""
        mandates = [self.mandates[slot] for slot in self.held.get((person, office), ())]
        return [one for one in mandates if (one.person, one.office) == (person, office)]

    def with_mandate(self, mandate: Mandate) -> Body:
        pair = (mandate.person, mandate.office)
        slots = self.held.get(pair, ())
        held = self.held if mandate.slot in slots else self.held.set(pair, (*slots, mandate.slot))
        return replace(self, mandates=self.mandates.set(mandate.slot, mandate), held=held)


def keep(stated: Stated, about: str, old: Kept | None) -> Kept:
    """The slot's entry after a statement; a correction keeps the first one's index."""
    event = stated.event
    act = event.act.id if event.act is not None else None
    index = old.index if old is not None else stated.index
    return Kept(event.kind, event.id, stated.payload_hash, act, about, index)
