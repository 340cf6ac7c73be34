"""The statement in force of a slot, wherever it stands: programme, body, root or trust."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ledger.errors import Refusal
from ledger.event import Corrects
from ledger.ids import TRUST, split_stream
from ledger.registry import Kept
from ledger.timeline import Slot

if TYPE_CHECKING:
    from ledger.world import World


def slots_of(world: World, stream: str) -> Mapping[str, Slot] | Mapping[str, Kept]:
    """Every slot of a stream by its first event."""
    family, name = split_stream(stream)
    if family == "programme":
        programme = world.programmes.get(name)
        return programme.timeline.slots if programme is not None else {}
    if family == "body":
        body = world.bodies.get(name)
        return body.kept if body is not None else {}
    return world.trust.kept if family == TRUST else world.root.kept


def statement_of(world: World, stream: str, named: Corrects, place: int) -> Slot | Kept:
    """The statement that `entries` of a re-affirmation name. Raises Refusal."""
    at = f"/data/entries/{place}"
    found = slots_of(world, stream).get(named.event)
    if found is None:
        raise Refusal("unknown-event", f"{at}/event", named.event)
    if found.payload != named.payload:
        in_force = {"event": found.event, "payload": found.payload}
        raise Refusal("stale-statement", f"{at}/payload", named.payload, in_force=in_force)
    return found
