"""Signing: in the browser, or with the command line and an upload; the server never holds a key.

What others include: `signing = await signing_of(page, drafts, again=…)`, then `{% include "sign.html" %}`,
with sign.js among the page's scripts.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from fastapi import Request, Response

from api.pages.page import Page
from api.pages.routing import page_router
from api.pages.sign_form import read_signing_form
from api.pages.wording import Words
from ledger.errors import Refusal

router = page_router()
SECTION: Final = "sign"
SAID: Final = (
    "js-reading", "js-signing", "js-sending", "js-checking", "js-no-file", "js-no-passphrase",
    "js-file-too-large", "js-file-plain", "js-file-damaged", "js-file-method", "js-wrong-passphrase",
    "js-other-key", "js-text-differs", "js-no-kept", "js-half-signed", "js-answer-lost",
    "js-answer-strange", "js-receipt-fails", "js-failed", "js-check-entry", "js-check-leaf",
    "js-check-tree", "js-check-checkpoint", "js-check-checkpoint-open", "js-passed", "js-undetermined",
    "js-kept-key", "js-not-kept", "js-no-algorithm",
)  # fmt: skip
_SHOWN: Final = ("id", "seen", "submit_before", "effective", "reason", "example", "ledger")
_NAME: Final = re.compile(r"[a-z0-9._-]{1,80}", re.IGNORECASE)


async def signing_of(
    page: Page,
    drafts: Sequence[Mapping[str, Any]],
    *,
    again: str | None = None,
    step: int | None = 3,
    sentences: Sequence[str] = (),
) -> dict[str, Any]:
    """What sign.html shows. drafts: as POST /v1/drafts answers them, all recordable; several make one batch.

    again: the address of the page where the same is prepared anew, after a conflict. step: its number there.
    sentences: one for each draft, where the page says them in words of its own; else the door's.
    """
    service = await page.ask("/v1")
    who = _Who(page, Words(page.language, SECTION))
    said = sentences or [draft["sentence"][page.language] for draft in drafts]
    texts = [await _text(who, *one) for one in zip(drafts, said, strict=True)]
    office = next((one["office"] for text in texts for one in text["signers"]), None)
    return {
        "w": who.words,
        "step": step,
        "drafts": texts,
        "several": len(texts) > 1,
        "ledger": {name: service[name] for name in ("origin", "genesis", "log_key")},
        "again": again or page.href("/work", office=office),
        "said": [(name.removeprefix("js-"), who.words(name)) for name in SAID],
    }


class _Who:
    """Names of persons and offices, each asked for once."""

    def __init__(self, page: Page, words: Words) -> None:
        self.page, self.words = page, words
        self._known: dict[tuple[str, str], str] = {}

    async def act(self, cited: Mapping[str, Any]) -> dict[str, Any]:
        """Of a draft: its id, its point, and what is recorded of it."""
        found = await self.page.ask_maybe(f"/v1/acts/{cited['id']}")
        known = found["item"] if found else {}
        told = {name: known.get(name) for name in ("number", "project_number", "date")}
        return {"id": cited["id"], "point": cited.get("point"), **told}

    async def name(self, family: str, record: str) -> str:
        """The id itself where nothing is known of it."""
        if (family, record) not in self._known:
            found = await self.page.ask_maybe(f"/v1/{family}/{record}")
            told = found["item"].get("name") if found else None
            self._known[family, record] = told or self.words.maybe(f"office-{record}", record)
        return self._known[family, record]


async def _text(who: _Who, draft: Mapping[str, Any], sentence: str) -> dict[str, Any]:
    """One statement: the very bytes, their hash, and what they say in words."""
    payload = draft["payload"]
    signers = [
        {
            **one,
            "person_name": await who.name("persons", one["person"]),
            "office_name": await who.name("offices", one["office"]),
        }
        for one in payload["signers"]
    ]
    return {
        "payload": {name: payload.get(name) for name in _SHOWN},
        "act": await who.act(payload["act"]) if payload.get("act") else None,
        "canonical": draft["canonical"],
        "raw": b64decode(draft["canonical"]).decode(),
        "hash": draft["hash"],
        "sentence": sentence,
        "acknowledged": [one["message"] for one in draft["discrepancies"] if one["acknowledged"]],
        "signers": signers,
        "file": file_name(payload),
    }


def file_name(payload: Mapping[str, Any]) -> str:
    """Of a draft, e.g. `actual.reported-01a1463d-….json`."""
    name = f"{payload.get('kind')}-{payload.get('id')}"
    return f"{name}.json" if _NAME.fullmatch(name) else "draft.json"


@router.get("/work/sign")
async def show_opening(request: Request) -> Response:
    """Where a draft made elsewhere is opened, to be read and signed here."""
    return Page(request, SECTION).render("sign_open.html", nav="work", found=None, signing=None, errors=())


@router.post("/work/sign")
async def show_draft(request: Request) -> Response:
    """Fields: `draft` (a file) or `payload` (its text), `acknowledge` (codes)."""
    page = Page(request, SECTION)
    form = await read_signing_form(request)
    raw = form.file("draft") or form.field("payload").encode()
    try:
        payload = read_members(raw)
    except Refusal:
        name = "no-draft" if not raw else "not-draft"
        errors = [("draft", page.words(name))]
        return page.render("sign_open.html", status=400, nav="work", found=None, signing=None, errors=errors)
    if acknowledged := form.fields.get("acknowledge"):
        payload["acknowledges"] = _acknowledging(payload.get("acknowledges", []), acknowledged)
    draft = await page.post("/v1/drafts", orjson.dumps({"payload": payload}), "application/json")
    signing = None
    if draft["outcome"] == "recorded":
        signing = await signing_of(page, [draft], again=page.href("/work/sign"), step=None)
    given = orjson.dumps(payload).decode()
    shown = {"found": draft, "given": given, "signing": signing, "errors": ()}
    return page.render("sign_open.html", nav="work", scripts=("sign.js",), **shown)


def _acknowledging(stated: Any, added: Sequence[str]) -> Any:
    """Both together; what is no list of codes stays as it is, for the ledger to refuse."""
    if not isinstance(stated, list) or not all(isinstance(one, str) for one in stated):
        return stated
    return sorted({*stated, *added})


@router.post("/work/sign/file")
async def send_file(request: Request) -> Response:
    """The completed draft, laid out as `pledger draft --out` writes it; field: `canonical`, base64."""
    form = await read_signing_form(request)
    payload = _payload(form.field("canonical"))
    headers = {
        "Content-Disposition": f'attachment; filename="{file_name(payload)}"',
        "Cache-Control": "no-store",
    }
    return Response(_laid_out(payload), 200, headers, "application/json")


@router.post("/work/sign/files")
async def send_files(request: Request) -> Response:
    """Several drafts at once, as send_file gives each, in a zip; field: `canonical`, base64, repeated."""
    form = await read_signing_form(request)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, text in enumerate(form.fields.get("canonical", []), 1):
            payload = _payload(text)
            archive.writestr(zipfile.ZipInfo(f"{place:03}-{file_name(payload)}"), _laid_out(payload))
    headers = {"Content-Disposition": 'attachment; filename="drafts.zip"', "Cache-Control": "no-store"}
    return Response(packed.getvalue(), 200, headers, "application/zip")


def _payload(canonical: str) -> dict[str, Any]:
    """Of base64. Raises Refusal not-json."""
    try:
        return read_members(b64decode(canonical, validate=True))
    except ValueError:
        raise Refusal("not-json", "/canonical", reason="base64", offset=0) from None


def _laid_out(payload: Mapping[str, Any]) -> str:
    return json.dumps(payload, ensure_ascii=False, indent=2) + "\n"


def read_members(raw: bytes) -> dict[str, Any]:
    """A JSON object. Raises Refusal not-json."""
    try:
        members = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Refusal("not-json", reason=error.msg, offset=error.pos) from None
    if not isinstance(members, dict):
        raise Refusal("not-json", reason="no object", offset=0)
    return members
