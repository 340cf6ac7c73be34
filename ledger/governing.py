"""Which policies govern what: those of the root, of the owner, and of the bodies above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.ids import split_stream
from ledger.policy import Policy, in_force

if TYPE_CHECKING:
    from ledger.event import Common
    from ledger.world import World


def policies_over(world: World, body: str, day: str) -> list[Policy]:
    """All that was ever stated for a body: by the root, and by who stands above it on a day."""
    found = list(world.root.policies)
    for name in world.root.chain(body, day) if body else ():
        above = world.bodies.get(name)
        if above is not None and above.policies:
            found.extend(above.policies)
    return found


def policies_for(world: World, event: Common, owner: str, today: str) -> tuple[Policy, ...]:
    """The policies in force by which an event is judged, at its own place in the log."""
    stated = policies_over(world, owner, today)
    if not stated:
        return ()
    family, name = split_stream(event.subject)
    programme = name if family == "programme" else None
    return in_force(stated, today, below=world.position + 1, programme=programme)
