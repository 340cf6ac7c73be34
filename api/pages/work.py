"""GET /work: an office or a person is chosen by name, and what waits for them is shown, with its forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from fastapi import Request, Response

from api.importers.shapes import SHAPES
from api.pages.page import Page
from api.pages.routing import page_router
from api.pages.telling import Teller
from api.pages.wording import Words, short_day
from api.pages.work_import import OFFERED
from api.pages.work_steps import SECTION
from api.print.wording import by_alphabet

router = page_router()
SHOWN: Final = 100
_PROGRAMMES: Final = 20
_CUT: Final = "…»"  # so ends a title whose last word the door cut
_STARTS: Final = (
    ("actual.reported", ("actuals", "actual")),
    ("progress.reported", ("progress",)),
    ("spending.reported", ("payment",)),
    ("change.proposed", ("propose",)),
    ("observation.made", ("observe",)),
)
IMPORTED: Final = tuple(SHAPES[shape].kind for shape in OFFERED)
_REPORTS: Final = {
    "actual.reported": "actual",
    "progress.reported": "progress",
    "spending.reported": "payment",
}
Link = tuple[str, str]  # words, address


@router.get("/work")
async def show_work(
    request: Request,
    office: str | None = None,
    person: str | None = None,
    task: str | None = None,
    reminder: str | None = None,
    as_of: str | None = None,
    known: str | None = None,
    after: str | None = None,
) -> Response:
    page = Page(request, SECTION)
    if office is None and person is None:
        return await _choosing(page)
    asked = {
        "office": office, "person": person, "task": task, "reminder": reminder, "as_of": as_of,
        "known": known, "after": after,
    }  # fmt: skip
    return await _inbox(page, asked)


async def _choosing(page: Page) -> Response:
    """Who are you? Nobody is believed by the answer: only a signature is."""
    service = await page.ask("/v1")
    known = service["position"]
    offices = await _named(page, "offices", known) if known else []
    persons = await _named(page, "persons", known) if known else []
    return page.render("work.html", nav="work", offices=offices, persons=persons)


async def _named(page: Page, family: str, known: int) -> list[Link]:
    names = await page.names(family, known)
    return sorted(names.items(), key=lambda one: by_alphabet(one[1]))


async def _inbox(page: Page, asked: Mapping[str, str | None]) -> Response:
    found = await page.ask("/v1/inbox", **asked, limit=SHOWN)
    known = found["known"]["position"]
    at = {"as_of": found["as_of"], "known": known}
    programmes = await page.ask("/v1/programmes", **at, limit=_PROGRAMMES)
    titles = {one["id"]: one["title"] or one["id"] for one in programmes["items"]}
    persons, offices = await page.names("persons", known), await page.names("offices", known)
    teller = Teller(page, Words(page.language, "telling"), {}, {})
    whole = await _untold(page, found["items"], at)
    held = [await _held(page, one, titles, persons, known) for one in found["offices"]]
    who = offices.get(asked["office"] or "") or persons.get(asked["person"] or "")
    first = int(asked["after"] or 0)
    return page.render(
        "work_inbox.html",
        nav="work",
        title=page.words("inbox-title"),
        crumbs=[(page.words("nav-work"), page.href("/work"))],
        stateline=page.words("desk-stateline", day=short_day(found["as_of"]), office=who, n=known),
        asked=asked,
        who=who,
        found=found,
        first=first,
        items=[_item(page, teller, {**one, "title": whole(one)}, titles) for one in found["items"]],
        held=held,
        persons=persons,
        offices=offices,
        next=page.here(**at, after=first + SHOWN) if found["next"] else None,
        twin=page.twin(page.words("inbox-twin"), "/v1/inbox", **{**asked, "limit": SHOWN}),
    )


async def _held(
    page: Page, one: Mapping[str, Any], titles: Mapping[str, str], persons: Mapping[str, str], known: int
) -> dict[str, Any]:
    """An office with what may be begun for it without being asked."""
    record = (await page.ask(f"/v1/offices/{one['office']}", known=known))["item"]
    starts = [
        (
            page.words(f"form-{name}"),
            page.href(f"/work/{name}", programme=programme, office=one["office"]),
            title,
        )
        for kind, names in _STARTS
        if kind in record["kinds"]
        for name in names
        for programme, title in titles.items()
    ]
    starts += [
        (
            page.words("form-import"),
            page.href("/work/import", programme=programme, office=one["office"]),
            title,
        )
        for programme, title in titles.items()
        if any(kind in record["kinds"] for kind in IMPORTED)
    ]
    return {**one, "starts": starts, "people": [persons.get(who, who) for who in one["holders"]]}


async def _untold(
    page: Page, items: Iterable[Mapping[str, Any]], at: Mapping[str, Any]
) -> Callable[[Mapping[str, Any]], dict[str, str]]:
    """Gives an item's title with the whole name of its measure or indicator: the door's list cuts it."""
    names: dict[tuple[str, str], str] = {}
    cut = {one["programme"] for one in items if one["programme"] and one["title"]["uk"].endswith(_CUT)}
    for programme in sorted(cut):
        for family, member in (("tree", "title"), ("indicators", "name")):
            found = await page.ask_maybe(f"/v1/programmes/{programme}", path=f"/{family}", **at)
            for one, said in (found["state"].get(family, {}) if found else {}).items():
                names[programme, f"{family}/{one}"] = said.get(member) or ""

    def title(item: Mapping[str, Any]) -> dict[str, str]:
        about = item["about"]
        place = (
            f"indicators/{about['indicator']}" if about.get("indicator") else f"tree/{about.get('measure')}"
        )
        whole = names.get((item["programme"] or "", place), "")
        return {language: _filled(text, whole) for language, text in item["title"].items()}

    return title


def _filled(text: str, whole: str) -> str:
    before, _, quoted = text.partition("«")
    cut = quoted.removesuffix(_CUT)
    return f"{before}«{whole}»" if text.endswith(_CUT) and whole.startswith(cut) else text


def _item(page: Page, teller: Teller, one: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    return {
        **one,
        "words": teller.sentence(one["title"]),
        "about_programme": titles.get(one["programme"] or "", one["programme"] or ""),
        "links": _links(page, one),
        "state": one["reminder"] or ("none" if one["due"] is None else "later"),
    }


def _links(page: Page, item: Mapping[str, Any]) -> list[Link]:  # noqa: PLR0911 - a line a task
    """The forms by which a task is done."""
    about, task = item["about"], item["task"]
    event, office, programme = about["event"], item["office"], item["programme"]

    def link(name: str, **facts: object) -> Link:
        return page.words(f"do-{name}"), page.href(f"/work/{name}", **facts, office=office)

    if task == "report":
        form = _REPORTS.get(about["kind"] or "")
        if form is None:
            return []
        facts = {"indicator": about["indicator"]} if form == "actual" else {"measure": about["measure"]}
        one = link(form, programme=programme, period=about["period"], **facts)
        grid = [link("actuals", programme=programme, period=about["period"])] if form == "actual" else []
        return [one, *grid]
    if task == "endorse":
        return [link(name, proposal=event) for name in ("endorse", "refuse")]
    if task in ("enact", "withdraw"):
        return [link(task, proposal=event)]
    if task == "accept":
        return [link(name, report=event) for name in ("accept", "return")]
    if task == "answer":
        return [link("answer", observation=event)]
    if task in ("correct", "reaffirm"):
        names = ("reaffirm", "correct") if task == "reaffirm" else ("correct",)
        return [link(name, event=event) for name in names]
    return [(page.words("do-key"), page.href("/work/keys"))] if task == "key" else []
