"""POST /v1/verify: the offline verifier's report on an uploaded bundle."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message

from api import csv_table
from api.bodies import read_body
from api.context import context_of
from api.documented import problems
from api.models.verifying import Verification
from api.parameters import Format
from api.problems import Problem
from api.responses import csv_answer, json_answer
from api.routes.router import new_router
from api.texts.language import preferred
from api.verifying import SIZE_MAX, TRUST_SIZE_MAX, verify_upload

router = new_router("bundles")
_TYPE = "multipart/form-data"
_ROOM = 16 * 1024  # of boundaries and headers
_COLUMNS = ("check", "status", "count", "wrong", "reason", "title_uk", "title_en", "words_uk", "words_en")
_FILE = {"type": "string", "format": "binary"}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            _TYPE: {
                "schema": {
                    "type": "object",
                    "required": ["bundle"],
                    "properties": {
                        "bundle": {
                            **_FILE,
                            "description": "An archive that `pledger bundle` or /bundle made.",
                        },
                        "trust": {**_FILE, "description": "A trust file of yours (docs/proof.md)."},
                    },
                    "additionalProperties": False,
                }
            }
        },
    }
}


@router.post(
    "/v1/verify",
    response_model=Verification,
    summary="Verify a bundle here",
    description="What `pledger verify --json` says of it. Without a trust file nothing is authenticated: the "
    "verdict is at best `self-consistent`. A verifier on the server that made the bundle proves less than "
    "one on a machine of yours. Nothing of the upload is kept.",
    responses={
        **problems(
            "wrong-media-type", "body-too-large", "body-too-slow", "not-verifiable", "form-malformed",
            "verifier-overloaded", "unknown-parameter", "bad-parameter",
        ),
    },
    openapi_extra=_BODY,
)  # fmt: skip
async def verify_bundle(request: Request, form: Format = "json") -> Response:
    context = context_of(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        shown = request.headers.get("content-type", "")
        raise Problem("wrong-media-type", "/headers/content-type", shown, expected=_TYPE)
    raw = await read_body(
        request, size_max=SIZE_MAX + TRUST_SIZE_MAX + _ROOM, seconds=context.settings.body_seconds
    )
    bundle, trust = await _files(request, raw)
    async with context.bundles:
        language = preferred(request.headers.get("accept-language", ""))
        report = await verify_upload(bundle, trust, language)
    if form == "csv":
        rows = (_row(check) for check in report["checks"])
        body = csv_table.to_csv(_COLUMNS, rows)
        return csv_answer(body, name="pledger-verification", position=context.position)
    return json_answer(report)


def _row(check: dict[str, Any]) -> dict[str, Any]:
    words = {f"{part}_{one}": check[part][one] for part in ("title", "words") for one in ("uk", "en")}
    return {**check, **words}


async def _files(request: Request, raw: bytes) -> tuple[bytes, bytes | None]:
    """The bundle, and the trust file if one was chosen. Raises Problem form-malformed, body-too-large."""

    async def receive() -> Message:
        return {"type": "http.request", "body": raw, "more_body": False}

    again = Request(request.scope, receive)
    try:
        async with again.form(max_files=2, max_fields=2) as form:
            bundle, trust = await _read(form.get("bundle")), await _read(form.get("trust"))
    except (HTTPException, UnicodeError) as error:  # the second: of a character set that the sender named
        reason = str(error.detail) if isinstance(error, HTTPException) else "charset"
        raise Problem("form-malformed", "", None, reason=reason[:200]) from None
    if not bundle:
        raise Problem("form-malformed", "/bundle", None, reason="bundle")
    if len(bundle) > SIZE_MAX or (trust is not None and len(trust) > TRUST_SIZE_MAX):
        raise Problem("body-too-large", "", len(bundle), size_max=SIZE_MAX)
    return bundle, trust


async def _read(part: object) -> bytes | None:
    """A form without a chosen file sends an empty one."""
    return (await part.read() or None) if isinstance(part, UploadFile) else None
