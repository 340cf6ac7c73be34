"""The doubt of a value from docs/authority.md alone: slow, and plain enough to check by reading.

What stands against each entry is given. Nothing is kept between two questions: each is answered from the
list of entries. Where the document leaves freedom, a comment that begins with "Freedom:" says what was
chosen.
"""

# ruff: noqa: N803 (D and K are the names of the rule of state)

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.oracle.model import (
    ActCorrected,
    ActRegistered,
    Corrected,
    Event,
    StatusChanged,
    StatusCorrected,
)
from tests.oracle.state import Entries, Rank, act_counts, holds_on, state

Word = str
Words = dict[str, Word]  # cell → the word beside it; a cell without one is not in doubt
Place = tuple[dt.date, int]  # an act's date, and its order within the day

WORST: tuple[Word, ...] = ("suspect", "undetermined", "ended-late")


@dataclass(frozen=True)
class Known:
    """A log as known at K. doubts: an entry's index → the word that stands against it, as known there."""

    entries: Entries
    K: int
    doubts: Mapping[int, Word]

    def statements(self, first: int) -> list[int]:
        """The statements of the slot whose first entry this is, the one in force first."""
        corrections = [index for index in range(first + 1, self.K) if self._corrects(index, first)]
        return [*reversed(corrections), first]

    def possible(self, first: int) -> list[int]:
        """The statements back to the newest sound one; all of them where none is sound."""
        found = []
        for index in self.statements(first):
            found.append(index)
            if index not in self.doubts:
                break
        return found

    def has_sound(self, first: int) -> bool:
        return any(index not in self.doubts for index in self.statements(first))

    def _corrects(self, index: int, first: int) -> bool:
        entry, of = self.entries[index], self.entries[first]
        if isinstance(of, Event):
            return isinstance(entry, Corrected) and entry.event == of.event
        return isinstance(entry, ActCorrected | StatusCorrected) and entry.of == first


@dataclass(frozen=True)
class Read:
    """A write as it is met. rests: the shown value rests on it if it is the first such one downwards."""

    cell: str
    rank: Rank
    rests: bool
    words: frozenset[Word]


def worst(words: Iterable[Word | None]) -> Word | None:
    found = set(words)
    return next((word for word in WORST if word in found), None)


def marked(known: Known, D: dt.date) -> Words:
    """Every cell in doubt on D, whether it shows a value or is gone."""
    met = reads(known, D)
    found = {cell: worst_met([read for read in met if read.cell == cell]) for cell in {r.cell for r in met}}
    return {cell: word for cell, word in found.items() if word is not None}


def shown(known: Known, D: dt.date) -> dict[str, Word | None]:
    """The word beside each cell that some counting write has touched; removed is shown, too."""
    words = marked(known, D)
    return {cell: words.get(cell) for cell in state(known.entries, D, known.K)}


def gone(known: Known, D: dt.date) -> Words:
    """The cells in doubt that show nothing, not even that something was removed."""
    held = state(known.entries, D, known.K)
    return {cell: word for cell, word in marked(known, D).items() if cell not in held}


# reading downwards


def worst_met(reads_of_cell: list[Read]) -> Word | None:
    """From the newest downwards, to the write on which the shown value rests, or to the end."""
    words: set[Word] = set()
    for read in sorted(reads_of_cell, key=lambda one: one.rank, reverse=True):
        words |= read.words
        if read.rests:
            break
    return worst(words)


def reads(known: Known, D: dt.date) -> list[Read]:
    """What is read of every slot on D: the writes that begin on a later day are left out."""
    firsts = [index for index in range(known.K) if isinstance(known.entries[index], Event)]
    found = [read for first in firsts for read in reads_of_slot(known, D, first)]
    return [read for read in found if read.rank[0] <= D]


def reads_of_slot(known: Known, D: dt.date, first: int) -> list[Read]:
    """The writes of the statement in force, and of the earlier ones that it may have taken the place of."""
    event = known.entries[first]
    assert isinstance(event, Event)
    act = event.act
    counts = act is None or act_counts(known.entries, D, known.K, act)
    counting = None if act is None else counting_doubt(known, D, act)
    in_force, *earlier = known.possible(first)
    own = known.doubts.get(in_force)
    # Freedom: where the act does not count and its counting is not in doubt no place makes a difference.
    moved = moving_doubt(known, act) if counts or counting else None
    here = {own if counts else None, counting, moved}
    elsewhere = {counting, moved}
    found = written(known, first, in_force, here, elsewhere, rests=counts)
    if counts or counting:
        # Freedom: of an earlier statement's write the document names the doubt of the statement in force
        # alone, so that of its act's counting is left out.
        before = {own, moved}
        for index in earlier:
            found += written(known, first, index, before, before, rests=False)
    return found


def written(
    known: Known, first: int, index: int, here: set[Word | None], elsewhere: set[Word | None], *, rests: bool
) -> list[Read]:
    """The writes of one statement at each of their places; the shown value rests on none but the real one."""
    event, statement = known.entries[first], known.entries[index]
    assert isinstance(event, Event)
    assert isinstance(statement, Event | Corrected)
    found = []
    for line, write in enumerate(statement.writes or ()):
        real, *others = places_of(known, event.act) or [(write.since, 0)]
        stands = rests and write.op != "add"
        found.append(Read(write.cell, (write.since, *real, first, line), stands, _said(here)))
        for place in others:
            found.append(Read(write.cell, (write.since, *place, first, line), False, _said(elsewhere)))
    return found


def _said(words: set[Word | None]) -> frozenset[Word]:
    return frozenset(word for word in words if word is not None)


# an act's place


def registered_at(known: Known, act: str | None) -> int | None:
    """The index of the act's registration."""
    for index in range(known.K):
        entry = known.entries[index]
        if isinstance(entry, ActRegistered) and entry.act == act:
            return index
    return None


def registration_at(known: Known, index: int) -> ActRegistered | ActCorrected:
    entry = known.entries[index]
    assert isinstance(entry, ActRegistered | ActCorrected)
    return entry


def places_of(known: Known, act: str | None) -> list[Place]:
    """Where the act's writes stand, and where else they might, the real place first; [] without an act."""
    first = registered_at(known, act)
    if first is None:
        return []
    said = [registration_at(known, index) for index in known.possible(first)]
    return list(dict.fromkeys((one.date, one.order or 0) for one in said))


def moving_doubt(known: Known, act: str | None) -> Word | None:
    """The doubt of a registration that moved the act, if it has one."""
    first = registered_at(known, act)
    if first is None or len(places_of(known, act)) < 2:
        return None
    return known.doubts[known.statements(first)[0]]


# an act's counting


def counting_doubt(known: Known, D: dt.date, act: str) -> Word | None:
    """The doubt of whether the act counts on D, where what is in doubt makes a difference."""
    answers: set[bool] = set()
    met: set[Word | None] = set()
    for first in statuses_newest_first(known, act):
        in_force, *_ = stated = known.possible(first)
        said = [status_says(known, index, D) for index in stated]
        answers |= {answer for answer in said if answer is not None}
        # Freedom: a status in doubt that says nothing of the day gives no answer and is not met.
        if any(answer is not None for answer in said):
            met.add(known.doubts.get(in_force))
            if in_force not in known.doubts:
                break
    else:
        registered = registered_at(known, act)
        answers |= registration_answers(known, D, registered)
        met.add(None if registered is None else known.doubts.get(known.statements(registered)[0]))
    return worst(met) if len(answers) > 1 else None


def statuses_newest_first(known: Known, act: str) -> list[int]:
    """The first entries of the act's statuses: a corrected one keeps its place."""
    found = []
    for index in range(known.K):
        entry = known.entries[index]
        if isinstance(entry, StatusChanged) and entry.act == act:
            found.append(index)
    return found[::-1]


def status_says(known: Known, index: int, D: dt.date) -> bool | None:
    """Whether a statement of a status lets the act count on D; None if it does not have the day."""
    status = known.entries[index]
    assert isinstance(status, StatusChanged | StatusCorrected)
    return status.counts if holds_on(status, D) else None


def registration_answers(known: Known, D: dt.date, first: int | None) -> set[bool]:
    """What the registration says of D, and what it might say; an act without one counts never."""
    if first is None:
        return {False}
    days = [registration_at(known, index).in_force for index in known.possible(first)]
    answers = {day is not None and day <= D for day in days}
    return answers if known.has_sound(first) else answers | {False}
