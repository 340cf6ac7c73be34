"""GET /v1/schemas: what may be said, kind by kind."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request, Response
from fastapi.responses import JSONResponse

from api.context import context_of
from api.documented import problems
from api.models.service import Kinds, Schema
from api.problems import Problem
from api.responses import is_unchanged, json_answer, unchanged, weak_etag
from api.routes.router import new_router
from api.schemas import event_schema, summary
from ledger.kinds import KINDS

router = new_router("schemas")

MEDIA_TYPE = "application/schema+json"

KindPath = Annotated[str, Path(description="A kind of event.", examples=["financing.changed"])]


@router.get(
    "/v1/schemas",
    response_model=Kinds,
    summary="All kinds of event",
    description="What may be stated, by whom, and whether it needs an act.",
    responses=problems("unknown-parameter"),
)
def list_kinds() -> Response:
    return json_answer({"items": [summary(kind) for kind in KINDS.values()], "next": None})


class SchemaAnswer(JSONResponse):
    """For the OpenAPI document: of which type the answer is."""

    media_type = MEDIA_TYPE


@router.get(
    "/v1/schemas/{kind}",
    response_model=Schema,
    response_class=SchemaAnswer,
    summary="The schema of one kind",
    description="JSON Schema (2020-12) of the whole event, with an example.",
    responses=problems("unknown-parameter", "no-such-kind"),
)
def show_schema(request: Request, kind: KindPath) -> Response:
    if kind not in KINDS:
        raise Problem("no-such-kind", "/path/kind", kind)
    etag = weak_etag(request, KINDS[kind].schema)
    if is_unchanged(request, etag):
        return unchanged(etag, context_of(request).position)
    return json_answer(event_schema(kind), etag=etag, media_type=MEDIA_TYPE)
