"""The reports of a programme that are current in some cell, and what became of each.

Read from the cells: of two reports of one cell the rule of state names one; nobody waits for the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ledger.ids import LeafIndex
from ledger.timeline import Placed
from projections.cells import Cell, read_cells
from projections.reading import Reading

EVER = "9999-12-31"  # a report may come before the day from which it holds: its period's last
PHASES = ("commitment", "paid", "incurred", "payable")

Fact = tuple[str, str, str]  # kind of report, indicator or measure, period


@dataclass(slots=True)
class Report:
    """index: leaf index of its first event; slot: that event; entry: leaf index of its statement.

    items: the indicator, or the measures. judged: the entry that accepted or returned the statement.
    """

    kind: str
    index: int
    slot: str
    entry: int
    period: str
    items: list[str] = field(default_factory=list)
    status: str = "submitted"
    judged: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """facts: what has been reported, by whom ever; reports: oldest first."""

    facts: frozenset[Fact]
    reports: tuple[Report, ...]


def read_said(reading: Reading, programme: str) -> Said:
    """Cost: the programme's cells of reports, and one entry for each report that was corrected."""
    reports: dict[int, Report] = {}
    facts = set()
    for fact, placed in _told(reading, programme):
        facts.add(fact)
        kind, item, period = fact
        index = placed.rank[3]
        if index not in reports:
            slot = _slot(reading, placed)
            reports[index] = Report(kind, index, slot, placed.entry, period)
        if item not in reports[index].items:
            reports[index].items.append(item)
    _judge(reading, programme, {report.slot: report for report in reports.values()})
    return Said(frozenset(facts), tuple(reports[index] for index in sorted(reports)))


def _told(reading: Reading, programme: str) -> Iterator[tuple[Fact, Placed]]:
    for cell in _standing(reading, programme, "/actuals"):
        _, _, indicator, period, _ = cell.path.split("/")
        yield ("actual.reported", indicator, period), cell.answer.last
    for cell in _standing(reading, programme, "/progress"):
        _, _, measure, period = cell.path.split("/")
        yield ("progress.reported", measure, period), cell.answer.last
    for phase in PHASES:
        for cell in _standing(reading, programme, f"/{phase}"):
            _, _, measure, *_, period, _ = cell.path.split("/")
            yield ("spending.reported", measure, period), cell.answer.last


def _standing(reading: Reading, programme: str, prefix: str) -> Iterator[Cell]:
    cells = read_cells(reading, programme, EVER, prefix)
    return (cell for cell in cells if not cell.answer.removed)


def _slot(reading: Reading, placed: Placed) -> str:
    """The first event of a statement's slot; a statement that corrects nothing is it."""
    index = placed.rank[3]
    return placed.event if placed.entry == index else reading.entry(LeafIndex(index)).event_id()


def _judge(reading: Reading, programme: str, reports: dict[str, Report]) -> None:
    """A statement that was corrected since it was accepted or returned is submitted again."""
    for cell in _standing(reading, programme, "/reports"):
        report = reports.get(cell.path.split("/")[2])
        judged = cell.answer.last.entry
        if report is not None and judged > report.entry:
            report.status, report.judged = str(cell.answer.value), judged
