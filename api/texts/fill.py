"""Filling a message with words that others sent: short, printable, on one line."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any

from api.texts.catalogue import CAUSES
from api.texts.language import Language
from api.texts.who import ENDS, offices

SHOWN_MAX = 120
WHO_MAX = 600  # ten offices with who holds them
# Names whose words are longer. Reasons are sentences of our own: nothing of them is cut.
_LONGER = {"instead": WHO_MAX, "live_keys": WHO_MAX, "reasons": 100_000}
_NOTHING = {"uk": "нічого", "en": "nothing"}
# Words for what is not there, where «нічого» would be the wrong one.
_NONE = {
    **{name: {"uk": "нікого немає", "en": "nobody"} for name in ("instead", "proposers")},
    "ended": {"uk": "їх не було", "en": "there was none"},
    **{name: {"uk": "немає", "en": "none"} for name in ("live_keys", "by", "policy", "revoked", "enrolled")},
    **{name: {"uk": "–", "en": "–"} for name in ("kind", "offices")},
}
_ALIASES = {"live_keys": "instead"}  # who could do it instead, where that is a list of keys


class _Words(Formatter):
    """Looks names up in one mapping; a name that is not there reads as «нічого».

    A list of offices tells who holds each: "mayor: p-07; secretary: nobody".
    """

    def __init__(self, words: Mapping[str, Any], language: Language) -> None:
        self._words, self._language = words, language

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> str:
        name = str(key)
        word = self._words.get(_ALIASES.get(name, name))
        if name == "why" and str(word) in CAUSES:  # a sentence with words of its own
            return fill(CAUSES[str(word)][self._language], self._words, self._language)
        if name == "how":
            word = ENDS.get(str(word), word)
        if isinstance(word, Mapping):
            word = word.get(self._language, word)
        if isinstance(word, list | tuple):
            if word and all(isinstance(one, Mapping) and "office" in one for one in word):
                return shorten(offices(word, self._language), WHO_MAX)
            word = ", ".join(shorten(one) for one in word)
        if word is None or word == "":
            return _NONE.get(name, _NOTHING)[self._language]
        return shorten(word, _LONGER.get(name, SHOWN_MAX))


def fill(form: str, words: Mapping[str, Any], language: Language) -> str:
    """A message with its words; a pair {"uk", "en"} gives its language."""
    return _Words(words, language).vformat(form, (), {})


def shorten(word: object, size_max: int = SHOWN_MAX) -> str:
    """A value as a message may show it. size_max: characters."""
    text = str(word)
    plain = "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in text[: size_max + 1])
    return plain if len(plain) <= size_max else plain[:size_max] + "…"
