"""POST /v1/events: signed events in, receipts out.

The endpoint takes the raw request and nothing else: api/app.py lets it be called directly.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

import orjson
from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from api.bodies import check_media_type, read_body
from api.context import Context, context_of
from api.documented import door_codes, problems
from api.limits.keys import Before, KeyRates
from api.models.events import ENVELOPE, Receipt, Receipts
from api.refusing import refusing
from api.responses import json_answer
from api.routes.router import new_router
from ledger.append.appender import Outcome
from ledger.envelope import BATCH_SIZE_MAX, Envelope, parse_batch, parse_envelope
from ledger.errors import Refusal

MEDIA_TYPE = "application/jose+json"

router = new_router("events")

_BODY = {
    "requestBody": {
        "required": True,
        "description": "An envelope (JWS, general JSON serialization), or 1–256 of them, all or nothing.",
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "oneOf": [
                        {"$ref": "#/components/schemas/Envelope"},
                        {"$ref": "#/components/schemas/Batch"},
                    ]
                },
                "examples": {
                    "one": {"summary": "One event", "value": ENVELOPE},
                    "batch": {"summary": "A batch", "value": {"envelopes": [ENVELOPE]}},
                },
            }
        },
    }
}


@router.post(
    "/v1/events",
    status_code=201,
    response_model=Receipt | Receipts,
    summary="Submit signed events",
    description="Recorded, needs acknowledgement (409), or refused: then nothing is written. The same "
    "payload again gets the same receipt. Check the receipt before saying that it is recorded. What was "
    "refused or asked about by a rule is answered with `refusal`, signed by the service key if there is one.",
    responses=problems(
        *door_codes(), "needs-acknowledgement", "unknown-parameter", "body-too-slow", "wrong-media-type",
        "body-too-large", "busy", "stopped", "storage-failed",
    ),
    openapi_extra=_BODY,
)  # fmt: skip
async def submit_events(request: Request) -> Response:
    context = context_of(request)
    check_media_type(request, MEDIA_TYPE)
    raw = await read_body(request, size_max=BATCH_SIZE_MAX, seconds=context.settings.body_seconds)
    # base64url has no quotation marks, so in an envelope these words cannot stand.
    if b'"envelopes"' in raw:
        return await _submit_batch(context, _rates(request), raw)
    envelope = parse_envelope(raw)
    keys, before = _rates(request), _before(context)
    with refusing(context, [envelope]):
        check_opening(envelope)
        keys.check([envelope])
        future = context.ledger.submit([envelope])
        receipts = await keys.settle([envelope], future, before, context.ledger.appender.world)
    return Response(orjson.dumps(receipts[0].to_json()), 201, _headers(receipts), "application/json")


async def _submit_batch(context: Context, keys: KeyRates, raw: bytes) -> Response:
    """256 signatures take a tenth of a second: not on the loop that serves the others."""
    envelopes = await run_in_threadpool(parse_batch, raw)
    before = _before(context)
    with refusing(context, envelopes):
        keys.check(envelopes)
        future = await run_in_threadpool(_queue_batch, context, envelopes)
        receipts = await keys.settle(envelopes, future, before, context.ledger.appender.world)
    return json_answer({"receipts": [receipt.to_json() for receipt in receipts]}, status=201)


def _rates(request: Request) -> KeyRates:
    """The rates of keys that the application was started with."""
    keys = request.app.state.keys
    assert isinstance(keys, KeyRates)
    return keys


def _before(context: Context) -> Before:
    return Before(context.ledger.appender.world, context.position)


def _queue_batch(context: Context, envelopes: Sequence[Envelope]) -> Future[Outcome]:
    for place, envelope in enumerate(envelopes):
        check_opening(envelope, f"/envelopes/{place}")
    return context.ledger.submit(envelopes)


def check_opening(envelope: Envelope, pointer: str = "") -> None:
    """The first entry is written by `pledger init` on the ledger's own machine."""
    if b'"kind":"ledger.opened"' not in envelope.payload:
        return
    try:
        members = orjson.loads(envelope.payload)
    except orjson.JSONDecodeError:
        return
    if isinstance(members, dict) and members.get("kind") == "ledger.opened":
        raise Refusal("open-by-init", f"{pointer}/kind", "ledger.opened")


def _headers(receipts: Outcome) -> dict[str, str]:
    return {"Location": f"/v1/events/{receipts[0].event}", "Cache-Control": "no-store"}
