"""A measure's money by year and source: what was planned, granted, paid, sent, used and returned.

A report or a transfer rarely names its line by the same budget axes as the decision does, so both sides are
added up by source. Where a source has no plan of its own, the nearest source above it that has one is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal
from weakref import WeakKeyDictionary

from ledger.periods import counted, flow_year
from ledger.registry import STEPS_MAX
from ledger.timeline import Answer
from projections.findings.case import Case
from projections.findings.holding import (
    Pair,
    Report,
    amount,
    first_day,
    reports_under,
    source_of,
    turns,
    writes_at,
)

Flow = Literal["paid", "transfers"]
LIMITS = ("financing", "appropriation", "schedule")
LIMIT_WORDS: dict[str, Pair] = {
    "financing": ("план", "the plan"),
    "appropriation": ("бюджетні призначення", "the appropriation"),
    "schedule": ("розпис", "the schedule"),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """One transfer, or one return, that holds on D."""

    path: str
    day: str
    amount: Decimal
    entry: int


@dataclass(slots=True)
class Group:
    """limits: family → the cells of its lines. paid, incurred: segment → reports, oldest slot first."""

    measure: str
    year: str
    source: str
    limits: dict[str, list[str]] = field(default_factory=dict)
    paid: dict[str, list[Report]] = field(default_factory=dict)
    incurred: dict[str, list[Report]] = field(default_factory=dict)
    transfers: list[Sent] = field(default_factory=list)
    returns: list[Sent] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"{self.measure}/{self.year}/{self.source}"


_KNOWN: WeakKeyDictionary[Case, dict[str, list[Group]]] = WeakKeyDictionary()


def groups_of(case: Case, measure: str) -> list[Group]:
    """Every year and source of a measure, in order.

    Cost: one look at each of its cells of money, once for a case: several rules ask.
    """
    known = _KNOWN.setdefault(case, {})
    if measure not in known:
        known[measure] = _groups(case, measure)
    return known[measure]


def _groups(case: Case, measure: str) -> list[Group]:
    limits = {family: list(case.under(f"/{family}/{measure}")) for family in LIMITS}
    planned = {_year_source(path) for path in limits["financing"]}
    found: dict[tuple[str, str], Group] = {}

    def group(path: str) -> Group:
        year, source = _year_source(path)
        owner = _owner(case, year, source, planned)
        return found.setdefault((year, owner), Group(measure, year, owner))

    for family, paths in limits.items():
        for path in paths:
            group(path).limits.setdefault(family, []).append(path)
    for phase in ("paid", "incurred"):
        for report in reports_under(case, f"/{phase}/{measure}"):
            reports: dict[str, list[Report]] = getattr(group(report.path), phase)
            reports.setdefault(report.path.split("/")[4], []).append(report)
    for flow in ("transfers", "returns"):
        for sent in _sent(case, f"/{flow}/{measure}"):
            getattr(group(sent.path), flow).append(sent)
    return [found[key] for key in sorted(found)]


def _year_source(path: str) -> tuple[str, str]:
    _, _, _, year, segment, *_ = path.split("/")
    return year, source_of(segment)


def _owner(case: Case, year: str, source: str, planned: set[tuple[str, str]]) -> str:
    step = source
    for _ in range(STEPS_MAX):
        if (year, step) in planned:
            return step
        parent = case.value(f"/sources/{step}/parent")
        if not parent:
            break
        step = str(parent)
    return source


def _sent(case: Case, prefix: str) -> Iterator[Sent]:
    for path in case.under(prefix):
        answer = case.answer(path)
        value = amount(answer.value) if answer is not None else None
        if answer is not None and value is not None:
            yield Sent(path, answer.last.rank[0], value, answer.last.entry)


# -- what holds on a day ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Limit:
    """What some lines hold on a day. amount: None if none of them holds an amount."""

    amount: Decimal | None
    answers: dict[str, Answer]

    @property
    def made_of(self) -> dict[str, Answer]:
        """The lines that make the amount; where there is none, all that say so."""
        if self.amount is None:
            return self.answers
        return {path: one for path, one in self.answers.items() if amount(one.value) is not None}

    @property
    def entries(self) -> list[int]:
        """Of what makes the amount: the decisions that set the lines, and those that added to them."""
        return [placed.entry for answer in self.made_of.values() for placed in answer.chain]


def limit_on(case: Case, paths: list[str], day: str) -> Limit:
    answers = {path: answer for path in paths if (answer := case.answer(path, day)) is not None}
    amounts = [value for answer in answers.values() if (value := amount(answer.value)) is not None]
    return Limit(sum(amounts, Decimal(0)) if amounts else None, answers)


def begins(case: Case, paths: list[str]) -> str | None:
    """The first day on which any of the lines holds an amount; None if never. See is_given."""
    found = (
        day
        for path in paths
        for placed in writes_at(case, path)
        if is_given(path, placed.value) and (day := first_day(case, placed)) is not None
    )
    return min(found, default=None)


def is_given(path: str, value: object) -> bool:
    """Is it an amount that holds? An appropriation of 0.00 grants nothing; a plan of 0.00 is a plan."""
    found = amount(value)
    return found is not None and (found != 0 or not path.startswith("/appropriation/"))


def paid_to(reports: dict[str, list[Report]], day: str) -> Decimal | None:
    """What reports that end by a day add up to in the year; None without any."""
    years = []
    for some in reports.values():
        amounts = {one.key: Decimal(one.value) for one in some if one.day <= day}
        years.append(flow_year(amounts))
    known = [year for year in years if year is not None]
    return sum(known, Decimal(0)) if known else None


def counting_to(reports: dict[str, list[Report]], day: str) -> list[Report]:
    """The reports that make what paid_to says: a year-to-date one stands for all that it holds."""
    found = list[Report]()
    for some in reports.values():
        by_key = {one.key: one for one in some if one.day <= day}
        found.extend(by_key[key] for key in counted(by_key))
    return found


def since_sums(case: Case, families: list[list[str]], holds: Callable[[list[Decimal | None]], bool]) -> str:
    """The first day of the stretch of days, up to D, on which something is so of sums that is so on D.

    families: the lines of each sum; holds: asked about the sums, None where no line holds an amount. Cost:
    one look at a line for each day of the stretch on which that line may turn, not on which another does.
    """
    held = [{path: amount(case.value(path)) for path in paths} for paths in families]
    turning: dict[str, list[tuple[int, str]]] = {}
    for place, paths in enumerate(families):
        for path in paths:
            for day in turns(case, (path,)):
                turning.setdefault(day, []).append((place, path))
    found = case.day
    for day in sorted(turning, reverse=True):
        found = day
        before = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
        for place, path in turning[day]:
            held[place][path] = amount(case.value(path, before))
        if not holds([_sum(list(one.values())) for one in held]):
            break
    return found


def _sum(amounts: list[Decimal | None]) -> Decimal | None:
    known = [one for one in amounts if one is not None]
    return sum(known, Decimal(0)) if known else None


def sent_to(sent: list[Sent], day: str) -> Decimal:
    return sum((one.amount for one in sent if one.day <= day), Decimal(0))
