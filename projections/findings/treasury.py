"""The treasury's newest extract beside the ledger, where an allocation says what belongs to what.

The comparison itself is projections/money/reconciliation.py's: what is shown there and what is found here are
one figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from weakref import WeakKeyDictionary

from ledger.values import money
from projections.findings.case import Case
from projections.findings.holding import Pair
from projections.findings.rule import Hit, Rule
from projections.money.books import TimelineBooks
from projections.money.reconciliation import Comparison, Reconciled, reconcile

FIGURES: dict[str, Pair] = {
    "approved": ("затверджений план", "the approved plan"),
    "amended": ("план з урахуванням змін, призначення", "the amended plan, appropriation"),
    "scheduled": ("план з урахуванням змін, розпис", "the amended plan, schedule"),
    "paid": ("касові видатки", "paid"),
}
UNSURE: Pair = ("пояснення актами неоднозначне", "more than one choice of acts would explain it")
UNEXPLAINED: Pair = ("актами не пояснено", "no acts explain it")

_KNOWN: WeakKeyDictionary[Case, dict[str, list[Reconciled]]] = WeakKeyDictionary()


def unexplained(case: Case, key: str) -> Iterator[Hit]:
    """What one treasury line pays for; of lines that pay for one thing together the first one tells.

    Nothing is mapped: nothing is found, for it is undetermined.
    """
    year, line = key.split("/", 1)
    for found in _reconciled(case, year):
        if min(share.line for share in found.shares) == line:
            for one in _differing(found):
                yield _hit(year, line, found, one)


def _reconciled(case: Case, year: str) -> list[Reconciled]:
    """Of a whole year, once for a case: every line's rule asks for it."""
    years = _KNOWN.setdefault(case, {})
    if year not in years:
        years[year] = reconcile(TimelineBooks(case.timeline), int(year), case.day)
    return years[year]


def _differing(found: Reconciled) -> Iterator[Comparison]:
    """As the reconciliation judges. A schedule is compared alone: the extract's amended plan is that."""
    names = {one.name for one in found.comparisons}
    for one in found.comparisons:
        if one.status not in ("unexplained", "ambiguous"):
            continue
        if one.name == "amended" and "scheduled" in names:
            continue
        yield one


def _hit(year: str, line: str, found: Reconciled, one: Comparison) -> Hit:
    target = found.target
    words = {
        "line": line,
        "year": year,
        "measure": target.measure,
        "source": target.source,
        "figure": FIGURES[one.name],
        "day": one.treasury.day,
        "treasury": _text(one.treasury.amount),
        "ledger": _text(one.ledger.amount),
        "difference": _text(one.difference),
        "why": UNSURE if one.status == "ambiguous" else UNEXPLAINED,
    }
    cells = (*one.treasury.cells, *(share.path for share in found.shares), *one.ledger.cells)
    shares = (entry for share in found.shares for entry in share.entries)
    entries = tuple(sorted({*one.treasury.entries, *shares, *one.ledger.entries}))
    key = f"{year}/{line}/{target.measure}/{target.source}/{one.name}"
    return Hit(key, tuple(dict.fromkeys(cells)), entries, words=words, day=one.treasury.day)


def _text(amount: Decimal | None) -> str | None:
    return money(amount) if amount is not None else None


RULES = (
    Rule(
        "FIN-TREASURY",
        "ask",
        uk="Казначейство станом на {day}, рядок {line}, захід {measure} ({source}), {figure}: {treasury}, "
        "за записами {ledger}; різниця {difference}, {why}",
        en="Treasury as of {day}, line {line}, measure {measure} ({source}), {figure}: {treasury}, on the "
        "record {ledger}; difference {difference}, {why}",
        check=unexplained,
        topic="treasury",
    ),
)
