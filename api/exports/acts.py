"""acts: legal acts as registered, with what became of them, by id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from api.exports.point import Filters, Point
from api.exports.table import Row, Table, columns_of
from api.routes.record_lists import mark
from api.tables_registry import COLUMNS, flat_row
from api.views import View
from projections.act_list import Wanted, read_ids
from projections.bodies import bodies_meant
from projections.records import read_act, read_records
from projections.search.finding import ids_with

SPACE: Final = "act"
AT_ONCE: Final = 200


def batches(point: Point, wanted: Filters) -> Iterator[Sequence[Row]]:
    """A page at a time; of a selection its ids are kept."""
    if wanted.year is None and not wanted.q and not wanted.ids:
        yield from _all(point, wanted)
        return
    with point.view() as view:
        ids = read_ids(view.reading, _wanted(view, wanted))
    for start in range(0, len(ids), AT_ONCE):
        with point.view() as view:
            rows = [read_act(view.reading, act) for act in ids[start : start + AT_ONCE]]
            mark(view, SPACE, rows)
        yield rows


def _all(point: Point, wanted: Filters) -> Iterator[Sequence[Row]]:
    after = ""
    while True:
        with point.view() as view:
            bodies = _wanted(view, wanted).bodies
            rows = read_records(view.reading, SPACE, bodies=bodies, after=after, limit=AT_ONCE)
            mark(view, SPACE, rows)
        yield rows
        if len(rows) < AT_ONCE:
            return
        after = rows[-1]["id"]


def _wanted(view: View, wanted: Filters) -> Wanted:
    bodies = bodies_meant(view.reading, wanted.body) if wanted.body is not None else None
    found = ids_with(view.reading, SPACE, wanted.q)
    named = {one for one in wanted.ids.split(",") if one}
    if named:
        found = named if found is None else named & found
    return Wanted(bodies, wanted.year, found)


def _flat(row: Row) -> dict[str, Any]:
    return flat_row(SPACE, row)


ACTS: Final = Table(
    "acts",
    ("правові акти", "legal acts"),
    columns_of(
        COLUMNS[SPACE],
        integers=("order", "index"),
        dates=("date", "in_force"),
        lists=("points", "legal_bases", "external_ids", "votes", "counts", "statuses"),
    ),
    ("body", "year", "q", "ids"),
    False,
    batches,
    _flat,
)
