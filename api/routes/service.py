"""GET /v1, health and readiness: which ledger this is, and whether it is well."""

from __future__ import annotations

from fastapi import Request, Response

from api.context import Context, context_of
from api.documented import problems
from api.models.service import DEMO, Health, Readiness, Service
from api.problems import Problem
from api.readiness import checks_of, notes_of, reasons_of, sentences
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
    "search": "/v1/search",
    "schemas": "/v1/schemas",
    "checkpoint": "/v1/checkpoint",
    "inclusion": "/v1/proofs/inclusion",
    "consistency": "/v1/proofs/consistency",
    "log": "/log/checkpoint",
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
def describe_service(request: Request) -> Response:
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
        "restored": _restored(context),
        **_outside(context),
        "links": LINKS,
    }


def _outside(context: Context) -> dict[str, object]:
    """How many entries enough witnesses, and an authority, vouch for."""
    witnessed, stamped = context.trust.standing.witnessed, context.trust.standing.stamped
    return {
        "witnessed": None
        if witnessed is None
        else {
            "size": witnessed.size,
            "at": witnessed.at,
            "names": witnessed.names,
            "needed": witnessed.needed,
        },
        "stamped": None if stamped is None else {"size": stamped.size, "at": stamped.at},
    }


def _restored(context: Context) -> dict[str, object] | None:
    """The newest restore; what was signed before says what may be lost."""
    done = context.restored
    if done is None:
        return None
    missing = done.missing
    if missing is not None and context.ledger.reader.head().size >= missing[1]:
        missing = None  # they were brought back
    return {
        "at": done.at,
        "size": done.size,
        "from_size": done.signed_size,
        "missing": {"from": missing[0], "to": missing[1]} if missing is not None else None,
        "new_memory": done.new_memory,
        "unprotected": done.unprotected,
    }


@router.get(
    "/healthz",
    response_model=Health,
    summary="Is the process alive?",
    description="Answers while the process runs, whatever its state.",
    responses=problems("unknown-parameter"),
)
async def check_health() -> Response:
    return json_answer({"status": "ok"})


@router.get(
    "/readyz",
    response_model=Readiness,
    summary="Can it take and answer?",
    description="503 with the reasons while entries are not taken, while projections lag or are at fault, "
    "when witnesses that a policy asks for have not answered for long, or once the server was told to stop. "
    "Notes are no reason to ask elsewhere: a time-stamping authority that has given no stamp for long, or "
    "programmes that cannot be answered about, here or anywhere. "
    "`checks` says the same by what was checked.",
    responses=problems("unknown-parameter", "not-ready"),
)
def check_readiness(request: Request) -> Response:
    context = context_of(request)
    reasons = reasons_of(context, stopping=request.app.state.lifecycle.stopping)
    said = notes_of(context)
    checks, notes = checks_of([*reasons, *said]), [note.to_json() for note in said]
    if reasons:  # nothing of them is cut
        told = {"reasons": [reason.to_json() for reason in reasons], "notes": notes, "checks": checks}
        headers = {"Retry-After": "5"}
        raise Problem("not-ready", headers=headers, members={"details": told}, reasons=sentences(reasons))
    return json_answer(
        {
            "status": "ready",
            "position": context.position,
            "applied": context.follower.position,
            "checks": checks,
            "notes": notes,
        }
    )
