"""Acts: those on the record, and the words for their kinds in the tables of resolution No. 835."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from api.opendata.table import DOUBT, EVENT, EXAMPLE, INDEX, Column, Ground, Row, Table
from ledger.kinds.act_registered import ACT_KINDS
from projections.acts_in_doubt import mark_acts
from projections.records import read_act

_PAGE: Final = 500
_ALL_IDS: Final = (
    "SELECT DISTINCT id FROM records WHERE space='act' AND id>? AND known_from<=? ORDER BY id LIMIT ?"
)
_CITED: Final = (
    "SELECT DISTINCT act FROM concerns WHERE programme=? AND act IS NOT NULL AND leaf_index<? AND "
    "known_from<=?"
    " ORDER BY act"
)


def rows(ground: Ground, programme: str) -> Iterator[Row]:
    """The acts that a programme's own entries cite."""
    position = ground.reading.position
    cited = [row[0] for row in ground.reading.rows(_CITED, [programme, position, position])]
    return _rows(ground, sorted(cited))


def all_rows(ground: Ground) -> Iterator[Row]:
    """Every act on the record, by id."""
    after = ""
    while True:
        found = [row[0] for row in ground.reading.rows(_ALL_IDS, [after, ground.reading.position, _PAGE])]
        yield from _rows(ground, found)
        if len(found) < _PAGE:
            return
        after = found[-1]


def _rows(ground: Ground, ids: Iterable[str]) -> Iterator[Row]:
    acts = [read_act(ground.reading, one) for one in ids]
    mark_acts(ground.reading, acts)
    for act in acts:
        yield {
            **act,
            "number": act.get("number"),
            "project_number": act.get("project_number"),
            "points": act["points"] or None,
            "counts": counts_on(act, ground.as_of),
            "counts_from": act["counts"][0]["from"] if act["counts"] else None,
        }


def counts_on(act: dict[str, Any], day: str) -> bool:
    """Does an act count on a day? Its stretches are half-open."""
    return any(one["from"] <= day and (one["to"] is None or day < one["to"]) for one in act["counts"])


ACTS: Final = Table(
    "acts",
    "Акти",
    "Acts",
    "Кожен рядок – акт реєстру. number – надрукований номер: blank, якщо місце порожнє. counts – чи діє "
    "на дату "
    "випуску.",
    "Each row is an act on the record. number: as printed; blank: left blank on paper. counts: is it in "
    "force on "
    "the release's day?",
    (
        Column("id", "string", "Акт", "Act"),
        Column("body", "string", "Орган", "Body"),
        Column("kind", "string", "Вид", "Kind", enum=ACT_KINDS.__args__),  # type: ignore[attr-defined]  # a Literal's own
        Column("number", "string", "Номер", "Number"),
        Column("project_number", "string", "Номер проєкту", "Number of the draft"),
        Column("date", "date", "Дата", "Date"),
        Column("title", "string", "Назва", "Title"),
        Column("points", "string", "Пункти", "Points"),
        Column("in_force", "date", "Набирає чинності", "Comes into force"),
        Column("counts_from", "date", "Перший день чинності", "First day in force"),
        Column("counts", "boolean", "Діє на дату випуску", "In force on the release's day"),
        EXAMPLE,
        EVENT,
        INDEX,
        DOUBT,
    ),
    ("id",),
    rows,
)
