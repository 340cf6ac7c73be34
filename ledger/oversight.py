"""Observations: what somebody with oversight remarked, and what was answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from immutables import Map

from ledger.event import Signer, Stated

Offices = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """to: the office that is to answer; answers: the events that answer it, oldest first.

    observers: the persons who made it, and those who corrected it. offices: those of its first event;
    given: those of the first event of each answer, one that was voided too. void: it was taken back.
    """

    slot: str
    offices: Offices
    observers: frozenset[str]
    to: str | None
    due: str | None
    answers: tuple[str, ...] = ()
    given: Map[str, Offices] = Map()
    void: bool = False


Observations = Map[str, Observation]


def observed(known: Observations, stated: Stated) -> Observations:
    """After observation.made; a void takes it back, and a correction may state it again."""
    data, slot = stated.event.data, stated.slot
    old = known.get(slot)
    if data is None:
        return known.set(slot, replace(old, void=True)) if old is not None else known
    signers = stated.event.signers
    observers = frozenset(signer.person for signer in signers)
    if old is None:
        return known.set(slot, Observation(slot, _offices(signers), observers, data.to, data.due))
    observers |= old.observers
    return known.set(slot, replace(old, observers=observers, to=data.to, due=data.due, void=False))


def answered(known: Observations, stated: Stated) -> Observations:
    """After observation.answered; a correction of an answer stays in its place, a void takes it away."""
    slot, data = stated.slot, stated.event.data
    about = known.get(data.observation) if data is not None else answered_by(known, slot)
    if about is None:
        return known
    if data is None:
        left = tuple(answer for answer in about.answers if answer != slot)
        return known.set(about.slot, replace(about, answers=left))
    given = about.given if slot in about.given else about.given.set(slot, _offices(stated.event.signers))
    answers = about.answers if slot in about.answers else (*about.answers, slot)
    return known.set(about.slot, replace(about, answers=answers, given=given))


def answered_by(known: Observations, slot: str) -> Observation | None:
    """The observation that an answer was given to, be the answer voided since."""
    return next((one for one in known.values() if slot in one.given), None)


def _offices(signers: Iterable[Signer]) -> Offices:
    return tuple(dict.fromkeys(signer.office for signer in signers))
