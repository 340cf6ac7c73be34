"""The registry: acts, bodies, registrars, offices, persons, mandates and keys, as known at a position."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Path, Query, Request, Response

from api.documented import DATED, problems
from api.models import registry as shapes
from api.parameters import (
    AskedKnown,
    Format,
    Limit,
    MaybeBody,
    MaybeCode,
    MaybeOffice,
    MaybeOwner,
    MaybePerson,
    Whole,
)
from api.problems import Problem
from api.responses import csv_answer, json_answer
from api.routes.record_lists import FILES, list_page, mark, page_of
from api.routes.router import new_router
from api.tables import responses
from api.tables_registry import COLUMNS, table
from api.views import View, known_json, open_view
from ledger.values import Day
from projections.act_list import Order, Wanted, read_acts
from projections.bodies import bodies_coded, bodies_meant
from projections.doubtful import mark_entries
from projections.key_life import read_life
from projections.reading import Reading
from projections.records import Bodies, read_record
from projections.search.finding import ids_with
from projections.unavailable import check_stream

router = new_router("registry")

AfterId = Annotated[
    str, Query(max_length=160, description="Ids after this one.", examples=["town-12-2025-01-15"])
]
RecordId = Annotated[
    str, Path(description="The record's id, as the list has it.", examples=["town-12-2025-01-15"])
]
MaybeYear = Annotated[
    Whole | None, Query(ge=1, le=9999, description="Only acts dated in this year.", examples=[2025])
]
Words = Annotated[
    str,
    Query(
        max_length=200,
        description="Only acts whose number, date and title have these words, as search finds them.",
        examples=["бюджет"],
    ),
]
Ids = Annotated[
    str,
    Query(
        max_length=6500,
        description="Only these acts: their ids, with commas between. Those that are not on the record are "
        "left out.",
        examples=["town-1,town-2"],
    ),
]
HeldOn = Annotated[
    Day | None, Query(description="Only mandates that hold on this day.", examples=["2025-08-01"])
]
OrderOfActs = Annotated[Order, Query(description="By id, or by the act's date.", examples=["newest"])]
List = Callable[..., Response]


class _Space(NamedTuple):
    """Records of one kind. words: what they are; page, one: their shapes; listed: makes their list."""

    path: str
    name: str
    words: str
    page: Any
    one: Any
    listed: Callable[[str], List]


def _all(space: str) -> List:
    def listed(
        request: Request,
        asked: AskedKnown,
        after: AfterId = "",
        limit: Limit = 100,
        form: Format = "json",
    ) -> Response:
        return list_page(request, asked, space, lambda _: None, after, limit, form)

    return listed


def _of_body(space: str) -> List:
    def listed(
        request: Request,
        asked: AskedKnown,
        body: MaybeBody = None,
        after: AfterId = "",
        limit: Limit = 100,
        form: Format = "json",
    ) -> Response:
        bodies = [body] if body is not None else None
        return list_page(request, asked, space, lambda _: bodies, after, limit, form)

    return listed


def _mandates(space: str) -> List:
    def listed(
        request: Request,
        asked: AskedKnown,
        body: MaybeBody = None,
        office: MaybeOffice = None,
        person: MaybePerson = None,
        as_of: HeldOn = None,
        after: AfterId = "",
        limit: Limit = 100,
        form: Format = "json",
    ) -> Response:
        bodies = [body] if body is not None else None
        return list_page(
            request,
            asked,
            space,
            lambda _: bodies,
            after,
            limit,
            form,
            holds_on=as_of,
            office=office,
            person=person,
        )

    return listed


def _keys(space: str) -> List:
    def listed(
        request: Request,
        asked: AskedKnown,
        body: MaybeBody = None,
        person: MaybePerson = None,
        after: AfterId = "",
        limit: Limit = 100,
        form: Format = "json",
    ) -> Response:
        bodies = [body] if body is not None else None
        return list_page(request, asked, space, lambda _: bodies, after, limit, form, person=person)

    return listed


def _acts(space: str) -> List:
    def listed(
        request: Request,
        asked: AskedKnown,
        body: MaybeOwner = None,
        year: MaybeYear = None,
        q: Words = "",
        ids: Ids = "",
        order: OrderOfActs = "id",
        after: AfterId = "",
        limit: Limit = 100,
        form: Format = "json",
    ) -> Response:
        with open_view(request, asked) as view:
            reading = view.reading
            bodies = bodies_meant(reading, body) if body is not None else None
            wanted = Wanted(bodies, year, _named(ids, ids_with(reading, "act", q)), order)
            rows, total = read_acts(reading, wanted, after=after, limit=limit + 1)
            mark(view, space, rows)
        return page_of(request, view, space, rows, limit, form, total=total)

    return listed


def _named(ids: str, found: set[str] | None) -> set[str] | None:
    """Of those that were found (None: of all) the ones that are asked for."""
    named = {one for one in ids.split(",") if one}
    if not named:
        return found
    return named if found is None else named & found


def _with_code(space: str) -> List:
    def listed(
        request: Request,
        asked: AskedKnown,
        code: MaybeCode = None,
        after: AfterId = "",
        limit: Limit = 100,
        form: Format = "json",
    ) -> Response:
        def bodies(reading: Reading) -> Bodies:
            return bodies_coded(reading, code) if code is not None else None

        return list_page(request, asked, space, bodies, after, limit, form)

    return listed


_SPACES = (
    _Space("acts", "act", "acts", shapes.Acts, shapes.ActRecord, _acts),
    _Space("bodies", "body", "bodies", shapes.Bodies, shapes.BodyRecord, _with_code),
    _Space(
        "registrars",
        "registrars",
        "sets of registrars",
        shapes.RegistrarSets,
        shapes.RegistrarSetRecord,
        _of_body,
    ),
    _Space("offices", "office", "offices", shapes.Offices, shapes.OfficeRecord, _of_body),
    _Space("persons", "person", "persons", shapes.Persons, shapes.PersonRecord, _all),
    _Space("mandates", "mandate", "mandates", shapes.Mandates, shapes.MandateRecord, _mandates),
    _Space("keys", "key", "keys of officials and registrars", shapes.Keys, shapes.KeyRecord, _keys),
)


def show_record(
    request: Request, asked: Any, space: str, path: str, record: str, form: str = "json"
) -> Response:
    """One record as known at a position, as JSON or a table of one row. Raises Problem no-such-record."""
    with open_view(request, asked) as view:
        content = record_of(view, space, path, record)
    if form == "csv":
        position = view.known.position
        return csv_answer(table(space, [content["item"]]), name=FILES[space], position=position)
    return json_answer(content, position=view.known.position)


def record_of(view: View, space: str, path: str, record: str) -> dict[str, Any]:
    """Raises Problem no-such-record."""
    found = read_record(view.reading, space, record)
    if found is None:
        raise no_such_record(view, path, record)
    check_stream(view.reading, found.get("stream"))
    mark(view, space, [found])
    life = {"life": mark_entries(view.reading, read_life(view.reading, record))} if space == "key" else {}
    return {"item": found, "known": known_json(view.known), **life}


def no_such_record(view: View, path: str, record: str) -> Problem:
    position = view.known.position
    return Problem("no-such-record", "/path/record", record, position=position, list=f"/v1/{path}")


def _add(router: APIRouter, space: _Space) -> None:
    """Both routes of one space."""

    def show(request: Request, record: RecordId, asked: AskedKnown, form: Format = "json") -> Response:
        return show_record(request, asked, space.name, space.path, record, form)

    router.add_api_route(
        f"/v1/{space.path}",
        space.listed(space.name),
        methods=["GET"],
        name=f"list_{space.path}",
        response_model=space.page,
        summary=f"All {space.words}",
        description=f"The {space.words} on the record, by id, as known at a position.",
        responses=responses(problems(*DATED), COLUMNS[space.name]),
    )
    router.add_api_route(
        f"/v1/{space.path}/{{record}}",
        show,
        methods=["GET"],
        name=f"show_{space.name}",
        response_model=space.one,
        summary=f"One of the {space.words}",
        description=f"One of the {space.words}, as known at a position.",
        responses=responses(problems(*DATED, "no-such-record"), COLUMNS[space.name]),
    )


for _space in _SPACES:
    _add(router, _space)
