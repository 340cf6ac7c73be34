"""What rests on an act: the events that the act's new status, or its new place, would reach.

Pure over two worlds, before and after the act's statement. Whatever would read otherwise
on some day for one of these reasons is one row per event and reason, strongest first:

    cites      the event carries the act out: it begins or ceases to count, or moves in the order
    adds       it adds to an amount that the act's writes have made
    stands-on  it speaks of a measure, indicator, source or year that only the act puts on record
    follows    it sets the same cell from a rank above, or restates its annex: what then decides

A cell of an event is given under its strongest reason only. Days are compared as sets, so
an event that begins after a suspension has ended does not rest on the suspended act.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from api.drafts.consequences import act_of
from api.drafts.days import NEVER, Days, common, counting, differing, minus, since, union
from api.drafts.footing import footing, references
from ledger.event import Stated
from ledger.timeline import ALWAYS, Act, Placed, Slot, Timeline, Write
from ledger.world import World

ROWS_MAX = 500
Why = Literal["cites", "adds", "stands-on", "follows"]
Row = dict[str, Any]
Cell = tuple[str, str]  # slot and path


@dataclass(frozen=True, slots=True)
class Sides:
    """One programme's timeline without an act's statement, and with it."""

    act: str
    before: Timeline
    after: Timeline

    @property
    def slots(self) -> list[Slot]:
        """Those that cite the act."""
        return [self.after.slots[slot] for slot in self.after.citing.get(self.act, ())]

    @property
    def paths(self) -> list[str]:
        """The cells that they write, in their order."""
        return list(dict.fromkeys(write.path for slot in self.slots for write in values_of(slot)))

    @property
    def has_moved(self) -> bool:
        """Does the act stand elsewhere in the order?"""
        return _place(self.before.acts[self.act]) != _place(self.after.acts[self.act])

    def affected(self, day: str) -> Days:
        """The days from one on, on which what cites the act reads otherwise."""
        old, new = (since(side.acts[self.act].stretches, day) for side in (self.before, self.after))
        return union(old, new) if self.has_moved else differing(old, new)


def resting(before: World, after: World, stated: Stated) -> tuple[list[Row], int]:
    """At most ROWS_MAX rows, and how many there are. The worlds hold every programme that cites the act."""
    act = act_of(after, stated.event)
    if act is None:
        return [], 0
    rows = []
    for programme in sorted(after.citing.get(act, ())):
        old, new = (world.programmes[programme].timeline for world in (before, after))
        sides = Sides(act, old, new)
        if sides.affected(""):
            rows += _rows(programme, sides)
    rows.sort(key=lambda row: list(FINDERS).index(row["why"]))
    return rows[:ROWS_MAX], len(rows)


def _rows(programme: str, sides: Sides) -> list[Row]:
    """The rows of one programme, by reason and then in the order of the log."""
    reasons: dict[Cell, Why] = {}
    for why, find in FINDERS.items():
        for cell in find(sides):
            reasons.setdefault(cell, why)
    grouped: dict[tuple[Why, str], list[str]] = {}
    for (slot, path), why in reasons.items():
        grouped.setdefault((why, slot), []).append(path)
    rows = [_row(programme, sides.after.slots[slot], why, paths) for (why, slot), paths in grouped.items()]
    return sorted(rows, key=lambda row: row["index"])


def _row(programme: str, slot: Slot, why: Why, paths: list[str]) -> Row:
    """event, index: the statement in force."""
    return {
        "programme": programme,
        "event": slot.event,
        "index": slot.event_index,
        "kind": slot.kind,
        "why": why,
        "path": paths[0],
        "paths_total": len(paths),
    }


def _citing(sides: Sides) -> Iterator[Cell]:
    for slot in sides.slots:
        for write in values_of(slot):
            if sides.affected(write.since):
                yield slot.id, write.path


def _adding(sides: Sides) -> Iterator[Cell]:
    """Adds to amounts that are, on some day, made by the act in one world and not in the other."""
    for path in sides.paths:
        old, new = (_builders(side, sides.act, path) for side in (sides.before, sides.after))
        for slot in dict.fromkeys((*old, *new)):
            if old.get(slot, NEVER) != new.get(slot, NEVER):
                yield slot, path


def _builders(timeline: Timeline, act: str, path: str) -> dict[str, Days]:
    """The adds of others on a cell, each with the days on which it and a write of the act below show."""
    found: dict[str, Days] = {}
    below = NEVER
    for placed, shows in reversed(list(_showing(timeline, path))):
        if placed.act == act:
            below = union(below, shows)
        elif placed.op == "add" and (held := common(below, shows)):
            found[placed.slot] = held  # an event adds to a cell at most once
    return found


def _showing(timeline: Timeline, path: str) -> Iterator[tuple[Placed, Days]]:
    """Each write of a cell, downwards, with the days on which it is in the chain of the cell's value.

    Ends where a `set` or `unset` of every day hides what is below.
    """
    left: Days = ALWAYS
    for placed in reversed(timeline.cells.get(path, ())):
        shows = common(left, counting(timeline, placed.act, placed.rank[0]))
        yield placed, shows
        if placed.op != "add":
            left = minus(left, shows)
        if not left:
            return


def _standing(sides: Sides) -> Iterator[Cell]:
    """Cells of others that refer to a row or year which is on the record on other days than before."""
    moved = footing(sides.before, sides.after, sides.paths)
    if not moved:
        return
    for slot in sides.after.slots.values():
        if slot.act == sides.act:
            continue
        for write in values_of(slot):
            days = [moved[one] for one in references(write.path) if one in moved]
            if days and common(union(*days), counting(sides.after, slot.act, write.since)):
                yield slot.id, write.path


def _following(sides: Sides) -> Iterator[Cell]:
    for path in sides.paths:
        for timeline in (sides.before, sides.after) if sides.has_moved else (sides.after,):
            yield from _above(sides, timeline, path)


def _above(sides: Sides, timeline: Timeline, path: str) -> Iterator[Cell]:
    """What sets or restates a cell above the act, and counts on a day on which the act's write changes."""
    editions = (one for one in timeline.cells.get("/" + path.split("/")[1], ()) if one.op == "restate")
    affected = NEVER
    for placed in sorted((*timeline.cells[path], *editions), key=lambda one: one.rank):
        if placed.act == sides.act:
            if placed.op != "restate":
                affected = union(affected, sides.affected(placed.rank[0]))
        elif placed.op != "add" and common(affected, counting(timeline, placed.act, placed.rank[0])):
            yield placed.slot, path


def values_of(slot: Slot) -> Iterator[Write]:
    """The writes of a slot that touch a value; a mark that an annex was restated does not."""
    return (write for write in slot.writes if write.op != "restate")


def _place(act: Act) -> tuple[str, int]:
    return act.date, act.order


# The strongest reason first.
FINDERS: dict[Why, Callable[[Sides], Iterator[Cell]]] = {
    "cites": _citing,
    "adds": _adding,
    "stands-on": _standing,
    "follows": _following,
}
