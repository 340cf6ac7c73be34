"""A table of commitments, payments, expenses or payables, as events `spending.reported`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from api.importers.actuals import ACCUMULATIONS, check_ended
from api.importers.drafts import DraftEvent
from api.importers.errors import Problems
from api.importers.row_cells import Once, Row, axes_of
from api.importers.row_totals import Totals
from api.importers.rows import Asked, Column, Known, Made, Taken, Template, in_parts, read_rows
from api.importers.table import Cells
from ledger.ids import programme_stream
from ledger.values import period_year

AXES: Final = (
    Column("measure", ("захід", "код заходу"), needed=True),
    Column("source", ("джерело", "джерело фінансування"), needed=True),
    Column("kpkvk", ("кпквк", "тпквкмб")),
    Column("kekv", ("кекв",)),
    Column("fund", ("фонд",)),
    Column("unit", ("розпорядник",)),
)
COLUMNS: Final = (
    *AXES,
    Column("phase", ("стадія", "вид суми"), needed=True),
    Column("period", ("період", "звітний період"), needed=True),
    Column("accumulation", ("як рахується", "підсумок", "how"), needed=True),
    Column("amount", ("сума",), needed=True),
)
PHASES: Final[Mapping[str, str]] = {
    "касові видатки": "paid",
    "зобов'язання": "commitment",
    "зобов’язання": "commitment",
    "фактичні видатки": "incurred",
    "кредиторська заборгованість": "payable",
    "paid": "paid",
    "commitment": "commitment",
    "incurred": "incurred",
    "payable": "payable",
}
TEMPLATE: Final = Template(
    "Видатки",
    ("Захід", "Джерело", "Стадія", "Період", "Як рахується", "Сума", "КПКВК", "КЕКВ", "Фонд"),
    (
        ("1.1", "local", "касові видатки", "I квартал 2025", "за період", "25000,00", "", "", ""),
        ("1.2", "local", "касові видатки", "I квартал 2025", "за період", "1 234,50", "0217520", "2210", ""),
    ),
)
_GIVEN: Final = ("phase", "period", "accumulation")
Key = tuple[str, str, str]  # phase, period, accumulation


def read_spending(raw: bytes, asked: Asked, known: Known | None = None) -> Taken:
    """Rows of one phase, period and way of counting make one event, or as many as they need.

    A row without an amount is not reported. Raises ImportFileError.
    """
    problems = Problems()
    rows = read_rows(raw, COLUMNS, problems, given=[name for name in _GIVEN if getattr(asked, name)])
    reader = _Spending(asked, known, problems)
    for cells in rows:
        reader.take(cells)
    problems.raise_if_any()
    if not reader.groups:
        problems.stop(0, "", "nothing-to-report")
    made = tuple(event for key in reader.groups for event in reader.events(key))
    return Taken(made, reader.taken, len(rows) - reader.taken, reader.totals.shown())


class _Spending:
    """Reads rows one by one; groups: lines by what their event says of all of them."""

    def __init__(self, asked: Asked, known: Known | None, problems: Problems) -> None:
        self._asked, self._known, self._problems = asked, known, problems
        self._once, self.totals = Once(), Totals("amount", asked.amounts_in)
        self.groups: dict[Key, list[tuple[dict[str, Any], Cells]]] = {}
        self.taken = 0

    def take(self, cells: Cells) -> None:
        row = Row(cells, self._problems)
        if self.totals.is_total(row) or not row.get("amount"):
            return
        phase = row.choice("phase", PHASES, self._asked.phase)
        period = row.period("period", self._asked.period)
        how = row.choice("accumulation", ACCUMULATIONS, self._asked.accumulation)
        amount = row.amount("amount", self._asked.amounts_in)
        if period is not None:
            check_ended(row, period, self._asked.today)
        axes = axes_of(row, self._known, period_year(period) if period is not None else None)
        if axes is None or phase is None or period is None or how is None or amount is None:
            return
        self._once.check(row, (phase, period, how, *sorted(axes.items())))
        self.totals.add(amount)
        self.taken += 1
        self.groups.setdefault((phase, period, how), []).append(({**axes, "amount": amount}, cells))

    def events(self, key: Key) -> list[Made]:
        common = dict(zip(_GIVEN, key, strict=True))
        subject = programme_stream(self._asked.programme)
        return [
            Made(DraftEvent("spending.reported", subject, None, None, {**common, "lines": lines}), rows)
            for lines, rows in in_parts(self.groups[key], common)
        ]
