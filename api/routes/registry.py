"""The registry: acts, bodies, offices, persons, mandates and keys, as known at a position."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from api.documented import DATED, problems
from api.models import registry as shapes
from api.parameters import AskedKnown, Limit, MaybeBody
from api.problems import Problem
from api.responses import json_answer
from api.routes.programmes import paged
from api.routes.router import new_router
from api.views import known_json, open_view
from projections.records import read_record, read_records

router = new_router("registry")

AfterId = Annotated[str, Query(max_length=160, description="Ids after this one.")]
RecordId = Annotated[str, Path(description="The record's id, as the list has it.")]

# path, space, what it is, the shapes of a page and of one, and whether a body has them.
_SPACES: tuple[tuple[str, str, str, Any, Any, bool], ...] = (
    ("acts", "act", "acts", shapes.Acts, shapes.ActRecord, True),
    ("bodies", "body", "bodies", shapes.Bodies, shapes.BodyRecord, False),
    ("offices", "office", "offices", shapes.Offices, shapes.OfficeRecord, True),
    ("persons", "person", "persons", shapes.Persons, shapes.PersonRecord, False),
    ("mandates", "mandate", "mandates", shapes.Mandates, shapes.MandateRecord, True),
    ("keys", "key", "accepted keys", shapes.Keys, shapes.KeyRecord, True),
)


def _list(request: Request, asked: Any, space: str, body: str | None, after: str, limit: int) -> Response:
    with open_view(request, asked) as view:
        rows = read_records(view.reading, space, body=body, after=after, limit=limit + 1)
    known = known_json(view.known)
    return paged(request, view, rows, limit, lambda row: {"after": row["id"]}, known=known)


def _show(request: Request, asked: Any, space: str, path: str, record: str) -> Response:
    with open_view(request, asked) as view:
        found = read_record(view.reading, space, record)
    if found is None:
        position = view.known.position
        raise Problem("no-such-record", "/path/record", record, position=position, list=f"/v1/{path}")
    content = {"item": found, "known": known_json(view.known)}
    return json_answer(content, position=view.known.position)


def _add(router: APIRouter, path: str, space: str, words: str, page: Any, one: Any, has_body: bool) -> None:
    """Both routes of one space."""

    def list_of_body(
        request: Request,
        asked: AskedKnown,
        body: MaybeBody = None,
        after: AfterId = "",
        limit: Limit = 100,
    ) -> Response:
        return _list(request, asked, space, body, after, limit)

    def list_all(request: Request, asked: AskedKnown, after: AfterId = "", limit: Limit = 100) -> Response:
        return _list(request, asked, space, None, after, limit)

    def show(request: Request, record: RecordId, asked: AskedKnown) -> Response:
        return _show(request, asked, space, path, record)

    router.add_api_route(
        f"/v1/{path}",
        list_of_body if has_body else list_all,
        methods=["GET"],
        name=f"list_{path}",
        response_model=page,
        summary=f"All {words}",
        description=f"The {words} on the record, by id, as known at a position.",
        responses=problems(*DATED),
    )
    router.add_api_route(
        f"/v1/{path}/{{record}}",
        show,
        methods=["GET"],
        name=f"show_{space}",
        response_model=one,
        summary=f"One of the {words}",
        description=f"One of the {words}, as known at a position.",
        responses=problems(*DATED, "no-such-record"),
    )


for _space in _SPACES:
    _add(router, *_space)
