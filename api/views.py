"""What a question looks at: one generation of the projections, one position, one day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request

from api.context import behind, context_of
from api.parameters import Asked, resolve
from api.problems import Problem
from api.sources import Source
from ledger.merkle import leaf_hash
from projections.positions import Known
from projections.reading import Reading
from projections.state import is_known, last_concern

# Of a request's scope: what the questions of one page share, so that a state is read once for all of them.
SHARED: Final = "pledger.shared"


@dataclass(frozen=True, slots=True)
class View:
    """as_of: the day; known: the resolved position; reading: the tables as of it."""

    context: Source
    reading: Reading
    as_of: str
    known: Known

    def point(self) -> dict[str, Any]:
        """What every answer echoes."""
        return {"as_of": self.as_of, "known": known_json(self.known)}

    def concern(self, programme: str, position: int | None = None) -> tuple[object, ...]:
        """What an answer about a programme depends on: this ledger, and the last entry of concern.

        The entry by its hash: another ledger, or another past of this one, has other hashes.
        position: of the view, unless another is given.
        """
        reading = self.reading if position is None else self.reading.at(position)
        index = last_concern(reading, programme)
        entry = leaf_hash(reading.entry(index).raw).hex() if index is not None else ""
        return (self.context.identity.genesis, index, entry)


def known_json(known: Known) -> dict[str, Any]:
    return {"position": known.position, "recorded_at": known.recorded_at}


@contextmanager
def open_view(request: Request, asked: Asked) -> Iterator[View]:
    """Raises Problem as parameters.resolve does."""
    context = context_of(request)
    known = resolve(context, asked.known, name=asked.name, min_position=asked.min_position)
    as_of = asked.as_of or context.today()
    with context.follower.reading(known.position) as reading:
        if reading.position != known.position:  # a new generation that is not as far yet
            raise behind(known.position, reading.position)
        yield View(context, reading.sharing(request.scope.get(SHARED)), as_of, known)


@contextmanager
def open_programme(request: Request, programme: str, asked: Asked) -> Iterator[View]:
    """As open_view; raises Problem no-such-programme too."""
    with open_view(request, asked) as view:
        check_programme(view, programme, view.known.position)
        yield view


def check_programme(view: View, programme: str, position: int, *, at: str = "/path/programme") -> None:
    """Raises Problem no-such-programme if it was not on the record by a position."""
    if not is_known(view.reading.at(position), programme):
        raise Problem("no-such-programme", at, programme, position=position)
