"""The registry: acts, bodies, registrars, offices, persons, mandates and keys, as known at a position."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Path, Query, Request, Response

from api.documented import DATED, problems
from api.models import registry as shapes
from api.parameters import AskedKnown, Limit, MaybeBody, MaybeCode, MaybeOwner
from api.problems import Problem
from api.responses import json_answer
from api.routes.programmes import paged
from api.routes.router import new_router
from api.views import View, known_json, open_view
from projections.acts_in_doubt import mark_acts
from projections.bodies import bodies_coded, bodies_meant
from projections.doubtful import mark_entries
from projections.reading import Reading
from projections.records import Bodies, read_record, read_records
from projections.unavailable import check_stream

router = new_router("registry")

AfterId = Annotated[str, Query(max_length=160, description="Ids after this one.")]
RecordId = Annotated[str, Path(description="The record's id, as the list has it.")]
List = Callable[..., Response]


class _Space(NamedTuple):
    """Records of one kind. words: what they are; page, one: their shapes; listed: makes their list."""

    path: str
    name: str
    words: str
    page: Any
    one: Any
    listed: Callable[[str], List]


def _page(
    request: Request, asked: Any, space: str, bodies: Callable[[Reading], Bodies], after: str, limit: int
) -> Response:
    with open_view(request, asked) as view:
        found = bodies(view.reading)
        rows = read_records(view.reading, space, bodies=found, after=after, limit=limit + 1)
        _mark(view, space, rows)
    known = known_json(view.known)
    return paged(request, view, rows, limit, lambda row: {"after": row["id"]}, known=known)


def _mark(view: View, space: str, rows: list[dict[str, Any]]) -> None:
    mark_entries(view.reading, rows)
    if space == "act":
        mark_acts(view.reading, rows)


def _all(space: str) -> List:
    def listed(request: Request, asked: AskedKnown, after: AfterId = "", limit: Limit = 100) -> Response:
        return _page(request, asked, space, lambda _: None, after, limit)

    return listed


def _of_body(space: str) -> List:
    def listed(
        request: Request, asked: AskedKnown, body: MaybeBody = None, after: AfterId = "", limit: Limit = 100
    ) -> Response:
        bodies = [body] if body is not None else None
        return _page(request, asked, space, lambda _: bodies, after, limit)

    return listed


def _of_owner(space: str) -> List:
    def listed(
        request: Request, asked: AskedKnown, body: MaybeOwner = None, after: AfterId = "", limit: Limit = 100
    ) -> Response:
        def bodies(reading: Reading) -> Bodies:
            return bodies_meant(reading, body) if body is not None else None

        return _page(request, asked, space, bodies, after, limit)

    return listed


def _with_code(space: str) -> List:
    def listed(
        request: Request, asked: AskedKnown, code: MaybeCode = None, after: AfterId = "", limit: Limit = 100
    ) -> Response:
        def bodies(reading: Reading) -> Bodies:
            return bodies_coded(reading, code) if code is not None else None

        return _page(request, asked, space, bodies, after, limit)

    return listed


_SPACES = (
    _Space("acts", "act", "acts", shapes.Acts, shapes.ActRecord, _of_owner),
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
    _Space("mandates", "mandate", "mandates", shapes.Mandates, shapes.MandateRecord, _of_body),
    _Space("keys", "key", "keys of officials and registrars", shapes.Keys, shapes.KeyRecord, _of_body),
)


def show_record(request: Request, asked: Any, space: str, path: str, record: str) -> Response:
    """One record as known at a position. Raises Problem no-such-record."""
    with open_view(request, asked) as view:
        content = record_of(view, space, path, record)
    return json_answer(content, position=view.known.position)


def record_of(view: View, space: str, path: str, record: str) -> dict[str, Any]:
    """Raises Problem no-such-record."""
    found = read_record(view.reading, space, record)
    if found is None:
        raise no_such_record(view, path, record)
    check_stream(view.reading, found.get("stream"))
    _mark(view, space, [found])
    return {"item": found, "known": known_json(view.known)}


def no_such_record(view: View, path: str, record: str) -> Problem:
    position = view.known.position
    return Problem("no-such-record", "/path/record", record, position=position, list=f"/v1/{path}")


def _add(router: APIRouter, space: _Space) -> None:
    """Both routes of one space."""

    def show(request: Request, record: RecordId, asked: AskedKnown) -> Response:
        return show_record(request, asked, space.name, space.path, record)

    router.add_api_route(
        f"/v1/{space.path}",
        space.listed(space.name),
        methods=["GET"],
        name=f"list_{space.path}",
        response_model=space.page,
        summary=f"All {space.words}",
        description=f"The {space.words} on the record, by id, as known at a position.",
        responses=problems(*DATED),
    )
    router.add_api_route(
        f"/v1/{space.path}/{{record}}",
        show,
        methods=["GET"],
        name=f"show_{space.name}",
        response_model=space.one,
        summary=f"One of the {space.words}",
        description=f"One of the {space.words}, as known at a position.",
        responses=problems(*DATED, "no-such-record"),
    )


for _space in _SPACES:
    _add(router, _space)
