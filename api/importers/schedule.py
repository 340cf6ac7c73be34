"""Certificates of changes to the schedule («довідка про зміни до розпису») as events `schedule.changed`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from api.importers.drafts import DraftEvent
from api.importers.errors import Problems
from api.importers.row_cells import Once, Row, axes_of
from api.importers.row_totals import Totals
from api.importers.rows import Asked, Column, Known, Made, Taken, Template, in_parts, read_rows
from api.importers.spending import AXES
from api.importers.table import Cells
from ledger.ids import programme_stream
from ledger.values import money

COLUMNS: Final = (
    Column("number", ("довідка", "номер довідки", "№ довідки", "certificate"), needed=True),
    Column("date", ("дата довідки", "дата"), needed=True),
    *AXES,
    Column("year", ("рік",)),
    Column("old", ("було", "затверджено", "чинна сума")),
    Column("change", ("зміна", "зміни", "зміни (+/-)", "зміни (+/−)")),
    Column("amount", ("стало", "нова сума", "з урахуванням змін", "new amount")),
)
TEMPLATE: Final = Template(
    "Довідки про зміни",
    ("Номер довідки", "Дата довідки", "Захід", "Рік", "Джерело", "КПКВК", "КЕКВ", "Було", "Зміна", "Стало"),
    (
        ("15", "01.03.2025", "1.1", "2025", "local", "", "", "100,00", "-10,00", "90,00"),
        ("15", "01.03.2025", "1.2", "2025", "local", "", "", "", "10,00", ""),
        ("16", "10.03.2025", "1.2", "2025", "local", "", "", "", "", "25,00"),
    ),
)
Key = tuple[str, str]  # number and date of a certificate


def read_schedule(raw: bytes, asked: Asked, known: Known | None = None) -> Taken:
    """One event a certificate (number and date), or as many as it needs, in the order of their first rows.

    A change adds, a new amount alone sets; with both, the change is checked by them. A row without either,
    or with a change of zero, changes nothing. Raises ImportFileError.
    """
    problems = Problems()
    rows = read_rows(raw, COLUMNS, problems)
    reader = _Schedule(asked, known, problems)
    for cells in rows:
        reader.take(cells)
    problems.raise_if_any()
    if not reader.certificates:
        problems.stop(0, "", "nothing-to-report")
    made = tuple(event for key in reader.certificates for event in reader.events(key))
    return Taken(made, reader.taken, len(rows) - reader.taken, reader.totals.shown())


class _Schedule:
    """Reads rows one by one; certificates: lines by number and date."""

    def __init__(self, asked: Asked, known: Known | None, problems: Problems) -> None:
        self._asked, self._known, self._problems = asked, known, problems
        self._once, self.totals = Once(), Totals("change", asked.amounts_in)
        self.certificates: dict[Key, list[tuple[dict[str, Any], Cells]]] = {}
        self.taken = 0

    def take(self, cells: Cells) -> None:
        row = Row(cells, self._problems)
        if self.totals.is_total(row) or not (row.get("change") or row.get("amount")):
            return
        number, date = row.required("number"), row.day("date")
        row.text("number")
        year = row.year("year", str(self._asked.year or ""))
        said = self._said(row)
        axes = axes_of(row, self._known, year)
        if axes is None or date is None or said is None:
            return
        self._once.check(row, (number, date, *sorted(axes.items())))
        if said["op"] == "add":
            self.totals.add(said["amount"])
            if not Decimal(said["amount"]):
                return
        self.taken += 1
        self.certificates.setdefault((number, date), []).append(({**axes, **said}, cells))

    def _said(self, row: Row) -> dict[str, str] | None:
        """op, amount, and the old amount that the certificate states."""
        names = ("old", "change", "amount")
        old, change, new = (row.amount(name, self._asked.amounts_in) for name in names)
        if any(
            row.get(name) and found is None for name, found in zip(names, (old, change, new), strict=True)
        ):
            return None
        if change is None:
            return {"op": "set", "amount": str(new), **_stated(old)}
        if new is not None:
            before = money(Decimal(new) - Decimal(change))
            if old not in (None, before):
                row.wrong(
                    "amount", "change-differs", got=new, counted=money(Decimal(str(old)) + Decimal(change))
                )
                return None
            old = before
        return {"op": "add", "amount": change, **_stated(old)}

    def events(self, key: Key) -> list[Made]:
        number, date = key
        common = {"certificate": {"number": number, "date": date}}
        subject, effective = programme_stream(self._asked.programme), self._asked.effective or date
        return [
            Made(DraftEvent("schedule.changed", subject, effective, None, {**common, "lines": lines}), rows)
            for lines, rows in in_parts(self.certificates[key], common)
        ]


def _stated(old: str | None) -> dict[str, str]:
    """A zero is how a table prints that there was nothing: it states no old amount."""
    return {"stated_old": old} if old is not None and Decimal(old) else {}
