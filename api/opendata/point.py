"""The point of a release: a day, a position, and all else that its bytes depend on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from api.opendata.table import Ground
from ledger.errors import StorageError
from projections.cells import cell_id, read_cells, read_chain
from projections.generation import RULES_VERSION
from projections.positions import Known
from projections.reading import Reading

VERSION: Final = 1  # raised with the tables' shape
LAST_DAY: Final = "9998-12-31"
SIGNED_MAX: Final = 1000  # publications of one data set, newest first


@dataclass(frozen=True, slots=True)
class Point:
    """What a release is of. last: hash of the last entry; licence, public: as the operator set them."""

    origin: str
    genesis: str
    zone: ZoneInfo
    as_of: str
    known: Known
    last: str
    licence: str
    public: str | None

    @property
    def settled(self) -> str:
        """What the bytes depend on besides the day and the position."""
        told = (VERSION, RULES_VERSION, self.genesis, self.last, self.licence, self.public)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    @property
    def name(self) -> str:
        return f"{self.known.position:010}-{self.as_of}-{self.settled}"


class Readings(Protocol):
    """The projections."""

    def reading(self, position: int | None = None) -> Any:
        """A consistent view at a position, as a context manager."""


class Grounded:
    """A view at the release's position; each is held for one programme or one table alone."""

    def __init__(self, readings: Readings, point: Point) -> None:
        self._opened = readings.reading(point.known.position)
        self._point = point

    def __enter__(self) -> Ground:
        reading = self._opened.__enter__()
        if reading.position != self._point.known.position:
            self._opened.__exit__(None, None, None)
            raise StorageError("the projections were made anew, and are not as far yet")
        point = self._point
        return Ground(reading, point.as_of, point.known, point.public, point.zone)

    def __exit__(self, *raised: Any) -> None:
        self._opened.__exit__(*raised)


def signed_positions(reading: Reading, programme: str) -> set[int]:
    """The positions that signed publications name: what they show is kept."""
    found: set[int] = set()
    for path, _ in read_cells(reading, programme, LAST_DAY, "/datasets"):
        cell = cell_id(reading, programme, path) if path.endswith("/position") else None
        if cell is not None:
            chain = read_chain(reading, cell, LAST_DAY, below=None, limit=SIGNED_MAX)
            found |= {int(placed.value) for placed in chain if placed.value is not None}
    return found
