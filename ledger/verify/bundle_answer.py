"""The answer of a bundle compared with what its entries give, and the doubt that it must show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.entry import Entry, read_entry
from ledger.errors import LedgerError
from ledger.event import Stated
from ledger.ids import split_stream
from ledger.timeline import Timeline
from ledger.verify.answer import (
    RECOMPUTED,
    about_act,
    act_answer,
    cell_answer,
    changes_between,
    event_answer,
    point_of,
    state_answer,
)
from ledger.verify.comparing import ABSENT, Difference, Mark, differences, marks_in
from ledger.verify.doubting import Doubts, Said
from ledger.verify.entry_file import EntryFile
from ledger.verify.programmes import world_with
from ledger.verify.registry import Registry
from ledger.verify.report import Check, Fault, Report
from ledger.verify.subject import Subject
from ledger.world import World

ECHOED = ("programme", "as_of", "known", "path", "from", "to")  # members that say what was asked
FOREMOST = ("other-answer", "member-unknown")


def check_answer(
    report: Report, answer: Mapping[str, Any], subject: Subject, file: EntryFile, registry: Registry
) -> None:
    """Compare the answer with what its entries say."""
    check, doubt = report.check("answer"), report.check("doubt")
    check.facts["recomputed"] = RECOMPUTED[subject.type]
    doubt.facts["doubtful"] = 0
    try:
        expected = _expected(subject, file, registry, check)
        if expected is not None:
            _compare(answer, expected, subject, check, doubt)
            if subject.type == "event" and _is_open(expected, file, registry, subject.positions[0]):
                doubt.warn("voices-unproved")
    except (LedgerError, KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        check.fail(Fault("answer-malformed", None, "answer.json", repr(error)))
    doubt.skip("not-read" if check.status == "failed" else "nothing")


def _is_open(event: dict[str, Any], file: EntryFile, registry: Registry, position: int) -> bool:
    """May what speaks of it give it another doubt? Of a selection that may be left out unseen: a voice on a
    proposal throws one, a re-affirmation lifts one. Of a body the whole stream is here."""
    family, name = split_stream(str(event["stream"]))
    if family != "programme":
        return False
    if event["doubt"].word is not None:
        return True
    return bool(world_with(file, registry, str(event["stream"]), position).programmes[name].proposals)


def _compare(
    answer: Mapping[str, Any], expected: dict[str, Any], subject: Subject, check: Check, doubt: Check
) -> None:
    marks = list(marks_in(expected))
    doubt.count = len(marks)
    doubt.facts["doubtful"] = sum(1 for mark in marks if mark.word is not None)
    told: dict[str, Any] = dict(answer)
    if subject.type == "diff":
        rows = _by_path(told.get("changes"))
        if rows is None:
            check.fail(Fault("answer-malformed", None, "/changes", "no rows of a path each, in their order"))
            return
        told["changes"], expected["changes"] = rows, _by_path(expected["changes"])
    faults = []
    for found in differences(told, expected):
        if isinstance(found.mine, Mark) and found.told is not ABSENT:
            doubt.fail(_doubt_fault(found, subject))
        else:
            faults.append(_as_fault(found, subject))
    for fault in sorted(faults, key=lambda one: one.code not in FOREMOST):  # only the first are kept
        check.fail(fault)


def _by_path(rows: Any) -> dict[str, Any] | None:
    """Rows by their path; None unless they stand in its order, each once."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return None
    paths = [row.get("path") for row in rows]
    if not all(isinstance(path, str) for path in paths) or paths != sorted({*paths}):
        return None
    return dict(zip(paths, rows, strict=True))


def _as_fault(found: Difference, subject: Subject) -> Fault:
    """What differs, in the words of the member where it does."""
    echoed = {"act": ("known",), "event": ()}.get(subject.type, ECHOED)
    if found.mine is ABSENT and _is_shape(found, subject):
        return Fault("member-unknown", None, found.pointer, found.words)
    if found.at[0] in echoed:
        return Fault("other-answer", None, found.pointer, found.words)
    return _differs(found.at[0], _where(found, subject), found.words)


def _differs(head: str, where: str, words: str) -> Fault:
    if head == "state_hash":
        return Fault("state-hash", None, where, words)
    if head == "cells":
        return Fault("cell-differs", None, where, words)
    if head == "items":
        return Fault("story-differs", None, where, words)
    if head == "writes":
        return Fault("writes-differ", None, where, words)
    return Fault("value-differs", None, where, words)


def _doubt_fault(found: Difference, subject: Subject) -> Fault:
    word, where = found.mine.word, _where(found, subject)
    if word is None:
        return Fault("doubt-made-up", None, where, found.words)
    return Fault("doubt-hidden", None, where, found.words)


def _is_shape(found: Difference, subject: Subject) -> bool:
    """Is it a member of the answer itself, and no value or row by its own name?"""
    if found.at[0] == "state" and len(found.at) > 1 and subject.type == "programme":
        return False
    return not (found.at[0] in ("cells", "changes") and len(found.at) == 2)


def _where(found: Difference, subject: Subject) -> str:
    """The cell that it is about, if it is about one."""
    if subject.type == "cell":
        return subject.path
    if found.at[0] in ("cells", "changes") and len(found.at) > 1:
        return found.at[1]
    if found.at[0] == "state" and len(found.at) > 1:
        return "".join(f"/{name}" for name in found.at[1:])
    return found.pointer


# -- what the entries give -----------------------------------------------------------------


def _expected(subject: Subject, file: EntryFile, registry: Registry, check: Check) -> dict[str, Any] | None:
    """The whole answer; None if it is about what is not there, and then the check says so."""
    if subject.type == "event":
        return _event(subject, file, registry, check)
    if subject.type == "act":
        return _act(subject, file, registry, check)
    return _of_programme(subject, file, registry, check)


def _of_programme(subject: Subject, file: EntryFile, registry: Registry, check: Check) -> dict[str, Any]:
    (stream,), days = subject.streams, [as_of for as_of, _ in subject.points]
    worlds = [world_with(file, registry, stream, position) for position in subject.positions]
    if not any(subject.name in world.programmes for world in worlds):
        check.fail(Fault("unknown-programme", None, subject.name))
    lines = [_timeline(world, subject.name) for world in worlds]
    doubts = [
        Doubts(world, file, position, stream).of
        for world, position in zip(worlds, subject.positions, strict=True)
    ]
    points = [point_of(*point) for point in subject.points]
    check.count += max(1, len({path for line in lines for path in line.cells}))
    if subject.type == "diff":
        before, after = (dict(line.state(day)) for line, day in zip(lines, days, strict=True))
        changes = changes_between(before, after, (doubts[0], doubts[1]))
        return {"programme": subject.name, "from": points[0], "to": points[1], "changes": changes}
    if subject.type == "cell":
        check.count = 1
        found = cell_answer(lines[0], subject.path, days[0], doubts[0], file)
    else:
        found = state_answer(lines[0], days[0], doubts[0])
    return {"programme": subject.name, **points[0], **found}


def _timeline(world: World, programme: str) -> Timeline:
    found = world.programmes.get(programme)
    return found.timeline if found is not None else Timeline()


def _event(subject: Subject, file: EntryFile, registry: Registry, check: Check) -> dict[str, Any] | None:
    position = subject.positions[0]
    for entry, stated in _stated(file, position):
        if stated.event.id != subject.name:
            continue
        check.count += 1
        world = registry.at(position)
        if split_stream(entry.stream)[0] == "programme":
            world = world_with(file, registry, entry.stream, position)
        word = Doubts(world, file, position, entry.stream).worst([Said.of(stated)])
        return event_answer(entry, stated, world, word)
    check.fail(Fault("unknown-event", None, subject.name))
    return None


def _stated(file: EntryFile, end: int) -> Iterator[tuple[Entry, Stated]]:
    """The entries here below an index, with what they say."""
    for row in file.rows(0, end):
        try:
            entry = read_entry(row.raw)
            stated = entry.stated()
        except (LedgerError, ValueError, KeyError, TypeError, AttributeError):
            continue  # another check says that this is no entry
        yield entry, stated


def _act(subject: Subject, file: EntryFile, registry: Registry, check: Check) -> dict[str, Any] | None:
    position = subject.positions[0]
    world = registry.at(position)
    body = world.body_of(f"act:{subject.name}")
    if body is None or subject.name not in body.acts:
        check.fail(Fault("unknown-act", None, subject.name))
        return None
    check.count += 1
    word = Doubts(world, file, position, f"body:{body.id}").worst(about_act(body, subject.name))
    item = act_answer(body, subject.name, file, word)
    return {"item": item, "known": {"position": position}}


__all__ = ["Subject", "check_answer"]
