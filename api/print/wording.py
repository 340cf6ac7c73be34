"""The words of a print in one language, and values as its readers write them: money, days, four empties."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from api.texts.doubts import MARKS
from api.texts.language import Language
from ledger.clock import parse_instant

NO_BREAK_SPACE: Final = "\u00a0"
MONTHS: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_TEXTS: Final[dict[str, dict[str, str]]] = tomllib.loads(
    Path(__file__).with_name("words.toml").read_text(encoding="utf8")
)
_MONEY = re.compile(r"(-?)([0-9]+)\.([0-9]{2})")
_AMOUNT = re.compile(r"(?<![0-9.,-])-?[0-9]+\.[0-9]{2}(?![0-9.])")
_THOUSANDS = re.compile(r"(?<=[0-9])(?=(?:[0-9]{3})+$)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ALPHABET: Final = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
_PLACES: Final = {letter: place for place, letter in enumerate(_ALPHABET)}


class Words:
    """One language; `words("page", page=1)` is a text with its figures in it."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._texts = _TEXTS[language]

    def __call__(self, name: str, **facts: object) -> str:
        text = self._texts[name]
        return text.format_map(facts) if facts else text

    def maybe(self, name: str, otherwise: str) -> str:
        """For names that data may bring: a field of a passport, a status."""
        return self._texts.get(name, otherwise)

    def day(self, text: str) -> str:
        """`2026-11-18` as «18 листопада 2026 р.»; what is no date as it is."""
        if not _DAY.fullmatch(text):
            return text
        try:
            given = date.fromisoformat(text)
        except ValueError:
            return text
        return self("day", day=given.day, month=self(MONTHS[given.month - 1]), year=given.year)

    def moment(self, instant: str, zone: ZoneInfo) -> str:
        """An instant as local day and time, to the second."""
        local = parse_instant(instant).astimezone(zone)
        return f"{self.day(local.date().isoformat())}, {local:%H:%M:%S}"

    def empty(self, kind: str, *, short: bool) -> str:
        """none, blank or removed; short: where money stands."""
        return self(f"money-{kind}" if short else kind)

    def plain(self, given: Any) -> str:
        """A value that is there, whatever its shape. A text that reads like one of our marks is quoted."""
        if isinstance(given, list):
            return "; ".join(self.plain(one) for one in given)
        if isinstance(given, Mapping):
            return ", ".join(f"{name}: {self.plain(one)}" for name, one in given.items())
        if isinstance(given, bool):
            return "true" if given else "false"
        text = str(given)
        is_mark = text.endswith(MARKS) or text in self._marks()
        return f"«{text}»" if is_mark else text

    def _marks(self) -> frozenset[str]:
        names = ("none", "blank", "removed")
        return frozenset(self.empty(name, short=short) for name in names for short in (True, False))


def amount(text: str) -> str:
    """`1250000.50` as `1 250 000,50` with no-break spaces; anything else as it is."""
    found = _MONEY.fullmatch(text)
    if found is None:
        return text
    sign, whole, cents = found.groups()
    return f"{'−' if sign else ''}{_THOUSANDS.sub(NO_BREAK_SPACE, whole)},{cents}"


def amounts_in(text: str) -> str:
    """A sentence with its amounts as people write them."""
    return _AMOUNT.sub(lambda found: amount(found[0]), text)


def is_amount(given: object) -> bool:
    """Is it a figure, and not "-", "", "removed" or none? What is none of money counts for nothing."""
    return isinstance(given, str) and _MONEY.fullmatch(given) is not None


def by_code(code: str) -> list[tuple[int, str]]:
    """Printed codes as people read them: 3.10 after 3.9, words after numbers."""
    return [(int(part), "") if part.isdecimal() else (10**9, part) for part in code.split(".")]


def by_alphabet(text: str) -> list[tuple[int, str]]:
    """The order of the Ukrainian alphabet, whatever the machine's locale: є after е, ґ after г."""
    return [(_PLACES.get(one, 100), one) for one in text.casefold()]
