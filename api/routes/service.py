"""GET /v1, health and readiness: which ledger this is, and whether it is well."""

from __future__ import annotations

from fastapi import Request, Response

from api.context import Context, context_of
from api.documented import problems
from api.models.service import DEMO, Health, Readiness, Service
from api.problems import Problem
from api.responses import json_answer
from api.routes.router import new_router
from api.version import VERSION

router = new_router("service")

LINKS = {
    "events": "/v1/events",
    "drafts": "/v1/drafts",
    "programmes": "/v1/programmes",
    "acts": "/v1/acts",
    "proposals": "/v1/proposals",
    "policies": "/v1/policies",
    "observations": "/v1/observations",
    "bodies": "/v1/bodies",
    "registrars": "/v1/registrars",
    "offices": "/v1/offices",
    "persons": "/v1/persons",
    "mandates": "/v1/mandates",
    "keys": "/v1/keys",
    "schemas": "/v1/schemas",
    "checkpoint": "/v1/checkpoint",
    "inclusion": "/v1/proofs/inclusion",
    "consistency": "/v1/proofs/consistency",
    "openapi": "/openapi.json",
    "pages": "/",
}


@router.get(
    "/v1",
    response_model=Service,
    summary="Which ledger this is",
    description="Identity, log key and position. Compare genesis and log key with what you were told "
    "elsewhere: a server cannot vouch for itself.",
    responses=problems("unknown-parameter"),
)
def describe(request: Request) -> Response:
    return json_answer(service(context_of(request)))


def service(context: Context) -> dict[str, object]:
    identity, head = context.identity, context.ledger.reader.head()
    return {
        "service": "Pledger",
        "version": VERSION,
        "opened": bool(identity.genesis),
        "origin": identity.origin,
        "genesis": identity.genesis or None,
        "log_key": context.log_key,
        "zone": str(identity.zone),
        "position": head.size,
        "recorded_at": head.recorded_at or None,
        "demo": DEMO if context.settings.demo else None,
        "links": LINKS,
    }


@router.get(
    "/healthz",
    response_model=Health,
    summary="Is the process alive?",
    description="Answers while the process runs, whatever its state.",
    responses=problems("unknown-parameter"),
)
async def health() -> Response:
    return json_answer({"status": "ok"})


@router.get(
    "/readyz",
    response_model=Readiness,
    summary="Can it take and answer?",
    description="503 with the reasons while entries are not taken, or while projections lag or are at fault.",
    responses=problems("unknown-parameter", "not-ready"),
)
def readiness(request: Request) -> Response:
    context = context_of(request)
    reasons = _reasons(context)
    if reasons:
        raise Problem("not-ready", headers={"Retry-After": "5"}, reasons=reasons)
    return json_answer(
        {"status": "ready", "position": context.position, "applied": context.follower.position}
    )


def _reasons(context: Context) -> list[str]:
    """Why not, in words for an operator; none while all is well."""
    lag = context.position - context.follower.position
    stopped, fault = context.ledger.appender.stopped, context.follower.fault
    found = []
    if stopped is not None:
        found.append(f"appending is stopped: {stopped}")
    if fault is not None:
        found.append(f"projections are at fault: {fault}")
    if lag > context.settings.lag_max:
        found.append(f"projections are {lag} entries behind")
    return found
