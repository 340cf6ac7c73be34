"""The chain of money: need → appropriation → schedule → commitment → paid → incurred → payable → returned.

Each step stands beside the one before it, and none of them is called "spent". The figures are the budget's
own (projections/budget.py); here they get the cells and the events behind them, and are grouped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ledger.ids import LeafIndex
from ledger.periods import PeriodKey
from ledger.values import is_money
from projections.budget import (
    AXES,
    COLUMNS,
    REPORTED,
    Row,
    add_up,
    counting,
    difference,
    is_amount,
    read_budget,
    read_originals,
    rows_summed,
)
from projections.cells import Cell, read_cells
from projections.doubtful import worst_of
from projections.money.sources import Sources, above, read_sources
from projections.reading import Reading

STEPS: Final[Mapping[str, str]] = {  # step → column of the budget
    "need": "amended",
    "appropriation": "appropriated",
    "schedule": "scheduled",
    "commitment": "committed",
    "paid": "paid",
    "incurred": "incurred",
    "payable": "payable",
    "returned": "returned",
}
BESIDE: Final[Mapping[str, str]] = {"original": "original", "transferred": "transferred"}
TREE: Final = "source-tree"  # each line once under its source, and once under each source above it
LINE: Final = ("measure", "year", "source", *AXES)
BY: Final = (*LINE, TREE)
EMPTIES: Final = {"-": "dash", "": "blank", "removed": "removed"}

Key = tuple[str, str, str]  # measure, year, segment


@dataclass(slots=True)
class Evidence:
    """The cells behind one figure, and the leaf indexes of all events that make them up."""

    cells: set[str] = field(default_factory=set)
    entries: set[int] = field(default_factory=set)


Evidences = Mapping[Key, Mapping[str, Evidence]]  # of each line, by column


def read_chain(
    reading: Reading, programme: str, as_of: str, *, by: Sequence[str] = (), rows: list[Row] | None = None
) -> list[Row]:
    """One row a line, or one a group of lines that are alike in some of BY; ordered as the budget.

    rows: the budget's rows to look at, by default all. An amount of a group is the sum of what its lines
    state; `stated` of its `lines` do, and `empties` counts why the others do not. deviation: the amount less
    that of the step before, null unless both are amounts. Raises Blocked.
    """
    lines = rows if rows is not None else read_budget(reading, programme, as_of)
    evidences = read_evidence(reading, programme, as_of)
    sources = read_sources(reading, programme, as_of) if TREE in by else {}
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in lines:
        for key in _keys(row, by or LINE, sources):
            groups.setdefault(key, []).append(row)
    names = _Events(reading)
    return [
        _group(dict(zip(by or LINE, key, strict=True)), group, evidences, names)
        for key, group in groups.items()
    ]


def _keys(row: Row, by: Sequence[str], sources: Sources) -> Iterator[tuple[Any, ...]]:
    """The groups to which a row belongs: one, unless it is looked at by the tree of sources."""
    for node in above(row["source"], sources) if TREE in by else [row["source"]]:
        yield tuple(node if name == TREE else row[name] for name in by)


def _group(key: Row, rows: list[Row], evidences: Evidences, events: _Events) -> Row:
    single = len(rows) == 1
    sums = rows[0] if single else add_up(rows)
    steps: list[Row] = []
    before: str | None = None
    for step, column in STEPS.items():
        figure = _figure(column, sums, rows, evidences, events)
        deviation = difference(figure["amount"], before) if steps else None
        steps.append({"step": step, **figure, "deviation": deviation})
        before = figure["amount"]
    return {
        "key": key,
        "lines": len(rows),
        "currency": rows[0]["currency"],
        **{name: _figure(column, sums, rows, evidences, events) for name, column in BESIDE.items()},
        "steps": steps,
        "doubt": worst_of(row["doubt"] for row in rows),
    }


def _figure(column: str, sums: Row, rows: list[Row], evidences: Evidences, events: _Events) -> Row:
    found = Evidence()
    summed = rows_summed(rows, column)
    for row in summed:
        evidence = evidences.get(_key_of(row), {}).get(column, found)
        found.cells |= evidence.cells
        found.entries |= evidence.entries
    return {
        "amount": sums[column],
        "stated": sum(is_amount(row[column]) for row in rows),
        "empties": _empties(row[column] for row in rows),
        "cells": sorted(found.cells),
        "events": events.of(found.entries),
        "doubt": worst_of(row["doubtful"].get(column) for row in summed),
    }


def _empties(values: Iterable[str | None]) -> dict[str, int]:
    """How many lines hold no amount, and what they hold instead: four answers, kept apart."""
    found = {"none": 0, "dash": 0, "blank": 0, "removed": 0}
    for value in values:
        if not is_amount(value):
            found[EMPTIES.get(value, "none") if value is not None else "none"] += 1
    return found


def _key_of(row: Row) -> Key:
    _, _, measure, year, segment = row["cell"].split("/")
    return measure, year, segment


class _Events:
    """The ids of events by their leaf indexes, each looked up once."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._ids: dict[int, str] = {}

    def of(self, entries: Iterable[int]) -> list[str]:
        """Oldest first."""
        return [self._id(index) for index in sorted(entries)]

    def _id(self, index: int) -> str:
        if index not in self._ids:
            self._ids[index] = self._reading.entry(LeafIndex(index)).stated().event.id
        return self._ids[index]


def with_evidence(rows: list[Row], evidences: Evidences) -> list[Row]:
    """The budget's rows, each with the cells and the leaf indexes behind its columns that have any."""
    return [{**row, "evidence": _told(evidences.get(_key_of(row), {}))} for row in rows]


def _told(columns: Mapping[str, Evidence]) -> Row:
    return {
        column: {"cells": sorted(one.cells), "entries": sorted(one.entries)}
        for column, one in columns.items()
    }


def read_evidence(reading: Reading, programme: str, as_of: str, cells: list[Cell] | None = None) -> Evidences:
    """Which cells each figure of the budget is made of. Of reports only those that count. Raises Blocked.

    cells: all cells of the day, where they were read already.
    """
    found: dict[Key, dict[str, Evidence]] = {}
    reports: dict[tuple[Key, str], list[Cell]] = {}
    for cell in cells if cells is not None else read_cells(reading, programme, as_of):
        family, *rest = cell.path.split("/")[1:]
        if family not in COLUMNS or len(rest) < 3:
            continue
        key: Key = (rest[0], rest[1], rest[2])
        if family in REPORTED:
            reports.setdefault((key, family), []).append(cell)
        elif len(rest) == 3 or is_money(cell.answer.value):
            _note(found, key, COLUMNS[family], cell)
    for (key, family), reported in reports.items():
        for cell in _counted(family, reported):
            _note(found, key, COLUMNS[family], cell)
    for path, original in read_originals(reading, programme).items():
        _, _, measure, year, segment = path.split("/")
        evidence = found.setdefault((measure, year, segment), {}).setdefault("original", Evidence())
        evidence.cells.add(path)
        evidence.entries.add(original.entry)
    return found


def _note(found: dict[Key, dict[str, Evidence]], key: Key, column: str, cell: Cell) -> None:
    evidence = found.setdefault(key, {}).setdefault(column, Evidence())
    evidence.cells.add(cell.path)
    evidence.entries.update(placed.entry for placed in cell.answer.chain)


def _counted(phase: str, cells: list[Cell]) -> list[Cell]:
    """Of a phase's reports those that its amount is made of, as the budget counts them."""
    stated = sorted(
        (cell for cell in cells if is_money(cell.answer.value)), key=lambda cell: cell.answer.last.rank[3]
    )
    by_period: dict[PeriodKey, Cell] = {}
    for cell in stated:
        *_, period, mode = cell.path.split("/")
        by_period[period, mode] = cell
    return [by_period[key] for key in counting(phase, by_period)]
