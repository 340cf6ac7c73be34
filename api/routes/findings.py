"""What needs attention in a programme on a day, as known at a position."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from api import tables
from api.documented import DATED, problems
from api.models.findings import Findings, Severity, Status
from api.parameters import AskedPoint, Format, Limit, ProgrammeId
from api.responses import csv_answer, is_unchanged, json_answer, unchanged, url_with, weak_etag
from api.routes.router import new_router
from api.tables_findings import FINDINGS, findings
from api.views import open_programme
from projections.findings.findings import counts, read_findings
from projections.findings.rules import CODES, THEMES
from projections.findings.told import read_told

router = new_router("findings")

ERRORS = problems(*DATED, "no-such-programme")
MaybeStatus = Annotated[
    Status | None,
    Query(description="Only those. `resolved`: found earlier, and no more, with the entry that ended it."),
]
MaybeSeverity = Annotated[Severity | None, Query(description="Only of this severity.")]


def _theme(name: str) -> str:
    if name not in THEMES:
        raise PydanticCustomError("unknown-theme", "one of {known}", {"known": ", ".join(THEMES)})
    return name


def _code(name: str) -> str:
    if name not in CODES:
        raise PydanticCustomError("unknown-code", "no such rule: see docs/findings.md")
    return name


MaybeTheme = Annotated[
    Annotated[str, AfterValidator(_theme)] | None,
    Query(max_length=40, description="Only of this theme.", examples=["money"]),
]
MaybeCode = Annotated[
    Annotated[str, AfterValidator(_code)] | None,
    Query(max_length=40, description="Only of this rule.", examples=["FIN-OVER"]),
]
AfterFinding = Annotated[
    str,
    Query(
        max_length=500,
        description="Findings after the one of this id.",
        examples=["FIN-OVER:2.1.4/2025/local"],
    ),
]


@router.get(
    "/v1/programmes/{programme}/findings",
    response_model=Findings,
    summary="What needs attention in a programme",
    description="A pure function of cells and events at (as_of, known): each finding with its sentence, "
    "cells, events and quotes, and its life on the record: open, answered, accepted with a reason, or "
    "resolved. It says that something needs attention, never that somebody broke a rule: people judge.",
    responses=tables.responses(ERRORS, FINDINGS),
)
def show_findings(
    request: Request,
    programme: ProgrammeId,
    asked: AskedPoint,
    status: MaybeStatus = None,
    severity: MaybeSeverity = None,
    theme: MaybeTheme = None,
    code: MaybeCode = None,
    after: AfterFinding = "",
    limit: Limit = 200,
    form: Format = "json",
) -> Response:
    with open_programme(request, programme, asked) as view:
        position = view.known.position
        etag = weak_etag(request, view.context.identity.genesis, position, view.as_of)
        if is_unchanged(request, etag):
            return unchanged(etag, position)
        found = read_findings(view.context.findings, view.reading, programme, view.as_of)
        told = read_told(view.reading, programme, view.as_of) if status == "resolved" else None
    wanted = {"status": status, "severity": severity, "theme": theme, "code": code}
    rows = [row for row in (told.resolved if told is not None else found) if _fits(row, wanted)]
    rows, last = _after(rows, after, limit)
    next_url = (
        url_with(request, known=position, as_of=view.as_of, min_position=None, after=last) if last else None
    )
    if form == "csv":
        body, name = findings(rows), f"{programme}-findings"
        return csv_answer(body, name=name, position=position, etag=etag, next_url=next_url)
    content = {
        "programme": programme,
        **view.point(),
        "items": rows,
        "next": next_url,
        "counts": counts(found),
        "looked_since": told.since if told is not None else None,
    }
    return json_answer(content, position=position, etag=etag, next_url=next_url)


def _fits(row: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all(value is None or row[name] == value for name, value in wanted.items())


def _after(rows: list[dict[str, Any]], after: str, limit: int) -> tuple[list[dict[str, Any]], str | None]:
    """One page, and the id after which the next one starts. An id that is not found starts anew."""
    ids = [row["id"] for row in rows]
    start = ids.index(after) + 1 if after in ids else 0
    page = rows[start : start + limit]
    return page, page[-1]["id"] if start + limit < len(rows) else None
