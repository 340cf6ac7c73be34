"""A year's evaluation: four sections of figures, and what was concluded of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from api import tables
from api.documented import DATED, problems
from api.models.evaluation import Evaluation
from api.parameters import AskedPoint, Format, ProgrammeId, Whole
from api.responses import csv_answer, is_unchanged, json_answer, unchanged, weak_etag
from api.routes.router import new_router
from api.tables_duties import EVALUATION, evaluation
from api.texts.evaluation import summaries
from api.views import View, open_programme
from projections.evaluation.conclusion import Past, read_evaluation

router = new_router("programmes")

Year = Annotated[Whole, Query(ge=1991, le=2200, description="Which year.", examples=[2025])]


@router.get(
    "/v1/programmes/{programme}/evaluation",
    response_model=Evaluation,
    summary="The evaluation of a year",
    description="Computed in the four directions of the programme: delivery of projects, planned and actual "
    "money by source, results, and indicator targets. What nobody stated is undetermined. `conclusion` is "
    "what was signed of them: `bound` says whether the figures that it names are those that it looked at, "
    "and `changed` what is different now. Nothing here judges: the rating is the signer's.",
    responses=tables.responses(problems(*DATED, "no-such-programme", "missing-parameter"), EVALUATION),
)
def show_evaluation(
    request: Request, programme: ProgrammeId, asked: AskedPoint, year: Year, form: Format = "json"
) -> Response:
    with open_programme(request, programme, asked) as view:
        position = view.known.position
        etag = weak_etag(request, view.context.identity.genesis, position, view.as_of)
        if is_unchanged(request, etag):
            return unchanged(etag, position)
        case = view.context.findings.case(view.reading, programme, view.as_of)
        found = read_evaluation(case, year, _past(view, programme))
    if form == "csv":
        body, name = evaluation(found["sections"]), f"{programme}-evaluation-{year}"
        return csv_answer(body, name=name, position=position, etag=etag)
    told = {"summaries": summaries(found["sections"])}
    content = {"programme": programme, **view.point(), **found, **told}
    return json_answer(content, position=position, etag=etag)


def _past(view: View, programme: str) -> Past:
    """Earlier cases, as far as this process remembers them."""
    return lambda position, day: view.context.findings.case(view.reading.at(position), programme, day)
