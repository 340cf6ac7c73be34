"""/work/import: a file of rows, its wrong cells shown, or its drafts previewed and signed as from any form.

The file is read once and not kept: what it says goes on with the form, draft by draft.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from api.bodies import too_large
from api.importers.edition import ANNEXES
from api.importers.notices import notices_of
from api.importers.payloads import payloads_of
from api.importers.rows import Taken
from api.importers.shapes import SHAPES
from api.imports import FILE_BYTES_MAX, question_of, read_file, shown
from api.limits.gate import busy, uploading
from api.pages.forms import TYPED_BYTES_MAX, Posted, open_form, posted_of
from api.pages.page import Page
from api.pages.routing import page_router
from api.pages.work_desk import Desk, Field, Sheet, Statement, open_desk, tell
from api.pages.work_import_kept import AGREED, carried_in, drafts_in, noticed_in, packed, with_file
from api.pages.work_reading import Reader
from api.pages.work_reports import ACCUMULATIONS, PHASES, accumulation_options
from api.pages.work_steps import SECTION, follow, form_page, show
from api.parameters import bad_parameter
from api.problems import Problem

router = page_router()
PATH: Final = "/work/import"
# In the order in which they are offered.
OFFERED: Final = ("actuals", "spending", "schedule", "treasury", "votes", "comparison", "edition")
_PLACES: Final = (("/data", "table"), ("/subject", "table"), ("/act", "act"))
_DRAFTS_MAX: Final = TYPED_BYTES_MAX * 3 // 4  # with what else is typed they come back as one form


async def plan_import(desk: Desk) -> Sheet:
    """Asked for: programme, shape."""
    programme, shape = desk.get("programme"), desk.get("shape")
    if shape not in OFFERED:
        raise bad_parameter("shape", shape[:80], "shape", where="form")
    frame, teller = await tell(desk, programme)

    def build(read: Reader) -> list[Statement]:
        found = drafts_in(read.posted)
        if not found:
            read.wrong("table", "no-table")
        if noticed:
            _check_agreed(read, noticed["said"])
        return [Statement(one, _PLACES) for one in found]

    noticed = noticed_in(desk.posted)
    agreed = [Field(AGREED, desk.label("import-agreed"), "check")] if noticed else []
    return Sheet(
        desk, PATH, "import", build, [*_first(desk), *await _beside(desk, shape), *agreed],
        {"programme": programme, "office": desk.office["office"], "shape": shape},
        about=frame.title, lede=desk.label(f"import-{shape}-lede"), frame=frame, teller=teller,
        template="work_import.html",
        facts={
            "shape": shape, "wrong": (), "labels": {}, "noticed": noticed.get("rows", ()),
            "kept_on": carried_in(desk.posted),
        },
    )  # fmt: skip


def _check_agreed(read: Reader, said: Mapping[str, Any]) -> None:
    """To what was noticed of a file that was read with just what is said beside it now."""
    if _said(read, "") != said:
        read.wrong("table", "table-again")
    if not read.posted.get(AGREED):
        read.wrong(AGREED, "noticed")


def _first(desk: Desk) -> list[Field]:
    label = desk.label
    return [Field("table", label("table"), "file", label("table-hint"), required=True)]


async def _beside(desk: Desk, shape: str) -> list[Field]:
    """What is said beside the file, as the shape asks for it."""
    label, shaped = desk.label, SHAPES[shape]
    acts = list[tuple[str, str]]()
    if "act" in shaped.asks:
        listed = await desk.page.ask("/v1/acts", limit=200, order="newest")
        acts = [(one["id"], f"{one['date']} № {one['number']} {one['title']}") for one in listed["items"]]
    needed = "effective" in shaped.needs
    annexes = [(one, label(f"import-annex-{one}")) for one in ANNEXES]
    made = {
        "period": Field("period", label("period"), hint=label("import-period-hint")),
        "accumulation": Field(
            "accumulation", label("accumulation"), "choice", label("import-column-hint"),
            accumulation_options(desk),
        ),
        "phase": Field(
            "phase", label("phase"), "choice", label("import-column-hint"),
            [(one, label(f"phase-{one}")) for one in PHASES],
        ),
        "amounts_in": Field(
            "amounts_in", label("amounts-in"), "choice", required=True, value="uah",
            options=[(one, label(f"amounts-in-{one}")) for one in ("uah", "thousand-uah")],
        ),
        "effective": Field(
            "effective", label("import-effective"), required=needed,
            hint=label("import-day-hint" if needed else "import-effective-hint"),
        ),
        "act": Field("act", label("act"), "choice", options=acts, required=True),
        "point": Field("point", label("import-point")),
        "annex": Field(
            "annex", label("import-annex"), "choice", required=True,
            options=[*annexes, (",".join(ANNEXES), label("import-annex-all"))],
        ),
        "day": Field("day", label("import-day"), hint=label("import-day-hint"), required=True),
        "fund": Field("fund", label("import-fund"), hint=label("import-fund-hint")),
        "kpkvk": Field("kpkvk", label("import-kpkvk"), hint=label("import-kpkvk-hint")),
    }  # fmt: skip
    return [made[name] for name in shaped.asks if name in made]


@router.get(PATH)
async def show_import(request: Request, office: str, programme: str, shape: str | None = None) -> Response:
    if shape is not None:
        return await show(request, plan_import)
    page = Page(request, SECTION)
    record = (await page.ask(f"/v1/offices/{office}"))["item"]
    title = (await page.ask(f"/v1/programmes/{programme}", path="/title"))["state"].get("title") or programme
    offered = [
        (page.words(f"import-{name}"), page.href(PATH, office=office, programme=programme, shape=name))
        for name in OFFERED
        if SHAPES[name].kind in record["kinds"]
    ]
    crumbs = [
        (page.words("nav-work"), page.href("/work")),
        (record["name"], page.href("/work", office=office)),
    ]
    return page.render(
        "work_import_choose.html", nav="work", title=page.words("form-import"), about=title, offered=offered,
        crumbs=crumbs,
    )  # fmt: skip


@router.post(PATH)
async def take_import(request: Request) -> Response:
    page = Page(request, SECTION)
    async with open_form(request) as form:
        posted = await posted_of(form)
        sent = form.get("table")
        upload = sent if isinstance(sent, UploadFile) and sent.filename else None
        if upload is None or posted.get("step") == "edit":
            return await follow(page, Posted(posted.fields), plan_import)
        await upload.seek(0)
        raw = await upload.read(FILE_BYTES_MAX + 1)
        name = upload.filename or ""
    if len(raw) > FILE_BYTES_MAX:
        raise too_large(FILE_BYTES_MAX, None)
    reader = Reader(posted, page.words)
    said = _said(reader, name)
    if reader.errors:
        return form_page(await _sheet(page, posted), reader.errors)
    try:
        taken = await _read(page, posted.get("shape"), said, raw)
    except Problem as problem:
        return await _refused(page, posted, problem)
    drafts = [packed(payload) for payload in payloads_of(taken)]
    rows = [shown(one) for one in notices_of(taken)]
    noticed = {"rows": rows, "said": _compared(said)} if rows else None
    if sum(map(len, drafts)) + (len(packed(noticed)) if noticed else 0) > _DRAFTS_MAX:
        return form_page(await _sheet(page, posted), {"table": page.words("err-table-large")})
    posted = with_file(posted, drafts, noticed)
    if not drafts:
        return form_page(await _sheet(page, posted), {"table": page.words("err-table-nothing")})
    return await follow(page, posted, plan_import)


async def _sheet(page: Page, posted: Posted) -> Sheet:
    return await plan_import(await open_desk(page, Posted(posted.fields)))


async def _read(page: Page, shape: str, said: dict[str, Any], raw: bytes) -> Taken:
    """Raises Problem."""
    context = page.context
    if shape not in OFFERED:
        raise bad_parameter("shape", shape[:80], "shape", where="form")
    question = question_of(context, shape, said)
    if context.imports.locked():
        raise busy()
    with uploading(page.request.scope):
        async with context.imports:
            return await run_in_threadpool(read_file, context, question, raw)


def _compared(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a file was read with, but for what it is called."""
    return {key: value for key, value in said.items() if key != "name"}


def _said(read: Reader, name: str) -> dict[str, Any]:
    """What was typed beside the file, as the door's parameters."""
    shape = read.posted.get("shape")
    asks, needs = (SHAPES[shape].asks, SHAPES[shape].needs) if shape in OFFERED else ((), ())
    found: dict[str, Any] = {key: read.posted.get(key) for key in asks if read.posted.get(key)}
    for key in ("effective", "day"):
        if key in asks and (typed := read.day(key, required=key in needs)):
            found[key] = typed
    if "period" in found and (period := read.period("period")):
        found["period"] = period
    for key, allowed in (("accumulation", ACCUMULATIONS), ("phase", PHASES)):
        if key in found:
            read.choice(key, allowed)
    for key in needs:
        if not read.posted.get(key):
            read.wrong(key, "required")
    if "name" in asks and name:
        found["name"] = name[:200]
    return found


async def _refused(page: Page, posted: Posted, problem: Problem) -> Response:
    """The form again, over it every wrong cell; what is not about the file is a page of its own."""
    wrong: Sequence[Mapping[str, Any]] = problem.members.get("problems", ())
    if not wrong and problem.code not in ("import-too-many-events", "missing-parameter"):
        raise problem
    sheet = await _sheet(page, posted)
    sheet.facts = {**sheet.facts, "wrong": wrong}
    document = problem.document(language=page.language, request_id=page.request.scope["pledger.request"])
    return form_page(sheet, {"table": document["message"][page.language]})
