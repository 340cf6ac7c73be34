"""Reading doubt: which entries of a programme stand in it at a position, and the word for a value."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from ledger.doubt import WORST, Name
from ledger.ids import LeafIndex
from ledger.timeline import Answer
from projections.acts_in_doubt import Causes
from projections.cells import Cell
from projections.deciding import Deciding, Entries, read_deciding
from projections.reading import Reading

_KNOWN = "known_from<=? AND known_to>?"


@dataclass(frozen=True, slots=True)
class Doubtful:
    """What stands in doubt about a programme at a position; falsy if nothing does.

    entries: its entries in doubt, each with the worst word; deciding: what else decides its cells.
    """

    entries: Entries = field(default_factory=dict)
    deciding: Deciding = field(default_factory=Deciding)

    def __bool__(self) -> bool:
        return bool(self.entries or self.deciding.acts)

    def causes(self, path: str, day: str, answer: Answer | None) -> Causes:
        """The entries in doubt that decide a cell on a day. answer: the cell then, as known."""
        if not self:
            return {}
        found = self.deciding.causes(path, day, answer)
        for placed in answer.chain if answer is not None else ():
            if placed.entry in self.entries:
                found[placed.entry] = self.entries[placed.entry]
        return found

    def of(self, path: str, day: str, answer: Answer | None) -> Name | None:
        """The word beside a cell on a day: the worst of what decides it."""
        return worst_of(self.causes(path, day, answer).values())

    def below(self, answer: Answer | None, day: str) -> Name | None:
        """The word beside what a write found: of the statements that make it up, and of their acts."""
        return self.of("", day, answer)

    def original(self, path: str, entry: int | None) -> Name | None:
        """The word beside what the adoption states of a cell. entry: the one that states it, if one does."""
        stated = self.entries.get(entry) if entry is not None else None
        return worst_of([stated, *self.deciding.original(path).values()])

    def words(self, day: str, cells: Iterable[Cell], prefix: str = "") -> dict[str, Name]:
        """Every cell in doubt on a day, gone ones too. cells: all that there are then (under a path)."""
        if not self:
            return {}
        present = {cell.path: self.of(cell.path, day, cell.answer) for cell in cells}
        found = {path: word for path, word in present.items() if word is not None}
        return found | self.gone(day, present, prefix)

    def gone(self, day: str, present: Container[str], prefix: str = "") -> dict[str, Name]:
        """The cells (under a path) without a value on a day by what is in doubt, by path."""
        under = (path for path in self.deciding.writes if not prefix or f"{path}/".startswith(f"{prefix}/"))
        words = {path: self.of(path, day, None) for path in sorted(under) if path not in present}
        return {path: word for path, word in words.items() if word is not None}


def read_doubtful(reading: Reading, programme: str) -> Doubtful:
    """What stands in doubt about a programme at the position; nearly always nothing. Raises Blocked."""
    reading.check(programme)
    query = f"SELECT leaf_index, doubt FROM doubts WHERE stream=? AND {_KNOWN}"
    where = [f"programme:{programme}", reading.position, reading.position]
    entries = dict(reading.rows(query, where))
    return Doubtful(entries, read_deciding(reading, programme, entries))


def read_doubts(reading: Reading, stream: str, index: int) -> list[dict[str, Any]]:
    """All that stands against one entry at the position."""
    query = f"SELECT causes FROM doubts WHERE stream=? AND leaf_index=? AND {_KNOWN}"
    rows = reading.rows(query, [stream, index, reading.position, reading.position])
    members = ("doubt", "kid", "person", "office", "because")
    return [dict(zip(members, cause, strict=True)) for row in rows for cause in orjson.loads(row[0])]


def read_doubt(reading: Reading, stream: str, index: int) -> Name | None:
    """The word that stands beside one entry at the position."""
    query = f"SELECT doubt FROM doubts WHERE stream=? AND leaf_index=? AND {_KNOWN}"
    rows = reading.rows(query, [stream, index, reading.position, reading.position])
    word: Name | None = rows[0][0] if rows else None
    return word


def read_words(reading: Reading, streams: Collection[str]) -> dict[int, Name]:
    """The word beside each entry in doubt of some streams at the position, by leaf index."""
    if not streams:
        return {}
    query = f"SELECT leaf_index, doubt FROM doubts WHERE stream IN ({_marks(streams)}) AND {_KNOWN}"
    return dict(reading.rows(query, [*streams, reading.position, reading.position]))


def _marks(values: Collection[str]) -> str:
    return ",".join("?" * len(values))


def read_doubters(reading: Reading, causes: Causes) -> list[dict[str, Any]]:
    """The entries in doubt that decide a value, oldest first: what could be re-affirmed."""
    rows = []
    for index in sorted(causes):
        stated = reading.entry(LeafIndex(index)).stated()
        rows.append(
            {
                "event": stated.event.id,
                "index": index,
                "stream": stated.event.subject,
                "kind": stated.event.kind,
                "doubt": causes[index],
            }
        )
    return rows


def mark_entries(reading: Reading, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows: whatever in them names its entry by event and index has its doubt beside it."""
    query = f"SELECT leaf_index, doubt FROM doubts WHERE {_KNOWN}"
    doubtful: Entries = dict(reading.rows(query, [reading.position, reading.position]))
    for row in rows:
        _mark(row, doubtful)
    return rows


def _mark(part: Any, doubtful: Entries) -> None:
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _mark(inner, doubtful)
    if isinstance(part, dict) and isinstance(part.get("index"), int) and "event" in part:
        part["doubt"] = doubtful.get(part["index"])


def worst_of(words: Iterable[Name | None]) -> Name | None:
    found = set(words)
    return next((word for word in WORST if word in found), None)
