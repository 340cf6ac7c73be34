"""The door: one event, judged at its place in the log.

Three outcomes only: refused (Refusal), needs acknowledgement (NeedsAcknowledgement), or
recorded. Pure: the world goes in, the next world comes out.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.authority import check_authority
from ledger.errors import LedgerError
from ledger.event import Stated
from ledger.ids import split_stream
from ledger.kinds import Discrepancy, View, kind_of
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
    missing = {discrepancy.code for discrepancy in found} - set(stated.event.acknowledges)
    if missing:
        raise NeedsAcknowledgement(found)
    return Decision(after, tuple(found))


def examine(world: World, stated: Stated, today: str, *, batch_start: int) -> tuple[list[Discrepancy], World]:
    """Everything that decide looks at, acknowledged or not. Raises Refusal."""
    event, kind = stated.event, kind_of(stated.event.kind)
    check_ledger(world, stated)
    check_subject(world, event)
    check_authority(world, event, kind, today)
    check_act(world, event)
    check_correction(world, event)
    if kind.family != "programme":
        found = list(kind.decide(_view(world, None, stated, today), event))
        return found, evolve(world, stated)
    after = evolve(world, stated)
    view = _view(world, after, stated, today)
    found = [*kind.decide(view, event), *discrepancies(view, event, batch_start)]
    return found, after


def _view(world: World, after: World | None, stated: Stated, today: str) -> View:
    family, name = split_stream(stated.event.subject)
    return View(
        world=world,
        root=world.root,
        body=world.bodies.get(name) if family == "body" else None,
        before=world.programmes.get(name) if family == "programme" else None,
        after=after.programmes.get(name) if after is not None and family == "programme" else None,
        today=today,
        slot=stated.slot,
    )
