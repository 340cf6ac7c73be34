"""Lists of records, a page at a time, as JSON or CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from fastapi import Request, Response

from api.responses import csv_answer
from api.routes.programmes import paged
from api.tables_registry import table
from api.views import View, known_json, open_view
from projections.acts_in_doubt import mark_acts
from projections.doubtful import mark_entries
from projections.reading import Reading
from projections.records import Bodies, read_records, scan_records

Fits = Callable[[dict[str, Any]], bool]


def list_page(
    request: Request,
    asked: Any,
    space: str,
    bodies: Callable[[Reading], Bodies],
    after: str,
    limit: int,
    form: str,
    *,
    holds_on: str | None = None,
    **wanted: str | None,
) -> Response:
    """wanted: members that a record must have so; None: whatever they are. holds_on: a day, of mandates."""
    with open_view(request, asked) as view:
        found = bodies(view.reading)
        fits = _fitting(wanted, holds_on)
        rows = _rows(view.reading, space, found, after, limit + 1, fits)
        mark(view, space, rows)
    return page_of(request, view, space, rows, limit, form)


def _fitting(wanted: Mapping[str, str | None], holds_on: str | None) -> Fits | None:
    """None: every record does."""
    asked = {name: value for name, value in wanted.items() if value is not None}
    if not asked and holds_on is None:
        return None

    def fits(row: dict[str, Any]) -> bool:
        return all(row.get(name) == value for name, value in asked.items()) and (
            holds_on is None or _holds(row, holds_on)
        )

    return fits


def _holds(mandate: Mapping[str, Any], day: str) -> bool:
    """Days [start, end); a mandate that was withdrawn never held."""
    start, end = mandate.get("start"), mandate.get("end")
    return not mandate.get("void") and start is not None and start <= day and (end is None or day < end)


def _rows(
    reading: Reading, space: str, bodies: Bodies, after: str, limit: int, fits: Fits | None
) -> list[dict[str, Any]]:
    if fits is None:
        return read_records(reading, space, bodies=bodies, after=after, limit=limit)
    return list(islice(filter(fits, scan_records(reading, space, bodies=bodies, after=after)), limit))


def page_of(
    request: Request,
    view: View,
    space: str,
    rows: list[dict[str, Any]],
    limit: int,
    form: str,
    **members: Any,
) -> Response:
    """As paged, by id, or the same rows as CSV."""
    known = known_json(view.known)
    answer = paged(request, view, rows, limit, lambda row: {"after": row["id"]}, known=known, **members)
    if form != "csv":
        return answer
    headers = {name: answer.headers[name] for name in ("pledger-position", "link") if name in answer.headers}
    made = csv_answer(table(space, rows), name=FILES[space], position=view.known.position)
    made.headers.update(headers)
    return made


FILES = {
    "act": "acts",
    "body": "bodies",
    "registrars": "registrars",
    "office": "offices",
    "person": "persons",
    "mandate": "mandates",
    "key": "keys",
    "policy": "policies",
    "observation": "observations",
}


def mark(view: View, space: str, rows: list[dict[str, Any]]) -> None:
    mark_entries(view.reading, rows)
    if space == "act":
        mark_acts(view.reading, rows)
