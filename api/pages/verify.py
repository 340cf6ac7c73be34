"""GET and POST /verify: upload a bundle, get the verifier's report, and what such a check is worth."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fastapi import Request, Response

from api.bodies import read_body
from api.context import context_of
from api.pages.asking import Refused
from api.pages.page import Page
from api.pages.routing import page_router
from api.verifying import SIZE_MAX, TRUST_SIZE_MAX

router = page_router()
_ROOM = 16 * 1024  # of boundaries and headers
_KINDS = {"ok": "good", "failed": "bad", "warning": "ask", "skipped": "none"}
_FIRST = ("failed", "warning", "skipped", "ok")
_VERDICTS = {"verified": "good", "self-consistent": "ask", "failed": "bad"}
_SWITCH = re.compile(r" \(--[a-z-]+\)")  # which option of the command line would help
MEGABYTES = SIZE_MAX // 2**20


@router.get("/verify")
async def show_form(request: Request) -> Response:
    page = Page(request, "verify")
    return page.render("verify.html", errors=[], megabytes=MEGABYTES, service=await page.ask("/v1"))


@router.post("/verify")
async def show_report(request: Request) -> Response:
    """The form as it came goes to the JSON door; a refusal stands above the form."""
    page = Page(request, "verify")
    raw = await read_body(
        request,
        size_max=SIZE_MAX + TRUST_SIZE_MAX + _ROOM,
        seconds=context_of(request).settings.body_seconds,
    )
    try:
        report = await page.post("/v1/verify", raw, request.headers.get("content-type", ""))
    except Refused as refused:
        errors = [("bundle", refused.document["message"][page.language])]
        service = await page.ask("/v1")
        return page.render(
            "verify.html", status=refused.status, errors=errors, megabytes=MEGABYTES, service=service
        )
    checks = sorted(report["checks"], key=lambda check: _FIRST.index(check["status"]))
    return page.render(
        "verified.html",
        report=report,
        checks=[{**one, "words": _unswitched(one["words"])} for one in checks],
        kinds=_KINDS,
        verdict=_VERDICTS[report["verdict"]],
        counts={kind: sum(check["status"] == kind for check in checks) for kind in _FIRST},
        is_own=report["origin"] == page.context.identity.origin,
    )


def _unswitched(words: Mapping[str, str]) -> dict[str, str]:
    """Without the command line's switches: a page has none."""
    return {language: _SWITCH.sub("", text) for language, text in words.items()}
