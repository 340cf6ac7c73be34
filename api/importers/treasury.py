"""An extract of the treasury (CSV) as data of `treasury.imported`.

Columns, in any order, as the public budget portal or people name them: the codes, and ZAT_AMT (approved),
PLANS_AMT (amended), FAKT_AMT (paid, cumulative year-to-date), in hryvnias. A blank amount is not stated. A
code of a fund is only what the caller says it is; rows of totals over funds are to be left out by saying so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from api.importers.drafts import DraftEvent
from api.importers.errors import Problems
from api.importers.rows import Asked, Known, Made, Taken, Template, in_parts
from api.importers.table import Cells, read_table
from ledger.ids import programme_stream
from ledger.values import ID, money

AMOUNTS: Final = {"zat_amt": "approved", "plans_amt": "amended", "fakt_amt": "paid"}
COLUMNS: Final[Mapping[str, str]] = {
    "cod_cons_mb_pk": "kpkvk",
    "кпквк": "kpkvk",
    "тпквкмб": "kpkvk",
    "kpkvk": "kpkvk",
    "cod_cons_ek": "kekv",
    "кекв": "kekv",
    "kekv": "kekv",
    "fund_typ": "fund",
    "фонд": "fund",
    "fund": "fund",
    "розпорядник": "unit",
    "unit": "unit",
    "rep_period": "period",
    "cod_budget": "budget",
    **AMOUNTS,
}
FUNDS: Final[Mapping[str, str]] = {
    "general": "general",
    "загальний": "general",
    "загальний фонд": "general",
    "special": "special",
    "спеціальний": "special",
    "спеціальний фонд": "special",
    "development": "development",
    "бюджет розвитку": "development",
}
SKIP: Final = "skip"  # what a fund's code may mean: a total over funds, not a line of its own
MEANINGS: Final = ("general", "special", "development", SKIP)
TEMPLATE: Final = Template(
    "Виписка казначейства",
    ("КПКВК", "КЕКВ", "Фонд", "ZAT_AMT", "PLANS_AMT", "FAKT_AMT"),
    (("0217520", "2210", "загальний", "100000,00", "120000,00", "25000,00"),),
)
_AMOUNT: Final = re.compile(r"-?[0-9]{1,15}([.,][0-9]{1,2})?")
_GROUPS: Final = re.compile(r"(?<=[0-9])[ \u00a0\u202f](?=[0-9]{3}(?![0-9]))")
_PERIOD: Final = re.compile(r"(0[1-9]|1[0-2])\.[0-9]{4}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """year, day: of the extract. programmes: only these codes (КПКВК), all if empty. funds: what a code in
    the file means: general, special, development, or skip."""

    year: int
    day: str
    programmes: frozenset[str] = frozenset()
    funds: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Extract:
    """lines: as the event holds them; skipped: rows of other months, programmes, budgets' totals.

    rows: of the file, one for each line.
    """

    lines: tuple[dict[str, str], ...]
    budget: str | None
    skipped: int
    rows: tuple[Cells, ...] = ()


def read_extract(raw: bytes, wanted: Wanted) -> Extract:
    """Raises ImportFileError with every problem, by line and column."""
    problems = Problems()
    rows = read_table(raw, COLUMNS, ("kpkvk", *AMOUNTS.values()), problems)
    reader = _Reader(wanted, problems)
    found = [(line, row) for row in rows if (line := reader.line(row)) is not None]
    problems.raise_if_any()
    if not found:
        problems.stop(0, "", "no-lines")
    lines, taken = zip(*found, strict=True)
    return Extract(lines, reader.budget, len(rows) - len(found), taken)


class _Reader:
    """Reads rows one by one; budget: the code of the budget that they name, None if none does."""

    def __init__(self, wanted: Wanted, problems: Problems) -> None:
        self._wanted, self._problems = wanted, problems
        self._funds = {**FUNDS, **{code.lower(): said for code, said in (wanted.funds or {}).items()}}
        self._seen: dict[tuple[str | None, ...], int] = {}
        self.budget: str | None = None

    def line(self, row: Cells) -> dict[str, str] | None:
        """None for a row that is not wanted, and for one with problems, which have been noted."""
        if self._wanted.programmes and row.cells["kpkvk"] not in self._wanted.programmes:
            return None
        kpkvk = self._code(row, "kpkvk", 7)
        if kpkvk is None or not self._is_of_the_month(row):
            return None
        fund = self._fund(row)
        if fund == SKIP:
            return None
        self._check_budget(row)
        said = {"kpkvk": kpkvk, "kekv": self._code(row, "kekv", 4), "fund": fund, "unit": self._unit(row)}
        self._check_first(row, (kpkvk, said["kekv"], fund or row.cells.get("fund"), said["unit"]))
        amounts = {name: self._amount(row, name) for name in AMOUNTS.values()}
        if all(amount is None for amount in amounts.values()):
            self._problems.add(row.line, row.at("paid"), "no-amount")
        return {name: text for name, text in (said | amounts).items() if text is not None}

    def _code(self, row: Cells, column: str, digits: int) -> str | None:
        """A blank is no code; only the programme's own must be there."""
        text = row.cells.get(column, "")
        if re.fullmatch(f"[0-9]{{{digits}}}", text):
            return text
        if text or column == "kpkvk":
            self._problems.add(row.line, row.at(column), "not-a-code", got=text, digits=digits)
        return None

    def _is_of_the_month(self, row: Cells) -> bool:
        """Amounts are cumulative: of a file with several months only the extract's own is wanted."""
        text = row.cells.get("period", "")
        if not text:
            return True
        if not _PERIOD.fullmatch(text):
            self._problems.add(row.line, row.at("period"), "not-a-period", got=text)
            return False
        month = 12 if self._wanted.day[:4] != str(self._wanted.year) else int(self._wanted.day[5:7])
        return text == f"{month:02}.{self._wanted.year}"

    def _fund(self, row: Cells) -> str | None:
        text = row.cells.get("fund", "")
        if text and text.lower() not in self._funds:
            self._problems.add(row.line, row.at("fund"), "unknown-fund", got=text)
        return self._funds.get(text.lower())

    def _unit(self, row: Cells) -> str | None:
        text = row.cells.get("unit", "")
        if text and not re.fullmatch(ID, text):
            self._problems.add(row.line, row.at("unit"), "not-an-id", got=text)
        return text or None

    def _check_budget(self, row: Cells) -> None:
        """One extract is of one budget."""
        text = row.cells.get("budget", "")
        if not text:
            return
        if not re.fullmatch("[0-9]{10,11}", text):
            self._problems.add(row.line, row.at("budget"), "not-a-code", got=text, digits="10–11")
        elif self.budget not in (None, text):
            self._problems.add(row.line, row.at("budget"), "another-budget", got=text, first=self.budget)
        else:
            self.budget = text

    def _check_first(self, row: Cells, key: tuple[str | None, ...]) -> None:
        first = self._seen.setdefault(key, row.line)
        if first != row.line:
            self._problems.add(row.line, f"/{row.line}", "duplicate-row", first=first)

    def _amount(self, row: Cells, name: str) -> str | None:
        """Two decimals; a decimal comma and spaces between thousands are read as people write them."""
        text = row.cells[name]
        plain = _GROUPS.sub("", text)
        if _AMOUNT.fullmatch(plain):
            return money(Decimal(plain.replace(",", ".")))
        if text:
            self._problems.add(row.line, row.at(name), "not-an-amount", got=text)
        return None


def to_data(found: Extract, wanted: Wanted, source: str) -> Iterator[dict[str, Any]]:
    """Data of as many events as the lines need. source: what the extract is called."""
    return (data for data, _ in _parts(found, wanted, source))


def _parts(found: Extract, wanted: Wanted, source: str) -> Iterator[tuple[dict[str, Any], tuple[Cells, ...]]]:
    common: dict[str, Any] = {"year": wanted.year, "day": wanted.day, "source": source}
    if found.budget is not None:
        common["budget_code"] = found.budget
    for lines, rows in in_parts(list(zip(found.lines, found.rows, strict=True)), common):
        yield {**common, "lines": lines}, rows


def read_treasury(raw: bytes, asked: Asked, known: Known | None = None) -> Taken:
    """As the other tables of rows are read. Raises ImportFileError."""
    wanted = Wanted(asked.year or int(asked.day[:4]), asked.day, asked.kpkvk, asked.funds)
    found = read_extract(raw, wanted)
    subject = programme_stream(asked.programme)
    made = (
        Made(DraftEvent("treasury.imported", subject, None, None, data), rows)
        for data, rows in _parts(found, wanted, asked.name)
    )
    return Taken(tuple(made), len(found.lines), found.skipped)
