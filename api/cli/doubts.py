"""Doubt on the screen: a mark beside each value that rests on an entry in doubt, and what marks mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from api.cli.screen import line
from api.cli.words import NO_BREAK_SPACE, value
from api.texts.doubts import DOUBTS
from api.texts.language import Language

if TYPE_CHECKING:
    from rich.text import Text

_DOUBTS = ("doubt", "old_doubt", "new_doubt", "review_doubt", "closed_doubt")


def marked(text: Text, doubt: Any) -> Text:
    """The text, with the mark of a doubt if it stands in one."""
    from rich.text import Text

    if doubt not in DOUBTS:
        return text
    return Text.assemble(text, (NO_BREAK_SPACE + DOUBTS[doubt].mark, "bold red"))


def mark_columns(
    row: Mapping[str, Any],
    language: Language,
    money: Iterable[str] = (),
    *,
    names: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A row with its doubtful columns marked. money: columns of amounts; names: the table's own for some."""
    from rich.text import Text

    found, amounts = dict(row), set(money)
    for column, doubt in (row.get("doubtful") or {}).items():
        name = (names or {}).get(column, column)
        given = row.get(name)
        if name in row:  # also where nothing stands: what is in doubt may have taken it away
            shown = given if isinstance(given, Text) else value(given, language, money=name in amounts)
            found[name] = marked(shown, doubt)
    return found


def show_legend(answer: Any, language: Language) -> None:
    """What the marks of an answer mean; nothing if it has none."""
    present = set(_words(answer))
    for word, text in DOUBTS.items():
        if word in present:
            line(f"{text.mark} {text.name[language]}: {text.why[language]}", "dim")


def _words(answer: Any) -> Iterator[str]:
    """Every doubt that an answer names, however deep."""
    if isinstance(answer, list):
        for item in answer:
            yield from _words(item)
    elif isinstance(answer, dict):
        for name, inner in answer.items():
            if name in _DOUBTS and isinstance(inner, str):
                yield inner
            elif name == "doubtful" and isinstance(inner, dict):
                yield from inner.values()
            elif name != "state":
                yield from _words(inner)
