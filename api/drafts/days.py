"""Sets of days: sorted stretches [start, end) that do not touch, so one set has one spelling.

Also the one such set that every question about an act comes back to: when a write counts.
"""

from __future__ import annotations

from collections.abc import Iterable

from ledger.timeline import ALWAYS, Stretch, Timeline
from ledger.values import FOREVER

Days = tuple[Stretch, ...]
NEVER: Days = ()


def union(*sets: Iterable[Stretch]) -> Days:
    """The days of any of the sets; they may overlap and come in any order."""
    joined: list[Stretch] = []
    for start, end in sorted(stretch for days in sets for stretch in days):
        if joined and start <= joined[-1].end:
            joined[-1] = Stretch(joined[-1].start, max(joined[-1].end, end))
        elif start < end:
            joined.append(Stretch(start, end))
    return tuple(joined)


def common(one: Days, other: Days) -> Days:
    """The days of both sets."""
    return union(
        Stretch(max(a.start, b.start), min(a.end, b.end))
        for a in one
        for b in other
        if max(a.start, b.start) < min(a.end, b.end)
    )


def minus(one: Days, other: Days) -> Days:
    """The days of the first set that are not in the second."""
    left = list(one)
    for start, end in other:
        left = [
            piece
            for old in left
            for piece in (Stretch(old.start, min(old.end, start)), Stretch(max(old.start, end), old.end))
            if piece.start < piece.end
        ]
    return tuple(left)


def differing(one: Days, other: Days) -> Days:
    """The days of exactly one of the sets."""
    return union(minus(one, other), minus(other, one))


def since(days: Iterable[Stretch], day: str) -> Days:
    """The days of a set from a day on."""
    return common(union(days), (Stretch(day, FOREVER),))


def counting(timeline: Timeline, act: str | None, day: str) -> Days:
    """The days on which a write counts. act: what its slot cites; day: its first."""
    return since(timeline.acts[act].stretches if act is not None else ALWAYS, day)
