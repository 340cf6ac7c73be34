"""The way without scripts: signed files are uploaded, and the ledger's answer is told in words."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from typing import Any

import orjson
from fastapi import Request, Response

from api.pages.asking import Refused
from api.pages.page import Page
from api.pages.routing import page_router
from api.pages.sign import SECTION, read_members
from api.pages.sign_form import read_signing_form
from ledger.errors import Refusal

router = page_router()
JOSE = "application/jose+json"
_MEMBERS = {"payload", "signatures"}


@router.get("/work/submit")
async def show_upload(request: Request) -> Response:
    return _form(Page(request, SECTION), [])


@router.post("/work/submit")
async def submit_upload(request: Request) -> Response:
    """Field: `signed`, one envelope per file; several are recorded all together or not at all."""
    page = Page(request, SECTION)
    form = await read_signing_form(request)
    files = form.files.get("signed", [])
    envelopes, errors = [], []
    for name, raw in files:
        try:
            envelopes.append(_envelope(raw))
        except (Refusal, _NotSigned) as refusal:
            errors.append(("signed", page.words(f"upload-{refusal.code}", file=name)))
    if not files:
        errors.append(("signed", page.words("upload-none")))
    if errors:
        return _form(page, errors, status=400)
    body = envelopes[0] if len(envelopes) == 1 else {"envelopes": envelopes}
    try:
        answer = await page.post("/v1/events", orjson.dumps(body), JOSE)
    except Refused as refused:
        again = page.href("/work", **_whose(envelopes[0]))
        given = {"problem": refused.document, "again": again}
        return page.render("sign_refused.html", status=refused.status, nav="work", **given)
    receipts = answer.get("receipts", [answer])
    naming = {said["id"] for said in map(_payload, envelopes) if said.get("files")}
    return page.render("sign_recorded.html", status=201, nav="work", receipts=receipts, naming=naming)


def _form(page: Page, errors: list[tuple[str, Any]], status: int = 200) -> Response:
    return page.render("sign_upload.html", status=status, nav="work", errors=errors)


class _NotSigned(Exception):
    """What was chosen is a draft: the ledger's door has no word for it, this page has."""

    code = "not-signed"


def _envelope(raw: bytes) -> dict[str, Any]:
    """Raises Refusal not-json, envelope-malformed; _NotSigned for a draft that nobody has signed."""
    members = read_members(raw)
    if members.keys() == _MEMBERS:
        return members
    if "signers" in members:
        raise _NotSigned
    raise Refusal("envelope-malformed")


def _whose(envelope: dict[str, Any]) -> dict[str, str]:
    """The first signer's office, as far as the payload can be read: only for a link back."""
    try:
        return {"office": str(_payload(envelope)["signers"][0]["office"])}
    except (ValueError, TypeError, KeyError, IndexError):
        return {}


def _payload(envelope: dict[str, Any]) -> Any:
    """Raises ValueError, TypeError; never for what was recorded."""
    text = envelope["payload"]
    return orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
