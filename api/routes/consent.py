"""Consent and oversight: proposals, what policies say, and observations."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from api.context import context_of
from api.documented import DATED, problems
from api.drafts.enacting import asked_now
from api.models import consent as shapes
from api.models import oversight
from api.models.shape import EVENT
from api.parameters import (
    Asked,
    AskedKnown,
    AskedPoint,
    Format,
    Limit,
    MaybeBody,
    MaybeOpen,
    MaybeProgramme,
    MaybeState,
)
from api.problems import Problem
from api.responses import csv_answer, json_answer
from api.routes.programmes import paged
from api.routes.record_lists import page_of
from api.routes.registry import no_such_record, show_record
from api.routes.router import new_router
from api.tables import responses
from api.tables_registry import COLUMNS, table
from api.views import View, check_programme, known_json, open_view
from projections.doubtful import mark_entries
from projections.observations import read_observations
from projections.policies import read_policies, settings_of
from projections.positions import day_of
from projections.programmes import body_of
from projections.proposals import read_proposal, read_proposals
from projections.records import read_record

router = new_router("consent")

AfterId = Annotated[str, Query(max_length=64, description="Ids after this one.", examples=[EVENT])]
EventId = Annotated[
    str, Path(description="The id of the event that said it first, as the list has it.", examples=[EVENT])
]


def _day(view: View, asked: Asked) -> str:
    """As asked; else the day of the position asked for, today at the newest."""
    if asked.as_of is not None or asked.known is None:
        return view.as_of
    return day_of(view.known.recorded_at, view.context.identity.zone)


@router.get(
    "/v1/proposals",
    response_model=shapes.Proposals,
    summary="Proposed changes",
    description="By time, oldest first, with what each office said. Whether one has lapsed is judged on "
    "`as_of`: by default the day of `known`, or today.",
    responses=problems(*DATED),
)
def list_proposals(
    request: Request,
    asked: AskedPoint,
    programme: MaybeProgramme = None,
    state: MaybeState = None,
    after: AfterId = "",
    limit: Limit = 100,
) -> Response:
    with open_view(request, asked) as view:
        day = _day(view, asked)
        rows = read_proposals(
            view.reading, day, programme=programme, state=state, after=after, limit=limit + 1
        )
        mark_entries(view.reading, rows)
    point = {"as_of": day, "known": known_json(view.known)}
    return paged(request, view, rows, limit, lambda row: {"after": row["id"]}, **point)


@router.get(
    "/v1/proposals/{record}",
    response_model=shapes.ProposalRecord,
    summary="One proposed change",
    description="Its text, what each office said, and what became of it; asked at the newest position, also "
    "what the policies in force ask of its enactment now, and who still lacks.",
    responses=problems(*DATED, "no-such-record"),
)
def show_proposal(request: Request, record: EventId, asked: AskedPoint) -> Response:
    with open_view(request, asked) as view:
        day = _day(view, asked)
        found = read_proposal(view.reading, day, record)
        mark_entries(view.reading, [found] if found is not None else [])
    if found is None:
        raise no_such_record(view, "proposals", record)
    stands = found["state"] in ("open", "refused")
    now = asked_now(context_of(request), found) if stands and _is_newest(view, asked) else None
    content = {"item": found, "asked": now, "as_of": day, "known": known_json(view.known)}
    return json_answer(content, position=view.known.position)


def _is_newest(view: View, asked: Asked) -> bool:
    """A past is answered by what was known then: nothing is asked of it now."""
    return asked.known is None or view.known.position == view.context.position


@router.get(
    "/v1/policies",
    response_model=shapes.Policies,
    summary="The policies in force on a day",
    description="What they say, setting by setting. Without a body or programme: the root's, which govern "
    "all; else also the body's own, and of the bodies above it. Where none says anything: not-configured. "
    "Endorsements hang on the kind of event: `uncovered` names the kinds that may write the same cells, and "
    "that no policy in force here wants endorsed.",
    responses=responses(problems(*DATED, "no-such-record", "no-such-programme"), COLUMNS["policy"]),
)
def list_policies(
    request: Request,
    asked: AskedPoint,
    body: MaybeBody = None,
    programme: MaybeProgramme = None,
    form: Format = "json",
) -> Response:
    with open_view(request, asked) as view:
        if programme is not None:
            check_programme(view, programme, view.known.position, at="/query/programme")
        elif body is not None:
            _check_body(view, body)
        owner = body or (body_of(view.reading, programme) if programme is not None else "")
        rows = mark_entries(
            view.reading, read_policies(view.reading, view.as_of, body=owner, programme=programme)
        )
    if form == "csv":
        return csv_answer(table("policy", rows), name="policies", position=view.known.position)
    content: dict[str, Any] = {"body": owner or None, "programme": programme, **view.point()}
    content |= {"items": rows, "settings": settings_of(rows), "next": None}
    return json_answer(content, position=view.known.position)


def _check_body(view: View, body: str) -> None:
    """Raises Problem no-such-record."""
    if read_record(view.reading, "body", body) is None:
        position = view.known.position
        raise Problem("no-such-record", "/query/body", body, position=position, list="/v1/bodies")


@router.get(
    "/v1/policies/{record}",
    response_model=shapes.PolicyRecord,
    summary="One statement of a policy",
    description="What an event of the kind policy.set says, whether or not it is in force.",
    responses=responses(problems(*DATED, "no-such-record"), COLUMNS["policy"]),
)
def show_policy(request: Request, record: EventId, asked: AskedKnown, form: Format = "json") -> Response:
    return show_record(request, asked, "policy", "policies", record, form)


@router.get(
    "/v1/observations",
    response_model=oversight.Observations,
    summary="Observations and their answers",
    description="By time, oldest first: what somebody with oversight remarked, and what was answered.",
    responses=responses(problems(*DATED), COLUMNS["observation"]),
)
def list_observations(
    request: Request,
    asked: AskedKnown,
    programme: MaybeProgramme = None,
    is_open: MaybeOpen = None,
    after: AfterId = "",
    limit: Limit = 100,
    form: Format = "json",
) -> Response:
    stream = f"programme:{programme}" if programme is not None else None
    wanted = None if is_open is None else is_open == "true"
    with open_view(request, asked) as view:
        rows = read_observations(view.reading, stream=stream, is_open=wanted, after=after, limit=limit + 1)
        mark_entries(view.reading, rows)
    return page_of(request, view, "observation", rows, limit, form)


@router.get(
    "/v1/observations/{record}",
    response_model=oversight.ObservationRecord,
    summary="One observation",
    description="The remark and its answers, as known at a position.",
    responses=responses(problems(*DATED, "no-such-record"), COLUMNS["observation"]),
)
def show_observation(request: Request, record: EventId, asked: AskedKnown, form: Format = "json") -> Response:
    return show_record(request, asked, "observation", "observations", record, form)
