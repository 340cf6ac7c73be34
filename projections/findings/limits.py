"""Need, appropriation and schedule of a measure's year, set against each other as they hold on the day."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ledger.timeline import Answer
from ledger.values import money
from projections.budget import split_segment
from projections.findings.case import Case
from projections.findings.groups import LIMITS, Limit, limit_on
from projections.findings.holding import Pair, act_words, first_day, persons
from projections.findings.rule import Hit, Rule

ACKNOWLEDGED = "over-appropriation"
NOBODY: Pair = ("ніхто не підтверджував", "nobody")
WHOLE: Pair = ("усього", "in all")


class _Year:
    """The lines of a measure's year that hold something on the day, family by family."""

    def __init__(self, case: Case, measure: str, year: str) -> None:
        self.case, self.measure, self.year = case, measure, year
        self.paths = {family: list(case.under(f"/{family}/{measure}/{year}")) for family in LIMITS}
        self._held = {family: limit_on(case, self.paths[family], case.day) for family in LIMITS}

    def whole(self, family: str) -> Limit:
        return self._held[family]

    def of(self, family: str, axis: str, code: str) -> Limit:
        """The lines of one КПКВК, or of one fund."""
        paths = [path for path in self.whole(family).answers if self._codes(path)[axis] == code]
        return limit_on(self.case, paths, self.case.day)

    def codes(self, family: str, axis: str) -> set[str | None]:
        """Those of the lines that hold an amount; None is among them where a line names none."""
        held = self.whole(family).answers
        return {self._codes(path)[axis] for path in held if limit_on(self.case, [path], self.case.day).amount}

    def _codes(self, path: str) -> dict[str, str | None]:
        return split_segment(path.split("/", 4)[4])[1]


def _years(case: Case, measure: str) -> Iterator[_Year]:
    """Those for which an appropriation was set: without one there is nothing to compare with."""
    for year in sorted({path.split("/")[3] for path in case.under(f"/appropriation/{measure}")}):
        yield _Year(case, measure, year)


# -- plan above the appropriation -----------------------------------------------------------


def above(case: Case, measure: str) -> Iterator[Hit]:
    """In all, by КПКВК and by fund. By a code only where every line of the appropriation names one."""
    for year in _years(case, measure):
        pairs = [("", WHOLE, year.whole("financing"), year.whole("appropriation"))]
        for axis, name in (("kpkvk", "КПКВК"), ("fund", "")):
            pairs.extend(_by_code(year, axis, name))
        for key, what, plan, limit in pairs:
            if plan.amount is not None and limit.amount is not None and plan.amount > limit.amount:
                yield _above(case, year, key, what, plan, limit)


def _by_code(year: _Year, axis: str, name: str) -> Iterator[tuple[str, Pair, Limit, Limit]]:
    granted = year.codes("appropriation", axis)
    if not granted or None in granted:
        return
    for code in sorted(one for one in year.codes("financing", axis) if one is not None):
        if axis == "fund" and code == "development" and code not in granted and "special" in granted:
            continue  # the development budget is a part of the special fund: which part, nobody says
        limit = year.of("appropriation", axis, code)
        if limit.amount is None:  # all of the appropriation is for other codes
            limit = Limit(Decimal(0), year.whole("appropriation").answers)
        yield f"/{axis}/{code}", _code_words(axis, name, code), year.of("financing", axis, code), limit


FUNDS: dict[str, Pair] = {
    "general": ("загальний фонд", "general fund"),
    "special": ("спеціальний фонд", "special fund"),
    "development": ("бюджет розвитку", "development budget"),
}


def _code_words(axis: str, name: str, code: str) -> Pair:
    return FUNDS[code] if axis == "fund" else (f"{name} {code}", f"{name} {code}")


def _above(case: Case, year: _Year, key: str, what: Pair, plan: Limit, limit: Limit) -> Hit:
    excess = (plan.amount or Decimal(0)) - (limit.amount or Decimal(0))
    knowing = _acknowledging(case, year)
    words: dict[str, object] = {
        "measure": year.measure,
        "year": year.year,
        "what": what,
        "plan": money(plan.amount or Decimal(0)),
        "appropriation": money(limit.amount or Decimal(0)),
        "above": money(excess),
        "acts": _acts(case, limit),
        "acknowledged": persons(case, knowing) or NOBODY,
    }
    return _hit(case, f"{year.measure}/{year.year}{key}", plan, limit, words, knowing)


def _acknowledging(case: Case, year: _Year) -> list[int]:
    """The statements that made this plan or this limit, knowing that the plan is above it."""
    chains = [
        placed.entry
        for family in ("financing", "appropriation")
        for answer in year.whole(family).answers.values()
        for placed in answer.chain
    ]
    known = sorted(set(chains))
    return [index for index in known if ACKNOWLEDGED in case.said(index).stated.event.acknowledges]


def _acts(case: Case, limit: Limit) -> list[Pair]:
    acts = dict.fromkeys(answer.last.act for answer in limit.answers.values())
    return [act_words(case, act) for act in acts]


def _hit(
    case: Case, key: str, one: Limit, other: Limit, words: dict[str, object], more: list[int] | None = None
) -> Hit:
    cells = (*one.answers, *(path for path in other.answers if path not in one.answers))
    entries = tuple(sorted({*one.entries, *other.entries, *(more or ())}))
    since = max(_since(case, answer) for answer in (*one.answers.values(), *other.answers.values()))
    return Hit(key, cells, entries, words=words, day=since)


def _since(case: Case, answer: Answer) -> str:
    """The day on which its last write took hold."""
    return first_day(case, answer.last) or answer.last.rank[0]


# -- apart ------------------------------------------------------------------------------------


def apart(case: Case, measure: str) -> Iterator[Hit]:
    """The appropriation above the need, or a schedule that is not the appropriation. Totals of the year."""
    for year in _years(case, measure):
        need, limit, schedule = (year.whole(family) for family in LIMITS)
        if need.amount is not None and limit.amount is not None and limit.amount > need.amount:
            names = (("призначення", "appropriation"), ("потреба", "need"))
            yield _apart(case, year, "need", names, limit, need)
        if schedule.amount is not None and limit.amount is not None and schedule.amount != limit.amount:
            names = (("розпис", "schedule"), ("призначення", "appropriation"))
            yield _apart(case, year, "schedule", names, schedule, limit)


def _apart(case: Case, year: _Year, key: str, names: tuple[Pair, Pair], one: Limit, other: Limit) -> Hit:
    first, second = one.amount or Decimal(0), other.amount or Decimal(0)
    words: dict[str, object] = {
        "measure": year.measure,
        "year": year.year,
        "one": names[0],
        "first": money(first),
        "other": names[1],
        "second": money(second),
        "difference": money(first - second),
    }
    return _hit(case, f"{year.measure}/{year.year}/{key}", one, other, words)


RULES = (
    Rule(
        "FIN-ABOVE",
        "ask",
        uk="Захід {measure}, {year} рік, {what}: план {plan} більший за бюджетні призначення "
        "{appropriation} на {above} ({acts}); підтвердили: {acknowledged}",
        en="Measure {measure}, {year}, {what}: the plan of {plan} is above the appropriation of "
        "{appropriation} by {above} ({acts}); acknowledged by: {acknowledged}",
        check=above,
        topic="measure",
    ),
    Rule(
        "FIN-APART",
        "note",
        uk="Захід {measure}, {year} рік: {one} {first}, {other} {second}; різниця {difference}",
        en="Measure {measure}, {year}: {one} {first}, {other} {second}; difference {difference}",
        check=apart,
        topic="measure",
    ),
)
