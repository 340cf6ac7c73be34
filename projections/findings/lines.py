"""Single lines of money: a debt at the year's end, and an addition to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ledger.periods import last_of
from ledger.values import money
from projections.findings.case import Case
from projections.findings.groups import LIMIT_WORDS, LIMITS
from projections.findings.holding import act_words, amount, first_day, reports_under, writes_at
from projections.findings.rule import Hit, Rule


def payable(case: Case, line: str) -> Iterator[Hit]:
    """The newest report of payables as of 31 December: a balance, so periods are not added up."""
    end = f"{line.split('/')[1]}-12-31"
    found = {one.key: one for one in reports_under(case, f"/payable/{line}") if one.day == end}
    last = last_of(found)
    if last is None or (owed := Decimal(found[last].value)) <= 0:
        return
    measure, year, segment = line.split("/")
    words = {"measure": measure, "year": year, "segment": segment, "amount": money(owed)}
    yield Hit(line, (found[last].path,), (found[last].entry,), words=words, day=end)


def add_to_nothing(case: Case, line: str) -> Iterator[Hit]:
    """An `add` on a line where, when it took hold, there was no amount. Source: time.md, Fold."""
    for family in LIMITS:
        path = f"/{family}/{line}"
        row = writes_at(case, path)
        for place, placed in enumerate(row):
            day = first_day(case, placed) if placed.op == "add" else None
            if day is None:
                continue
            counting = (one for one in reversed(row[:place]) if case.counts(one.act, day))
            below = next(counting, None)
            if below is None or amount(below.value) is None:
                found = None if below is None else ("вилучено", "removed")
                words = {
                    "what": LIMIT_WORDS[family],
                    "line": line,
                    "amount": str(placed.value),
                    "found": below.value if below is not None and below.op == "set" else found,
                    "act": act_words(case, placed.act),
                }
                yield Hit(f"{path}/{placed.slot}", (path,), (placed.entry,), words=words, day=day)


RULES = (
    Rule(
        "FIN-PAYABLE",
        "ask",
        uk="Захід {measure} ({segment}): на кінець {year} року не сплачено {amount} кредиторської "
        "заборгованості",
        en="Measure {measure} ({segment}): payables of {amount} were unpaid at the end of {year}",
        check=payable,
        topic="line",
    ),
    Rule(
        "FIN-ADDNONE",
        "note",
        uk="Рядок {line}, {what}: «збільшити на {amount}» там, де було: {found}; лічено від нуля ({act})",
        en="Line {line}, {what}: “increase by {amount}” where there was: {found}; counted from zero ({act})",
        check=add_to_nothing,
        topic="line",
    ),
)
