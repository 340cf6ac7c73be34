"""Whose registrars manage a body, for which bodies an office may act, and whose consent is asked.

Source: docs/authority.md, registrars.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ledger.doubt import REAFFIRMED, meant_by
from ledger.errors import StorageError
from ledger.ids import split_stream
from ledger.policy import Policy, rules_of
from ledger.registry import Body, Root

if TYPE_CHECKING:
    from ledger.consent import Proposal
    from ledger.event import Common
    from ledger.programme import Programme
    from ledger.world import World

CONSENT = ("change.endorsed", "change.refused")


def managing(world: World, body: str, day: str) -> Root | Body:
    """Who manages a body: its own registrars, those of the nearest body above that has some, or the root's.

    A body that was succeeded is managed as its successor is. world: with the body's lineage loaded; raises
    StorageError otherwise: what cannot be judged is not allowed.
    """
    for name in world.root.chain(body, day):
        found = world.bodies.get(name)
        if found is None:
            raise StorageError(f"body {name} is not loaded: nobody knows who manages {body}")
        if found.threshold:
            return found
    return world.root


def acts_for(world: World, body: str, owner: str, day: str) -> bool:
    """May an office of `body` act for `owner`? It is the owner, or below it and under the same registrars.

    An office of a body that was succeeded acts for nothing.
    """
    if is_succeeded(world, body, day) or not world.root.belongs(body, owner, day):
        return False
    there = world.root.current(owner, day)
    return body == there or _name(managing(world, body, day)) == _name(managing(world, there, day))


def is_succeeded(world: World, body: str, day: str) -> bool:
    """Does another body stand for this one on a day?"""
    return world.root.current(body, day) != body


def offices_asked(world: World, event: Common, policies: Sequence[Policy]) -> frozenset[str]:
    """The offices that policies ask to endorse what a programme's event endorses, refuses or re-affirms."""
    programme = world.programmes[split_stream(event.subject)[1]]
    asked = [_endorsers(policies, proposal) for proposal in _proposals_of(world, programme, event)]
    return frozenset.intersection(*asked) if asked else frozenset()


def _endorsers(policies: Sequence[Policy], proposal: Proposal | None) -> frozenset[str]:
    rules = rules_of(policies, proposal.kind) if proposal is not None else ()
    asked = (rule.endorsements for _, rule in rules)
    return frozenset(office for one in asked if one is not None for office in one.offices)


def _proposals_of(world: World, programme: Programme, event: Common) -> Iterator[Proposal | None]:
    """What an event speaks on; None for what is unknown, or is no word on a proposal."""
    if event.kind in CONSENT:
        yield programme.proposals.get(event.data.proposal)
    elif event.kind == REAFFIRMED:
        spoken = {voice.event: one for one in programme.proposals.values() for voice in one.voices}
        for named in event.data.entries:
            slot = programme.timeline.slots.get(named.event)
            for meant in meant_by(world, event.subject, slot) if slot is not None else ():
                yield spoken.get(meant.event)


def _name(registry: Root | Body) -> str:
    return registry.id if isinstance(registry, Body) else ""
