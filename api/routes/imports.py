"""POST /v1/imports/{shape}: a file of rows as drafts to sign. Nothing is stored."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query, Request, Response
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool

from api.bodies import check_media_type, read_body
from api.context import context_of
from api.documented import problems
from api.drafts.judge import OUTCOMES, Judge, worst
from api.importers.payloads import payloads_of
from api.importers.rows import AmountsIn
from api.importers.shapes import SHAPES
from api.importers.summary import summary_of
from api.imports import FILE_BYTES_MAX, Question, question_of, read_file, refusals, replaced, shown
from api.limits.gate import busy, uploading
from api.models.imports import Imported
from api.parameters import (
    MaybeAct,
    MaybeOffice,
    MaybePeriod,
    MaybePerson,
    MaybeProgramme,
    Whole,
)
from api.responses import json_answer
from api.routes.router import new_router
from api.texts.language import preferred
from ledger.values import Day

router = new_router("imports")

MEDIA_TYPE = "application/octet-stream"
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_BODY = {"requestBody": {"required": True, "content": {MEDIA_TYPE: _BINARY}}}


def _shape(value: str) -> str:
    if value not in SHAPES:
        raise PydanticCustomError("unknown-shape", "no such shape")
    return value


ShapeName = Annotated[
    str,
    AfterValidator(_shape),
    Path(description="What the file is.", examples=["actuals"], json_schema_extra={"enum": list(SHAPES)}),
]
MaybeDay = Annotated[Day | None, Query(description="Of the treasury's extract.", examples=["2025-06-30"])]
MaybeEffective = Annotated[
    Day | None,
    Query(
        description="From which day it counts; of a schedule by default each certificate's date.",
        examples=["2025-03-01"],
    ),
]
MaybeYear = Annotated[
    Whole | None,
    Query(ge=1991, le=2200, description="Of every row that names none.", examples=[2025]),
]
MaybeAccumulation = Annotated[
    Literal["period", "ytd"] | None, Query(description="How every row counts that does not say it.")
]
MaybePhase = Annotated[
    Literal["paid", "commitment", "incurred", "payable"] | None,
    Query(description="What every row's amount is, where the row does not say it."),
]
MaybeAmountsIn = Annotated[AmountsIn | None, Query(description="What amounts are in; by default hryvnias.")]
_Codes = Query(max_length=400, description="Only these budget programmes, with commas.", examples=["0217520"])
_Funds = Query(
    max_length=200,
    description="What codes of funds mean, CODE:MEANING with commas: general, special, development, skip.",
    examples=["Z:general,S:special"],
)
_Point = Query(max_length=32, description="Of the act, that makes the change.", examples=["1"])
_Annexes = Query(
    max_length=100,
    description="What the file states anew, with commas: tree, indicators, financing.",
    examples=["tree,indicators"],
)
_Name = Query(max_length=200, description="What the file is called.", examples=["extract.csv"])
_Codes_said = Query(
    max_length=400, description="Discrepancies to acknowledge, with commas.", examples=["old-mismatch"]
)


@router.post(
    "/v1/imports/{shape}",
    response_model=Imported,
    summary="Read a file of rows as drafts",
    description="A CSV file (UTF-8 or windows-1251) or a workbook (XLSX), of at most 20,000 rows; a new "
    "edition is a workbook or YAML. Every "
    "wrong cell is named at once; a file without any comes back as completed drafts, judged in order as "
    "/v1/drafts does, at most 256. What each shape takes beside the file is in docs/imports.md.",
    responses=problems(
        "bad-parameter", "missing-parameter", "unknown-parameter", "repeated-parameter", "no-such-programme",
        "no-such-record", "import-file-invalid", "import-too-many-events", "wrong-media-type",
        "body-too-large", "body-too-slow", "busy", "behind",
    ),
    openapi_extra=_BODY,
)  # fmt: skip
async def import_file(
    request: Request,
    shape: ShapeName,
    programme: MaybeProgramme = None,
    act: MaybeAct = None,
    point: Annotated[str | None, _Point] = None,
    annex: Annotated[str | None, _Annexes] = None,
    period: MaybePeriod = None,
    accumulation: MaybeAccumulation = None,
    phase: MaybePhase = None,
    amounts_in: MaybeAmountsIn = None,
    effective: MaybeEffective = None,
    day: MaybeDay = None,
    year: MaybeYear = None,
    kpkvk: Annotated[str | None, _Codes] = None,
    fund: Annotated[str | None, _Funds] = None,
    name: Annotated[str | None, _Name] = None,
    person: MaybePerson = None,
    office: MaybeOffice = None,
    acknowledge: Annotated[str | None, _Codes_said] = None,
) -> Response:
    context = context_of(request)
    said = {
        "programme": programme, "act": act, "point": point, "annex": annex, "period": period,
        "accumulation": accumulation, "phase": phase,
        "amounts_in": amounts_in, "effective": effective, "day": day, "year": year, "kpkvk": kpkvk,
        "fund": fund, "name": name,
    }  # fmt: skip
    question = question_of(context, shape, {key: one for key, one in said.items() if one is not None})
    check_media_type(request, MEDIA_TYPE)
    if context.imports.locked():
        raise busy()
    with uploading(request.scope):
        async with context.imports:
            seconds = context.settings.body_seconds
            raw = await read_body(request, size_max=FILE_BYTES_MAX, seconds=seconds)
            signers = [{"person": person, "office": office}] if person and office else []
            codes = [code for code in (acknowledge or "").split(",") if code]
            return await run_in_threadpool(_answer, request, question, raw, signers, codes)


def _answer(
    request: Request, question: Question, raw: bytes, signers: list[dict[str, Any]], codes: list[str]
) -> Response:
    context = context_of(request)
    taken = read_file(context, question, raw)
    payloads = payloads_of(taken, signers)
    drafts = judged(request, payloads)
    found = [_agreed(draft, codes) for draft in drafts]
    if any(found):
        again = [
            {**one, "acknowledges": agreed} if agreed else one
            for one, agreed in zip(payloads, found, strict=True)
        ]
        drafts = judged(request, again)
    open_codes = {one.code for one in taken.noticed} - set(codes)
    return json_answer(
        {
            "shape": question.shape,
            "outcome": worst([*drafts, {"outcome": OUTCOMES[bool(open_codes)]}]),
            "items": drafts,
            "problems": refusals(taken, drafts),
            "noticed": [shown(one) for one in taken.noticed],
            "summary": {**summary_of(taken), "replaces": replaced(drafts)},
        }
    )


def judged(request: Request, payloads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    language = preferred(request.headers.get("accept-language", ""))
    judge = Judge(context_of(request), language=language, request_id=request.scope["pledger.request"])
    return judge.all(payloads)


def _agreed(draft: dict[str, Any], codes: list[str]) -> list[str]:
    """Of the codes that may be acknowledged, those that were found in a draft."""
    found = {item["code"] for item in draft["discrepancies"]}
    return sorted(found & set(codes))
