"""The budget: original beside amended, appropriated and actual, by measure, year and source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

import orjson

from ledger.doubt import Name
from ledger.periods import PeriodKey, counted, last_of
from ledger.timeline import Answer
from ledger.values import is_money, money
from projections.cells import Cell, read_cells
from projections.doubtful import Doubtful, read_doubtful, worst_of
from projections.reading import Reading

REPORTED = {"commitment": "committed", "paid": "paid", "incurred": "incurred", "payable": "payable"}
SUMMED = (
    "original",
    "amended",
    "appropriated",
    "scheduled",
    "transferred",
    "committed",
    "paid",
    "incurred",
    "payable",
    "returned",
)
COLUMNS = {  # of which family of cells
    "financing": "amended",
    "appropriation": "appropriated",
    "schedule": "scheduled",
    "transfers": "transferred",
    "returns": "returned",
    **REPORTED,
}
MADE_OF = {"unfunded": ("amended", "appropriated"), "variance": ("paid", "amended")}
LIMITS = ("financing", "appropriation", "schedule")  # one cell a line each
BALANCES = ("payable",)  # what is owed on a day; added up neither over periods nor over years
AXES = ("kpkvk", "kekv", "fund", "unit")
Row = dict[str, Any]


@dataclass(slots=True)
class _Line:
    """Everything known about one measure, year and segment."""

    limits: dict[str, Cell] = field(default_factory=dict)  # of LIMITS, by family
    sums: dict[str, Decimal] = field(default_factory=dict)
    reports: dict[str, list[tuple[int, PeriodKey, Decimal]]] = field(default_factory=dict)
    words: dict[str, dict[tuple[str, ...], Name]] = field(default_factory=dict)  # column → cells in doubt


class Original(NamedTuple):
    """What the adoption states of a cell, and by which entry."""

    value: Any
    entry: int


Key = tuple[str, str, str]  # measure, year, segment


def read_budget(reading: Reading, programme: str, as_of: str, cells: list[Cell] | None = None) -> list[Row]:
    """One row per measure, year and source (with its axes), ordered by them.

    A printed "-" or "" stays verbatim; "removed" says that the cell was removed; null that
    nothing was ever set. variance = paid − amended; unfunded = amended − appropriated, ≥ 0.
    doubtful: the columns that rest on a statement in doubt, each with its word; doubt: the worst.
    cells: all cells of the day, where they were read already.
    """
    currency = None
    lines: dict[Key, _Line] = {}
    doubtful = read_doubtful(reading, programme)
    cells = cells if cells is not None else list(read_cells(reading, programme, as_of))
    for cell in cells:
        if cell.path == "/currency":
            currency = cell.answer
        _gather(lines, cell)
    words = doubtful.words(as_of, cells)
    for path, word in words.items():
        _mark(lines, path, word)
    originals = read_originals(reading, programme)
    for path in originals:
        _, _, measure, year, segment = path.split("/")
        lines.setdefault((measure, year, segment), _Line())
    rows = [_row(key, lines[key], originals, currency) for key in sorted(lines, key=_order)]
    return [_with_doubts(row, lines, originals, words, doubtful) for row in rows] if doubtful else rows


def _order(key: Key) -> tuple[str, list[tuple[int, str]], str]:
    """Years first, then printed codes as people read them: 3.10 after 3.9."""
    measure, year, segment = key
    return (
        year,
        [(int(part), "") if part.isdigit() else (10**9, part) for part in measure.split(".")],
        segment,
    )


def _gather(lines: dict[Key, _Line], cell: Cell) -> None:
    parts = cell.path.split("/")[1:]
    family = parts[0]
    if family in LIMITS and len(parts) == 4:
        lines.setdefault((parts[1], parts[2], parts[3]), _Line()).limits[family] = cell
    elif family in ("transfers", "returns") and is_money(cell.answer.value):
        line = lines.setdefault((parts[1], parts[2], parts[3]), _Line())
        line.sums[family] = line.sums.get(family, Decimal(0)) + Decimal(cell.answer.value)
    elif family in REPORTED and is_money(cell.answer.value):
        line = lines.setdefault((parts[1], parts[2], parts[3]), _Line())
        said = (cell.answer.last.rank[3], (parts[4], parts[5]), Decimal(cell.answer.value))
        line.reports.setdefault(family, []).append(said)


def _mark(lines: dict[Key, _Line], path: str, word: Name) -> None:
    """Note a cell in doubt, also one that is gone by it."""
    family, *parts = path.split("/")[1:]
    if family in COLUMNS and len(parts) >= 3:
        line = lines.setdefault((parts[0], parts[1], parts[2]), _Line())
        line.words.setdefault(COLUMNS[family], {})[tuple(parts[3:])] = word


def _row(
    key: Key,
    line: _Line,
    originals: Mapping[str, Original],
    currency: Answer | None,
) -> Row:
    measure, year, segment = key
    source, axes = split_segment(segment)
    path = f"/financing/{measure}/{year}/{segment}"
    amended, appropriated, scheduled = (_said(line.limits.get(family)) for family in LIMITS)
    reported = {name: _text(_year(phase, line.reports.get(phase, ()))) for phase, name in REPORTED.items()}
    shown = next((line.limits[family] for family in LIMITS if family in line.limits), None)
    original = originals.get(path)
    return {
        "measure": measure,
        "year": int(year),
        "source": source,
        **axes,
        "currency": currency.value if currency is not None else None,
        "original": original.value if original is not None else None,
        "amended": amended,
        "appropriated": appropriated,
        "scheduled": scheduled,
        "transferred": _text(line.sums.get("transfers")),
        **reported,
        "returned": _text(line.sums.get("returns")),
        "unfunded": _unfunded(amended, appropriated),
        "variance": difference(reported["paid"], amended),
        "cell": path,
        "event": shown.answer.last.event if shown is not None else None,
        "index": shown.answer.last.entry if shown is not None else None,
        "doubt": None,
        "doubtful": {},
    }


def split_segment(segment: str) -> tuple[str, dict[str, str | None]]:
    """The last segment of a money cell's path: the source, and its budget axes by name."""
    source, *axes = segment.split(".", len(AXES))  # a unit's id may have dots of its own
    parts = axes or ("_",) * len(AXES)
    return source, {name: (part if part != "_" else None) for name, part in zip(AXES, parts, strict=True)}


def _with_doubts(
    row: Row,
    lines: Mapping[Key, _Line],
    originals: Mapping[str, Original],
    words: Mapping[str, Name],
    doubtful: Doubtful,
) -> Row:
    """The row with the columns that rest on what is in doubt."""
    _, _, measure, year, segment = row["cell"].split("/")
    line, original = lines[measure, year, segment], originals.get(row["cell"])
    found = {
        "currency": words.get("/currency"),
        "original": doubtful.original(row["cell"], original.entry if original is not None else None),
        **{column: _worst_counted(line, column, cells) for column, cells in line.words.items()},
    }
    for column, parts in MADE_OF.items():
        found[column] = worst_of(found.get(part) for part in parts)
    doubts = {column: word for column, word in found.items() if word is not None}
    return {**row, "doubt": worst_of(doubts.values()), "doubtful": doubts}


def _worst_counted(line: _Line, column: str, cells: Mapping[tuple[str, ...], Name]) -> Name | None:
    """Of a phase's reports only those count that add up to its amount, and those that are gone."""
    phase = next((phase for phase, name in REPORTED.items() if name == column), "")
    reports = {key: amount for _, key, amount in sorted(line.reports.get(phase, ()))}
    spare = {*reports} - {*counting(phase, reports)}
    return worst_of(word for key, word in cells.items() if key not in spare)


def counting(phase: str, reports: Mapping[PeriodKey, Any]) -> list[PeriodKey]:
    """The reports that a phase's year is made of: of a balance the one that ends last, else as a flow's.

    reports: in the order in which they were stated.
    """
    if phase not in BALANCES:
        return counted(reports)
    last = last_of(reports)
    return [last] if last is not None else []


def _year(phase: str, reports: Iterable[tuple[int, PeriodKey, Decimal]]) -> Decimal | None:
    """What a phase's reports come to; stated in the order of their slots."""
    amounts = {key: amount for _, key, amount in sorted(reports)}
    return sum((amounts[key] for key in counting(phase, amounts)), Decimal(0)) if amounts else None


def _said(cell: Cell | None) -> str | None:
    if cell is None:
        return None
    return "removed" if cell.answer.removed else str(cell.answer.value)


def _text(amount: Decimal | None) -> str | None:
    return money(amount) if amount is not None else None


def difference(one: str | None, other: str | None) -> str | None:
    """None unless both are amounts: a blank is no zero."""
    if not is_amount(one) or not is_amount(other):
        return None
    return money(Decimal(one or "0") - Decimal(other or "0"))


def _unfunded(need: str | None, appropriated: str | None) -> str | None:
    """The part of the need that the appropriation does not cover; never below zero."""
    rest = difference(need, appropriated)
    return None if rest is None else money(max(Decimal(rest), Decimal(0)))


def is_amount(text: str | None) -> bool:
    return text is not None and text not in ("", "-", "removed")


def read_originals(reading: Reading, programme: str) -> dict[str, Original]:
    """The plan as the adoption stated it (its corrections included), act in force or not. Raises Blocked."""
    reading.check(programme)
    query = (
        "SELECT path, value, known_from FROM originals "
        "WHERE programme=? AND known_from<=? AND known_to>? ORDER BY slot"
    )
    rows = reading.rows(query, [programme, reading.position, reading.position])
    return {row[0]: Original(orjson.loads(row[1]), row[2] - 1) for row in rows}


def sum_rows(rows: list[Row], *by: str) -> list[Row]:
    """Totals of the amounts, by some of the rows' members; without any: one grand total."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in by), []).append(row)
    return [{**dict(zip(by, key, strict=True)), **add_up(group)} for key, group in groups.items()]


def add_up(rows: list[Row]) -> Row:
    """The sums of the rows' amounts; a sum is as doubtful as the worst of its parts.

    variance: of the sums, as of a row: paid less amended, null unless both are amounts.
    """
    sums: Row = {}
    doubts: dict[str, Name] = {}
    for name in SUMMED:
        summed = rows_summed(rows, name)
        parts = [row for row in summed if is_amount(row[name])]
        amounts = [Decimal(row[name]) for row in parts]
        sums[name] = _text(sum(amounts, Decimal(0)) if amounts else None)
        word = worst_of(row["doubtful"].get(name) for row in summed)
        if word is not None:
            doubts[name] = word
    sums["variance"] = difference(sums["paid"], sums["amended"])
    word = worst_of(doubts.get(name) for name in MADE_OF["variance"])
    if word is not None:
        doubts["variance"] = word
    return {**sums, "doubt": worst_of(doubts.values()), "doubtful": doubts}


def rows_summed(rows: list[Row], name: str) -> list[Row]:
    """The rows that one sum is made of: of a balance not those of years before a line's newest one."""
    if name not in BALANCES:
        return rows
    newest: dict[tuple[Any, ...], int] = {}
    for row in rows:
        if is_amount(row[name]):
            newest[_line_of(row)] = max(row["year"], newest.get(_line_of(row), 0))
    return [row for row in rows if row["year"] >= newest.get(_line_of(row), 0)]


def _line_of(row: Row) -> tuple[Any, ...]:
    """The same line in every year."""
    return tuple(row[name] for name in ("measure", "source", *AXES))


def totals(rows: list[Row]) -> dict[str, list[Row]]:
    """Computed, never stored: in all, and by year, source, measure and each budget axis."""
    by = ("year", "source", "measure", *AXES)
    return {"all": sum_rows(rows), **{f"by_{name}": sum_rows(rows, name) for name in by}}
