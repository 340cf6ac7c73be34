"""Programmes of a long log judged beside the bodies that they ask for, not beside the whole registry.

A world after each entry of the registry is more than memory holds once there are many of them. Who judges
some programmes needs the root, their council, and whoever its events lead to; that part of the registry is
replayed unjudged, which was done already, and grows when a rule asks for a stream that is not in it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.entry import Entry, read_entry
from ledger.errors import LedgerError
from ledger.ids import ROOT, body_stream, split_stream
from ledger.streams import load_stream
from ledger.verify.entry_file import EntryFile, Row
from ledger.verify.judging import Nothing, read_placed, take
from ledger.verify.programmes import Judged, judge_programme
from ledger.verify.registry import Introduced, Registry
from ledger.world import World

GROWTHS_MAX = 6  # after so many, every body is taken: a hostile log could lead from one to the next
PARTS = 4  # tasks for each process, so that none waits long for the last


@dataclass(slots=True)
class Region:
    """A part of the registry as of any position. names: what the whole registry introduced, and where.

    streams: which are in it; wanted: those that were asked for and are not, until `grow` takes them in.
    """

    file: EntryFile
    genesis: str
    names: Mapping[str, Introduced]
    end: int
    bodies: Iterable[str]
    streams: set[str] = field(default_factory=lambda: {ROOT})
    wanted: set[str] = field(default_factory=set)
    _indexes: list[int] = field(default_factory=list)
    _worlds: list[World] = field(default_factory=list)
    _growths: int = 0

    def at(self, position: int) -> World:
        """The world as of so many entries, of the streams that are here."""
        if not self._worlds:
            self._replay()
        place = bisect_left(self._indexes, position)
        return self._worlds[place - 1] if place else World()

    @property
    def lacks(self) -> bool:
        """Was a stream asked for that is not here? Then what was found since is worth nothing."""
        return bool(self.wanted)

    def reader_at(self, below: int) -> _Asking:
        return _Asking(self, below)

    def judge(self, stream: str) -> Judged:
        """Judge a programme by all rules, with as much of the registry as that takes."""
        while True:
            judged = judge_programme(self.file, self, stream, self.end, reader_at=self.reader_at)
            if not self.lacks:
                return judged
            self.grow()

    def grow(self) -> None:
        self._growths += 1
        self.streams |= self.wanted
        if self._growths > GROWTHS_MAX:
            self.streams |= {body_stream(body) for body in self.bodies}
        self.wanted.clear()
        self._indexes.clear()
        self._worlds.clear()

    def _replay(self) -> None:
        world = World()
        for row in self._rows():
            try:
                placed = read_placed(row, self.genesis)
            except LedgerError:
                continue  # the registry's own replay told of it, and passed over it too
            world = take(load_stream(world, row.stream, self.reader_at(row.leaf)), placed)
            self._indexes.append(row.leaf)
            self._worlds.append(world)

    def _rows(self) -> Iterator[Row]:
        """In the order of the log."""
        rows = [row for stream in self.streams for row in self.file.of_stream(stream, self.end)]
        return iter(sorted(rows, key=lambda row: row.leaf))


class _Asking(Nothing):
    """Notes each stream that is asked for and is not in the region."""

    def __init__(self, region: Region, below: int) -> None:
        super().__init__(region.file, below)
        self._region, self._at = region, below

    def names(self, names: Iterable[str]) -> dict[str, str]:
        found = ((name, self._region.names.get(name)) for name in names)
        return {name: one.stream for name, one in found if one is not None and one.leaf < self._at}

    def stream(self, stream: str) -> Iterator[Entry]:
        if split_stream(stream)[0] == "programme":
            yield from super().stream(stream)
        elif stream not in self._region.streams:
            self._region.wanted.add(stream)


def plan(streams: Sequence[tuple[str, int]], councils: Mapping[str, str], processes: int) -> list[list[str]]:
    """Which programmes are judged one after another: those of a council together, long lists cut.

    streams: (programme's stream, how many entries it has); councils: stream → body. The longest lists come
    first.
    """
    limit = sum(count for _, count in streams) / (processes * PARTS)
    grouped: dict[str, list[tuple[str, int]]] = {}
    for stream, count in streams:
        grouped.setdefault(councils.get(stream, ""), []).append((stream, count))
    tasks: list[tuple[int, list[str]]] = []
    for group in grouped.values():
        length = limit
        for stream, count in sorted(group, key=lambda pair: -pair[1]):
            if length >= limit:
                tasks.append((0, []))
                length = 0
            length += count
            tasks[-1][1].append(stream)
            tasks[-1] = (tasks[-1][0] + count, tasks[-1][1])
    return [names for _, names in sorted(tasks, key=lambda task: -task[0])]


def council_of(file: EntryFile, stream: str) -> str:
    """The body that adopted a programme, as its first entry says; "" if there is none to be read."""
    first = file.first_of(stream)
    try:
        body = read_entry(first.raw).stated().event.data.body if first is not None else ""
    except (LedgerError, ValueError, KeyError, TypeError, AttributeError):
        return ""
    return body if isinstance(body, str) else ""


def judge_region(shared: tuple[EntryFile, Registry, int], streams: Sequence[str]) -> list[Judged]:
    """One worker's part."""
    file, registry, end = shared
    region = Region(file, registry.genesis, registry.names, end, registry.root.bodies)
    return [region.judge(stream) for stream in streams]
