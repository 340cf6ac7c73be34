"""The steps of every form: fill in, see what would change, acknowledge; signing is the next step's own.

Nothing is kept between the steps: each form carries all that was typed before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from fastapi import Request, Response

from api.pages.forms import Posted, read_form
from api.pages.page import Page
from api.pages.sign import signing_of
from api.pages.wording import short_day
from api.pages.work_desk import Desk, Field, Payload, Plan, Sheet, Statement, open_desk, query_of
from api.pages.work_preview import said_of, shown_preview
from api.pages.work_reading import Reader, kept_file, kept_text
from ledger.envelope import BATCH_COUNT_MAX

SECTION: Final = "work"
EXAMPLE: Final = "навчальний приклад: подія вигадана"
_SEEN_DIGITS: Final = 16  # of a position, below 2^53
_STEPS: Final = ("step", "acknowledge", "lang")
_COMMON: Final = (
    ("/signers", "person"),
    ("/files", "file"),
    ("/reason", "reason"),
    ("/effective", "effective"),
)
Judged = Mapping[str, Any]


async def show(request: Request, plan: Plan) -> Response:
    """The form, as far as the address says what stands in it."""
    page = Page(request, SECTION)
    sheet = await plan(await open_desk(page, query_of(page)))
    return form_page(sheet, {}, first=True)


async def take(request: Request, plan: Plan) -> Response:
    """What was typed: the form again with what is wrong, or what would change."""
    return await follow(Page(request, SECTION), await read_form(request), plan)


async def follow(page: Page, posted: Posted, plan: Plan) -> Response:
    """As take, with a form that was read already."""
    sheet = await plan(await open_desk(page, posted))
    if posted.get("step") == "edit":
        return form_page(sheet, {})
    reader = Reader(posted, page.words)
    statements = _completed(sheet, reader, sheet.build(reader))
    if not reader.errors and not statements:
        reader.wrong("form", "nothing")
    if len(statements) > BATCH_COUNT_MAX:
        reader.wrong("form", "many", most=BATCH_COUNT_MAX)
    if reader.errors:
        return form_page(sheet, reader.errors)
    drafts = await _judged(page, statements)
    errors, keys = _refusals(sheet, statements, drafts)
    if errors:
        return form_page(sheet, errors, keys=keys)
    found = [_items(place, draft) for place, draft in enumerate(drafts)]
    told = set(posted.all("acknowledge"))
    codes = [_agreed(items, told) for items in found]
    if any(codes):
        drafts = await _judged(page, statements, codes)
        errors, keys = _refusals(sheet, statements, drafts)
        if errors:
            return form_page(sheet, errors, keys=keys)
    return await _preview_page(sheet, drafts, told)


async def _preview_page(sheet: Sheet, drafts: Sequence[Judged], told: set[str]) -> Response:
    page = sheet.desk.page
    ready = all(draft["outcome"] == "recorded" for draft in drafts)
    found = [item for place, draft in enumerate(drafts) for item in _items(place, draft)]
    again = page.href(sheet.path, **sheet.carried)
    preview = shown_preview(sheet, drafts)
    return page.render(
        "work_preview.html",
        nav="work",
        sheet=sheet,
        desk=sheet.desk,
        title=page.words("preview-title", form=page.words(f"form-{sheet.name}")),
        crumbs=crumbs(sheet.desk),
        stateline=stateline(sheet.desk),
        found=[{**item, "words": said_of(sheet, item)} for item in found],
        told=told,
        ready=ready,
        typed=carried_on(sheet.desk.posted),
        preview=preview,
        files=[one for draft in drafts for one in draft["payload"].get("files", [])],
        signing=await signing_of(page, drafts, again=again, sentences=preview["sentences"])
        if ready
        else None,
        scripts=("sign.js",) if ready else (),
    )


def form_page(
    sheet: Sheet, errors: Mapping[str, str], *, first: bool = False, keys: Sequence[str] = ()
) -> Response:
    """first: nothing was typed yet, so what the form suggests stands in it. keys: to choose from."""
    desk, page = sheet.desk, sheet.desk.page
    fields = [*sheet.fields, *_common_fields(sheet, keys)]
    files = {name: kept_file(desk.posted, name) for name in _file_fields(sheet, fields)}
    errors = _at_hand(errors, fields, sheet)
    carried = dict(sheet.carried)
    carried["seen"] = desk.get("seen") or str(desk.known)
    if keys == () and desk.get("kid"):
        carried["kid"] = desk.get("kid")
    return page.render(
        sheet.template,
        status=422 if errors else 200,
        nav="work",
        sheet=sheet,
        desk=desk,
        title=page.words(f"form-{sheet.name}"),
        crumbs=crumbs(desk),
        stateline=stateline(desk),
        fields=fields,
        errors=errors,
        summary=_summary(errors, fields, sheet),
        value=lambda name, suggested="": suggested if first and not desk.get(name) else desk.get(name),
        kept={name: (sent, kept_text(sent)) for name, sent in files.items() if sent is not None},
        carried=carried,
        multipart=bool(files) or bool(_file_fields(sheet, fields)),
        scripts=("grid.js",) if sheet.template != "work_form.html" else (),
        **sheet.facts,
    )


def _at_hand(errors: Mapping[str, str], fields: Sequence[Field], sheet: Sheet) -> dict[str, str]:
    """Each error at a control that is on this form; the others at its top."""
    there = {one.name for one in fields} | set(sheet.facts.get("labels", ()))
    found: dict[str, str] = {}
    for name, words in errors.items():
        place = name if name in there else "form"
        found[place] = f"{found[place]} {words}" if place in found else words
    return found


def _summary(errors: Mapping[str, str], fields: Sequence[Field], sheet: Sheet) -> list[tuple[str, str]]:
    """With the name of the control, as the list over the form stands far from it."""
    labels = {one.name: one.label for one in fields} | dict(sheet.facts.get("labels", {}))
    return [(name, f"{labels[name]}: {words}" if name in labels else words) for name, words in errors.items()]


def crumbs(desk: Desk) -> list[tuple[str, str]]:
    words, href = desk.page.words, desk.page.href
    return [
        (words("nav-work"), href("/work")),
        (desk.office["name"], href("/work", office=desk.office["office"])),
    ]


def stateline(desk: Desk) -> Any:
    return desk.page.words(
        "desk-stateline", day=short_day(desk.as_of), office=desk.office["name"], n=desk.known
    )


def carried_on(posted: Posted) -> list[tuple[str, str]]:
    """All that was typed, for the next step. A file goes on as what is said of it."""
    kept = [(name, value) for name, value in posted.items() if name not in _STEPS and value]
    fresh = {f"kept-{name}": kept_text(sent) for name, sent in posted.files.items()}
    return [(name, value) for name, value in kept if name not in fresh] + list(fresh.items())


def _common_fields(sheet: Sheet, keys: Sequence[str]) -> list[Field]:
    desk, made = sheet.desk, list[Field]()
    if sheet.files:
        made.append(Field("file", desk.label("file"), "file", desk.label("file-hint")))
    if sheet.files or sheet.facts.get("file_fields"):
        hint, ways = desk.label("access-hint"), _access(desk)
        made.append(Field("access", desk.label("access"), "choice", hint, ways))
    reason, must = desk.label("reason"), sheet.name == "correct"
    made.append(Field("reason", reason, hint=desk.label("reason-hint"), required=must))
    holders = desk.office["holders"]
    people = [(one, desk.persons.get(one, one)) for one in holders]
    made.append(
        Field(
            "person",
            desk.label("person"),
            "choice",
            options=people,
            value=people[0][0] if len(people) == 1 else "",
            required=True,
            hint=desk.label("person-hint") if people else desk.label("nobody"),
        )
    )
    if keys:
        made.append(
            Field("kid", desk.label("kid"), "choice", options=[(kid, kid) for kid in keys], required=True)
        )
    if desk.page.context.settings.demo:
        made.append(Field("example", desk.label("example"), "check", desk.label("example-hint"), value="1"))
    return made


def _access(desk: Desk) -> list[tuple[str, str]]:
    return [(name, desk.label(f"access-{name}")) for name in ("public", "restricted")]


def _file_fields(sheet: Sheet, fields: Sequence[Field]) -> list[str]:
    return [one.name for one in fields if one.kind == "file"] + list(sheet.facts.get("file_fields", ()))


def _completed(sheet: Sheet, reader: Reader, statements: Sequence[Statement]) -> list[Statement]:
    """With what is common to all drafts of a form: who signs, what was seen, why, by which documents."""
    desk = sheet.desk
    signer = {"person": reader.choice("person", desk.office["holders"]), "office": desk.office["office"]}
    if desk.get("kid"):
        signer["kid"] = desk.get("kid")
    common: Payload = {"signers": [signer]}
    seen = desk.get("seen")
    if seen.isascii() and seen.isdecimal() and len(seen) <= _SEEN_DIGITS and int(seen) <= desk.known:
        common["seen"] = int(seen)
    reason = reader.text("reason")
    if reason:
        common["reason"] = reason
    if desk.page.context.settings.demo and desk.get("example"):
        common["example"] = EXAMPLE
    return [_with_file(sheet, reader, statement, common) for statement in statements]


def _with_file(sheet: Sheet, reader: Reader, statement: Statement, common: Payload) -> Statement:
    payload = common | dict(statement.payload)
    name = statement.file or ("file" if sheet.files else "")
    if name and kept_file(reader.posted, name) is not None:
        access = reader.choice("access", ("public", "restricted"))
        if (said := reader.file(name, access)) is not None:
            payload["files"] = [said]
    return Statement(payload, statement.places, statement.file)


async def _judged(
    page: Page, statements: Sequence[Statement], codes: Sequence[Sequence[str]] = ()
) -> list[Judged]:
    payloads = [dict(one.payload) for one in statements]
    for payload, agreed in zip(payloads, codes, strict=False):
        if agreed:
            payload["acknowledges"] = list(agreed)
    answer = await page.post("/v1/drafts", orjson.dumps({"payloads": payloads}), "application/json")
    return list(answer["drafts"])


def _items(place: int, draft: Judged) -> list[dict[str, Any]]:
    """What the ledger noticed. token: of exactly this discrepancy, so that no other is acknowledged by it."""
    made = []
    for item in draft["discrepancies"]:
        said = {name: value for name, value in item.items() if name != "acknowledged"}
        spelled = orjson.dumps([place, said], option=orjson.OPT_SORT_KEYS)
        token = f"{item['code']}.{hashlib.sha256(spelled).hexdigest()[:16]}"
        made.append({**item, "place": place, "token": token})
    return made


def _agreed(items: Sequence[Mapping[str, Any]], told: set[str]) -> list[str]:
    """The codes of which every discrepancy was acknowledged: a code is signed for all of them at once."""
    open_items = [item for item in items if not item["acknowledged"]]
    codes = sorted({item["code"] for item in open_items})
    return [code for code in codes if all(one["token"] in told for one in open_items if one["code"] == code)]


def _refusals(
    sheet: Sheet, statements: Sequence[Statement], drafts: Sequence[Judged]
) -> tuple[dict[str, str], Sequence[str]]:
    """Words by field, and the keys among which the signer must choose."""
    errors: dict[str, str] = {}
    keys: Sequence[str] = ()
    for statement, draft in zip(statements, drafts, strict=True):
        refusal = draft["refusal"]
        if refusal is None:
            continue
        code = refusal["type"].rpartition(":")[2]
        pointer = next((one["pointer"] for one in refusal["errors"]), "")
        place = field_at(pointer, [*statement.places, *_COMMON])
        if code == "several-keys":
            place, keys = "kid", refusal.get("details", {}).get("keys", ())
        message = refusal["message"]
        told = (
            sheet.teller.sentence(message, sheet.named, refusal.get("details"))
            if sheet.teller
            else message[sheet.desk.page.language]
        )
        errors.setdefault(place, told)
    return errors, keys


def field_at(pointer: str, places: Sequence[tuple[str, str]]) -> str:
    """The field of the longest pointer at or above this one; the form's own place if there is none."""
    fitting = [one for one in places if pointer == one[0] or pointer.startswith(one[0] + "/")]
    return max(fitting, key=lambda one: len(one[0]))[1] if fitting else "form"
