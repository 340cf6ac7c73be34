"""What is looked for in a history: by whom, by which act, about which row, late or corrected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from ledger.entry import Entry
from ledger.kinds import kind_of
from projections.positions import day_of
from projections.reading import Reading

MONEY: Final = (
    "financing", "appropriation", "schedule", "transfers", "returns", "commitment", "paid", "incurred",
    "payable", "treasury",
)  # fmt: skip
_OF_MEASURE: Final = (*(name for name in MONEY if name != "treasury"), "progress", "tree")
_OF_INDICATOR: Final = ("indicators", "actuals")
_IDS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Sought:
    """What an entry must be, all of it; an empty one takes every entry.

    path: it wrote a cell at or below it, or changed how one counts; measure, indicator: likewise, a cell of
    the row; money: likewise, a cell that holds an amount. late: recorded more than so many days after its
    effective day, by the ledger's zone.
    """

    kind: str | None = None
    office: str | None = None
    act: str | None = None
    path: str = ""
    measure: str | None = None
    indicator: str | None = None
    money: bool = False
    corrections: bool = False
    late: int | None = None
    zone: ZoneInfo = ZoneInfo("UTC")

    @property
    def is_of_cells(self) -> bool:
        return bool(self.path or self.measure is not None or self.indicator is not None or self.money)

    def holds(self, path: str) -> bool:
        """Is a cell one of those that are looked for?"""
        parts = path.split("/")[1:]
        if self.path and not f"{path}/".startswith(f"{self.path}/"):
            return False
        if self.money and parts[0] not in MONEY:
            return False
        if self.measure is not None and _measure_of(parts) != self.measure:
            return False
        return self.indicator is None or (parts[0] in _OF_INDICATOR and parts[1:2] == [self.indicator])

    def takes(self, entry: Entry, moved: frozenset[int]) -> bool:
        """moved: of the cells that are looked for (see moved_by); the office and the act are not judged."""
        event = entry.stated().event
        if self.kind is not None and event.kind != self.kind:
            return False
        if self.corrections and event.relations.corrects is None:
            return False
        if self.late is not None and not self._is_late(entry):
            return False
        return not self.is_of_cells or entry.index in moved or self._writes(entry)

    def _is_late(self, entry: Entry) -> bool:
        event = entry.stated().event
        effective = kind_of(event.kind).from_day(event)
        if not effective:
            return False
        recorded = date.fromisoformat(day_of(entry.recorded_at, self.zone))
        return (recorded - date.fromisoformat(effective)).days > (self.late or 0)

    def _writes(self, entry: Entry) -> bool:
        """Also true of what its act does not let count yet."""
        stated = entry.stated()
        writes = kind_of(stated.event.kind).writes_of(stated.event, stated.slot)
        return any(self.holds(write.path) for write in writes)


def _measure_of(parts: list[str]) -> str | None:
    if parts[0] in _OF_MEASURE:
        return parts[1] if len(parts) > 1 else None  # of the whole family: an annex that is blank
    return parts[3] if parts[0] == "allocation" and len(parts) > 3 else None


def moved_by(reading: Reading, programme: str, sought: Sought) -> frozenset[int]:
    """The entries that opened or closed a life of a cell that is looked for."""
    if not sought.is_of_cells:
        return frozenset()
    query, where = "SELECT id, path FROM cells WHERE programme=?", [programme]
    if sought.path:
        query += " AND (path=? OR (path>? AND path<?))"
        where += [sought.path, f"{sought.path}/", f"{sought.path}0"]
    cells = [row[0] for row in reading.rows(query, where) if sought.holds(row[1])]
    found: set[int] = set()
    for start in range(0, len(cells), _IDS_AT_ONCE):
        some = cells[start : start + _IDS_AT_ONCE]
        marks = ",".join("?" * len(some))
        both = (
            f"SELECT known_from FROM lives WHERE cell IN ({marks}) AND known_from<=? UNION "
            f"SELECT known_to FROM lives WHERE cell IN ({marks}) AND known_to<=?"
        )
        where_both = [*some, reading.position, *some, reading.position]
        found.update(row[0] - 1 for row in reading.rows(both, where_both))
    return frozenset(found)


def signed_by(reading: Reading, office: str, below: int) -> list[int]:
    """The entries below a leaf index that somebody signed for an office, newest first."""
    query = (
        "SELECT DISTINCT leaf_index FROM signatures WHERE leaf_index<? AND signer IN "
        "(SELECT id FROM signers WHERE office=?) ORDER BY leaf_index DESC"
    )
    return [row[0] for row in reading.rows(query, [below, office])]


def of_act(reading: Reading, act: str, below: int) -> list[int]:
    """The entries below a leaf index that are about an act or cite it, newest first."""
    own = "SELECT known_from-1 FROM records WHERE space='act' AND id=? AND known_from<=?"
    citing = (
        "SELECT leaf_index FROM concerns WHERE act=? AND leaf_index<? AND programme IN "
        "(SELECT programme FROM citations WHERE act=?)"
    )
    found = {row[0] for row in reading.rows(own, [act, below])}
    found |= {row[0] for row in reading.rows(citing, [act, below, act])}
    return sorted(found | set(_policies_of(reading, act, below)), reverse=True)


def _policies_of(reading: Reading, act: str, below: int) -> Iterable[int]:
    """Policies are few; beside programmes they alone cite acts."""
    query = "SELECT DISTINCT known_from-1 FROM records WHERE space='policy' AND known_from<=?"
    for (index,) in reading.rows(query, [below]):
        cited = reading.entry(index).stated().event.act
        if cited is not None and cited.id == act:
            yield index
