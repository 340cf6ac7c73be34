"""A comparison table «чинна редакція | запропонована» as lines of `financing.changed`.

A row says what is in force and what is proposed: an amount, «+1600» or «збільшити на 1600» (an addition), a
dash, `____` for a blank, or «вилучити». Rows that change nothing are counted and left out; rows of totals are
held against the sums and never imported; what a row calls in force is held against the record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, NamedTuple

from api.importers.drafts import DraftEvent
from api.importers.errors import Problems
from api.importers.row_cells import Once, Row, axes_of
from api.importers.row_totals import Totals
from api.importers.rows import AmountsIn, Asked, Column, Made, Taken, Template, in_parts, read_rows
from api.importers.state_file import cells_of
from api.importers.table import Cells
from ledger.ids import programme_stream
from ledger.kinds.parts import Axes
from ledger.values import is_money, money

COLUMNS: Final = (
    Column("measure", ("захід", "код заходу"), needed=True),
    Column("year", ("рік",), needed=True),
    Column("source", ("джерело", "джерело фінансування"), needed=True),
    Column("kpkvk", ("кпквк", "тпквкмб")),
    Column("kekv", ("кекв",)),
    Column("fund", ("фонд",)),
    Column("unit", ("розпорядник",)),
    Column("current", ("чинна редакція", "чинна", "було"), needed=True),
    Column(
        "proposed",
        ("запропонована редакція", "пропонована редакція", "запропонована", "нова редакція", "стане"),
        needed=True,
    ),
)
TEMPLATE: Final = Template(
    "Порівняльна таблиця",
    ("Захід", "Рік", "Джерело", "Чинна редакція", "Запропонована редакція", "КПКВК", "КЕКВ", "Фонд"),
    (
        ("1.1", "2025", "local", "30000,00", "45000,00", "", "", ""),
        ("1.2", "2025", "local", "12000,00", "збільшити на 1600,00", "", "", ""),
        ("1.3", "2025", "local", "5000,00", "вилучити", "", "", ""),
    ),
)
BLANK: Final = "____"
DASHES: Final = frozenset("-–—")
GONE: Final = frozenset(["вилучити", "виключити", "remove"])
_BY: Final = re.compile(r"(?:(збільшити|зменшити)\s+на\s+|([+\-−–])\s?)(?=[0-9])", re.IGNORECASE)
_UNITS: Final[Mapping[AmountsIn, re.Pattern[str]]] = {
    "uah": re.compile(r"(?<=[0-9])\s*(грн|гривень)\.?$", re.IGNORECASE),
    "thousand-uah": re.compile(r"(?<=[0-9])\s*тис\.?\s*(грн|гривень)\.?$", re.IGNORECASE),
}
_LESS: Final = frozenset(["зменшити", "-", "−", "–"])


class Mismatch(NamedTuple):
    """What a row calls in force is not what the record has. line, place: of the cell; None: nothing there."""

    line: int
    place: str
    cell: str
    stated: str | None
    in_force: str | None


@dataclass(frozen=True, slots=True)
class Compared:
    """taken: events and rows, as other tables give them; unchanged: rows that propose what is in force.

    more, less: money added and taken away, in hryvnias; they are equal where money is only moved.
    """

    taken: Taken
    unchanged: int
    mismatches: tuple[Mismatch, ...]
    more: str
    less: str

    @property
    def balanced(self) -> bool:
        return self.more == self.less


@dataclass(slots=True)
class _Change:
    """What a row proposes. delta: in hryvnias."""

    op: str
    amount: str | None
    delta: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the state has that rows may name; as rows.Known."""

    state: Mapping[str, Any]
    cells: Mapping[str, str] = field(default_factory=dict)

    def has_indicator(self, item: str) -> bool:
        return item in (self.state.get("indicators") or {})

    def indicator_kind(self, item: str) -> str:
        return str(self.state["indicators"][item].get("kind"))

    def is_money_row(self, item: str) -> bool:
        row = (self.state.get("tree") or {}).get(item) or {}
        return row.get("level") in ("measure", "work")

    def has_source(self, item: str) -> bool:
        return bool((self.state.get("sources") or {}).get(item))

    def has_year(self, year: int) -> bool:
        term = self.state.get("term") or {}
        return int(term.get("from") or year) <= year <= int(term.get("to") or year)


def read_comparison(raw: bytes, asked: Asked, state: Mapping[str, Any], act: Mapping[str, str]) -> Compared:
    """state: the programme's on the day asked.effective. Raises ImportFileError."""
    problems = Problems()
    rows = read_rows(raw, COLUMNS, problems)
    standing = Standing(state, cells_of("/financing", state.get("financing")))
    reader = _Reader(asked, standing, problems)
    for cells in rows:
        reader.take(cells)
    problems.raise_if_any()
    return reader.compared(act, len(rows))


class _Reader:
    """Reads rows one by one."""

    def __init__(self, asked: Asked, standing: Standing, problems: Problems) -> None:
        self._asked, self._standing, self._problems = asked, standing, problems
        self._once = Once()
        self._current, self._proposed = (Totals(name, asked.amounts_in) for name in ("current", "proposed"))
        self._lines: list[tuple[dict[str, Any], Cells]] = []
        self._mismatches: list[Mismatch] = []
        self._unchanged = 0
        self._more = self._less = Decimal(0)

    def compared(self, act: Mapping[str, str], rows: int) -> Compared:
        subject = programme_stream(self._asked.programme)
        made = tuple(
            Made(
                DraftEvent("financing.changed", subject, self._asked.effective, dict(act), {"lines": lines}),
                cells,
            )
            for lines, cells in (in_parts(self._lines, {}) if self._lines else ())
        )
        totals = (*self._current.shown(), *self._proposed.shown())
        taken = Taken(made, len(self._lines), rows - len(self._lines), totals)
        more, less = money(self._more), money(self._less)
        return Compared(taken, self._unchanged, tuple(self._mismatches), more, less)

    def take(self, cells: Cells) -> None:
        row = Row(cells, self._problems)
        if self._current.is_total(row):
            self._proposed.is_total(row)
            return
        axes = axes_of(row, self._standing, row.year("year"))
        current = self._current_of(row)
        change = self._change_of(row, current)
        if axes is None or change is None or not row.sound:
            return
        self._once.check(row, tuple(sorted(axes.items())))
        cell = Axes.model_validate(axes).cell("financing")
        self._check_current(row, cell, current)
        self._count(current, change)
        if change.op == "same":
            self._unchanged += 1
            return
        self._lines.append((_line(axes, change, current), cells))

    def _current_of(self, row: Row) -> str | None:
        """An amount, a dash, "" for a printed blank, or None where nothing is in force."""
        text = row.get("current")
        if text in DASHES:
            return "-"
        if text == BLANK:
            return ""
        return row.amount("current", self._asked.amounts_in) if text else None

    def _change_of(self, row: Row, current: str | None) -> _Change | None:
        """What a row proposes; None with a problem."""
        text, before = row.get("proposed"), _amount(current)
        if not text:
            row.wrong("proposed", "nothing-proposed")
            return None
        if text.lower() in GONE:
            return _Change("unset", None, -before)
        if text in DASHES or text == BLANK:
            new = "" if text == BLANK else "-"
            return _Change("same" if new == current else "set", new, -before)
        by = _BY.match(text)
        if by is not None:
            return self._addition(row, text[by.end() :], (by[1] or by[2]).lower() in _LESS)
        amount = row.amount("proposed", self._asked.amounts_in)
        if amount is None:
            return None
        return _Change("same" if amount == current else "set", amount, Decimal(amount) - before)

    def _addition(self, row: Row, text: str, less: bool) -> _Change | None:
        """«збільшити на 1600»: the number is read as one that stood alone."""
        cells = Cells(
            row.cells.line,
            {**row.cells.cells, "proposed": _without_unit(text, self._asked.amounts_in)},
            row.cells.table,
        )
        alone = Row(cells, self._problems)
        if "proposed" in row.cells.numbers:
            row.wrong("proposed", "signed-number", got=row.get("proposed"))
            return None
        amount = alone.amount("proposed", self._asked.amounts_in)
        row.sound = row.sound and alone.sound
        if amount is None:
            return None
        delta = -Decimal(amount) if less else Decimal(amount)
        return _Change("add", money(delta), delta)

    def _check_current(self, row: Row, cell: str, current: str | None) -> None:
        in_force = self._standing.cells.get(cell)
        # A dash or an empty cell is how tables print that no amount is in force.
        if in_force != current and (_is_amount(in_force) or _is_amount(current)):
            place = row.cells.at("current")
            self._mismatches.append(Mismatch(row.cells.line, place, cell, current, in_force))

    def _count(self, current: str | None, change: _Change) -> None:
        before = _amount(current)
        self._current.add(money(before))
        self._proposed.add(money(before + change.delta))
        if change.delta > 0:
            self._more += change.delta
        self._less -= min(change.delta, Decimal(0))


def _without_unit(text: str, amounts_in: AmountsIn) -> str:
    """«1600 грн» may name the unit of the table once more; another unit stays, and is no number."""
    return _UNITS[amounts_in].sub("", text)


def _amount(value: str | None) -> Decimal:
    return Decimal(value) if value is not None and is_money(value) else Decimal(0)


def _is_amount(value: str | None) -> bool:
    return value is not None and is_money(value)


def _line(axes: Mapping[str, Any], change: _Change, current: str | None) -> dict[str, Any]:
    line = {**axes, "op": change.op}
    if change.amount is not None:
        line["amount"] = change.amount
    if _is_amount(current):
        line["stated_old"] = current
    return line
