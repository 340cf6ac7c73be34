"""How many of something, in words: after a number the Ukrainian noun has three forms, the English two."""

from __future__ import annotations

from typing import Final

from api.texts.language import Language

_UKRAINIAN: Final = ("запис", "записи", "записів")
_ENGLISH: Final = ("entry", "entries")


def entries(count: int, language: Language) -> str:
    """`1 запис`, `4 записи`, `11 записів`; `1 entry`, `2 entries`. count ≥ 0."""
    if language == "en":
        return f"{count} {_ENGLISH[count != 1]}"
    return f"{count} {_UKRAINIAN[_form(count)]}"


def form(count: int, language: Language) -> int:
    """Which form of a noun stands after a number: of three in Ukrainian, of two in English. count ≥ 0."""
    return _form(count) if language == "uk" else int(count != 1)


def _form(count: int) -> int:
    """Which of three: 1, 21, 31 …; 2 to 4, 22 to 24 …; all others, and 11 to 14 of each hundred."""
    ones, tens = count % 10, count // 10 % 10
    if tens == 1 or ones == 0 or ones >= 5:
        return 2
    return 0 if ones == 1 else 1
