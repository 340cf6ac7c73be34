"""Words of pages, and figures as their readers write them: money, days, entry numbers, plurals."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from markupsafe import Markup

from api.print.wording import NO_BREAK_SPACE, amount
from api.texts.language import Language
from api.texts.plural import form
from ledger.clock import parse_instant

FOLDER: Final = Path(__file__).parent / "words"
_NUMBER = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_THOUSANDS = re.compile(r"(?<=[0-9])(?=(?:[0-9]{3})+$)")
_HASH = re.compile(r"[0-9a-f]{64}")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MONTHS: Final = {
    "uk": (
        "січня", "лютого", "березня", "квітня", "травня", "червня",
        "липня", "серпня", "вересня", "жовтня", "листопада", "грудня",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_MONTH_NAMES: Final = {
    "uk": (
        "січень", "лютий", "березень", "квітень", "травень", "червень",
        "липень", "серпень", "вересень", "жовтень", "листопад", "грудень",
    ),
    "en": _MONTHS["en"],
}  # fmt: skip


@cache
def texts(section: str) -> dict[str, dict[str, Any]]:
    """One file of words: by language, by name. A list holds the forms of a plural."""
    return tomllib.loads((FOLDER / f"{section}.toml").read_text(encoding="utf8"))


class Words:
    """`words("entries", n=5)`: a text of the page's own file, else of common.toml, in one language.

    Facts are escaped unless they are markup already. Where the text is a list, `n` picks the form:
    three in Ukrainian (1 подія, 2 події, 5 подій), two in English.
    """

    def __init__(self, language: Language, section: str = "common") -> None:
        self.language = language
        self._plain, self._escaped = _tables(language, section)

    def __call__(self, name: str, **facts: object) -> Markup:
        found = self._escaped[name]
        if isinstance(found, list):
            found = found[form(abs(int(str(facts["n"]))), self.language)]
        return found.format(**facts) if facts else found

    def maybe(self, name: str, otherwise: str = "") -> str:
        """For names that data may bring: a status, a kind."""
        found = self._plain.get(name)
        return found if isinstance(found, str) else otherwise


_Text = str | list[str]
_Escaped = Markup | list[Markup]


@cache
def _tables(language: Language, section: str) -> tuple[dict[str, _Text], dict[str, _Escaped]]:
    """The words as they are, and escaped once for all pages: a page asks for the same ones many times."""
    plain: dict[str, _Text] = {**texts("common")[language], **texts(section)[language]}
    escaped: dict[str, _Escaped] = {
        name: [Markup.escape(one) for one in text] if isinstance(text, list) else Markup.escape(text)
        for name, text in plain.items()
    }
    return plain, escaped


def money(text: str) -> str:
    """`1250000.50` as `1 250 000,50`: no-break spaces, minus U+2212."""
    return amount(text)


def signed(text: str) -> str:
    """A difference: `+52 000,00`, `−12 000,00`; zero has no sign."""
    if not text.strip("-0."):
        return number(text.removeprefix("-"))
    return ("" if text.startswith("-") else "+") + number(text)


def number(text: str) -> str:
    """A decimal of any scale as people write it; what is no number as it is."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return text
    sign, whole, rest = found.groups()
    grouped = _THOUSANDS.sub(NO_BREAK_SPACE, whole)
    return f"{'−' if sign else ''}{grouped}{',' + rest if rest is not None else ''}"


def long_day(text: str, language: Language) -> str:
    """`2025-02-20` as «20 лютого 2025 р.»; what is no day as it is."""
    found = _date(text)
    if found is None:
        return text
    month = _MONTHS[language][found.month - 1]
    year = f"{found.year}{NO_BREAK_SPACE}р." if language == "uk" else str(found.year)
    return f"{found.day}{NO_BREAK_SPACE}{month} {year}"


def short_day(text: str) -> str:
    """`2025-02-20` as 20.02.2025; what is no day as it is."""
    found = _date(text)
    return f"{found:%d.%m.%Y}" if found is not None else text


def month_of(text: str, language: Language) -> str:
    """`2025-02-20` as «лютий 2025»."""
    found = _date(text)
    return f"{_MONTH_NAMES[language][found.month - 1]} {found.year}" if found is not None else text


def short_moment(instant: str, zone: ZoneInfo) -> str:
    """An RFC 3339 instant as the ledger's local 29.09.2025, 09:31."""
    try:
        return f"{parse_instant(instant).astimezone(zone):%d.%m.%Y, %H:%M}"
    except OverflowError:  # claimed by a signer, at the end of all days: no zone has it
        return instant


def local_day(instant: str, zone: ZoneInfo) -> str:
    """An RFC 3339 instant as the ledger's local YYYY-MM-DD."""
    try:
        return parse_instant(instant).astimezone(zone).date().isoformat()
    except OverflowError:
        return instant[:10]


def iso_day(text: str) -> str:
    """`31.12.2025` as 2025-12-31; anything else as it is, for the door to judge."""
    found = re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", text.strip())
    return f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}" if found else text.strip()


def short_hash(text: str) -> str:
    """A SHA-256 by its beginning, where its story stands one click away; anything else as it is."""
    return f"{text[:12]}…" if _HASH.fullmatch(text) else text


def entry_number(index: int) -> str:
    """Of a leaf index: № 35 is index 34."""
    return f"№{NO_BREAK_SPACE}{index + 1}"


def _date(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
