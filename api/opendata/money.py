"""The budget in long form: one row for each programme, year, source, measure and phase that is stated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from api.opendata.table import DOUBT, PROGRAMME, Column, Ground, Row, Table
from projections.budget import SUMMED, is_amount, read_budget
from projections.cells import read_cells
from projections.money.chain import read_evidence, with_evidence

STATED: Final = {"-": "dash", "": "blank", "removed": "removed"}


def rows(ground: Ground, programme: str) -> Iterator[Row]:
    """A phase of which nothing was stated has no row; a dash and a blank have one without a value.

    So has what is gone by an entry in doubt: it is not known that nothing was stated.
    """
    cells = list(read_cells(ground.reading, programme, ground.as_of))
    evidences = read_evidence(ground.reading, programme, ground.as_of, cells)
    lines = read_budget(ground.reading, programme, ground.as_of, cells)
    for line in with_evidence(lines, evidences):
        for phase in SUMMED:
            if line[phase] is not None or phase in line["doubtful"]:
                yield _row(programme, line, phase)


def _row(programme: str, line: dict[str, Any], phase: str) -> Row:
    said = line[phase]
    return {
        **line,
        "programme": programme,
        "phase": phase,
        "value": said if is_amount(said) else None,
        "stated": STATED.get(said, "amount") if said is not None else None,
        "entries": line["evidence"].get(phase, {}).get("entries"),
        "doubt": line["doubtful"].get(phase),
    }


BUDGET: Final = Table(
    "budget",
    "Бюджет програм",
    "Budget of programmes",
    "Кожен рядок – одна сума: програма, рік, джерело, захід і стадія. Чого не сказано, того рядка немає: "
    "це не нуль. payable – залишок на дату: його не додають за роки.",
    "Each row is one amount: programme, year, source, measure and phase. What nobody stated has no row: "
    "it is "
    "not zero. payable is a balance on a day: it does not add up over years.",
    (
        PROGRAMME,
        Column("measure", "string", "Захід", "Measure", "activity:generic:project:code"),
        Column("year", "year", "Рік", "Year", "date:fiscal-year"),
        Column("source", "string", "Джерело фінансування", "Source of money", "fin-source:generic:code"),
        Column("kpkvk", "string", "КПКВК", "Budget programme code"),
        Column("kekv", "string", "КЕКВ", "Economic classification code"),
        Column("fund", "string", "Фонд", "Fund"),
        Column("unit", "string", "Розпорядник", "Spending unit", "administrator:generic:id"),
        Column("phase", "string", "Стадія", "Phase", "phase:id", SUMMED),
        Column("value", "number", "Сума", "Amount", "value"),
        Column(
            "stated",
            "string",
            "Що сказано: сума, риска, порожнє місце, вилучено",
            "What is stated: an amount, a dash, a blank, removed",
            enum=("amount", *STATED.values()),
        ),
        Column("currency", "string", "Валюта", "Currency"),
        Column("cell", "string", "Комірка плану, що називає рядок", "Cell of the plan that names the line"),
        Column(
            "entries",
            "string",
            "Записи, на яких тримається сума (номери з 0)",
            "Entries that the amount rests on (leaf indexes, from 0)",
        ),
        DOUBT,
    ),
    ("programme", "cell", "phase"),
    rows,
    "programme",
)
