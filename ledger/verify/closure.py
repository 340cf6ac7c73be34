"""What judging a programme reads: the streams and the single entries that a bundle must hold.

Found by judging: the real names lead to streams, whose entries lead to further ones, until no more come.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ledger.entry import Entry
from ledger.ids import ROOT, TRUST, body_stream
from ledger.verify.entry_file import EntryFile, Row
from ledger.verify.judging import Nothing, Surroundings
from ledger.verify.programmes import judge_programme
from ledger.verify.registry import replay_registry

ROUNDS_MAX = 64  # each round finds a stream at least; lineages are shorter


@dataclass(frozen=True, slots=True)
class Closure:
    """streams: whole, by name; asked: also those that were asked for and do not exist; singles: leaf
    indexes of entries of which a rule reads only when they were recorded, or who adopted a programme;
    unfounded: programmes of which a rule asks who adopted them, and that nobody had."""

    streams: frozenset[str]
    asked: frozenset[str]
    singles: frozenset[int]
    unfounded: frozenset[str]


def find_closure(
    whole: EntryFile,
    genesis: str,
    programmes: Iterable[str],
    end: int,
    *,
    picked: frozenset[int] = frozenset(),
    bodies: Iterable[str] = (),
) -> Closure:
    """whole: a log, which may be in use; programmes: streams; end: position up to which to look.

    picked: leaf indexes of entries of other programmes, which are there without the rest of their stream;
    bodies: streams that are there whoever asks for them.
    """
    wanted = frozenset(programmes)
    streams, asked, singles, absent = wanted | {ROOT, *bodies}, frozenset[str](), set[int](), set[str]()
    for _ in range(ROUNDS_MAX):
        file = _Part(whole, streams, picked)
        asked = _judge(file, genesis, wanted, end, _Noted(file, end, singles, absent))
        existing = frozenset(stream for stream in asked if _exists(file, stream, end))
        found = frozenset(stream for stream in existing if not stream.startswith("programme:")) - {TRUST}
        if found <= streams:
            break
        streams |= found
    return Closure(streams, asked - {TRUST}, frozenset(singles), frozenset(absent))


def _judge(file: _Part, genesis: str, programmes: frozenset[str], end: int, noted: _Noted) -> frozenset[str]:
    """The streams that judging asks for."""
    around = Surroundings(file.whole, noted.singles.add)
    registry = replay_registry(
        file, genesis, end, around=around, reader_at=lambda index: _Names(file, index, noted)
    )
    # All bodies: one that is not here could have introduced a name before the one that is.
    asked = {*registry.last.loaded, *map(body_stream, registry.root.bodies)}
    for stream in sorted(programmes | file.picked_streams()):
        judged = judge_programme(
            file,
            registry,
            stream,
            end,
            around=around,
            reader_at=lambda index: _Names(file, index, noted),
        )
        asked |= judged.loaded
    return frozenset(asked)


def _exists(file: _Part, stream: str, end: int) -> bool:
    return next(file.whole.of_stream(stream, end), None) is not None


class _Part(EntryFile):
    """A log of which only some streams are seen, and of others only the entries that were picked."""

    def __init__(
        self, whole: EntryFile, streams: frozenset[str], picked: frozenset[int] = frozenset()
    ) -> None:
        super().__init__(whole.path)
        self.streams, self.picked = streams, picked
        self.whole = whole

    @property
    def connection(self) -> sqlite3.Connection:
        return self.whole.connection

    def of_stream(self, stream: str, end: int) -> Iterator[Row]:
        if stream in self.streams:
            return super().of_stream(stream, end)
        if not self.picked:
            return iter(())
        return (row for row in super().of_stream(stream, end) if row.leaf in self.picked)

    def picked_streams(self) -> frozenset[str]:
        """The programmes of which entries were picked."""
        found = (row for index in self.picked for row in self.whole.rows(index, index + 1))
        return frozenset(row.stream for row in found if row.stream.startswith("programme:"))

    def registry(self, end: int) -> Iterator[Row]:
        """Merged in the order of the log."""
        rows = [
            row
            for stream in self.streams
            if not stream.startswith("programme:")
            for row in self.of_stream(stream, end)
        ]
        return iter(sorted(rows, key=lambda row: row.leaf))


@dataclass(frozen=True, slots=True)
class _Noted:
    """What judging reads beside whole streams. end: position up to which to look."""

    file: _Part
    end: int
    singles: set[int]
    absent: set[str]

    def unfounded(self, stream: str, below: int) -> None:
        """No programme yet: its first entry, which came later, or nothing at all has to show that."""
        first = next(self.file.whole.of_stream(stream, self.end), None)
        if first is None:
            self.absent.add(stream)
        else:
            self.singles.add(first.leaf)


class _Names(Nothing):
    """Finds names as the ledger itself does, and notes the first entries that are read of programmes."""

    def __init__(self, file: _Part, below: int, noted: _Noted) -> None:
        super().__init__(file.whole, below, noted.unfounded)
        self._part, self._at, self._noted = file, below, noted

    def names(self, names: Iterable[str]) -> dict[str, str]:
        found = {}
        query = "SELECT stream FROM names WHERE name = ? AND leaf_index < ?"
        for name in names:
            row = self._part.connection.execute(query, (name, self._at)).fetchone()
            if row is not None:
                found[name] = str(row[0])
        return found

    def stream(self, stream: str) -> Iterator[Entry]:
        for entry in super().stream(stream):
            self._noted.singles.add(entry.index)
            yield entry
