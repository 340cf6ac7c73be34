"""Values in words: money, and the answers that are no value, each told apart from the others."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from api.cli.screen import safe
from api.texts.doubts import MARKS
from api.texts.language import Language

if TYPE_CHECKING:
    from rich.text import Text

Pair = tuple[str, str]  # Ukrainian, English

NO_BREAK_SPACE: Final = "\u00a0"

NONE: Final = ("не встановлено", "not set")
BLANK: Final = ("порожньо", "blank")
REMOVED: Final = ("вилучено", "removed")
DASH: Final = "-"

_MONEY = re.compile(r"(-?)([0-9]+)\.([0-9]{2})")
_MARKS: Final = frozenset([*NONE, *BLANK, *REMOVED])
_THOUSANDS = re.compile(r"(?<=[0-9])(?=(?:[0-9]{3})+$)")

MONEY_FAMILIES: Final = frozenset(
    [
        "financing", "appropriation", "schedule", "transfers", "returns",
        "commitment", "paid", "incurred", "payable", "printed_totals",
    ]
)  # fmt: skip


def default_language() -> Language:
    """Ukrainian where the environment speaks it, else English."""
    for name in ("PLEDGER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return "uk" if os.environ[name].lower().startswith("uk") else "en"
    return "en"


def said(pair: Pair, language: Language) -> str:
    """One of a pair."""
    return pair[0] if language == "uk" else pair[1]


def amount(text: str) -> str:
    """`30000.00` as `30 000,00` with no-break spaces; anything else as it is."""
    found = _MONEY.fullmatch(text)
    if found is None:
        return text
    sign, whole, cents = found.groups()
    return f"{'−' if sign else ''}{_THOUSANDS.sub(NO_BREAK_SPACE, whole)},{cents}"


def value(given: Any, language: Language, *, money: bool = False) -> Text:
    """A value of an answer: None is none, "removed" was removed, "" is blank, "-" a printed dash."""
    from rich.text import Text

    if given is None:
        return Text(said(NONE, language), style="dim italic")
    if given == "removed":
        return Text(said(REMOVED, language), style="red italic")
    return present(given, language, money=money)


def present(given: Any, language: Language, *, money: bool = False) -> Text:
    """A value that is there, as a state holds it: here null was removed."""
    from rich.text import Text

    if given is None:
        return Text(said(REMOVED, language), style="red italic")
    if given == "":
        return Text(said(BLANK, language), style="yellow italic")
    if given == DASH:
        return Text(DASH, style="yellow")
    return Text(_plain(given, money))


def _plain(given: Any, money: bool) -> str:
    if isinstance(given, list):
        return "; ".join(_plain(item, money) for item in given)
    if isinstance(given, Mapping):
        return ", ".join(f"{safe(name)}: {_plain(item, money)}" for name, item in given.items())
    if isinstance(given, bool):
        return "true" if given else "false"
    text = safe(amount(given) if money and isinstance(given, str) else given)
    # A text that reads like one of our marks is quoted.
    return f"«{text}»" if text in _MARKS or text.endswith(MARKS) else text


def is_money_path(path: str) -> bool:
    """Does a cell hold an amount?"""
    return path.split("/")[1:2] != [] and path.split("/")[1] in MONEY_FAMILIES


def header(answer: Mapping[str, Any], language: Language, witnessed: int | None = None) -> str:
    """For which day, and by what the record knew: the line above every answer.

    witnessed: entries that witnesses vouch for, by the server's word; None where it says nothing of it.
    """
    known = answer.get("known")
    position, recorded_at = "?", ""
    if isinstance(known, Mapping):
        position, recorded_at = str(known.get("position", "?")), str(known.get("recorded_at") or "")
    moment = f" ({recorded_at})" if recorded_at else ""
    if witnessed is not None and position.isdigit():
        moment += said(_vouched(witnessed, int(position)), language)
    day = answer.get("as_of")
    if language == "uk":
        start = f"станом на {day} за даними" if day else "за даними"
        return f"{start}, зареєстрованими до № {position}{moment}"
    start = f"as of {day}, by what" if day else "by what"
    return f"{start} was recorded up to № {position}{moment}"


def _vouched(witnessed: int, position: int) -> Pair:
    """The client has not checked it here, so it is the server that says so."""
    if witnessed >= position:
        return "; сервер каже: засвідчено", "; witnessed, the server says"
    if not witnessed:
        return "; сервер каже: ще не засвідчено", "; not witnessed yet, the server says"
    return (
        f"; сервер каже: засвідчено лише до № {witnessed}",
        f"; witnessed up to № {witnessed} only, the server says",
    )
