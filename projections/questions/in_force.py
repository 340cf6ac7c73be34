"""Each payment beside the days on which the plan and the appropriation of its source hold.

Source: docs/questions.md, question 11.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from ledger.values import money
from projections.duties.owed import period_start
from projections.findings.case import Case
from projections.findings.groups import Group, is_given
from projections.findings.holding import Report, writes_at

Held = Literal["yes", "partly", "no", "unknown"]
Days = tuple[str, str]  # the first and the last of a stretch


@dataclass(frozen=True, slots=True)
class Payment:
    """One report of payments, or one transfer, that counts by D.

    start: the first day on which it may have been paid; day: the last, its period's, or its own. adds: does
    it tell of any money that is not told of already?
    """

    path: str
    start: str
    day: str
    amount: str
    entry: int
    adds: bool


def payments_of(group: Group) -> Iterator[Payment]:
    for reports in group.paid.values():
        yield from _reported(reports)
    for sent in group.transfers:
        yield Payment(sent.path, sent.day, sent.day, money(sent.amount), sent.entry, sent.amount > 0)


def _reported(reports: list[Report]) -> Iterator[Payment]:
    """A year-to-date sum adds what is above the reports before it, on days that none of them tells.

    told: what they add up to; since: the first day that they leave open, counted without a gap.
    """
    told, since = Decimal(0), ""
    for one in sorted(reports, key=lambda one: (one.day, one.mode == "ytd")):
        is_sum = one.mode == "ytd"
        added = Decimal(one.value) - (told if is_sum else 0)
        since = max(since, f"{one.day[:4]}-01-01")
        first = period_start(one.period)
        start = since if is_sum else first
        yield Payment(one.path, min(start, one.day), one.day, one.value, one.entry, added > 0)
        told += added
        if is_sum or first <= since:
            since = max(since, _after(one.day))


def _after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def gaps(case: Case, paths: list[str], payment: Payment) -> list[Days]:
    """The stretches of a payment's days on which none of the lines holds an amount."""
    found = list[Days]()
    days = sorted({payment.start, *_turns(case, paths, payment)})
    ends = [*(_before(day) for day in days[1:]), payment.day]
    for day, end in zip(days, ends, strict=True):
        if any(is_given(path, case.value(path, day)) for path in paths):
            continue
        joined = found and _after(found[-1][1]) == day
        found[-1:] = [(found[-1][0], end)] if joined else [*found[-1:], (day, end)]
    return found


def _before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def _turns(case: Case, paths: list[str], payment: Payment) -> Iterator[str]:
    """The days after the first on which a write of a line starts, or its act starts or stops counting."""
    for path in paths:
        for placed in writes_at(case, path):
            act = case.timeline.acts[placed.act] if placed.act is not None else None
            days = (placed.rank[0], *(day for stretch in (act.stretches if act else ()) for day in stretch))
            yield from (day for day in days if payment.start < day <= payment.day)


def held(payment: Payment, without: list[Days], *, is_known: bool) -> Held:
    """Did a limit hold on the payment's days? is_known: does it hold an amount on any day at all?"""
    if not payment.adds or (is_known and not without):
        return "yes"
    if not is_known:
        return "unknown"
    return "no" if without == [(payment.start, payment.day)] else "partly"
