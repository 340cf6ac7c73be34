"""The cells of one row, read strictly: what is wrong is noted with its line and column, and None is given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final
from unicodedata import normalize

from api.importers.errors import Problems
from api.importers.numbers import places, plain_number, spelled
from api.importers.periods import read_period
from api.importers.rows import AmountsIn, Known
from api.importers.table import Cells
from api.importers.treasury import FUNDS
from ledger.canonical import check_string
from ledger.errors import Refusal
from ledger.values import ID, SOURCE, money

WHOLE_DIGITS: Final = 15
NUMBER_PLACES: Final = 6
TEXT_MAX: Final = 4000
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PRINTED_DAY: Final = re.compile(r"(?P<d>[0-9]{1,2})\.(?P<m>[0-9]{1,2})\.(?P<y>[0-9]{4})")
_KOPIYKA: Final = 2
_UNITS: Final[Mapping[AmountsIn, tuple[Decimal, int]]] = {
    "uah": (Decimal(1), _KOPIYKA),
    "thousand-uah": (Decimal(1000), _KOPIYKA + 3),
}


class Row:
    """One row of a file. A blank cell, and a column that the file does not have, are "".

    Letters are composed: a file from a Mac may hold й as two characters.
    """

    def __init__(self, cells: Cells, problems: Problems) -> None:
        self.cells, self._problems = cells, problems
        self.sound = True  # nothing was wrong so far

    def get(self, column: str) -> str:
        return normalize("NFC", self.cells.cells.get(column, ""))

    def wrong(self, column: str, code: str, **words: object) -> None:
        """Note a problem of a cell; of the whole row where column is ""."""
        self.sound = False
        self._problems.add(self.cells.line, at(self.cells, column), code, **words)

    def required(self, column: str, default: str = "") -> str:
        """A cell's text, else what was said for the whole file; one of them must be there."""
        text = self.get(column) or default
        if not text:
            self.wrong(column, "blank-text")
        return text

    def text(self, column: str) -> str:
        """Any words. Raises nothing; notes what no payload may hold."""
        text = self.get(column)
        if len(text) > TEXT_MAX:
            self.wrong(column, "too-long", got=TEXT_MAX)
        try:
            check_string(text, "")
        except Refusal as refusal:
            self.wrong(column, refusal.code, got=refusal.got)
        return text

    def id(self, column: str, pattern: str = ID) -> str | None:
        """An identifier."""
        text = self.required(column)
        if not text:
            return None
        if not re.fullmatch(pattern, text):
            self.wrong(column, "not-a-short-id" if pattern == SOURCE else "not-an-id", got=text)
        else:
            return text
        return None

    def code(self, column: str, digits: int) -> str | None:
        """A budget code, None if blank."""
        text = self.get(column)
        if text and not re.fullmatch(f"[0-9]{{{digits}}}", text):
            self.wrong(column, "not-a-code", got=text, digits=digits)
        return text or None

    def choice(self, column: str, choices: Mapping[str, str], default: str = "") -> str | None:
        """What a word means; choices: words in lower case → meaning."""
        text = self.required(column, default)
        found = choices.get(text.lower())
        if text and found is None:
            self.wrong(column, "not-a-choice", got=text, allowed=", ".join(choices))
        return found

    def period(self, column: str, default: str = "") -> str | None:
        text = self.required(column, default)
        found = read_period(text)
        if text and found is None:
            self.wrong(column, "no-such-period", got=text)
        return found

    def day(self, column: str, default: str = "") -> str | None:
        """YYYY-MM-DD of 20.02.2025 or 2025-02-20."""
        text = self.required(column, default)
        if not text:
            return None
        printed = _PRINTED_DAY.fullmatch(text)
        plain = f"{printed['y']}-{printed['m']:0>2}-{printed['d']:0>2}" if printed else text
        try:
            if not _DAY.fullmatch(plain):
                raise ValueError
            return date.fromisoformat(plain).isoformat()
        except ValueError:
            self.wrong(column, "no-such-day", got=text)
            return None

    def year(self, column: str, default: str = "") -> int | None:
        text = self.required(column, default)
        if re.fullmatch("(19|20|21)[0-9]{2}", text):
            return int(text)
        if text:
            self.wrong(column, "not-a-year", got=text)
        return None

    def number(self, column: str) -> str | None:
        """A decimal as the ledger spells it; None for a blank, and for what is none."""
        found = self._decimal(column, "not-a-decimal", NUMBER_PLACES)
        return spelled(found) if found is not None else None

    def amount(self, column: str, amounts_in: AmountsIn) -> str | None:
        """Hryvnias with two places, of a cell in hryvnias or thousands; None as number."""
        times, most = _UNITS[amounts_in]
        found = self._decimal(column, "not-money-cell", most)
        return money(found * times) if found is not None else None

    def _decimal(self, column: str, code: str, most: int) -> Decimal | None:
        text = self.get(column)
        if not text:
            return None
        found = plain_number(text, typed=column not in self.cells.numbers)
        if found is None:
            self.wrong(column, code, got=text)
        elif places(found) > most:
            self.wrong(column, "too-many-places", got=text, most=most)
        elif abs(found) >= Decimal(10) ** WHOLE_DIGITS:
            self.wrong(column, "too-large-a-number", got=text)
        else:
            return found
        return None


def at(cells: Cells, column: str) -> str:
    """Where a cell is; where a row is if column is "" (in a workbook: its first cell)."""
    return cells.at(column) if column or cells.table is not None else f"/{cells.line}"


class Once:
    """Which row said a thing first: another one that says it again is wrong."""

    def __init__(self) -> None:
        self._first: dict[tuple[object, ...], int] = {}

    def check(self, row: Row, key: tuple[object, ...]) -> None:
        first = self._first.setdefault(key, row.cells.line)
        if first != row.cells.line:
            row.wrong("", "duplicate-row", first=first)


def axes_of(row: Row, known: Known | None, year: int | None) -> dict[str, object] | None:
    """measure, year, source and the budget codes of a row; None with a problem. year: of the line."""
    measure, source = row.id("measure"), row.id("source", SOURCE)
    axes: dict[str, object] = {"measure": measure, "year": year, "source": source}
    axes |= {"kpkvk": row.code("kpkvk", 7), "kekv": row.code("kekv", 4)}
    axes["fund"] = row.choice("fund", FUNDS) if row.get("fund") else None
    axes["unit"] = row.id("unit") if row.get("unit") else None
    if known is not None:
        if measure is not None and not known.is_money_row(measure):
            row.wrong("measure", "unknown-measure", got=measure)
        if source is not None and not known.has_source(source):
            row.wrong("source", "unknown-source", got=source)
        if year is not None and not known.has_year(year):
            row.wrong("year" if row.get("year") else "", "year-outside-term", got=year)
    return {name: value for name, value in axes.items() if value is not None} if row.sound else None
