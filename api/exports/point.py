"""What one export is of: a position and a day, resolved once; and what of it is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from api.context import behind
from api.sources import Source
from api.views import View, check_programme
from projections.bodies import bodies_meant
from projections.positions import Known
from projections.programmes import body_of, read_ids
from projections.reading import Reading
from projections.records import Bodies

PROGRAMMES_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Filters:
    """What every row must be; None and "" take all. Which of them a table has, the table says."""

    programme: str | None = None
    body: str | None = None
    year: int | None = None
    source: str | None = None
    measure: str | None = None
    indicator: str | None = None
    path: str | None = None
    kind: str | None = None
    subject: str | None = None
    office: str | None = None
    act: str | None = None
    only: str | None = None
    late: int | None = None
    q: str = ""
    ids: str = ""

    @property
    def is_of_cells(self) -> bool:
        """Is something asked of an entry's cells, which only a programme has?"""
        cells = (self.path, self.measure, self.indicator)
        return self.only == "money" or any(one is not None for one in cells)


@dataclass(frozen=True, slots=True)
class Point:
    """context: where to read; known: the position; as_of: the day.

    Entries never change and the projections keep every past, so that readings one after another at the same
    position are one picture, and nothing has to be held open between them.
    """

    context: Source
    known: Known
    as_of: str

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A short look at the position. Raises Problem behind, where a new generation is not as far."""
        with self.view() as view:
            yield view.reading

    @contextmanager
    def view(self) -> Iterator[View]:
        """The same with its day, as the lists have it."""
        position = self.known.position
        self.context.wait_for(position)
        with self.context.follower.reading(position) as reading:
            if reading.position != position:
                raise behind(position, reading.position)
            yield View(self.context, reading, self.as_of, self.known)


def check_wanted(point: Point, wanted: Filters) -> None:
    """Before the first byte: is the programme there, and does every wanted one answer?

    Raises Problem no-such-programme, Blocked.
    """
    with point.view() as view:
        if wanted.programme is not None:
            check_programme(view, wanted.programme, point.known.position, at="/query/programme")
            view.reading.check(wanted.programme)
            return
        bodies = _bodies(view.reading, wanted)
        for name in view.reading.blocked:
            # One that is blocked from its adoption on has no body yet: whose it is, nobody can say.
            if bodies is None or body_of(view.reading, name) in (*bodies, ""):
                view.reading.check(name)


def programmes_of(point: Point, wanted: Filters) -> Iterator[str]:
    """The ids of the wanted programmes, in their order."""
    after = ""
    while True:
        with point.reading() as reading:
            some = _page(reading, wanted, after)
        yield from some
        if len(some) < PROGRAMMES_AT_ONCE:
            return
        after = some[-1]


def _page(reading: Reading, wanted: Filters, after: str) -> list[str]:
    bodies = _bodies(reading, wanted)
    if wanted.programme is None:
        return read_ids(reading, bodies=bodies, after=after, limit=PROGRAMMES_AT_ONCE)
    if bodies is not None and body_of(reading, wanted.programme) not in bodies:
        return []
    return [wanted.programme]


def _bodies(reading: Reading, wanted: Filters) -> Bodies:
    return bodies_meant(reading, wanted.body) if wanted.body is not None else None
