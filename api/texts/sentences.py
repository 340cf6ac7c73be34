"""What an error says in a person's language: the words of its sentence, and of all that stands in it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from api.texts.catalogue import PROBLEMS
from api.texts.details import detail_words
from api.texts.fill import fill
from api.texts.language import Language
from api.texts.reasons import kind_words, words_below
from ledger.errors import Refusal
from ledger.sentence import Sentence, sentence_of

SENTENCES: Final[dict[str, dict[str, str]]] = tomllib.loads(
    Path(__file__).with_name("sentences.toml").read_text(encoding="utf8")
)
_DETAIL: Final = {"uk": "подробиці (англійською): {0}", "en": "{0}"}
_STRANGE: Final = {"uk": "вміст не читається", "en": "what is in it cannot be read"}


def words_of(given: Any, language: Language) -> str:
    """A sentence, an error, or what stands in one.

    What has no words in Ukrainian is told to be English: whoever is asked for help needs it.
    """
    if isinstance(given, Sentence):
        row, parts = SENTENCES[given.code], given.given
        return row[language].format(**{name: _part(one, language) for name, one in parts.items()})
    if isinstance(given, Refusal):
        return refusal_words(given, language)
    if isinstance(given, BaseException):
        return _error_words(given, language)
    if isinstance(given, Mapping):
        return str(given[language])
    if isinstance(given, Sequence) and not isinstance(given, str | bytes):
        return ", ".join(words_of(one, language) for one in given)
    return str(given)


def refusal_words(refusal: Refusal, language: Language) -> str:
    """What the door would say of a refusal that happened here."""
    text = PROBLEMS.get(refusal.code)
    if text is None:
        return str(refusal)
    words = {"pointer": refusal.pointer or "/", "got": refusal.got, **refusal.details}
    return fill(text.message[language], words, language)


def _part(given: Any, language: Language) -> Any:
    """Plain values keep their kind, so that a form may quote them."""
    return given if isinstance(given, str | int) else words_of(given, language)


def _error_words(error: BaseException, language: Language) -> str:
    said = sentence_of(error)
    if said is not None:
        return words_of(said, language)
    below = words_below(error)
    if below is not None:
        return below[language]
    english = detail_words(str(error), "en")  # without what a parser said
    if not english:
        return _STRANGE[language]
    kind = kind_words(error)
    told = detail_words(english, language) or (kind[language] if kind is not None else "")
    return told or _DETAIL[language].format(english)
