"""GET /work/keys: keys that this browser keeps; everything is done by scripts, nothing is sent."""

from __future__ import annotations

from typing import Final

from fastapi import Request, Response

from api.pages.page import Page
from api.pages.routing import page_router
from api.pages.sign import SECTION
from api.print.wording import by_alphabet

router = page_router()
SAID: Final = (
    "js-reading", "js-no-file", "js-no-passphrase", "js-file-too-large", "js-file-plain", "js-file-damaged",
    "js-file-method", "js-wrong-passphrase", "js-failed", "js-no-algorithm", "js-no-person", "js-removed",
    "js-kept-already", "js-imported", "js-made", "js-enrolled", "js-not-enrolled", "js-ended",
    "js-unknown-enrolled", "js-none-kept", "js-not-kept",
)  # fmt: skip


@router.get("/work/keys")
async def show_keys(request: Request) -> Response:
    page = Page(request, SECTION)
    service = await page.ask("/v1")
    persons = await page.ask("/v1/persons", limit=500)
    names = sorted(persons["items"], key=lambda one: by_alphabet(one.get("name") or one["id"]))
    return page.render(
        "work_keys.html",
        nav="work",
        scripts=("work_keys.js",),
        ledger={name: service[name] for name in ("origin", "genesis")},
        persons=names,
        whole=persons["next"] is None,
        said=[(name.removeprefix("js-"), page.words(name)) for name in SAID],
        twin=page.twin(page.words("registered-keys"), "/v1/keys"),
    )
