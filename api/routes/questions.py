"""The auditor's twenty questions about a programme, at (as_of, known)."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

from fastapi import Path, Query, Request, Response

from api import tables, tables_questions
from api.bundles.making import newest_heads
from api.documented import DATED, problems
from api.models.questions import Answers, AnswerShown
from api.parameters import AskedPoint, AsOf, Format, KnownText, ProgrammeId, Whole, resolve
from api.problems import Problem
from api.responses import csv_answer, is_unchanged, json_answer, unchanged, weak_etag
from api.routes.router import new_router
from api.views import View, open_programme
from projections.diff import Point
from projections.questions.catalogue import OF_POINTS, OF_YEAR
from projections.questions.knowledge import first_of_february, point_on
from projections.questions.reading import read_answer, read_answers

router = new_router("questions")

Number = Annotated[
    Whole, Path(ge=1, le=20, description="Which of the twenty questions: 1 to 20.", examples=[6])
]
MaybeYear = Annotated[
    Whole | None,
    Query(ge=1991, le=2200, description="Of questions 1, 15 and 17: about which year.", examples=[2025]),
]
FromAsOf = Annotated[
    AsOf, Query(description="Of question 2: the earlier state's day; by default the newest 1 February.")
]
FromKnown = Annotated[
    KnownText,
    Query(max_length=40, description="Of question 2: what was known then; by default that evening."),
]
ERRORS = problems(*DATED, "no-such-programme")
EVERYWHERE: Final = ("as_of", "format", "known", "min_position")


@router.get(
    "/v1/programmes/{programme}/questions",
    response_model=Answers,
    summary="The twenty questions",
    description="Every question with its answer in one sentence. `no` is said only where there was something "
    "to look at, and all of it was looked at; else the answer is `undetermined` or `not-configured`, and "
    "`missing` names what is lacking.",
    responses=tables.responses(ERRORS, tables_questions.ANSWERS),
)
def list_questions(
    request: Request, programme: ProgrammeId, asked: AskedPoint, form: Format = "json"
) -> Response:
    with open_programme(request, programme, asked) as view:
        position, etag = view.known.position, _tag(request, view)
        if is_unchanged(request, etag):
            return unchanged(etag, position)
        rows = read_answers(view.context.findings, view.reading, programme, view.as_of)
    base = f"/v1/programmes/{quote(programme)}"
    at = {"as_of": view.as_of, "known": position}
    rows = [{**row, "link": f"{base}/questions/{row['question']}?{urlencode(at)}"} for row in rows]
    if form == "csv":
        body = tables_questions.answers(rows)
        return csv_answer(body, name=f"{programme}-questions", position=position, etag=etag)
    content = {"programme": programme, **view.point(), "items": rows, "next": None}
    return json_answer(content, position=position, etag=etag)


@router.get(
    "/v1/programmes/{programme}/questions/{question}",
    response_model=AnswerShown,
    summary="One of the twenty questions",
    description="The answer in one sentence, what it rests on item by item with cells, events and proofs, "
    "what is lacking for an answer, and frozen links by which anyone checks it. `year` is of questions 1, 15 "
    "and 17, the earlier point of question 2.",
    responses=tables.responses(ERRORS, tables_questions.ANSWER),
)
def show_question(
    request: Request,
    programme: ProgrammeId,
    question: Number,
    asked: AskedPoint,
    year: MaybeYear = None,
    from_as_of: FromAsOf = None,
    from_known: FromKnown = None,
    form: Format = "json",
) -> Response:
    _check_parameters(question, {"year": year, "from_as_of": from_as_of, "from_known": from_known})
    with open_programme(request, programme, asked) as view:
        start = _start(view, programme, from_as_of, from_known)
        position, etag = view.known.position, _tag(request, view, start, _is_committed(view))
        if is_unchanged(request, etag):
            return unchanged(etag, position)
        found = read_answer(
            view.context.findings, view.reading, programme, view.as_of, question, year=year, start=start
        )
        content = {"programme": programme, **view.point(), **_linked(view, programme, found)}
    if form == "csv":
        body, name = tables_questions.answer(content), f"{programme}-question-{question}"
        return csv_answer(body, name=name, position=position, etag=etag)
    return json_answer(content, position=position, etag=etag)


def _tag(request: Request, view: View, *more: object) -> str:
    """Anchors and keys of other streams are looked at too, so every append may change an answer.

    more: where question 2 begins (a day that is not over means a later position with every append), and
    whether there is a bundle to link.
    """
    return weak_etag(request, view.context.identity.genesis, view.known.position, view.as_of, *more)


def _check_parameters(question: int, given: dict[str, Any]) -> None:
    """Refuse what has no meaning for this question. Raises Problem unknown-parameter."""
    allowed = {"year"} if question in OF_YEAR else set[str]()
    allowed |= {"from_as_of", "from_known"} if question in OF_POINTS else set()
    for name, value in given.items():
        if value is not None and name not in allowed:
            raise Problem(
                "unknown-parameter", f"/query/{name}", name, allowed=sorted({*EVERYWHERE, *allowed})
            )


def _start(view: View, programme: str, from_as_of: str | None, from_known: str | None) -> Point | None:
    """The earlier point of question 2, if any part of it was named. Raises Problem as resolve does.

    A day alone is known as of that day; a position alone is about D.
    """
    if from_as_of is None and from_known is None:
        return None
    if from_known is not None:
        return Point(from_as_of or view.as_of, resolve(view.context, from_known, name="from_known").position)
    case = view.context.findings.case(view.reading, programme, view.as_of)
    return point_on(case, from_as_of or first_of_february(case))


def _linked(view: View, programme: str, found: dict[str, Any]) -> dict[str, Any]:
    """With frozen addresses: of the evidence, of each cell's chain, and of each event's proof."""
    base = f"/v1/programmes/{quote(programme)}"
    at = {"as_of": view.as_of, "known": view.known.position}
    for item in found["items"]:
        for cell in item["cells"]:
            cell["blame"] = f"{base}/blame?{urlencode({**at, 'path': cell['path']}, safe='/')}"
        for event in item["events"]:
            named = {"event": event["event"], "size": view.known.position}
            event["proof"] = f"/v1/proofs/inclusion?{urlencode(named)}"
    evidence = {
        "state": f"{base}?{urlencode(at)}",
        "findings": f"{base}/findings?{urlencode(at)}",
        "history": f"{base}/history?{urlencode({'known': view.known.position})}",
        "diff": _diff_link(base, found),
        "bundle": f"{base}/bundle?{urlencode(at)}" if _is_committed(view) else None,
    }
    return {**found, "evidence": evidence}


def _is_committed(view: View) -> bool:
    """Do the heads of the streams commit to the position? Before they do no bundle can be made of it."""
    heads = newest_heads(view.context)
    return heads is not None and view.known.position <= heads.size


def _diff_link(base: str, found: dict[str, Any]) -> str | None:
    """Of question 2, if there was a ledger at the earlier point."""
    start, end = found["figures"].get("from"), found["figures"].get("to")
    if not isinstance(start, dict) or not isinstance(end, dict) or not start["known"]:
        return None
    asked = {
        "from_as_of": start["as_of"],
        "from_known": start["known"],
        "to_as_of": end["as_of"],
        "to_known": end["known"],
    }
    return f"{base}/diff?{urlencode(asked)}"
