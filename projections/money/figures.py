"""The figures of the two sides: what an extract of the treasury says, and what the ledger says on its day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from ledger.periods import PeriodKey, counted
from ledger.timeline import Answer, Placed
from ledger.values import is_money, period_end
from projections.budget import AXES, split_segment
from projections.money.books import Books, answer_of

AMOUNTS: Final = ("approved", "amended", "paid")  # ZAT_AMT, PLANS_AMT, FAKT_AMT


def amount_of(said: Answer | Placed | None) -> Decimal | None:
    """None for what is no amount: none, removed, a printed dash, a blank."""
    return Decimal(said.value) if said is not None and is_money(said.value) else None


def held(newest_first: Iterable[Placed]) -> Decimal:
    """The amount that a cell's writes fold into; what is no amount counts as nothing, as `add` takes it."""
    total = Decimal(0)
    for placed in newest_first:
        if placed.op != "add":
            return total + (amount_of(placed) or Decimal(0))
        total += Decimal(placed.value)
    return total


@dataclass(frozen=True, slots=True)
class Figure:
    """One amount with what it rests on. amount: None where nothing states it; day: of which it is true.

    cells: the paths; entries: leaf indexes, oldest first. until: of reports, the last day that those of every
    line cover; None if those of some line cover none.
    """

    amount: Decimal | None
    day: str
    cells: tuple[str, ...] = ()
    entries: tuple[int, ...] = ()
    until: str | None = None


class Axes(NamedTuple):
    """Where money stands in a budget; None where it is not stated."""

    kpkvk: str | None
    kekv: str | None
    fund: str | None
    unit: str | None

    def meets(self, other: Axes) -> bool:
        """Do they agree wherever both are stated?"""
        return all(None in pair or pair[0] == pair[1] for pair in zip(self, other, strict=True))


def line_axes(line: str) -> Axes:
    """Of a treasury line: `kpkvk.kekv.fund.unit`, `_` for none; a unit's id may have dots of its own."""
    return Axes(*(part if part != "_" else None for part in line.split(".", len(AXES) - 1)))


def segment_axes(segment: str) -> tuple[str, Axes]:
    """Of a line of the programme: its source, and its axes."""
    source, axes = split_segment(segment)
    return source, Axes(**axes)


def treasury_lines(books: Books, year: int) -> list[str]:
    """Every line that an extract of the year has ever named."""
    return sorted({path.split("/")[3] for path in books.under(f"/treasury/{year}")})


def extract_day(books: Books, year: int, as_of: str) -> str | None:
    """The day of the newest extract of a year on or before a day; None without one."""
    found = (answer_of(books.writes(path), as_of) for path in books.under(f"/treasury/{year}"))
    return max((answer.last.rank[0] for answer in found if answer is not None), default=None)


def extracted(books: Books, year: int, line: str, name: str, as_of: str) -> Figure:
    """One amount of a treasury line, as the newest extract that states it says."""
    path = f"/treasury/{year}/{line}/{name}"
    answer = answer_of(books.writes(path), as_of)
    if answer is None:
        return Figure(None, as_of)
    return Figure(amount_of(answer), answer.last.rank[0], (path,), _entries([answer]))


def day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def in_force(books: Books, paths: Iterable[str], day: str) -> Figure:
    """What some cells hold on a day, added up; none if none of them holds an amount."""
    answers = {path: answer_of(books.writes(path), day) for path in paths}
    return _added(answers, day)


def paid_to(books: Books, lines: Iterable[str], day: str) -> Figure:
    """What reports that end by a day say was paid in the year. lines: `measure/year/segment` of each.

    Of each line the last year-to-date report if there is any, else the sum of its periods (time.md, fold).
    """
    answers: dict[str, Answer | None] = {}
    ends: dict[str, str] = {}
    silent: list[str] = []
    for line in lines:
        reports = dict(_reports(books, f"/paid/{line}", day))
        answers |= reports
        if reports:
            ends[line] = max(period_end(path.split("/")[5]) for path in reports)
        elif _has_grant(books, line, day):
            silent.append(line)
    found = _added(answers, day)
    return Figure(found.amount, day, found.cells, found.entries, _until(books, ends, silent, day))


def _until(books: Books, ends: Mapping[str, str], silent: Iterable[str], day: str) -> str | None:
    """The day to which the reports of every line reach. silent: lines with money and without a report.

    Reports of a line to which nothing was granted speak of the money whose codes agree with theirs: need and
    reports are often stated without the codes that the appropriation has.
    """
    bare = [segment_axes(line.split("/")[2]) for line in ends if not _has_grant(books, line, day)]
    for line in silent:
        source, axes = segment_axes(line.split("/")[2])
        if not any(own == source and axes.meets(other) for own, other in bare):
            return None
    return min(ends.values(), default=None)


def _has_grant(books: Books, line: str, day: str) -> bool:
    """Does it have money to pay, by appropriation or schedule?"""
    answers = (answer_of(books.writes(f"/{family}/{line}"), day) for family in ("appropriation", "schedule"))
    return any(amount_of(answer) for answer in answers)


def _reports(books: Books, prefix: str, day: str) -> Iterator[tuple[str, Answer]]:
    """Those of a line's reports that count."""
    stated: list[tuple[PeriodKey, str, Answer]] = []
    for path in books.under(prefix):
        answer = answer_of(books.writes(path), day)
        if answer is not None and amount_of(answer) is not None:
            *_, period, mode = path.split("/")
            stated.append(((period, mode), path, answer))
    stated.sort(key=lambda one: one[2].last.rank[3])  # in the order in which they were stated
    by_period = {key: (path, answer) for key, path, answer in stated}
    for key in counted(by_period):
        yield by_period[key]


def _added(answers: dict[str, Answer | None], day: str) -> Figure:
    held = {path: answer for path, answer in answers.items() if answer is not None}
    amounts = [amount for answer in held.values() if (amount := amount_of(answer)) is not None]
    total = sum(amounts, Decimal(0)) if amounts else None
    return Figure(total, day, tuple(sorted(held)), _entries(held.values()))


def _entries(answers: Iterable[Answer]) -> tuple[int, ...]:
    return tuple(sorted({placed.entry for answer in answers for placed in answer.chain}))
