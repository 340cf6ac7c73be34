"""Observations: what somebody with oversight remarked, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass, replace

from immutables import Map

from ledger.event import Stated


@dataclass(frozen=True, slots=True)
class Observation:
    """to: the office that is to answer; answers: the events that answer it, oldest first.

    observers: the persons who made it, and those who corrected it.
    """

    slot: str
    observers: frozenset[str]
    to: str | None
    due: str | None
    answers: tuple[str, ...] = ()


Observations = Map[str, Observation]


def observed(known: Observations, stated: Stated) -> Observations:
    """After observation.made."""
    data, slot = stated.event.data, stated.slot
    old = known.get(slot)
    if data is None:
        return known.delete(slot) if old is not None else known
    observers = {signer.person for signer in stated.event.signers}
    if old is None:
        return known.set(slot, Observation(slot, frozenset(observers), data.to, data.due))
    return known.set(slot, replace(old, observers=old.observers | observers, to=data.to, due=data.due))


def answered(known: Observations, stated: Stated) -> Observations:
    """After observation.answered; a correction of an answer stays in its place, a void takes it away."""
    slot, data = stated.slot, stated.event.data
    if data is None:
        about = next((o for o in known.values() if slot in o.answers), None)
        if about is None:
            return known
        left = tuple(answer for answer in about.answers if answer != slot)
        return known.set(about.slot, replace(about, answers=left))
    about = known.get(data.observation)
    if about is None or slot in about.answers:
        return known
    return known.set(about.slot, replace(about, answers=(*about.answers, slot)))
