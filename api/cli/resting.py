"""What rests on the act of a draft, as rows on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from api.cli.asking import number
from api.cli.screen import line
from api.cli.sheet import Column, show_rows
from api.cli.words import Pair, said
from api.texts.language import Language

WHY_WORDS: Final[Mapping[str, Pair]] = {
    "cites": ("виконує акт", "carries it out"),
    "adds": ("додає до суми за актом", "adds to its amount"),
    "stands-on": ("спирається на рядок акта", "stands on its row"),
    "follows": ("пізніше рішення, діятиме воно", "ranks later, then decides"),
}
_COLUMNS = (
    Column("number", "Запис", "Entry", "key", always=True),
    Column("programme", "Програма", "Programme", "key"),
    Column("why", "Чому", "Why", always=True),
    Column("path", "Комірка", "Cell", always=True),
    Column("sentence", "Подія", "Event", always=True),
)


def show_rests(members: Mapping[str, Any], language: Language) -> None:
    """Nothing at all where nothing rests on the draft."""
    rests = members.get("rests")
    if not isinstance(rests, list) or not rests:
        return
    line(said(("Від акта залежать:", "These rest on the act:"), language), "bold")
    show_rows(_COLUMNS, [_row(rest, language) for rest in rests if isinstance(rest, dict)], language)
    total = members.get("rests_total")
    if isinstance(total, int) and total > len(rests):
        line(said((f"… усього: {total}", f"… in all: {total}"), language), "dim")


def _row(rest: Mapping[str, Any], language: Language) -> dict[str, Any]:
    sentence, more = rest.get("sentence"), _more(rest, language)
    words = sentence.get(language) if isinstance(sentence, dict) else None
    return {
        **rest,
        "number": number(rest.get("index")),
        "why": said(WHY_WORDS.get(str(rest.get("why")), (str(rest.get("why")),) * 2), language),
        "path": f"{rest.get('path')}{more}",
        "sentence": words or rest.get("kind"),
    }


def _more(rest: Mapping[str, Any], language: Language) -> str:
    """How many cells there are besides the one that is shown."""
    total = rest.get("paths_total")
    if not isinstance(total, int) or total < 2:
        return ""
    return said((f" та ще {total - 1}", f" and {total - 1} more"), language)
