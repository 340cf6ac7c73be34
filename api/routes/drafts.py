"""POST /v1/drafts: what would happen, before anybody signs."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from api.bodies import check_media_type, read_body
from api.context import context_of
from api.documented import problems
from api.drafts.judge import Judge, worst
from api.models.events import Draft, Drafts
from api.problems import Problem
from api.responses import json_answer
from api.routes.router import new_router
from api.texts.language import preferred
from ledger.canonical import DEPTH_MAX
from ledger.envelope import BATCH_COUNT_MAX, BATCH_SIZE_MAX
from ledger.errors import Refusal

MEDIA_TYPE = "application/json"

router = new_router("events")

_EXAMPLE = {
    "payload": {
        "kind": "financing.changed",
        "subject": "programme:town-digital-2025",
        "signers": [{"person": "p-07", "office": "council-secretary"}],
        "effective": "2025-06-01",
        "act": {"id": "town-512-2025-05-29", "point": "1"},
        "data": {
            "lines": [
                {"measure": "2.1.4", "year": 2025, "source": "local", "op": "set", "amount": "45000.00"}
            ]
        },
    }
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "oneOf": [
                        {"$ref": "#/components/schemas/DraftRequest"},
                        {"$ref": "#/components/schemas/DraftsRequest"},
                    ]
                },
                "example": _EXAMPLE,
            }
        },
    }
}


@router.post(
    "/v1/drafts",
    response_model=Draft | Drafts,
    summary="Judge events before they are signed",
    description="Fills in what is left out (id, ledger, schema, seen, submit_before, the signers' keys, and "
    "the removals of a restated annex), gives the canonical bytes to sign, and says what would come of them: "
    "discrepancies, refusal, and the cells that change. Nothing is written. Drafts in `payloads` are judged "
    "in order, each after the ones before it.",
    responses=problems(
        "not-json", "draft-malformed", "too-deep", "unknown-parameter", "wrong-media-type", "body-too-large",
        "body-too-slow", "behind",
    ),
    openapi_extra=_BODY,
)  # fmt: skip
async def judge_drafts(request: Request) -> Response:
    context = context_of(request)
    check_media_type(request, MEDIA_TYPE)
    raw = await read_body(request, size_max=BATCH_SIZE_MAX, seconds=context.settings.body_seconds)
    return await run_in_threadpool(_judge, request, raw)


def _judge(request: Request, raw: bytes) -> Response:
    payloads, single = read_payloads(raw)
    language = preferred(request.headers.get("accept-language", ""))
    judge = Judge(context_of(request), language=language, request_id=request.scope["pledger.request"])
    drafts = judge.all(payloads)
    return json_answer(drafts[0] if single else {"drafts": drafts, "outcome": worst(drafts)})


def read_payloads(raw: bytes) -> tuple[list[dict[str, Any]], bool]:
    """The payloads, and whether there is one on its own. Raises Refusal, Problem."""
    try:
        members = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Refusal("not-json", reason=error.msg, offset=error.pos) from None
    payloads: Any
    if isinstance(members, dict) and members.keys() == {"payload"}:
        payloads, single = [members["payload"]], True
    elif isinstance(members, dict) and members.keys() == {"payloads"}:
        payloads, single = members["payloads"], False
    else:
        raise Problem("draft-malformed", errors=[{"pointer": "", "got": None}])
    if not isinstance(payloads, list) or not 1 <= len(payloads) <= BATCH_COUNT_MAX:
        raise Problem("draft-malformed", "/payloads")
    for place, payload in enumerate(payloads):
        if not isinstance(payload, dict):
            raise Problem("draft-malformed", "/payload" if single else f"/payloads/{place}")
        _check_depth(payload, "/payload" if single else f"/payloads/{place}")
    return payloads, single


def _check_depth(payload: dict[str, Any], at: str) -> None:
    """Raises Refusal too-deep: an answer shows the payload again, and deeper cannot be written."""
    level: list[tuple[str, Any]] = [(at, payload)]
    for _ in range(DEPTH_MAX):
        level = [
            (f"{pointer}/{_token(name)}", child)
            for pointer, node in level
            for name, child in (node.items() if isinstance(node, dict) else enumerate(node))
            if isinstance(child, dict | list)
        ]
    if level:
        pointer, node = level[0]
        raise Refusal("too-deep", pointer, type(node).__name__)


def _token(name: str | int) -> str:
    """One token of a JSON Pointer (RFC 6901 §3)."""
    return str(name).replace("~", "~0").replace("/", "~1")
