"""/work/files: the documents that a recorded event names are sent after it, without scripts or a key."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request, Response
from starlette.datastructures import UploadFile

from api.pages.asking import Refused, ask
from api.pages.forms import open_form
from api.pages.page import Page
from api.pages.routing import page_router
from api.pages.sign import SECTION
from api.parameters import bad_parameter

router = page_router()
_CHUNK: Final = 1024 * 1024
_OCTETS: Final = "application/octet-stream"


@router.get("/work/files")
async def show_files(request: Request, event: str) -> Response:
    """What the event names, and what of it is here."""
    page = Page(request, SECTION)
    return await _shown(page, event, [])


@router.post("/work/files")
async def take_files(request: Request) -> Response:
    """Fields: `event`, `file` (one or several). Each file is kept if the event names just these bytes."""
    page = Page(request, SECTION)
    async with open_form(request) as form:
        event = str(form.get("event") or "")
        uploads = [one for one in form.getlist("file") if isinstance(one, UploadFile) and one.filename]
        found = await _event(page, event)
        named = {one["sha256"] for one in found["files"]}
        wrong = [words for one in uploads if (words := await _send(page, one, named)) is not None]
        wrong += [] if uploads else [page.words("files-none")]
    return await _shown(page, event, [("file", words) for words in wrong])


async def _event(page: Page, event: str) -> Mapping[str, Any]:
    if not event or "/" in event:
        raise bad_parameter("event", event[:80], "id", where="form")
    found: Mapping[str, Any] = await page.ask(f"/v1/events/{event}")
    return found


async def _send(page: Page, upload: UploadFile, named: set[str]) -> str | None:
    """None, or what is wrong with this file in words."""
    digest = hashlib.sha256()
    while chunk := await upload.read(_CHUNK):
        digest.update(chunk)
    await upload.seek(0)
    sha256 = digest.hexdigest()
    if sha256 not in named:
        return page.words("files-other", file=upload.filename, sha256=sha256)
    try:
        await ask(
            page.request, page.language, f"/v1/files/{sha256}", {},
            method="PUT", media_type=_OCTETS, upload=upload,
        )  # fmt: skip
    except Refused as refused:
        return f"{upload.filename}: {refused.document['message'][page.language]}"
    return None


async def _shown(page: Page, event: str, errors: list[tuple[str, str]]) -> Response:
    found = await _event(page, event)
    checks = await page.ask(f"/v1/events/{event}/checks")
    outcomes = {one["about"]: one["outcome"] for one in checks["items"] if one["code"] == "files"}
    files = [{**one, "outcome": outcomes.get(one["sha256"], "undetermined")} for one in found["files"]]
    return page.render(
        "work_files.html",
        status=422 if errors else 200,
        nav="work",
        event=found,
        files=files,
        missing=sum(one["outcome"] != "passed" for one in files),
        errors=errors,
        twin=page.twin(page.words("files-title"), f"/v1/events/{event}/checks"),
    )
