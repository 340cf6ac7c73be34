"""A log that grows as a country's would: councils come, decide for three years about ten programmes, and end.

An era is one council's: some 10,000 entries, a thousand of each programme of some 230 cells. Beside it go on,
in every era, one long programme, which has 2 % of all entries, and the hot cell, which gets 40 versions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Final

from tests.bench.workload import (
    DAYS,
    FIRST_DAY,
    YEARS,
    Council,
    ProgrammeSoFar,
    Scale,
    Workload,
    key_of,
)

ERA: Final = 10_000
PROGRAMMES: Final = 10
LONG: Final = "long"
LONG_SHARE: Final = 50  # one entry of so many is about the long programme, or its council
HOT_LINES: Final = 40  # of an era
MEASURES: Final = tuple(f"1.{n + 1}" for n in range(6))
SPARE: Final = "1.7"  # a measure of every programme that nothing but timed appends writes to
REGISTERED: Final = 5  # entries of the registry that a council takes


@dataclass(frozen=True)
class Pace:
    """era: entries of one, as they are told. long_share: one of so many is about the long programme.

    wide: programmes for appends beside the log's course; hot_versions: of the hot cell before the first era.
    """

    era: int = ERA
    long_share: int = LONG_SHARE
    wide: int = 20
    hot_versions: int = 0


@dataclass
class Era:
    """programmes: their names; start, end: the leaf indexes between which their entries are, so far."""

    programmes: tuple[str, ...]
    start: int
    end: int
    told: int = 0


class Growing(Workload):
    """The workload, era by era."""

    def __init__(self, log_key: str, pace: Pace) -> None:
        super().__init__(log_key, Scale(councils=0, wide=pace.wide, hot_versions=pace.hot_versions))
        self.pace = pace
        self.eras: list[Era] = []
        self._long = _council(LONG, [LONG])
        self._hot = self.wide.programmes[-1]
        self._hot_days = pace.hot_versions
        self._days: dict[str, int] = {}

    def whole_eras(self) -> list[Era]:
        """Those of which nearly everything is told: their programmes are of one size."""
        return [era for era in self.eras if era.told >= 0.9 * self.pace.era]

    def late(self, programme: str) -> bytes:
        """A change that nothing else of the workload touches; each of a later day. programme: its name."""
        self._days[programme] = days = self._days.get(programme, 0) + 1
        lines = [{"measure": SPARE, "year": YEARS[0], "source": "local", "op": "set", "amount": f"{days}.00"}]
        council = self._long if programme == LONG else _council(programme.partition("-")[0], [])
        if not council.acts:
            council.acts.append((f"{council.name}-1", "2023-12-20", 1))
        day = date(2025, 1, 1) + timedelta(days=days)
        return self.financing(ProgrammeSoFar(programme, council, ()), lines, day.isoformat())

    def _all(self, count: int) -> Iterator[bytes]:
        self.councils = [self._long]
        yield from self._registry()
        for council in (self._long, self.wide):
            yield self._act(council, "2023-12-20")
            for programme in council.programmes:
                yield self._adopted(programme)
        yield from self._hot_cell()
        while True:
            yield from self._era()

    def _era(self) -> Iterator[bytes]:
        council = _council(f"e{len(self.eras)}", [f"e{len(self.eras)}-p{n}" for n in range(PROGRAMMES)])
        self.councils = [council]
        # The opening comes first in it, and the wide council's own last.
        yield from islice(self._registry(), 1, 1 + REGISTERED)
        yield self._act(council, "2023-12-20")
        start = self.position
        for programme in council.programmes:
            yield self._adopted(programme)
        yield self._hotter()
        self.councils = [council] * (self.pace.long_share - 1) + [self._long]
        era = Era(tuple(one.name for one in council.programmes), start, start)
        self.eras.append(era)
        while era.told < self.pace.era:
            era.told += 1
            yield self._next(FIRST_DAY + timedelta(days=era.told * DAYS // self.pace.era))
            era.end = self.position
        council.programmes.clear()  # what the door will ask about them nobody has to foresee any more

    def _status(self, council: Council, day: str, *, again: bool) -> bytes:
        """Not of the long programme's acts: its days begin anew in every era, and statuses must not."""
        if council is self._long:
            return self._report(council.programmes[0])
        return super()._status(council, day, again=again)

    def _adopted(self, programme: ProgrammeSoFar) -> bytes:
        """Adopted with a spare measure, of which what decides at random does not know."""
        measures = programme.measures
        if measures == MEASURES:
            programme.measures = (*MEASURES, SPARE)
        envelope = self._adoption(programme)
        programme.measures = measures
        return envelope

    def _hotter(self) -> bytes:
        first = FIRST_DAY + timedelta(days=1 + self._hot_days)
        lines = [
            {"measure": "1.1", "year": YEARS[0], "source": "local", "op": "set", "amount": f"{n}.00"}
            | {"since": (first + timedelta(days=n)).isoformat()}
            for n in range(HOT_LINES)
        ]
        self._hot_days += HOT_LINES
        return self.financing(self._hot, lines, first.isoformat())


def _council(name: str, programmes: list[str]) -> Council:
    council = Council(name, key_of(name))
    council.programmes = [ProgrammeSoFar(one, council, MEASURES) for one in programmes]
    return council
