"""Filling a message with words that others sent: short, printable, on one line."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any

from api.texts.language import Language

SHOWN_MAX = 120
_NOTHING = {"uk": "нічого", "en": "nothing"}


class _Words(Formatter):
    """Looks names up in one mapping; a name that is not there reads as «нічого»."""

    def __init__(self, words: Mapping[str, Any], language: Language) -> None:
        self._words, self._language = words, language

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> str:
        word = self._words.get(str(key))
        if isinstance(word, Mapping):
            word = word.get(self._language, word)
        if isinstance(word, list | tuple):
            word = ", ".join(shorten(one) for one in word)
        return _NOTHING[self._language] if word is None or word == "" else shorten(word)


def fill(form: str, words: Mapping[str, Any], language: Language) -> str:
    """A message with its words; a pair {"uk", "en"} gives its language."""
    return _Words(words, language).vformat(form, (), {})


def shorten(word: object) -> str:
    """A value as a message may show it."""
    text = str(word)
    plain = "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in text[: SHOWN_MAX + 1])
    return plain if len(plain) <= SHOWN_MAX else plain[:SHOWN_MAX] + "…"
