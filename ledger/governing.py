"""Which policies govern what: those of the root, of who owns and owned it, and of the bodies above."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.errors import StorageError
from ledger.ids import split_stream
from ledger.policy import Policy, in_force

if TYPE_CHECKING:
    from ledger.event import Common
    from ledger.world import World


def policies_over(world: World, body: str, day: str, *, known_before: int | None = None) -> list[Policy]:
    """All that was ever stated for what a body adopted: by the root, and by who stands or stood above it.

    body: the one that adopted it, be it succeeded since. known_before: a leaf index; the bodies are
    those of which the entries before it say so. Raises StorageError for a body that is not loaded.
    """
    root = world.root if known_before is None else world.root.known_before(known_before)
    found = list(world.root.policies)
    for name in root.governing(body, day):
        above = world.bodies.get(name)
        if above is None:
            raise StorageError(f"body {name} is not loaded: nobody knows its policies")
        found.extend(above.policies)
    return found


def policies_for(world: World, event: Common, owner: str, today: str) -> tuple[Policy, ...]:
    """The policies in force by which an event is judged, at its own place in the log.

    owner: whose policies they are, where the event's subject has no body of its own.
    """
    stated = policies_over(world, adopter_of(world, event) or owner, today)
    if not stated:
        return ()
    family, name = split_stream(event.subject)
    programme = name if family == "programme" else None
    return in_force(stated, today, below=world.position + 1, programme=programme)


def adopter_of(world: World, event: Common) -> str:
    """The body that adopted the subject, or is it; "" for what nobody owns."""
    family, name = split_stream(event.subject)
    if family == "body":
        return name
    programme = world.programmes.get(name) if family == "programme" else None
    if programme is not None:
        return programme.body
    return (getattr(event.data, "body", None) or "") if family == "programme" else ""
