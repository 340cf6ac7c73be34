"""Periods as people write them: `I квартал 2025 року`, `03.2025`, `2025-Q1`; what cannot be told is none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from ledger.values import PERIOD

_MONTHS: Final = (
    "січень", "лютий", "березень", "квітень", "травень", "червень",
    "липень", "серпень", "вересень", "жовтень", "листопад", "грудень",
)  # fmt: skip
_ENGLISH: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_ROMAN: Final = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_PARTS: Final[Mapping[str, str]] = {
    **{name: f"{number:02}" for names in (_MONTHS, _ENGLISH) for number, name in enumerate(names, 1)},
    **{f"{n} квартал": f"Q{n}" for n in "1234"},
    **{f"{n} кв": f"Q{n}" for n in "1234"},
    **{f"{n} півріччя": f"H{n}" for n in "12"},
    **{f"q{n}": f"Q{n}" for n in "1234"},
    **{f"h{n}": f"H{n}" for n in "12"},
}
# The shapes below try every place of a text: a hundred thousand points would take minutes.
LENGTH_MAX: Final = 60
_YEAR_LAST: Final = re.compile(r"(?P<part>.*?)[ .]*(?P<year>[0-9]{4})(?: ?(?:р|року|рік))?\.?")
_YEAR_FIRST: Final = re.compile(r"(?P<year>[0-9]{4})(?: ?(?:р|року|рік))?\.?[ ,-]+(?P<part>.+)")
# Latin letters for the Cyrillic ones that look like them, as Roman numbers are typed.
_ALIKE: Final = str.maketrans("іхІХ", "ixIX")


def read_period(text: str) -> str | None:
    """`2025`, `2025-Q1`, `2025-H2` or `2025-03`; None for what is none of them."""
    return _read(text) if len(text) <= LENGTH_MAX else None


@lru_cache(maxsize=4096)
def _read(text: str) -> str | None:
    plain = " ".join(text.split())
    if re.fullmatch(PERIOD, plain):
        return plain
    for year, part in _halves(plain.lower()):
        if not part:
            return year
        if found := _part(part):
            return f"{year}-{found}"
    return None


def _halves(text: str) -> Iterator[tuple[str, str]]:
    for shape in (_YEAR_LAST, _YEAR_FIRST):
        if found := shape.fullmatch(text):
            yield found["year"], found["part"].strip(" .,")


def _part(text: str) -> str | None:
    if re.fullmatch("0[1-9]|1[0-2]", text):
        return text
    number, _, word = text.replace("-й", "").replace("-е", "").partition(" ")
    number = _ROMAN.get(number.translate(_ALIKE), number)
    return _PARTS.get(f"{number} {word.strip(' .')}".strip()) or _PARTS.get(text)
