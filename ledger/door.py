"""The door: one event, judged at its place in the log.

Three outcomes only: refused (Refusal), needs acknowledgement (NeedsAcknowledgement), or
recorded. Pure: the world goes in, the next world comes out.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.authority import check_authority, kinds_meant, owner_of
from ledger.enactment import check_executors, check_signers, consent, judged
from ledger.errors import LedgerError
from ledger.event import Common, Stated
from ledger.governing import policies_for
from ledger.ids import split_stream
from ledger.kinds import Discrepancy, View, kind_of
from ledger.registry import Body, founded
from ledger.rules import (
    check_acknowledged,
    check_act,
    check_correction,
    check_ledger,
    check_subject,
    discrepancies,
)
from ledger.world import World, evolve


class NeedsAcknowledgement(LedgerError):
    """Probably a mistake: sign again with these codes in `acknowledges`, or mend it."""

    def __init__(self, found: list[Discrepancy]) -> None:
        self.found = found
        super().__init__(", ".join(sorted({discrepancy.code for discrepancy in found})))


@dataclass(frozen=True, slots=True)
class Decision:
    """An event that may be recorded: the next world, and what was acknowledged."""

    world: World
    found: tuple[Discrepancy, ...]


def decide(world: World, stated: Stated, today: str, *, batch_start: int) -> Decision:
    """Judge one event.

    world: as of stated.index entries, with the streams that the event needs; today: the
    local date of recorded_at; batch_start: first leaf index of the event's batch.
    Raises Refusal or NeedsAcknowledgement.
    """
    found, after = examine(world, stated, today, batch_start=batch_start)
    check_acknowledged(stated.event, found)
    if unanswered(stated.event, found):
        raise NeedsAcknowledgement([one for one in found if not one.silent])
    return Decision(after, tuple(found))


def unanswered(event: Common, found: list[Discrepancy]) -> list[str]:
    """The codes that still need an acknowledgement."""
    return sorted({one.code for one in found if not one.silent} - {*event.acknowledges})


def examine(world: World, stated: Stated, today: str, *, batch_start: int) -> tuple[list[Discrepancy], World]:
    """Everything that decide looks at, acknowledged or not. Raises Refusal."""
    event, kind = stated.event, kind_of(stated.event.kind)
    check_ledger(world, stated)
    check_subject(world, event)
    check_authority(world, stated, kind, today)
    check_act(world, event, today)
    check_correction(world, event)
    return notice(world, stated, today, batch_start=batch_start)


def notice(world: World, stated: Stated, today: str, *, batch_start: int) -> tuple[list[Discrepancy], World]:
    """What is found about an event whose signers may say it: by its kind, by all, by the policies.

    For what is in the log already it gives again what was found then. Raises Refusal.
    """
    event, kind = stated.event, kind_of(stated.event.kind)
    meant = kinds_meant(world, event, kind)
    by_registrars = any(one.registrar for one in meant)  # policies judge what offices sign
    by_office = not by_registrars and kind.by_office
    policies = policies_for(world, event, owner_of(world, event, today), today) if by_office else ()
    family, name = split_stream(event.subject)
    after = evolve(world, stated) if family == "programme" else None
    view = View(
        world=world,
        root=world.root,
        body=_body(world, name) if family == "body" else None,
        before=world.programmes.get(name) if family == "programme" else None,
        after=after.programmes[name] if after is not None else None,
        today=today,
        slot=stated.slot,
        subject=event.subject,
        policies=policies,
        batch_start=batch_start,
    )
    if policies:
        check_signers(view, event, (one.name for one in meant))
        check_executors(view, event)
    found = list(kind.decide(view, event))
    if after is None:
        return judged(view, event, found), evolve(world, stated)
    found += [*discrepancies(view, event, batch_start), *consent(view, event)]
    return judged(view, event, found), after


def _body(world: World, name: str) -> Body:
    known = world.bodies.get(name)
    return known if known is not None else founded(world.root, name)
