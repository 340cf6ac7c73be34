"""The rules common to all kinds: identity, acts, corrections, `seen`, old values, later decisions.

Each takes what was stated and the world before (and after) it, raises Refusal, or yields
discrepancies that the signer may acknowledge. Source: design.md, the principle of the door.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from ledger.clock import parse_instant
from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.ids import split_stream
from ledger.kinds import Discrepancy, View
from ledger.programme import Programme
from ledger.statements import slots_of
from ledger.timeline import Placed, Rank, Slot, Write
from ledger.values import is_money

if TYPE_CHECKING:
    from ledger.world import World

DROPPED = "/relations/corrects"  # where a write is shown that a correction no longer makes
FOLLOW_FREELY = (
    "change.refused",
    "change.withdrawn",
    "dataset.published",
    "entry.reaffirmed",
    "evaluation.concluded",
    "finding.accepted",
    "observation.made",
    "observation.answered",
    "treasury.imported",
)
LISTED_MAX = 20  # later writes named for one line; the signer acknowledges them by one code


def check_ledger(world: World, stated: Stated) -> None:
    """Refuse what is meant for another ledger, comes too late, or has seen what is not there."""
    event, root = stated.event, world.root
    if not root.opened:
        if event.kind != "ledger.opened":
            raise Refusal("not-open", "/ledger")
    elif (event.ledger.origin, event.ledger.genesis) != (root.origin, root.genesis):
        other = event.ledger.genesis if event.ledger.genesis != root.genesis else event.ledger.origin
        raise Refusal("wrong-ledger", "/ledger", other, origin=root.origin, genesis=root.genesis)
    if parse_instant(event.submit_before) <= parse_instant(stated.recorded_at):
        raise Refusal("expired", "/submit_before", event.submit_before)
    if event.seen > stated.index:
        raise Refusal("seen-ahead", "/seen", event.seen, position=stated.index)


def check_subject(world: World, event: Common) -> None:
    """Refuse a programme or body that is not on the record."""
    family, name = split_stream(event.subject)
    if family == "body" and name not in world.root.bodies:
        raise Refusal("unknown-body", "/subject", name)
    if family == "programme" and name not in world.programmes:
        if event.kind != "programme.adopted":
            raise Refusal("unknown-programme", "/subject", name)
        _check_adoption(world, event)


def _check_adoption(world: World, event: Common) -> None:
    """A new programme starts with part 1, which names the body that adopts it."""
    data = event.data
    if data is None:
        return  # a correction of nothing, which is refused as such
    if data.part.number != 1:
        raise Refusal("part-out-of-order", "/data/part", data.part.number)
    if data.body is None:
        raise Refusal("missing-field", "/data/body")
    if data.body not in world.root.bodies:
        raise Refusal("unknown-body", "/data/body", data.body)


def check_act(world: World, event: Common, today: str) -> None:
    """Refuse an act that is unknown, of an unrelated body, or without the point named."""
    if event.act is None:
        return
    body = world.body_of(f"act:{event.act.id}")
    if body is None or event.act.id not in body.acts:
        raise Refusal("unknown-act", "/act/id", event.act.id)
    family, name = split_stream(event.subject)
    programme = world.programmes.get(name) if family == "programme" else None
    owner = programme.body if programme is not None else getattr(event.data, "body", None) or name
    if family != "root" and not world.root.related(body.id, owner, today):
        raise Refusal("foreign-act", "/act/id", event.act.id, owner=owner)
    points = body.papers[event.act.id]["points"]
    if event.act.point is not None and points and event.act.point not in points:
        raise Refusal("unknown-point", "/act/point", event.act.point)


def check_correction(world: World, event: Common, *, act: bool = True) -> None:
    """A correction keeps kind, subject and act, and names the statement in force.

    act: False for what is only proposed, and has none yet.
    """
    corrects = event.relations.corrects
    if corrects is None:
        return
    at = "/relations/corrects"
    slot = slots_of(world, event.subject).get(corrects.event)
    if slot is None:
        raise Refusal("unknown-event", f"{at}/event", corrects.event)
    if slot.kind != event.kind:
        raise Refusal("correction-changes-kind", "/kind", event.kind, kind=slot.kind)
    if act and slot.act != (event.act.id if event.act is not None else None):
        raise Refusal("correction-changes-act", "/act", event.act.id if event.act else None)
    if slot.payload != corrects.payload:
        raise Refusal(
            "stale-correction",
            f"{at}/payload",
            corrects.payload,
            in_force={"event": slot.event, "payload": slot.payload},
        )


def discrepancies(view: View, event: Common, seen_limit: int) -> Iterator[Discrepancy]:
    """What the signer may have missed about the cells that the event writes.

    seen_limit: first leaf index of the batch; earlier envelopes of it change nothing.
    """
    if view.after is None:
        return
    slot = view.after.timeline.slots[view.slot]
    stated = list(view.after.timeline.placed(slot))
    if view.before is not None:
        stated.extend(_dropped(view.before, slot))
        yield from _changed_since(view.before, [write for write, _ in stated], event, seen_limit)
        closed = view.before.closed_on(view.today)
        if closed is not None and not _follows_freely(event):
            yield Discrepancy("programme-closed", "/subject", {"closed": closed})
    for write, rank in stated:
        yield from _old_mismatch(view.after, write, rank)
    yield from _later_decisions(view.after, slot, stated)


def _follows_freely(event: Common) -> bool:
    """Reports, corrections and oversight follow a programme's end without notice."""
    after = event.kind.endswith(".reported") or event.kind in FOLLOW_FREELY
    return after or event.relations.corrects is not None


def _dropped(before: Programme, slot: Slot) -> list[tuple[Write, Rank]]:
    """What the statement in force writes and a correction, or a void, no longer does."""
    old = before.timeline.slots.get(slot.id)
    if old is None:
        return []
    kept = {write.path for write in slot.writes}
    return [
        (write._replace(at=DROPPED, stated_old=None), rank)
        for write, rank in before.timeline.placed(old)
        if write.path not in kept
    ]


def _changed_since(
    before: Programme, writes: list[Write], event: Common, seen_limit: int
) -> Iterator[Discrepancy]:
    done = set()
    for write in writes:
        touched = before.timeline.touched.get(write.path, -1)
        if event.seen <= touched < seen_limit and write.path not in done:
            done.add(write.path)
            yield Discrepancy("changed-since-seen", write.at, {"path": write.path, "index": touched})


def _old_mismatch(after: Programme, write: Write, rank: Rank) -> Iterator[Discrepancy]:
    if write.stated_old is None:
        return
    answer = after.timeline.below(write.path, rank)
    value = answer.value if answer is not None else None
    if value is None or not is_money(value) or Decimal(value) != Decimal(write.stated_old):
        details = {
            "stated": write.stated_old,
            "in_force": value,
            "event": answer.last.event if answer else None,
        }
        yield Discrepancy("old-mismatch", f"{write.at}/stated_old", details)


def _later_decisions(after: Programme, slot: Slot, stated: list[tuple[Write, Rank]]) -> Iterator[Discrepancy]:
    """Writes that rank after, unless the event writes the cell again from their dates.

    Each cell is looked at once, from the event's first write on it: an event may write one
    cell from many dates, and the cell may have thousands of versions.
    """
    own: dict[str, list[tuple[Rank, Write]]] = {}
    for write, rank in stated:
        if write.op != "restate":
            own.setdefault(write.path, []).append((rank, write))
    for path, mine in own.items():
        first, write = min(mine, key=lambda pair: pair[0])
        again = sorted(rank for rank, one in mine if one.at != DROPPED)
        last_from = {rank[0]: rank for rank in again}
        editions = after.timeline.above("/" + path.split("/")[1], first)
        later = {
            placed.event: placed
            for placed in (*editions, *after.timeline.above(path, first))
            if placed.slot != slot.id and not _is_answered(placed, last_from)
        }
        for placed in list(later.values())[:LISTED_MAX]:
            details = {"path": path, "from": placed.rank[0], "event": placed.event, "act": placed.act}
            yield Discrepancy("later-decisions", write.at, details)


def _is_answered(later: Placed, last_from: Mapping[str, Rank]) -> bool:
    """Does the event write the cell again from that date, and rank above?"""
    mine = last_from.get(later.rank[0])
    return mine is not None and mine > later.rank


def check_acknowledged(event: Common, found: list[Discrepancy]) -> None:
    """Acknowledging what is not there is refused; what is there is answered by the door."""
    codes = {discrepancy.code for discrepancy in found}
    for place, code in enumerate(event.acknowledges):
        if code not in codes:
            raise Refusal("acknowledges-nothing", f"/acknowledges/{place}", code)
