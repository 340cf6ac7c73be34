"""Why a message was not taken: kept as a code with its values, said in each reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.texts.language import Language
from api.texts.reasons import system_words
from api.texts.sentences import SENTENCES, words_of
from ledger.errors import LedgerError
from ledger.sentence import Sentence

Reason = dict[str, Any]
"""{code, given}: a row of api/texts/sentences.toml, and JSON values for its places."""


class NotTaken(LedgerError):
    """A message did not arrive, or the receiver did not take it.

    after_seconds: when the receiver asked to be asked again; gone: it wants no more of them at all;
    body: the beginning of what it answered, None if it did not.
    """

    def __init__(
        self,
        said: Sentence,
        *,
        after_seconds: float | None = None,
        gone: bool = False,
        body: bytes | None = None,
    ) -> None:
        super().__init__(said)
        self.said, self.after_seconds, self.gone, self.body = said, after_seconds, gone, body

    @property
    def reason(self) -> Reason:
        return {"code": self.said.code, "given": {name: _kept(one) for name, one in self.said.given.items()}}


def _kept(given: Any) -> Any:
    if isinstance(given, OSError):
        return system_words(given)
    if isinstance(given, LedgerError):
        return {"uk": words_of(given, "uk"), "en": words_of(given, "en")}
    return given if isinstance(given, str | int) else str(given)


def reason_words(reason: Reason, language: Language) -> str:
    """A kept reason in words; its code alone where this version has no such row."""
    row = SENTENCES.get(str(reason.get("code")))
    if row is None:
        return str(reason.get("code"))
    given: Mapping[str, Any] = reason["given"]
    return row[language].format(
        **{name: one[language] if isinstance(one, dict) else one for name, one in given.items()}
    )
