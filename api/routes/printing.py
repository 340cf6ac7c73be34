"""Documents to print: state, yearly report, comparison table, new edition of an annex; PDF, XLSX, data."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.context import Context, context_of, public_address
from api.documented import DATED, Responses, problems
from api.parameters import AskedPoint, AsOf, KnownText, ProgrammeId, Whole, bad_parameter
from api.print.answering import ANNEXES, FORMS, Wanted, opened
from api.print.asked import PRINTS
from api.print.making import FORMAT
from api.print.rendering import MEDIA_TYPES, rendered
from api.problems import Problem
from api.responses import answer_headers, is_unchanged, unchanged, weak_etag
from api.routes.router import new_router

router = new_router("print")

_FILES: Responses = {
    200: {
        "description": "The document; its file name says what it is.",
        "content": {
            MEDIA_TYPES["pdf"]: {"schema": {"type": "string", "format": "binary"}, "example": "%PDF-1.7"},
            MEDIA_TYPES["xlsx"]: {"schema": {"type": "string", "format": "binary"}, "example": "PK"},
            "application/json": {"schema": {"type": "object"}, "example": {"format": FORMAT}},
            "text/plain": {"schema": {"type": "string"}, "example": '#let data = json("data.json")'},
        },
    }
}
_OWN = ("missing-parameter", "no-such-programme", "no-such-record", "print-too-large", "busy")

Which = Annotated[
    str,
    Path(
        alias="print",
        description="Which document.",
        examples=["state"],
        json_schema_extra={"enum": list(PRINTS)},
    ),
]
Year = Annotated[Whole | None, Query(ge=1991, le=2200, description="Of the report.", examples=[2025])]
MaybeProposal = Annotated[
    str | None,
    Query(
        max_length=64,
        description="Instead of the points of a comparison: the edition in force beside what this asks for.",
        examples=["01890a5d-ac96-774b-bcce-b302099a8057"],
    ),
]
WhichAnnex = Annotated[
    str | None,
    Query(
        description="Which annex.",
        examples=["financing"],
        json_schema_extra={"enum": list(ANNEXES)},
    ),
]
Number = Annotated[
    Whole | None,
    Query(
        ge=1,
        le=99,
        description="How the annex is numbered; by default 2 for financing, 3 for measures, else blank.",
        examples=[2],
    ),
]
PrintForm = Annotated[
    str,
    Query(
        alias="format",
        description="pdf, xlsx, json (the data that the page is made of) or typ (the template).",
        examples=["pdf"],
        json_schema_extra={"enum": list(FORMS)},
    ),
]
Lang = Annotated[
    str,
    Query(description="uk or en.", examples=["uk"], json_schema_extra={"enum": ["uk", "en"]}),
]


@router.get(
    "/v1/programmes/{programme}/print/{print}",
    summary="A document to print",
    description="`state`: the programme on a date. `report`: of a `year`. `comparison`: between "
    "`from_as_of`, `from_known` and the point, or of a `proposal`. `annex`: its new edition, for a draft "
    "decision. A question with `as_of` and `known` gives the same bytes for ever, on every machine; without "
    "`as_of` it is about today.",
    response_class=Response,
    responses={**_FILES, **problems(*DATED, *_OWN)},
)
async def print_document(
    request: Request,
    programme: ProgrammeId,
    which: Which,
    asked: AskedPoint,
    year: Year = None,
    from_as_of: AsOf = None,
    from_known: KnownText = None,
    proposal: MaybeProposal = None,
    annex: WhichAnnex = None,
    number: Number = None,
    form: PrintForm = "pdf",
    lang: Lang = "uk",
) -> Response:
    if lang not in ("uk", "en"):
        raise bad_parameter("lang", lang)
    wanted = Wanted(
        print=which,
        programme=programme,
        point=asked,
        language="uk" if lang == "uk" else "en",
        year=year,
        from_as_of=from_as_of,
        from_known=from_known,
        proposal=proposal,
        annex=annex,
        number=number,
        form=form,
        address=public_address(request),
    )
    context = context_of(request)
    slots = context.bundles  # what is as dear shares the room
    if slots.locked():
        raise Problem("busy", headers={"Retry-After": "5"})
    async with slots:
        return await run_in_threadpool(_answer, request, context, wanted)


def _answer(request: Request, context: Context, wanted: Wanted) -> Response:
    with opened(context, wanted) as question:
        position = question.view.known.position
        etag = weak_etag(request, FORMAT, *question.parts)
        if is_unchanged(request, etag):
            return unchanged(etag, position)
        data, name = question.make(), question.file_name
    headers = answer_headers(position=position, etag=etag)
    headers["Content-Disposition"] = f'attachment; filename="{name}.{wanted.form}"'
    return Response(rendered(data, wanted.form), 200, headers, MEDIA_TYPES[wanted.form])
