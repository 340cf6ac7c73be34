"""GET /programmes/{programme}: its state on a day, and which other state to show."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import Query, Request, Response

from api.pages.asking import Refused
from api.pages.budget_table import BY, By, budget_table, source_names
from api.pages.frame import LAST_DAY, Frame, open_frame
from api.pages.indicators_section import indicators_section
from api.pages.kept import kept
from api.pages.page import Page
from api.pages.routing import page_router
from api.pages.telling import Teller, act_words, codes_in, read_acts, read_entries
from api.pages.timeline import SHOWN, before, draw_lanes, fields, presets, typed_day
from api.pages.tree_section import section_of as tree_of
from api.pages.wording import Words

router = page_router()
LAST: Final = 5  # newest entries told
POINT: Final = ("as_of", "known")
Row = dict[str, Any]
Only = Annotated[str | None, Query(max_length=64)]


@router.get("/programmes/{programme}")
@kept
async def show_programme(
    request: Request,
    programme: str,
    as_of: str | None = None,
    known: str | None = None,
    by: By = "year",
    only: Only = None,
) -> Response:
    """by: how the budget's lines are grouped; only: of many lines the group to open, "-" without a key."""
    page = Page(request, "programme")
    try:
        frame = await open_frame(page, programme, as_of, known)
    except Refused as refused:
        return await _asked_again(request, programme, {"as_of": as_of, "known": known}, refused)
    return await _shown(frame, by, "" if only == "-" else only, fields(frame), {})


async def _asked_again(
    request: Request, programme: str, asked: dict[str, str | None], refused: Refused
) -> Response:
    """The programme as it is now, over it the two fields as they were sent, and what is wrong with them.

    Raises the refusal itself where it is not about them.
    """
    if not any(asked.values()):
        raise refused
    page = Page(request, "programme")
    wrong: dict[str, object] = {name: page.words(f"wrong-{name}") for name in _culprits(refused, asked)}
    if not wrong:
        raise refused
    try:
        frame = await open_frame(page, programme)
    except Refused:
        raise refused from None
    sent = {name: typed_day(text or "") for name, text in asked.items()}
    told = refused.document["message"][page.language]
    if refused.code != "bad-parameter":
        wrong = dict.fromkeys(wrong, told)
    return await _shown(frame, "year", None, sent, wrong, status=refused.status)


def _culprits(refused: Refused, asked: dict[str, str | None]) -> list[str]:
    """Which of the two fields the door names; a programme not yet on the record then is about `known`."""
    named: list[str] = [str(one["pointer"]).rpartition("/")[2] for one in refused.document.get("errors", ())]
    found: list[str] = [name for name in POINT if name in named and asked[name]]
    early = refused.code in ("no-such-programme", "no-ledger-yet", "position-ahead")
    return found or (["known"] if early and asked["known"] else [])


async def _shown(
    frame: Frame, by: By, only: str | None, sent: dict[str, str], wrong: dict[str, object], status: int = 200
) -> Response:
    page = frame.page
    budget = await page.ask(frame.url("/budget"), **frame.at)
    tree = await page.ask(frame.url("/tree"), **frame.at)
    timeline = await page.ask(frame.url("/timeline"), **frame.at, limit=SHOWN)
    last = await page.ask(frame.url("/history"), known=frame.point.known, limit=LAST)
    table = budget_table(frame, budget, tree, by, only, await _later_sources(frame))
    money_twin = page.twin(page.words("money-twin"), frame.url("/budget"), **frame.asked)
    context = page.context
    who = await _people(page, last["items"], frame.point.known)
    return page.render(
        "programme.html",
        status=status,
        **frame.given("state"),
        title=frame.title,
        scripts=["slider.js"],
        sent=sent,
        wrong=wrong,
        errors=list(wrong.items()),
        lede=_lede(frame, budget, timeline),
        adopted=timeline["adopted"],
        body_name=await _name(page, "bodies", await _body(frame, timeline["adopted"]), frame.point.known),
        presets=presets(frame, timeline, context.today()),
        lanes=draw_lanes(frame, timeline["items"]),
        entries=timeline["items"],
        earlier=before(timeline["items"], frame.point.known),
        entries_total=timeline["total"],
        head=context.position,
        timeline_twin=page.twin(page.words("timeline-twin"), frame.url("/timeline"), **frame.asked),
        table=table,
        ways=[(one, frame.href(by=one if one != "year" else None, anchor="money")) for one in BY],
        money_twin=money_twin,
        budget_year=_year(budget, int(frame.point.as_of[:4])),
        example=_example(budget, timeline),
        currency=currency_of(budget),
        indicators=await indicators_section(frame, tree=tree),
        tree=tree_of(frame, tree),
        last=last["items"],
        said=await _said(frame, last["items"], who, budget),
        last_twin=page.twin(
            page.words("last-twin"), frame.url("/history"), known=frame.asked["known"], limit=LAST
        ),
        who=who,
    )


async def _later_sources(frame: Frame) -> dict[str, str]:
    """Before its day of adoption a programme names no source: they are called as they will be."""
    if frame.adopted:
        return {}
    answer = await frame.page.ask(frame.url(), path="/sources", as_of=LAST_DAY, known=frame.point.known)
    return {one: said["name"] for one, said in answer["state"].get("sources", {}).items() if said.get("name")}


async def _said(frame: Frame, rows: list[Row], who: dict[str, str], budget: Row) -> list[str]:
    """The sentence of each entry as people read it."""
    page = frame.page
    words = Words(page.language, "telling")
    named = codes_in(row["sentence"][page.language] for row in rows)
    acts = {act["id"]: act_words(words, act) for act in await read_acts(page, frame.point.known, named)}
    entries = await read_entries(page, (row["sentence"][page.language] for row in rows), rows)
    tell = Teller(page, words, who | acts | entries, source_names(budget), {frame.id: frame.title})
    return [tell.sentence(row["sentence"], [], row["writes"]) for row in rows]


def _lede(frame: Frame, budget: Row, timeline: Row) -> Row:
    """The year of the day, and which other years of the term have no sums."""
    year = int(frame.point.as_of[:4])
    stated = {row["year"] for row in budget["totals"]["by_year"] if row["amended"] is not None}
    term = [int(day[:4]) for day in timeline["years"]]
    unset = [one for one in term if one not in stated and one != year]
    return {"year": year, "sums": _year(budget, year), "unset": unset}


def _year(budget: Row, year: int) -> Row | None:
    return next((row for row in budget["totals"]["by_year"] if row["year"] == year), None)


def _example(budget: Row, timeline: Row) -> str:
    """What the newest invented entry behind a figure says of being invented; "" where none is."""
    behind = {
        index for row in budget["items"] for one in row["evidence"].values() for index in one["entries"]
    }
    return next(
        (row["example"] for row in timeline["items"] if row["index"] in behind and row["example"]), ""
    )


def currency_of(budget: Row) -> str:
    """The one currency of all lines; "" where there are none, or several."""
    found = {row["currency"] for row in budget["items"]}
    return found.pop() or "" if len(found) == 1 else ""


async def _people(page: Page, rows: list[Row], known: int) -> dict[str, str]:
    """Names of the offices and persons that signed, by id."""
    signers = [signer for row in rows for signer in row["signers"]]
    names: dict[str, str] = {}
    for family, member in (("offices", "office"), ("persons", "person")):
        for one in sorted({signer[member] for signer in signers if signer[member]}):
            names[one] = await _name(page, family, one, known)
    return names


async def _body(frame: Frame, adopted: Row) -> str:
    """Whose programme it is; before that is in force, whose act adopts it. "" where nothing says it."""
    if frame.body or adopted["act"] is None:
        return frame.body
    found = await frame.page.ask_maybe(
        f"/v1/acts/{quote(adopted['act']['id'], safe='')}", known=frame.point.known
    )
    return str(found["item"]["body"]) if found is not None else ""


async def _name(page: Page, family: str, one: str, known: int) -> str:
    """Of an office, a person or a body; its id where it has no name."""
    found = await page.ask_maybe(f"/v1/{family}/{one}", known=known) if one else None
    return str(found["item"].get("name") or one) if found is not None else one
