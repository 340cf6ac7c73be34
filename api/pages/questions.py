"""GET /programmes/{p}/questions and /questions/{n}: the twenty questions, each with all that it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request, Response

from api.pages.compare_rows import Namer, grouped, why_of
from api.pages.findings import link_of
from api.pages.frame import Frame, open_frame
from api.pages.page import Page
from api.pages.routing import page_router
from api.pages.telling import open_teller
from api.pages.wording import Words

router = page_router()
GROUPS: Final = (
    ("decisions", (1, 2, 6, 7)),
    ("money", (5, 11, 12, 15, 16, 17)),
    ("reports", (3, 8, 9, 10, 19)),
    ("consent", (4, 13, 14, 20)),
    ("ledger", (18,)),
)
OF_YEAR: Final = frozenset(("1", "15", "17"))
OF_POINTS: Final = frozenset(("2",))
# Where "yes" says that all is well; of question 17 neither answer does.
_WELL_IF_YES: Final = frozenset((14, 16, 20))
_NEITHER: Final = frozenset((17,))


@router.get("/programmes/{programme}/questions")
async def list_questions(
    request: Request, programme: str, as_of: str | None = None, known: str | None = None
) -> Response:
    page = Page(request, "questions")
    frame = await open_frame(page, programme, as_of, known)
    found = await page.ask(frame.url("/questions"), **frame.at)
    rows = {row["question"]: row for row in found["items"]}
    return await page.drawn(
        "questions.html",
        **frame.given("questions"),
        groups=[(name, [rows[number] for number in numbers]) for name, numbers in GROUPS],
        mark=mark,
        tell=await open_teller(frame),
        twin=page.twin(page.words("twin"), frame.url("/questions"), **frame.asked),
    )


@router.get("/programmes/{programme}/questions/{question}")
async def show_question(
    request: Request,
    programme: str,
    question: str,
    as_of: str | None = None,
    known: str | None = None,
    year: str | None = None,
    from_as_of: str | None = None,
    from_known: str | None = None,
) -> Response:
    page = Page(request, "questions")
    frame = await open_frame(page, programme, as_of, known)
    own = {"year": year, "from_as_of": from_as_of, "from_known": from_known}
    url = frame.url(f"/questions/{question}")
    found = await page.ask(url, **frame.at, **own)
    given = frame.given("questions")
    tell = await open_teller(frame)
    given["crumbs"] = [*given["crumbs"], (page.words("title"), frame.href("/questions"))]
    return await page.drawn(
        "question.html",
        **given,
        found=found,
        groups=[
            (name, [row for row in found["items"] if row["group"] == name]) for name in ("answer", "apart")
        ],
        kinds=_kinds(found["items"]) if question in OF_POINTS else [],
        name=Namer(page.language, tell),
        why_of=why_of,
        cw=Words(page.language, "compare"),
        means=_means(found["question"], found["verdict"]),
        mark=mark,
        own=own,
        fields=_fields(question, own, found["figures"]),
        evidence=_evidence(frame, found["evidence"]),
        link_of=link_of,
        tell=tell,
        twin=page.twin(page.words("twin-one", n=found["question"]), url, **frame.asked, **own),
    )


def mark(question: int, verdict: str) -> str:
    """Which shape stands beside the verdict's word: ask where it needs attention, good where it does not."""
    if verdict not in ("yes", "no") or question in _NEITHER:
        return "none"
    return "good" if (verdict == "yes") == (question in _WELL_IF_YES) else "ask"


def _means(question: int, verdict: str) -> str:
    """The name of the words that tell what the verdict says of this question."""
    well = question in _WELL_IF_YES and verdict in ("yes", "no")
    return f"means-{verdict}{'-well' if well else ''}"


def _kinds(items: list[dict[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Of question 2: changed cells by kind, money first, each with its two sides and why."""
    return grouped(
        {**item, **item["values"], "path": item["cells"][0]["path"], "causes": [{"act": item["act"]}]}
        for item in items
    )


def _fields(question: str, own: dict[str, str | None], figures: dict[str, Any]) -> list[tuple[str, str]]:
    """(parameter, the value shown): as asked for, else what the door took of its own accord."""
    if question in OF_YEAR:
        year = own["year"] or figures.get("year")
        return [("year", str(year or ""))]
    if question not in OF_POINTS:
        return []
    start = figures.get("from")
    told = start if isinstance(start, dict) else {}
    day = own["from_as_of"] or told.get("as_of")
    return [("from_as_of", str(day or "")), ("from_known", own["from_known"] or "")]


def _evidence(frame: Frame, links: dict[str, str | None]) -> list[tuple[str, str]]:
    """(name, address) of our pages that show the same; of the bundle that of the file itself."""
    found = [("state", frame.frozen()), ("findings", frame.frozen("/findings"))]
    found.append(("history", frame.href("/history", as_of=None, known=frame.point.known)))
    if links["diff"]:
        found.append(
            ("diff", frame.href("/compare", **{"as_of": None, "known": None}, **_query(links["diff"])))
        )
    if links["bundle"]:
        found.append(("bundle", links["bundle"]))
    return found


def _query(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))
