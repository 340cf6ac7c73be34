"""Words as search compares them: the same for what is written and for what is asked.

Folded: case, compatibility forms (NFKC), soft hyphens and other invisible signs, stress marks, every kind
of apostrophe (left out: «обов'язки» is «обовязки»), ґ as г, dates as YYYY-MM-DD, an amount without spaces and
with a decimal point.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

WORD_MAX: Final = 64  # characters; longer words are cut alike on both sides
_COMPOUND_MAX: Final = 32  # characters; beyond are ids and hashes, which have no words in them
PREFIX_MIN: Final = 3  # characters: a shorter word is looked for as it is
_KEPT_MAX: Final = 200  # characters; longer texts hardly come twice
_KEPT_TEXTS: Final = 16_384
_APOSTROPHES: Final = dict.fromkeys(map(ord, "'`\u2018\u2019\u201b\u02bc\u02b9\u00b4\u2032\uff07\u02bb"))
_HIDDEN: Final = dict.fromkeys(
    map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\u0301\u0300\u200e\u200f\u202a\u202b\u202c\u202d\u202e")
)
_PRINTED_DAY: Final = re.compile(r"(?<![0-9.])([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?![0-9])")
_COMMA: Final = re.compile(r"(?<=[0-9]),(?=[0-9]{1,2}(?![0-9]))")
_AMOUNT: Final = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?: [0-9]{3})+(?=[.,][0-9]{2}(?![0-9]))")
_WORD: Final = re.compile(r"[^\W_]+(?:[.\-/_:][^\W_]+)*")
_PART: Final = re.compile(r"[^\W_]+")
# Endings of Ukrainian nouns, adjectives and verbs, the longest first; what is left has three letters or more.
_ENDINGS: Final = re.compile(
    r"(?<=\w{3})(?:ування|ювання|остями|остях|ість|ості|істю|ового|овому|ями|ами|ього|ьому|ому|ого|ими|іми|"
    r"ові|еві|єві|ття|ння|ань|ень|ття|ах|ях|ам|ям|ом|ем|єм|ів|їв|ей|ою|ею|єю|ий|ій|ої|їй|их|іх|ую|юю|ає|яє|"
    r"є|ї|а|е|и|і|о|у|ю|я|ь|й)$"
)


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a question. exact: nothing may follow it; otherwise it is a beginning."""

    word: str
    exact: bool

    @property
    def until(self) -> str:
        """The first text after all that begin with the word, in the order of UTF-8 bytes."""
        return self.word + "\U0010ffff"


def fold(text: str) -> str:
    """Letters are composed before marks are dropped, so that й and ї stay letters of their own."""
    plain = unicodedata.normalize("NFKC", text.replace("№", " ").translate(_APOSTROPHES)).translate(_HIDDEN)
    plain = plain.casefold().replace("ґ", "г")
    plain = _AMOUNT.sub(lambda found: found[0].replace(" ", ""), plain)
    return _COMMA.sub(".", _PRINTED_DAY.sub(_iso, plain))


def _iso(match: re.Match[str]) -> str:
    return f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}"


def words_of(text: str) -> frozenset[str]:
    """What a text can be found by: its words, and codes, dates and numbers whole."""
    return _kept_words(text) if len(text) <= _KEPT_MAX else _words(text)


def words_of_all(texts: Iterable[str]) -> set[str]:
    """Of several texts, none of which runs into the next."""
    return set().union(*map(words_of, texts))


def _words(text: str) -> frozenset[str]:
    wholes = set(_WORD.findall(fold(text)))
    return frozenset(word[:WORD_MAX] for whole in wholes for word in _said(whole))


# The same codes, dates and reasons are said again and again.
_kept_words = lru_cache(_KEPT_TEXTS)(_words)


def _said(whole: str) -> Iterator[str]:
    """`3.3.2` only whole; `town-digital-2025`, `2022-2024`, `45000.00` also by parts; `он/офлайн` by them."""
    if whole.isalpha():
        yield whole
        return
    if any(map(str.isdigit, whole)):
        yield whole
    if len(whole) <= _COMPOUND_MAX:
        yield from filter(_is_part, _PART.findall(whole))


def _is_part(part: str) -> bool:
    """A single letter is none (`е-послуга`), nor are a few digits, but a year is."""
    return len(part) > (3 if part.isdigit() else 1)


def terms_of(question: str) -> list[Term]:
    """The words that all must be there. Nothing in a question is a sign of a query language."""
    found: dict[str, Term] = {}
    for match in _WORD.finditer(fold(question)):
        whole = match[0][:WORD_MAX]
        is_one = whole.isalpha() or any(sign.isdigit() for sign in whole)
        for part in [whole] if is_one else filter(_is_part, _PART.findall(whole)):
            term = _term(part)
            found[term.word] = term
    return list(found.values())


def _term(word: str) -> Term:
    if len(word) < PREFIX_MIN or any(sign.isdigit() for sign in word):
        return Term(word, exact=True)
    return Term(_ENDINGS.sub("", word), exact=False)
