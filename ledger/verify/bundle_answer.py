"""The answer of a bundle, recomputed from its entries, and the doubt that it must show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.doubt import doubts_of, offices_behind, worst
from ledger.entry import read_entry
from ledger.errors import LedgerError
from ledger.streams import load_offices
from ledger.timeline import Answer, Timeline
from ledger.verify.answer import (
    RECOMPUTED,
    act_faults,
    cell_faults,
    diff_faults,
    event_faults,
    state_faults,
)
from ledger.verify.archive import BundleError
from ledger.verify.entry_file import EntryFile
from ledger.verify.judging import Nothing
from ledger.verify.programmes import world_with
from ledger.verify.registry import Registry
from ledger.verify.report import Check, Fault, Report
from ledger.world import World


@dataclass(frozen=True, slots=True)
class Subject:
    """What a bundle answers. points: (as_of, position) of each state that it rests on; name: of the
    programme, event or act; path: of the cell."""

    type: str
    name: str
    points: tuple[tuple[str, int], ...]
    path: str = ""

    @property
    def streams(self) -> tuple[str, ...]:
        """The programme streams that it is about as a whole."""
        return (f"programme:{self.name}",) if self.type in ("programme", "diff", "cell") else ()

    @property
    def positions(self) -> tuple[int, ...]:
        return tuple(position for _, position in self.points)


def read_subject(manifest: Mapping[str, Any]) -> Subject:
    """Raises BundleError."""
    given = manifest.get("subject")
    try:
        assert isinstance(given, dict)
        return _READERS[given["type"]](given)
    except (AssertionError, KeyError, TypeError, ValueError) as error:
        raise BundleError(f"bundle.json does not say what the bundle is about: {given!r}") from error


def _point(given: Mapping[str, Any]) -> tuple[str, int]:
    as_of, known = given["as_of"], given["known"]
    if not isinstance(as_of, str) or not isinstance(known, int) or isinstance(known, bool) or known < 0:
        raise ValueError(str(given))
    return as_of, known


_READERS = {
    "programme": lambda given: Subject("programme", str(given["programme"]), (_point(given),)),
    "diff": lambda given: Subject(
        "diff", str(given["programme"]), (_point(given["from"]), _point(given["to"]))
    ),
    "cell": lambda given: Subject("cell", str(given["programme"]), (_point(given),), str(given["path"])),
    "event": lambda given: Subject("event", str(given["event"]), (("", int(given["known"])),)),
    "act": lambda given: Subject("act", str(given["act"]), (("", int(given["known"])),)),
}


def check_answer(
    report: Report, answer: Mapping[str, Any], subject: Subject, file: EntryFile, registry: Registry
) -> None:
    """Compare the answer with what its entries say."""
    check, doubt = report.check("answer"), report.check("doubt")
    check.facts["recomputed"] = RECOMPUTED[subject.type]
    try:
        for fault in _differences(answer, subject, file, registry, check):
            check.fail(fault)
        for fault in _undoubted(answer, subject, file, registry, doubt):
            doubt.fail(fault)
    except (LedgerError, KeyError, TypeError, AttributeError, ValueError) as error:
        check.fail(Fault("answer-malformed", None, "answer.json", repr(error)))


def _differences(
    answer: Mapping[str, Any], subject: Subject, file: EntryFile, registry: Registry, check: Check
) -> Iterator[Fault]:
    if subject.type == "event":
        yield from _event(answer, subject, file, check)
        return
    if subject.type == "act":
        check.count += 1
        yield from _echoed(answer.get("known"), subject.positions[0], "/known")
        yield from act_faults(answer, registry.at(subject.positions[0]), subject.name)
        return
    worlds = [world_with(file, registry, subject.streams[0], position) for position in subject.positions]
    timelines = [_timeline(world, subject.name) for world in worlds]
    if answer.get("programme") != subject.name:
        yield Fault("other-answer", None, "/programme", str(answer.get("programme")))
    if subject.type == "diff":
        (old_day, _), (new_day, _) = subject.points
        yield from _points(answer, subject)
        check.count += len({*timelines[0].cells, *timelines[1].cells})
        yield from diff_faults(answer, timelines[0], old_day, timelines[1], new_day)
        return
    (as_of, position) = subject.points[0]
    yield from _echoed(answer.get("known"), position, "/known")
    if answer.get("as_of") != as_of:
        yield Fault("other-answer", None, "/as_of", str(answer.get("as_of")))
    if subject.type == "cell":
        check.count += 1
        if answer.get("path") != subject.path:
            yield Fault("other-answer", None, "/path", str(answer.get("path")))
        yield from cell_faults(answer, timelines[0], as_of)
        return
    check.count += len(timelines[0].cells)
    yield from state_faults(answer, timelines[0], as_of)


def _event(answer: Mapping[str, Any], subject: Subject, file: EntryFile, check: Check) -> Iterator[Fault]:
    _, end = file.bounds()
    for row in file.rows(0, end):
        entry = read_entry(row.raw)
        if entry.event_id() == subject.name:
            check.count += 1
            yield from event_faults(answer, entry)
            return
    yield Fault("unknown-event", None, subject.name)


def _timeline(world: World, programme: str) -> Timeline:
    found = world.programmes.get(programme)
    return found.timeline if found is not None else Timeline()


def _points(answer: Mapping[str, Any], subject: Subject) -> Iterator[Fault]:
    for name, (as_of, position) in zip(("from", "to"), subject.points, strict=True):
        told = answer.get(name)
        if not isinstance(told, dict) or told.get("as_of") != as_of:
            yield Fault("other-answer", None, f"/{name}/as_of", str(told))
        else:
            yield from _echoed(told.get("known"), position, f"/{name}/known")


def _echoed(known: Any, position: int, where: str) -> Iterator[Fault]:
    if not isinstance(known, dict) or known.get("position") != position:
        yield Fault("other-answer", None, where, str(known))


# -- doubt -----------------------------------------------------------------------------


def _undoubted(
    answer: Mapping[str, Any], subject: Subject, file: EntryFile, registry: Registry, check: Check
) -> Iterator[Fault]:
    """The values whose entries stand in doubt, and that the answer shows without a mark."""
    if not subject.streams:
        check.skip("not-of-values")
        return
    marked = 0
    for place, (as_of, position) in enumerate(subject.points):
        world = world_with(file, registry, subject.streams[0], position)
        judge = _Doubts(world, file, position, subject)
        for path, found in _timeline(world, subject.name).state(as_of):
            if subject.path and path != subject.path:
                continue
            check.count += 1
            word = judge.of(found)
            if word is None:
                continue
            marked += 1
            if not _is_marked(answer, subject, path, place):
                yield Fault("doubt-hidden", found.last.entry, path, word)
    check.facts["doubtful"] = marked


class _Doubts:
    """What stands against the entries of one state; each slot is asked for once."""

    def __init__(self, world: World, file: EntryFile, position: int, subject: Subject) -> None:
        self._world, self._subject = world, subject
        self._reader = Nothing(file, position)
        self._known: dict[str, str | None] = {}

    def of(self, found: Answer) -> str | None:
        """The worst word on any write of a value's chain."""
        words = [self._of_slot(placed.slot) for placed in found.chain]
        return next((word for word in words if word is not None), None)

    def _of_slot(self, slot: str) -> str | None:
        if slot not in self._known:
            stream = self._subject.streams[0]
            statement = _timeline(self._world, self._subject.name).slots[slot]
            offices = list(offices_behind(self._world, stream, statement))
            self._world = load_offices(self._world, offices, self._reader)
            self._known[slot] = worst(doubts_of(self._world, stream, statement))
        return self._known[slot]


def _is_marked(answer: Mapping[str, Any], subject: Subject, path: str, place: int) -> bool:
    if subject.type == "cell":
        value = answer.get("value")
        return isinstance(value, dict) and value.get("doubt") is not None
    if subject.type == "programme":
        cells = answer.get("cells")
        told = cells.get(path) if isinstance(cells, dict) else None
        return isinstance(told, dict) and told.get("doubt") is not None
    rows = [row for row in answer.get("changes") or () if isinstance(row, dict) and row.get("path") == path]
    name = ("old", "new")[place]
    sides = [row.get(name) for row in rows]
    # What did not change is not in a diff, and needs no mark there.
    return not sides or all(isinstance(side, dict) and side.get("doubt") is not None for side in sides)
