"""Programmes, and the tree of each: priorities, tasks, measures and works."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from api.opendata.table import DOUBT, EVENT, INDEX, Column, Ground, Row, Table
from projections.programmes import read_programme
from projections.tree import read_tree

_OF = Column("programme", "string", "Програма", "Programme")


def programme_rows(ground: Ground, programme: str) -> Iterator[Row]:
    """One row. Raises Blocked."""
    ground.reading.check(programme)
    row = read_programme(ground.reading, ground.as_of, programme)
    if row is not None:
        yield {**row, "term_from": row["term"]["from"], "term_to": row["term"]["to"]}


def measure_rows(ground: Ground, programme: str) -> Iterator[Row]:
    year = int(ground.as_of[:4])
    for place, row in enumerate(read_tree(ground.reading, programme, ground.as_of, year), start=1):
        yield {**row, "programme": programme, "place": place}


PROGRAMMES: Final = Table(
    "programmes",
    "Програми",
    "Programmes",
    "Кожен рядок – програма реєстру.",
    "Each row is a programme on the record.",
    (
        Column("id", "string", "Програма", "Programme"),
        Column("title", "string", "Назва", "Title"),
        Column("body", "string", "Орган, що затвердив", "Body that adopted it"),
        Column("term_from", "year", "Перший рік", "First year"),
        Column("term_to", "year", "Останній рік", "Last year"),
        Column("currency", "string", "Валюта", "Currency"),
        Column("status", "string", "Стан", "Status", enum=("in-force", "not-in-force", "closed")),
        Column("adopted_index", "integer", "Запис про затвердження", "Entry that adopted it"),
        Column("last_index", "integer", "Останній запис про програму", "Last entry that concerns it"),
        DOUBT,
    ),
    ("id",),
    programme_rows,
)
MEASURES: Final = Table(
    "measures",
    "Заходи програм",
    "Measures of programmes",
    "Дерево кожної програми: пріоритети, завдання, заходи, роботи. id незмінний; тут він збігається з "
    "надрукованим кодом.",
    "Each programme's tree: priorities, tasks, measures, works. The id never changes; here it equals the "
    "printed "
    "code.",
    (
        _OF,
        Column("id", "string", "Код", "Code"),
        Column("place", "integer", "Порядок у програмі", "Order within the programme"),
        Column("parent", "string", "Вище", "Above it"),
        Column("level", "string", "Рівень", "Level", enum=("priority", "task", "measure", "work")),
        Column("title", "string", "Назва", "Title"),
        Column("executor", "string", "Виконавець", "Executor"),
        Column("result", "string", "Очікуваний результат", "Expected result"),
        Column("mode", "string", "Спосіб фінансування", "How it is financed"),
        Column("kpkvk", "string", "КПКВК", "Budget programme code"),
        EVENT,
        INDEX,
        DOUBT,
    ),
    ("programme", "id"),
    measure_rows,
    "programme",
)
