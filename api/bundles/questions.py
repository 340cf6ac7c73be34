"""From a question to what a bundle is about: the day, the position, and whether the heads reach so far.

The same for the HTTP doors and for a ledger's own directory. Source: docs/proof.md, Bundles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from api.bundles.evidence import Heads
from api.bundles.subjects import Point, Subject, Type
from api.parameters import Asked, bad_parameter, resolve
from api.problems import Problem
from api.routes.events import find_entry
from api.sources import Source
from projections.positions import Known
from projections.records import read_record
from projections.state import is_known

Space = Literal["programmes", "events", "acts"]


@dataclass(frozen=True, slots=True)
class Question:
    """space, name: of what; path: of one cell; from_as_of, from_known: of the earlier point of a diff."""

    space: Space
    name: str
    asked: Asked
    path: str | None = None
    from_as_of: str | None = None
    from_known: str | None = None

    @property
    def is_diff(self) -> bool:
        return self.from_as_of is not None or self.from_known is not None


def check_question(question: Question) -> None:
    """Raises Problem bad-parameter for one that makes no sense."""
    if question.is_diff and question.path is not None:
        raise bad_parameter("path", question.path, "cell-or-diff")


def subject_of(source: Source, heads: Heads, question: Question) -> Subject:
    """What its bundle is about.

    Raises Problem: bad-parameter, position-ahead, behind, no-such-programme, no-such-event, beyond-heads.
    """
    asked = question.asked
    wanted = asked.known if asked.known is not None else str(heads.size)  # the newest that they prove
    known = resolve(source, wanted, min_position=asked.min_position)
    if question.space == "events":
        subject = _event(source, heads, question, known)
    elif question.space == "acts":
        subject = _act(source, heads, question, known)
    else:
        subject = _programme(source, heads, question, known)
    if subject.position > heads.size:
        is_end = subject.position == subject.point.known.position
        raise _beyond(heads, "/query/known" if is_end else "/query/from_known", subject.position)
    return subject


def _programme(source: Source, heads: Heads, question: Question, known: Known) -> Subject:
    point, start = Point(question.asked.as_of or source.today(), known), None
    if question.is_diff:
        earlier = known
        if question.from_known is not None:
            earlier = resolve(source, question.from_known, name="from_known")
        start = Point(question.from_as_of or point.as_of, earlier)
    subject = Subject(_type(question), question.name, point, start, question.path or "")
    if not _is_known(source, question.name, subject.position):
        newest = resolve(source, None).position
        if question.asked.known is None and _is_known(source, question.name, newest):
            raise _beyond(heads, "/path/programme", question.name)
        raise Problem("no-such-programme", "/path/programme", question.name, position=subject.position)
    return subject


def _type(question: Question) -> Type:
    if question.is_diff:
        return "diff"
    return "cell" if question.path is not None else "programme"


def _event(source: Source, heads: Heads, question: Question, known: Known) -> Subject:
    if find_entry(source, question.name).index >= known.position:
        if question.asked.known is None:
            raise _beyond(heads, "/path/event", question.name)
        raise Problem("no-such-event", "/path/event", question.name)
    return Subject("event", question.name, Point("", known))


def _act(source: Source, heads: Heads, question: Question, known: Known) -> Subject:
    newest = known if question.asked.known is not None else resolve(source, None)
    came_later = newest.position > heads.size and _is_recorded(source, question.name, newest.position)
    if came_later and not _is_recorded(source, question.name, known.position):
        raise _beyond(heads, "/path/record", question.name)
    return Subject("act", question.name, Point("", known))


def _is_known(source: Source, programme: str, position: int) -> bool:
    with source.follower.reading(position) as reading:
        return is_known(reading, programme)


def _is_recorded(source: Source, act: str, position: int) -> bool:
    with source.follower.reading(position) as reading:
        return read_record(reading, "act", act) is not None


def _beyond(heads: Heads, at: str, got: object) -> Problem:
    """Later heads will cover it."""
    return Problem("beyond-heads", at, got, position=heads.size)
