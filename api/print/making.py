"""The data of a print: everything that the page shows, as JSON that the template reads.

Two lines add a part to a document: write a function of Paper and Asked that gives blocks, and name it in
PARTS of the document that it belongs to.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Final

import orjson
import segno

from api.print.acts import acts, evidence
from api.print.annex import annex
from api.print.asked import ROWS_MAX, TEXT_MAX, Asked, Print
from api.print.blocks import Block, doubts_of, tables_of, text
from api.print.comparison import comparison, proposal
from api.print.indicators import indicators
from api.print.judged import attention, evaluation
from api.print.money import money
from api.print.paper import Paper
from api.print.passport import passport
from api.print.reports import reports
from api.print.wording import Words
from api.problems import Problem
from api.texts.doubts import DOUBTS
from api.views import View, known_json
from ledger.merkle import read_frontier
from projections.diff import Point

FORMAT: Final = "pledger-print/1"
TITLE_MAX: Final = 150  # characters of a programme's title above each page
Part = Callable[[Paper, Asked], list[Block]]


def _comparison(paper: Paper, asked: Asked) -> list[Block]:
    if asked.proposal is not None:
        return proposal(paper, asked.proposal)
    assert asked.start is not None  # the doors ask for one of the two
    return comparison(paper, Point(asked.start.as_of, asked.start.known.position))


# The documents, part by part.
PARTS: Final[dict[Print, tuple[Part, ...]]] = {
    "state": (
        lambda paper, asked: passport(paper),
        lambda paper, asked: money(paper),
        lambda paper, asked: indicators(paper),
        lambda paper, asked: acts(paper),
    ),
    "report": (
        lambda paper, asked: passport(paper),
        lambda paper, asked: money(paper, asked.year),
        lambda paper, asked: indicators(paper, asked.year),
        lambda paper, asked: reports(paper, asked.year),
        lambda paper, asked: evaluation(paper, asked.year),
        lambda paper, asked: attention(paper),
        lambda paper, asked: acts(paper),
    ),
    "comparison": (_comparison,),
    "annex": (lambda paper, asked: annex(paper, asked.annex, asked.number),),
}
_WITH_EVIDENCE: Final = ("state", "report", "comparison")


def make_print(view: View, asked: Asked) -> dict[str, Any]:
    """The whole document as JSON. Raises Problem print-too-large, Blocked."""
    paper = Paper(view, asked.programme, Words(asked.language))
    blocks = [block for part in PARTS[asked.print] for block in part(paper, asked)]
    _check_rows(blocks)
    if asked.print in _WITH_EVIDENCE:
        blocks += evidence(paper, blocks)
        _check_rows(blocks)
    found = _framed(paper, asked, blocks + _legend(paper.words, blocks))
    size = len(orjson.dumps(found))
    if size > TEXT_MAX:
        raise _too_large(size, TEXT_MAX)
    return found


def _check_rows(blocks: list[Block]) -> None:
    rows = sum(len(one["rows"]) for one in tables_of(blocks))
    if rows > ROWS_MAX:
        raise _too_large(rows, ROWS_MAX)


def _too_large(got: int, most: int) -> Problem:
    return Problem("print-too-large", "/path/print", got, most=most)


def _legend(words: Words, blocks: list[Block]) -> list[Block]:
    """What the marks of doubt in this document mean."""
    found = [DOUBTS[word] for word in doubts_of(blocks)]
    told = [f"{one.mark} {one.name[words.language]}: {one.why[words.language]}" for one in found]
    return [text(f"{words('doubts')}. " + "; ".join(told), "note")] if told else []


def _framed(paper: Paper, asked: Asked, blocks: list[Block]) -> dict[str, Any]:
    """With what stands on every page: the title, the point, the log's root, and the frozen link."""
    view, words = paper.view, paper.words
    title = paper.title()
    link = asked.link(view.as_of, view.known.position)
    origin, size = view.context.identity.origin, view.known.position
    root = read_frontier(view.context.ledger.reader.nodes, size).root().hex()
    heading = words(asked.print, year=asked.year)
    return {
        "format": FORMAT,
        "print": asked.print,
        "language": asked.language,
        "programme": asked.programme,
        "as_of": view.as_of,
        "known": known_json(view.known),
        "from": None
        if asked.start is None
        else {"as_of": asked.start.as_of, "known": known_json(asked.start.known)},
        "title": heading,
        "subtitle": title,
        "official": asked.print == "annex",
        "flipped": asked.print != "annex" or asked.annex != "financing",
        "header": title if len(title) <= TITLE_MAX else title[:TITLE_MAX] + "…",
        "point": _point(paper, asked),
        "page": words("page", page="{page}", pages="{pages}"),
        "root": {"words": words("root", origin=origin, size=size), "size": size, "hash": root},
        "link": {"words": words("link"), "url": link, "qr": qr_code(link), "alt": words("qr", url=link)},
        "notice": words("not-signed"),
        "blocks": blocks,
    }


def _point(paper: Paper, asked: Asked) -> str:
    """«станом на …, за даними, зареєстрованими до № …», of both points in a comparison."""
    view, words = paper.view, paper.words
    day, position = words.day(view.as_of), view.known.position
    if asked.start is not None:
        return words(
            "from-to",
            from_day=words.day(asked.start.as_of),
            from_position=asked.start.known.position,
            day=day,
            position=position,
        )
    time = words.moment(view.known.recorded_at, view.context.identity.zone)
    return f"{words('as-of', day=day)}, {words('known', position=position, time=time)}"


def qr_code(url: str) -> str:
    """An SVG that the template draws. Source: ISO/IEC 18004, by segno; level M."""
    found = io.BytesIO()
    segno.make(url, error="m", micro=False).save(found, kind="svg", xmldecl=False, nl=False, border=2)
    return found.getvalue().decode()
