"""Filling a message with words that others sent: short, printable, on one line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
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


def fill(form: str, words: Mapping[str, Any], language: Language) -> str:
    """A message with its words; a pair {"uk", "en"} gives its language. A name that is not there reads
    as «нічого»; a list of offices tells who holds each: "mayor: p-07; secretary: nobody"."""
    filled = ""
    for text, name, quoted in _parts(form):
        filled += text
        if name is not None:
            word = _word(name, words, language)
            filled += repr(word) if quoted else word
    return filled


@cache  # as many as there are messages; of one of them a file may bring 20,000
def _parts(form: str) -> tuple[tuple[str, str | None, bool], ...]:
    """Texts, each with the name that follows it, and whether that is quoted: {name!r}."""
    return tuple((text, name, how == "r") for text, name, _, how in Formatter().parse(form))


def _word(name: str, words: Mapping[str, Any], language: Language) -> str:
    word = words.get(_ALIASES.get(name, name))
    if name == "why" and str(word) in CAUSES:  # a sentence with words of its own
        return fill(CAUSES[str(word)][language], words, language)
    if name == "how":
        word = ENDS.get(str(word), word)
    if isinstance(word, Mapping):
        word = word.get(language, word)
    if isinstance(word, list | tuple):
        if word and all(isinstance(one, Mapping) and "office" in one for one in word):
            return shorten(offices(word, language), WHO_MAX)
        word = ", ".join(shorten(one) for one in word)
    if word is None or word == "":
        return _NONE.get(name, _NOTHING)[language]
    return shorten(word, _LONGER.get(name, SHOWN_MAX))


def shorten(word: object, size_max: int = SHOWN_MAX) -> str:
    """A value as a message may show it. size_max: characters."""
    text = str(word)
    plain = text[: size_max + 1]
    if not plain.isprintable():
        plain = "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in plain)
    return plain if len(plain) <= size_max else plain[:size_max] + "…"
