"""Need, appropriation and schedule of a year, of one measure or of all, set against each other as on D."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from ledger.values import money
from projections.budget import split_segment
from projections.findings.case import Case
from projections.findings.groups import LIMITS, Limit, limit_on, since_sums
from projections.findings.holding import Pair, act_words, amount, persons
from projections.findings.rule import Check, Hit, Rule, Topic

ACKNOWLEDGED = "over-appropriation"
ALL = "all"  # in a key: over all measures of the programme
NOBODY: Pair = ("ніхто не підтверджував", "nobody")
WHOLE: dict[str, Pair] = {
    "measure": ("усього за заходом", "in all for the measure"),
    "programme": ("усього за всіма заходами", "in all over its measures"),
}
FUNDS: dict[str, Pair] = {
    "general": ("загальний фонд", "general fund"),
    "special": ("спеціальний фонд", "special fund"),
    "development": ("бюджет розвитку", "development budget"),
}


class _Year:
    """The lines of a year that hold something on D, family by family.

    measure: None for all of them; what is not granted to a measure is still needed there.
    """

    def __init__(self, case: Case, measure: str | None, year: str) -> None:
        self.case, self.measure, self.year = case, measure, year
        self.paths = {family: list(self._paths(family)) for family in LIMITS}
        self._held = {family: limit_on(case, self.paths[family], case.day) for family in LIMITS}

    def _paths(self, family: str) -> Iterator[str]:
        if self.measure is not None:
            yield from self.case.under(f"/{family}/{self.measure}/{self.year}")
            return
        yield from (path for path in self.case.under(f"/{family}") if path.split("/", 4)[3] == self.year)

    @property
    def key(self) -> str:
        return f"{self.measure or ALL}/{self.year}"

    def whole(self, family: str) -> Limit:
        return self._held[family]

    def of(self, family: str, axis: str, code: str) -> Limit:
        """The lines of one КПКВК, or of one fund."""
        return limit_on(self.case, self.with_code(self.whole(family).answers, axis, code), self.case.day)

    def with_code(self, paths: Iterable[str], axis: str, code: str | None) -> list[str]:
        return [path for path in paths if self._codes(path)[axis] == code]

    def codes(self, family: str, axis: str) -> set[str | None]:
        """Those of the lines that hold an amount; None is among them where a line names none."""
        held = self.whole(family).answers.items()
        return {self._codes(path)[axis] for path, answer in held if amount(answer.value)}

    def _codes(self, path: str) -> dict[str, str | None]:
        return split_segment(path.split("/", 4)[4])[1]


def _years(case: Case, measure: str) -> Iterator[_Year]:
    """Those for which an appropriation was set: without one there is nothing to compare with."""
    for year in sorted({path.split("/")[3] for path in case.under(f"/appropriation/{measure}")}):
        yield _Year(case, measure, year)


# -- plan above the appropriation -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Excess:
    """A plan above its limit. code: "" in all, else /kpkvk/… or /fund/…."""

    code: str
    what: Pair
    plan: Limit
    limit: Limit

    @property
    def measures(self) -> set[str]:
        """Those with money on either side."""
        lines = (*self.plan.made_of.items(), *self.limit.made_of.items())
        return {path.split("/")[2] for path, answer in lines if amount(answer.value)}


def above(case: Case, measure: str) -> Iterator[Hit]:
    """In all, by КПКВК and by fund. By a code only where every line of the appropriation names one."""
    for year in _years(case, measure):
        for excess in _exceeding(year):
            yield _above(year, excess)


def above_in_all(case: Case, _key: str) -> Iterator[Hit]:
    """The same over all measures; a measure without an appropriation is counted with its need.

    What rests on the money of one measure alone is told of that measure. Cost: one look at each line of the
    need and the appropriation, where there is an appropriation.
    """
    for name in sorted({path.split("/")[3] for path in case.under("/appropriation")}):
        year = _Year(case, None, name)
        for excess in _exceeding(year):
            if not _is_told(case, name, excess):
                yield _above(year, excess)


def _is_told(case: Case, year: str, excess: _Excess) -> bool:
    """Does the finding of its only measure say it?"""
    if len(excess.measures) != 1:
        return False
    (measure,) = excess.measures
    return any(one.code == excess.code for one in _exceeding(_Year(case, measure, year)))


def _exceeding(year: _Year) -> Iterator[_Excess]:
    whole = WHOLE["programme" if year.measure is None else "measure"]
    pairs = [_Excess("", whole, year.whole("financing"), year.whole("appropriation"))]
    for axis, name in (("kpkvk", "КПКВК"), ("fund", "")):
        pairs.extend(_by_code(year, axis, name))
    for one in pairs:
        if _is_more(one.plan.amount, one.limit.amount):
            yield one


def _by_code(year: _Year, axis: str, name: str) -> Iterator[_Excess]:
    granted = year.codes("appropriation", axis)
    if not granted or None in granted:
        return
    for code in sorted(one for one in year.codes("financing", axis) if one is not None):
        if axis == "fund" and code == "development" and code not in granted and "special" in granted:
            continue  # the development budget is a part of the special fund: which part, nobody says
        limit = year.of("appropriation", axis, code)
        if limit.amount is None:  # all of the appropriation is for other codes
            limit = Limit(Decimal(0), year.whole("appropriation").answers)
        what = _code_words(axis, name, code)
        yield _Excess(f"/{axis}/{code}", what, year.of("financing", axis, code), limit)


def _code_words(axis: str, name: str, code: str) -> Pair:
    return FUNDS[code] if axis == "fund" else (f"{name} {code}", f"{name} {code}")


def _above(year: _Year, excess: _Excess) -> Hit:
    case, plan, limit = year.case, excess.plan, excess.limit
    knowing = _acknowledging(case, plan, limit)
    words: dict[str, object] = {
        "subject": _subject(year.measure),
        "measure": year.measure,
        "year": year.year,
        "what": excess.what,
        "plan": money(plan.amount or Decimal(0)),
        "appropriation": money(limit.amount or Decimal(0)),
        "above": money((plan.amount or Decimal(0)) - (limit.amount or Decimal(0))),
        "acts": _acts(case, limit),
        "acknowledged": persons(case, knowing) or NOBODY,
    }
    return _hit(year.key + excess.code, plan, limit, words, _above_since(year, excess.code))


def _above_since(year: _Year, code: str) -> str:
    """See _by_code: by a code, no line of the appropriation may be without one."""
    plans, limits = year.paths["financing"], year.paths["appropriation"]
    if not code:
        return since_sums(year.case, [plans, limits], lambda sums: _is_more(*sums))
    _, axis, value = code.split("/")
    named = [year.with_code(paths, axis, value) for paths in (plans, limits)]
    bare = year.with_code(limits, axis, None)
    rest = [path for path in limits if path not in named[1] and path not in bare]

    def holds(sums: list[Decimal | None]) -> bool:
        plan, limit, uncoded, others = sums
        return not uncoded and bool(limit or others) and _is_more(plan, limit or Decimal(0))

    return since_sums(year.case, [*named, bare, rest], holds)


def _is_more(one: Decimal | None, other: Decimal | None) -> bool:
    return one is not None and other is not None and one > other


def _subject(measure: str | None) -> Pair:
    return ("Програма", "The programme") if measure is None else (f"Захід {measure}", f"Measure {measure}")


def _acknowledging(case: Case, plan: Limit, limit: Limit) -> list[int]:
    """The statements that made this plan or this limit, knowing that the plan is above it."""
    known = sorted({*plan.entries, *limit.entries})
    return [index for index in known if ACKNOWLEDGED in case.said(index).stated.event.acknowledges]


def _acts(case: Case, limit: Limit) -> list[Pair]:
    acts = dict.fromkeys(answer.last.act for answer in limit.made_of.values())
    return [act_words(case, act) for act in acts]


def _hit(key: str, one: Limit, other: Limit, words: dict[str, object], day: str) -> Hit:
    """It names the lines that make the two amounts, and no others."""
    cells = (*one.made_of, *(path for path in other.made_of if path not in one.made_of))
    return Hit(key, cells, tuple(sorted({*one.entries, *other.entries})), words=words, day=day)


# -- apart ------------------------------------------------------------------------------------

_NAMES: dict[str, Pair] = {
    "financing": ("потреба", "need"),
    "appropriation": ("призначення", "appropriation"),
    "schedule": ("розпис", "schedule"),
}
_APART = {"need": ("appropriation", "financing"), "schedule": ("schedule", "appropriation")}


def apart(case: Case, measure: str) -> Iterator[Hit]:
    """The appropriation above the need, or a schedule that is not the appropriation. Totals of the year."""
    for year in _years(case, measure):
        for key in _APART:
            if _is_apart(year, key):
                yield _apart(year, key)


def _is_apart(year: _Year, key: str) -> bool:
    return _differs(key, [year.whole(family).amount for family in _APART[key]])


def _differs(key: str, sums: list[Decimal | None]) -> bool:
    one, other = sums
    if key == "need":
        return _is_more(one, other)
    return one is not None and other is not None and one != other


def _apart(year: _Year, key: str) -> Hit:
    names = _APART[key]
    one, other = (year.whole(family) for family in names)
    first, second = one.amount or Decimal(0), other.amount or Decimal(0)
    words: dict[str, object] = {
        "measure": year.measure,
        "year": year.year,
        "one": _NAMES[names[0]],
        "first": money(first),
        "other": _NAMES[names[1]],
        "second": money(second),
        "difference": money(first - second),
    }
    lines = [year.paths[family] for family in names]
    day = since_sums(year.case, lines, lambda sums: _differs(key, sums))
    return _hit(f"{year.key}/{key}", one, other, words, day)


_ABOVE: tuple[tuple[Topic, Check], ...] = (("programme", above_in_all), ("measure", above))
RULES = (
    *(
        Rule(
            "FIN-ABOVE",
            "ask",
            uk="{subject}, {year} рік, {what}: план {plan} більший за бюджетні призначення {appropriation} "
            "на {above} ({acts}); підтвердили: {acknowledged}",
            en="{subject}, {year}, {what}: the plan of {plan} is above the appropriation of {appropriation} "
            "by {above} ({acts}); acknowledged by: {acknowledged}",
            check=check,
            topic=topic,
        )
        for topic, check in _ABOVE
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
