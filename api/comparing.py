"""Two ledgers' projections compared, answer by answer: of a copy and of what it was copied from.

The questions are those that people ask: every programme's whole state, at the head on days over its whole
time, and as it was known earlier; and every record. Nothing is compared by a digest alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from ledger.errors import VerificationError
from ledger.sentence import Sentence
from ledger.store.base import LogReader
from projections.programmes import read_programmes
from projections.reading import Blocked, Reading, read_blocked
from projections.records import read_records
from projections.state import read_state
from projections.store.base import Readers

PAGE: Final = 500
MANY: Final = 1000  # programmes; of so many fewer days and positions are looked at
Progress = Callable[[int, int], None]

_DAYS: Final = (
    "SELECT DISTINCT since FROM lives JOIN cells ON cells.id=lives.cell WHERE programme=? ORDER BY since"
)
_CONCERNS: Final = "SELECT leaf_index FROM concerns WHERE programme=? AND leaf_index<? ORDER BY leaf_index"


@dataclass(frozen=True, slots=True)
class View:
    """One generation of a ledger's projections, with its log."""

    log: LogReader
    readers: Readers

    @contextmanager
    def reading(self, position: int) -> Iterator[Reading]:
        with self.readers.view() as (connection, _):
            yield Reading(connection, self.log, position, read_blocked(connection))


@dataclass(slots=True)
class Compared:
    """What was found to be the same: states of programmes, their cells, and records."""

    programmes: int = 0
    states: int = 0
    cells: int = 0
    records: int = 0
    blocked: int = 0


def compare_views(one: View, other: View, size: int, progress: Progress = lambda done, of: None) -> Compared:
    """Both as of `size` entries. Raises VerificationError that names the first difference."""
    found = Compared()
    names = _same("programmes", *(_programmes(view, size) for view in (one, other)))
    for done, name in enumerate(names, 1):
        _compare_programme(one, other, name, size, found, many=len(names) > MANY)
        progress(done, len(names))
    found.programmes = len(names)
    for space in _same("spaces", *(_spaces(view, size) for view in (one, other))):
        for rows in _pages(one, other, space, size):
            found.records += len(rows)
    return found


def _compare_programme(one: View, other: View, name: str, size: int, found: Compared, *, many: bool) -> None:
    with one.reading(size) as mine, other.reading(size) as theirs:
        days = [row[0] for row in mine.rows(_DAYS, [name])]
        concerns = [row[0] + 1 for row in mine.rows(_CONCERNS, [name, size])]
        asked = [(size, day) for day in sample(days, 2 if many else 6)]
        asked += [(position, days[-1]) for position in sample(concerns, 1 if many else 4) if days]
        for position, day in asked:
            what = f"programme {name}, {day}, № {position}"
            state = _same(what, *(_state(reading.at(position), name, day) for reading in (mine, theirs)))
            found.states += 1
            found.blocked += state is None
            found.cells += len(state["cells"]) if state is not None else 0


def _state(reading: Reading, name: str, day: str) -> Any:
    """None of a programme that answers nothing."""
    try:
        return read_state(reading, name, day)
    except Blocked:
        return None


def sample(values: Sequence[Any], count: int) -> list[Any]:
    """At most so many, evenly spread, the last one among them and the first one too if there is room."""
    if len(values) <= count:
        return list(values)
    if count == 1:
        return [values[-1]]
    return [values[round(place * (len(values) - 1) / (count - 1))] for place in range(count)]


def _programmes(view: View, size: int) -> list[str]:
    """Compared as a whole by their ids; what a list of programmes shows, page by page."""
    found: list[str] = []
    after = ""
    with view.reading(size) as reading:
        while rows := read_programmes(reading, "9999-12-31", after=after, limit=PAGE):
            found += [row["id"] for row in rows]
            after = found[-1]
    return found


def _spaces(view: View, size: int) -> list[str]:
    with view.reading(size) as reading:
        query = "SELECT DISTINCT space FROM records WHERE known_from<=? ORDER BY space"
        return [row[0] for row in reading.rows(query, [size])]


def _pages(one: View, other: View, space: str, size: int) -> Iterator[list[Any]]:
    after = ""
    while True:
        pages = []
        for view in (one, other):
            with view.reading(size) as reading:
                pages.append(read_records(reading, space, bodies=None, after=after, limit=PAGE))
        rows = _same(f"records of {space} after {after!r}", *pages)
        yield rows
        if len(rows) < PAGE:
            return
        after = rows[-1]["id"]


def _same(what: str, one: Any, other: Any) -> Any:
    if one != other:
        raise VerificationError(
            Sentence(
                "the copy does not answer as the source does: {what}. Do not serve it, and report this",
                "states-differ",
                what=what,
            )
        )
    return one
