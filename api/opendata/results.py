"""Indicators: one row for each programme, indicator and year."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from api.opendata.table import DOUBT, EVENT, INDEX, PROGRAMME, Column, Ground, Row, Table
from projections.indicators import read_indicators


def rows(ground: Ground, programme: str) -> Iterator[Row]:
    """An indicator without targets and actuals has one row, without a year."""
    for row in read_indicators(ground.reading, programme, ground.as_of):
        yield {**row, "programme": programme, "target": row["target_now"]}


INDICATORS: Final = Table(
    "indicators",
    "Індикатори програм",
    "Indicators of programmes",
    "Кожен рядок – індикатор за рік. Значення такі, як надруковано (число, «Так», відсоток); removed – "
    "вилучено, "
    "blank – місце порожнє; порожнє поле – не сказано.",
    "Each row is an indicator in a year. Values are as printed (a number, «Так», a percentage); removed: "
    "taken "
    "away; blank: left blank on paper; an empty field: not stated.",
    (
        PROGRAMME,
        Column("indicator", "string", "Індикатор", "Indicator"),
        Column("name", "string", "Назва", "Name"),
        Column("measure", "string", "Захід", "Measure"),
        Column("kind", "string", "Вид", "Kind", enum=("flow", "stock", "boolean")),
        Column("unit", "string", "Одиниця", "Unit"),
        Column("year", "year", "Рік", "Year"),
        Column("base", "string", "Базове значення", "Baseline"),
        Column("base_date", "string", "Дата базового значення", "Day of the baseline"),
        Column("target_then", "string", "Ціль, чинна наприкінці року", "Target in force at the year's end"),
        Column("target", "string", "Цільове значення", "Target"),
        Column("actual", "string", "Фактичне значення", "Actual"),
        Column(
            "status",
            "string",
            "Стан останнього звіту",
            "What became of the latest report",
            enum=("submitted", "accepted", "returned"),
        ),
        Column("evidence", "integer", "Підтвердних документів", "Documents as evidence"),
        Column("cell", "string", "Комірка", "Cell"),
        EVENT,
        INDEX,
        DOUBT,
    ),
    ("programme", "cell"),
    rows,
    "programme",
)
