"""What would change: cells of the draft's programme, and of those that cite its act."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Literal

from api.context import Context
from ledger.event import Common, Stated
from ledger.ids import split_stream
from ledger.kinds import kind_of
from ledger.store.base import Tail
from ledger.streams import load_stream
from ledger.timeline import Answer, Timeline
from ledger.world import World
from projections.citations import programmes_citing
from projections.diff import side
from projections.doubtful import Doubtful, read_doubtful

ROWS_MAX = 500
SENTENCES_MAX = 50  # each is an event read back from the log
Row = dict[str, Any]


def act_of(world: World, event: Common) -> str | None:
    """The act that an act event is about, also when it is voided."""
    if not event.kind.startswith("act."):
        return None
    if event.data is not None:
        return str(event.data.act)
    corrects, name = event.relations.corrects, split_stream(event.subject)[1]
    body = world.bodies.get(name)
    kept = body.kept.get(corrects.event) if body is not None and corrects is not None else None
    return kept.about if kept is not None else None


def with_citing(context: Context, world: World, act: str, tail: Tail) -> World:
    """The world with every programme that cites an act loaded."""
    # A draft may follow others that nobody recorded: their world is ahead of the log.
    with context.reading(min(world.position, context.newest_position())) as reading:
        programmes = programmes_citing(reading, act)
    for programme in programmes:
        world = load_stream(world, f"programme:{programme}", tail)
    return world


class Marks:
    """The entries in doubt of each programme that a request looks at, as of its position."""

    def __init__(self, context: Context, position: int) -> None:
        self._context, self._position = context, position
        self._known: dict[str, Doubtful] = {}

    def of(self, programme: str) -> Doubtful:
        if programme not in self._known:
            self._context.wait_for(self._position)
            with self._context.follower.reading(self._position) as reading:
                self._known[programme] = read_doubtful(reading, programme)
        return self._known[programme]


def changed_cells(
    before: World, after: World, stated: Stated, today: str, marks: Marks
) -> tuple[list[Row], int]:
    """At most ROWS_MAX changed cells, and how many there are: on each effective day and today."""
    rows = _changes(before, after, stated, today, marks)
    shown = list(islice(rows, ROWS_MAX))
    return shown, len(shown) + sum(1 for _ in rows)


def _changes(before: World, after: World, stated: Stated, today: str, marks: Marks) -> Iterator[Row]:
    for programme, paths, days in _places(before, after, stated, today):
        doubtful = marks.of(programme)
        old, new = _timeline(before, programme), _timeline(after, programme)
        for path in paths:
            for day in days:
                one, other = old.answer(path, day), new.answer(path, day)
                if _side(one) != _side(other):
                    yield {
                        "programme": programme, "path": path, "day": day,
                        "old": side(path, day, one, doubtful), "new": side(path, day, other, doubtful),
                    }  # fmt: skip


def _places(
    before: World, after: World, stated: Stated, today: str
) -> Iterator[tuple[str, list[str], list[str]]]:
    """(programme, paths, days) at which the statement may change something."""
    event = stated.event
    family, name = split_stream(event.subject)
    if family == "programme":
        yield name, *_own(before, after, stated, today)
        return
    act = act_of(after, event)
    if act is None:
        return
    days = _days(_act_days(before, act), _act_days(after, act), [today])
    for programme in sorted(after.citing.get(act, ())):
        timeline = after.programmes[programme].timeline
        slots = (timeline.slots[slot] for slot in timeline.citing.get(act, ()))
        paths = dict.fromkeys(w.path for slot in slots for w in slot.writes if w.op != "restate")
        yield programme, list(paths), days


def _own(before: World, after: World, stated: Stated, today: str) -> tuple[list[str], list[str]]:
    event, name = stated.event, split_stream(stated.event.subject)[1]
    old = _timeline(before, name).slots.get(stated.slot)
    new = after.programmes[name].timeline.slots[stated.slot]
    writes = [*(old.writes if old is not None else ()), *new.writes]
    paths = dict.fromkeys(write.path for write in writes if write.op != "restate")
    return list(paths), _days([kind_of(event.kind).from_day(event)], (w.since for w in writes), [today])


def _act_days(world: World, act: str) -> Iterator[str]:
    """The days on which an act begins or ceases to count."""
    known = world.act(act)
    for stretch in known.stretches if known is not None else ():
        yield from (day for day in stretch if day[:1].isdigit())


def _days(*parts: Iterable[str]) -> list[str]:
    return sorted({day for part in parts for day in part if day})


def _timeline(world: World, programme: str) -> Timeline:
    found = world.programmes.get(programme)
    return found.timeline if found is not None else Timeline()


def _side(answer: Answer | None) -> tuple[Any, ...] | None:
    return None if answer is None else (answer.value, answer.removed, answer.last.event)


def olds_of(after: World, stated: Stated) -> dict[str, Any]:
    """The value that each write finds, for the sentence."""
    family, name = split_stream(stated.event.subject)
    if family != "programme":
        return {}
    timeline = after.programmes[name].timeline
    olds: dict[str, Any] = {}
    for write, rank in timeline.placed(timeline.slots[stated.slot]):
        answer = timeline.below(write.path, rank)
        if answer is not None:
            olds[write.path] = "removed" if answer.removed else str(answer.value)
    return olds


def sentences(tail: Tail, world: World, rows: list[Row]) -> list[Row]:
    """The rows with their events in words: the first SENTENCES_MAX that the log holds, else null.

    world: before the draft, since a sentence tells the value that a write finds now.
    """
    for place, row in enumerate(rows):
        entries = tail.entries(row["index"], 1) if place < SENTENCES_MAX else []
        row["sentence"] = _sentence(entries[0].stated(), world) if entries else None
    return rows


def _sentence(stated: Stated, world: World) -> Row:
    kind, olds = kind_of(stated.event.kind), olds_of(world, stated)
    words: tuple[Literal["uk", "en"], ...] = ("uk", "en")
    return {language: kind.sentence(stated.event, language, olds) for language in words}
