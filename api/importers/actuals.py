"""A table of what indicators reached, as events `actual.reported`: one for each row with a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from api.importers.drafts import DraftEvent
from api.importers.errors import Problems
from api.importers.row_cells import Once, Row
from api.importers.rows import Asked, Column, Known, Made, Taken, Template, read_rows
from api.importers.table import Cells
from ledger.ids import programme_stream
from ledger.values import period_end, period_year

COLUMNS: Final = (
    Column("indicator", ("індикатор", "код індикатора", "indicator id"), needed=True),
    Column("period", ("період", "звітний період"), needed=True),
    Column("value", ("значення", "фактичне значення", "факт", "actual"), needed=True),
    Column("accumulation", ("як рахується", "підсумок", "how"), needed=True),
    Column("numerator", ("чисельник",)),
    Column("denominator", ("знаменник",)),
    Column("note", ("примітка", "підтвердження", "доказ", "evidence")),
)
ACCUMULATIONS: Final[Mapping[str, str]] = {
    "за період": "period",
    "наростаючим підсумком": "ytd",
    "з початку року": "ytd",
    "period": "period",
    "year-to-date": "ytd",
    "ytd": "ytd",
}
ANSWERS: Final[Mapping[str, str]] = {"так": "Так", "ні": "Ні", "yes": "Так", "no": "Ні"}
TEMPLATE: Final = Template(
    "Значення індикаторів",
    ("Індикатор", "Період", "Як рахується", "Значення", "Чисельник", "Знаменник", "Примітка"),
    (
        ("1.1", "I квартал 2025", "за період", "12", "", "", "акт № 3 (приклад)"),
        ("1.2", "I квартал 2025", "за період", "87,5", "35", "40", ""),
        ("1.3", "2025", "наростаючим підсумком", "Так", "", "", ""),
    ),
)


def read_actuals(raw: bytes, asked: Asked, known: Known | None = None) -> Taken:
    """One event a row; a row without a value is not reported. Raises ImportFileError."""
    problems = Problems()
    given = [name for name in ("period", "accumulation") if getattr(asked, name)]
    rows = read_rows(raw, COLUMNS, problems, given=given)
    reader = _Actuals(asked, known, problems)
    made = tuple(event for row in rows if (event := reader.event(row)) is not None)
    problems.raise_if_any()
    if not made:
        problems.stop(0, "", "nothing-to-report")
    return Taken(made, len(made), len(rows) - len(made))


class _Actuals:
    """Reads rows one by one."""

    def __init__(self, asked: Asked, known: Known | None, problems: Problems) -> None:
        self._asked, self._known, self._problems = asked, known, problems
        self._once = Once()

    def event(self, cells: Cells) -> Made | None:
        """None for a row that says nothing, and for one with problems, which have been noted."""
        row = Row(cells, self._problems)
        if not any(row.get(name) for name in ("value", "numerator", "denominator", "note")):
            return None
        data: dict[str, Any] = {
            "indicator": row.id("indicator"),
            "period": row.period("period", self._asked.period),
            "accumulation": row.choice("accumulation", ACCUMULATIONS, self._asked.accumulation),
            "value": _value(row),
        }
        self._check(row, data)
        data |= _fraction(row)
        if note := row.text("note"):
            data["note"] = note
        if not row.sound:
            return None
        subject = programme_stream(self._asked.programme)
        return Made(DraftEvent("actual.reported", subject, None, None, data), (cells,))

    def _check(self, row: Row, data: Mapping[str, Any]) -> None:
        """Against the calendar, the rows above, and what the programme is known to have."""
        indicator, period, value = data["indicator"], data["period"], data["value"]
        if period is not None:
            check_ended(row, period, self._asked.today)
            self._once.check(row, (indicator, period, data["accumulation"]))
            if self._known is not None and not self._known.has_year(period_year(period)):
                row.wrong("period", "year-outside-term", got=period_year(period))
        if self._known is None or indicator is None:
            return
        if not self._known.has_indicator(indicator):
            row.wrong("indicator", "unknown-indicator", got=indicator)
        elif value is not None and (value in ANSWERS.values()) != (
            self._known.indicator_kind(indicator) == "boolean"
        ):
            row.wrong("value", "value-of-other-kind", got=value)


def check_ended(row: Row, period: str, today: str) -> None:
    """What a period reached is not known before its last day is over. today: "" where nobody knows it."""
    if today and period_end(period) > today:
        row.wrong("period", "period-not-over", got=period, last=period_end(period))


def _value(row: Row) -> str | None:
    text = row.required("value")
    if text.lower() in ANSWERS:
        return ANSWERS[text.lower()]
    return row.number("value")


def _fraction(row: Row) -> dict[str, str]:
    """Of a percentage: both or none."""
    found = {name: row.number(name) for name in ("numerator", "denominator")}
    given = [name for name in found if row.get(name)]
    if len(given) == 1:
        other = "denominator" if given == ["numerator"] else "numerator"
        row.wrong(other, "half-a-fraction")
    denominator = found["denominator"]
    if denominator is not None and (denominator.startswith("-") or denominator == "0"):
        row.wrong("denominator", "not-above-zero", got=denominator)
    return {name: value for name, value in found.items() if value is not None}
