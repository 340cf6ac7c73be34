"""Filling a rule's sentences with the words of a hit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Words = Mapping[str, Any]


class _Said(dict[str, Any]):
    """A pair (uk, en) gives its language; a list is joined; what is none or blank is said in words."""

    def __init__(self, words: Words, language: str) -> None:
        super().__init__(words)
        self._language = language

    def __getitem__(self, name: str) -> Any:
        return self._word(super().get(name))

    def _word(self, value: Any) -> Any:
        uk = self._language == "uk"
        if isinstance(value, tuple) and len(value) == 2:
            return value[0] if uk else value[1]
        if isinstance(value, list):
            return ", ".join(str(self._word(one)) for one in value)
        if value is None:
            return "не встановлено" if uk else "not set"
        if value == "":
            return "порожньо" if uk else "blank"
        return value


def fill(form: str, words: Words, language: str) -> str:
    """language: "uk" or "en"."""
    return form.format_map(_Said(words, language))
