"""GET /v1/exports: whole tables of one day and position, streamed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.context import context_of
from api.documented import DATED, QUESTION, Responses, problems
from api.exports.export import TYPES, Export, begin
from api.exports.parquet import is_installed
from api.exports.point import Filters
from api.exports.sending import send
from api.exports.table import FORMS, Form, Table
from api.exports.tables import TABLES
from api.models.exports import ExportTables
from api.parameters import (
    Asked,
    AskedKnown,
    AskedPoint,
    MaybeAct,
    MaybeIndicator,
    MaybeKind,
    MaybeLate,
    MaybeMeasure,
    MaybeOffice,
    MaybeOnly,
    MaybeOwner,
    MaybePath,
    MaybeProgramme,
    MaybeSource,
    bad_parameter,
)
from api.responses import answer_headers, is_unchanged, json_answer, unchanged, weak_etag
from api.routes.events import MaybeSubject
from api.routes.programmes import MaybeYear
from api.routes.registry import Ids, Words
from api.routes.registry import MaybeYear as YearOfAct
from api.routes.router import new_router

router = new_router("exports")

ExportForm = Annotated[
    str,
    Query(
        alias="format",
        description="jsonl: the objects of the lists, one a line; csv: the columns of their CSV; parquet: "
        "the same columns with types, where the server has the extra for it.",
        json_schema_extra={"enum": list(FORMS)},
    ),
]
Full = Annotated[
    str | None,
    Query(
        description="no: without `entry`, the signed bytes. Of jsonl alone, where they stand by default.",
        json_schema_extra={"enum": ["yes", "no"]},
    ),
]
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}, "example": "PAR1"}


def _responses(table: Table) -> Responses:
    lines = {"schema": {"type": "string"}, "example": '{"programme":"town-digital-2025"}\n'}
    columns = {"schema": {"type": "string"}, "example": ",".join(table.names) + "\r\n"}
    content = {"application/jsonl": lines, "text/csv": columns, TYPES["parquet"]: _BINARY}
    codes = [*DATED, "busy", "parquet-not-installed"]
    if "programme" in table.filters:
        codes += ["no-such-programme", "programme-blocked"]
    if not table.is_dated:
        codes += ["missing-parameter"] if "path" in table.filters else []
    said = "The table; an answer that breaks off has no proper end, and is none."
    return {200: {"description": said, "content": content}, **problems(*codes)}


@router.get(
    "/v1/exports",
    response_model=ExportTables,
    summary="The tables that can be exported",
    description="Their columns, filters and forms. Each is at `href`, whole: docs/bulk.md.",
    responses=problems(*QUESTION),
)
def list_exports() -> Response:
    items = [_described(table) for table in TABLES.values()]
    return json_answer({"items": items, "next": None})


def _described(table: Table) -> dict[str, Any]:
    columns = [{"name": one.name, "type": one.type, "printed": one.printed} for one in table.columns]
    formats = [form for form in FORMS if form != "parquet" or is_installed()]
    return {
        "name": table.name,
        "title": {"uk": table.title[0], "en": table.title[1]},
        "href": f"/v1/exports/{table.name}",
        "dated": table.is_dated,
        "filters": list(table.filters),
        "formats": formats,
        "columns": columns,
    }


@router.get(
    "/v1/exports/events",
    response_class=Response,
    summary="All events, as one table",
    description="The log in its order, or a selection of it, as known at a position. `path`, `measure`, "
    "`indicator` and `only=money` ask about cells, and need `programme`.",
    responses=_responses(TABLES["events"]),
)
async def export_events(
    request: Request,
    asked: AskedKnown,
    programme: MaybeProgramme = None,
    kind: MaybeKind = None,
    subject: MaybeSubject = None,
    office: MaybeOffice = None,
    act: MaybeAct = None,
    path: MaybePath = None,
    measure: MaybeMeasure = None,
    indicator: MaybeIndicator = None,
    only: MaybeOnly = None,
    late: MaybeLate = None,
    full: Full = None,
    form: ExportForm = "jsonl",
) -> Response:
    wanted = Filters(
        programme=programme,
        kind=kind,
        subject=subject,
        office=office,
        act=act,
        path=path,
        measure=measure,
        indicator=indicator,
        only=only,
        late=late,
    )
    return await _export(request, TABLES["events"], asked, wanted, form, _is_full(full, form))


@router.get(
    "/v1/exports/cells",
    response_class=Response,
    summary="The cells of all programmes, as one table",
    description="Every cell's value on a day, as known at a position, by programme and path.",
    responses=_responses(TABLES["cells"]),
)
async def export_cells(
    request: Request,
    asked: AskedPoint,
    programme: MaybeProgramme = None,
    body: MaybeOwner = None,
    path: MaybePath = None,
    form: ExportForm = "jsonl",
) -> Response:
    wanted = Filters(programme=programme, body=body, path=path)
    return await _export(request, TABLES["cells"], asked, wanted, form)


@router.get(
    "/v1/exports/budget",
    response_class=Response,
    summary="The budget of all programmes, as one table",
    description="A line of each measure, year and source: original, amended, appropriated and actual.",
    responses=_responses(TABLES["budget"]),
)
async def export_budget(
    request: Request,
    asked: AskedPoint,
    programme: MaybeProgramme = None,
    body: MaybeOwner = None,
    year: MaybeYear = None,
    source: MaybeSource = None,
    measure: MaybeMeasure = None,
    form: ExportForm = "jsonl",
) -> Response:
    wanted = Filters(programme=programme, body=body, year=year, source=source, measure=measure)
    return await _export(request, TABLES["budget"], asked, wanted, form)


@router.get(
    "/v1/exports/indicators",
    response_class=Response,
    summary="The indicators of all programmes, as one table",
    description="A row of each indicator and year: base, targets then and now, actuals, and dynamics.",
    responses=_responses(TABLES["indicators"]),
)
async def export_indicators(
    request: Request,
    asked: AskedPoint,
    programme: MaybeProgramme = None,
    body: MaybeOwner = None,
    indicator: MaybeIndicator = None,
    form: ExportForm = "jsonl",
) -> Response:
    wanted = Filters(programme=programme, body=body, indicator=indicator)
    return await _export(request, TABLES["indicators"], asked, wanted, form)


@router.get(
    "/v1/exports/acts",
    response_class=Response,
    summary="All legal acts, as one table",
    description="Acts as registered, their statuses, and the days on which they count, by id.",
    responses=_responses(TABLES["acts"]),
)
async def export_acts(
    request: Request,
    asked: AskedKnown,
    body: MaybeOwner = None,
    year: YearOfAct = None,
    q: Words = "",
    ids: Ids = "",
    form: ExportForm = "jsonl",
) -> Response:
    wanted = Filters(body=body, year=year, q=q, ids=ids)
    return await _export(request, TABLES["acts"], asked, wanted, form)


def _is_full(full: str | None, form: str) -> bool:
    """Raises Problem bad-parameter, also where the form has no place for the entries."""
    if full not in (None, "yes", "no"):
        raise bad_parameter("full", full)
    if full == "yes" and form != "jsonl":
        raise bad_parameter("full", full, "full")
    return full != "no"


async def _export(
    request: Request, table: Table, asked: Asked, wanted: Filters, form: str, full: bool = False
) -> Response:
    if form not in FORMS:
        raise bad_parameter("format", form, "export-form")
    context = context_of(request)
    export, etag = await run_in_threadpool(_begin, request, table, asked, wanted, form, full)
    position = export.point.known.position
    if is_unchanged(request, etag):
        return unchanged(etag, position)
    headers = answer_headers(position=position, etag=etag)
    if table.is_dated:
        headers["Pledger-As-Of"] = export.point.as_of
    return await send(request, context.exports, export, headers)


def _begin(
    request: Request, table: Table, asked: Asked, wanted: Filters, form: Form, full: bool
) -> tuple[Export, str]:
    export = begin(context_of(request), table, asked, wanted, form, full=full)
    return export, weak_etag(request, *export.concern())
