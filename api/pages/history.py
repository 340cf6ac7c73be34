"""Histories, newest first: of a programme, and of the whole ledger for an office or an act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from fastapi import Request, Response

from api.pages.compare_rows import Namer
from api.pages.frame import Frame, open_frame
from api.pages.kept import kept
from api.pages.page import Page
from api.pages.registry_parts import all_names
from api.pages.routing import page_router
from api.pages.telling import Teller, open_teller, read_acts, read_entries
from api.pages.wording import Words, local_day, short_day, short_moment
from api.print.wording import by_alphabet

router = page_router()
ROWS: Final = 30
SHOWN: Final = 6  # of the values that one entry wrote
LATE: Final = 5  # days
_CHOICES: Final = 100  # acts, the newest


@router.get("/programmes/{programme}/history")
@kept
async def show_history(
    request: Request,
    programme: str,
    as_of: str | None = None,
    known: str | None = None,
    kind: str | None = None,
    path: str | None = None,
    measure: str | None = None,
    indicator: str | None = None,
    office: str | None = None,
    act: str | None = None,
    only: str | None = None,
    late: str | None = None,
    before: str | None = None,
) -> Response:
    page = Page(request, "history")
    frame = await open_frame(page, programme, as_of, known)
    wanted = {
        "kind": kind,
        "path": path,
        "measure": measure,
        "indicator": indicator,
        "office": office,
        "act": act,
        "only": only,
        "late": late,
    }
    asked = {"known": frame.point.known, **wanted, "before": before, "limit": ROWS}
    found = await page.ask(frame.url("/history"), **asked)
    passage = await page.ask(frame.url("/timeline"), **frame.at, limit=1)
    sessions = [one["id"] for session in passage["sessions"] for one in session["acts"]]
    named = [*_cited(found), *sessions, *([act] if act else [])]
    acts = await read_acts(page, frame.point.known, named)
    tell = await open_teller(frame, acts)
    return await page.drawn(
        "history.html",
        adopted=passage["adopted"],
        **{**frame.given("history", title=page.words("title")), "stateline": _stateline(page, found)},
        **await _listed(page, found, tell, frame.point.known, acts),
        wanted=wanted,
        path_words=Namer(page.language, tell).cell(path) if path else "",
        presets=_presets(frame),
        filtered=any(wanted.values()),
        next=_next(page, found),
        first=page.here(before=None) if before else None,
        twin=page.twin(page.words("twin"), frame.url("/history"), **asked),
    )


@router.get("/history")
async def show_log_history(
    request: Request,
    known: str | None = None,
    office: str | None = None,
    act: str | None = None,
    kind: str | None = None,
    before: str | None = None,
) -> Response:
    page = Page(request, "history")
    wanted = {"office": office, "act": act, "kind": kind}
    found = await page.ask("/v1/history", known=known, **wanted, before=before, limit=ROWS)
    position = found["known"]["position"]
    newest = await page.ask("/v1/acts", limit=_CHOICES, known=position, order="newest")
    named = await read_acts(page, position, [*_cited(found), *([act] if act else [])])
    acts = list({one["id"]: one for one in [*newest["items"], *named]}.values())
    tell = await _ledger_teller(page, position, acts)
    asked = {"known": position, **wanted, "before": before, "limit": ROWS}
    return await page.drawn(
        "ledger_history.html",
        title=page.words("ledger-title"),
        nav="acts" if act else "offices" if office else "",
        stateline=_stateline(page, found),
        crumbs=[(page.words("nav-acts"), page.href("/acts"))] if act else [],
        **await _listed(page, found, tell, position, acts),
        wanted=wanted,
        known=known,
        next=_next(page, found),
        first=page.here(before=None) if before else None,
        twin=page.twin(page.words("ledger-twin"), "/v1/history", **asked),
    )


def _stateline(page: Page, found: dict[str, Any]) -> Any:
    known, zone = found["known"], page.context.identity.zone
    moment = short_moment(known["recorded_at"], zone)
    return page.words("stateline-history", known=moment, position=known["position"])


def _next(page: Page, found: dict[str, Any]) -> str | None:
    """The following page below the row, or the entry, at which the door stopped."""
    if not found["next"]:
        return None
    below = found["next"].partition("before=")[2].partition("&")[0]
    return page.here(known=found["known"]["position"], before=below)


def _cited(found: dict[str, Any]) -> set[str]:
    """The acts that the rows name."""
    return {row["act"]["id"] for row in found["items"] if row["act"]}


async def _listed(
    page: Page, found: dict[str, Any], tell: Teller, position: int, acts: list[dict[str, Any]]
) -> dict[str, Any]:
    """What both lists share. acts: to choose from. months: [(month's first row's day, rows)]."""
    rows = found["items"]
    schemas = await page.ask("/v1/schemas")
    offices = await page.names("offices", position)
    titles = [(row["kind"], row["title"][page.language]) for row in schemas["items"]]
    texts = [row["sentence"][page.language] for row in rows]
    tell = replace(tell, names={**tell.names, **await read_entries(page, texts, rows)})
    return {
        "found": found,
        "months": _months(page, rows),
        "tell": tell,
        "name": Namer(page.language, tell),
        "sentence": lambda row: tell.sentence(row["sentence"], [], row["writes"]),
        "shown_max": SHOWN,
        "kinds": sorted(titles, key=lambda one: by_alphabet(one[1])),
        "offices": sorted(offices.items(), key=lambda one: by_alphabet(one[1])),
        "acts": [
            (act["id"], f"{tell.name(act['id'])}, {short_day(act['date'])}")
            for act in sorted(acts, key=lambda act: act["date"], reverse=True)
        ],
    }


def _months(page: Page, rows: Iterable[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    found: list[tuple[str, list[dict[str, Any]]]] = []
    for row in rows:
        day = local_day(row["recorded_at"], page.context.identity.zone)
        if not found or found[-1][0][:7] != day[:7]:
            found.append((day, []))
        found[-1][1].append(row)
    return found


def _presets(frame: Frame) -> list[tuple[str, str]]:
    """Ready filters: (words, address)."""
    words = frame.page.words
    return [
        (words("all"), frame.href("/history")),
        (words("only-money"), frame.href("/history", only="money")),
        (words("only-corrections"), frame.href("/history", only="corrections")),
        (words("only-late", n=LATE), frame.href("/history", late=LATE)),
    ]


async def _ledger_teller(page: Page, known: int, acts: list[dict[str, Any]]) -> Teller:
    """Of no one programme: sources are called by their ids."""
    words, names = Words(page.language, "telling"), await all_names(page, known)
    for act in acts:
        number = act["number"] or act["project_number"]
        names[act["id"]] = words("act", number=number) if number else short_day(act["date"])
    return Teller(page, words, names, {}, await page.names("programmes", known))
