"""Payments beside what was in force on their day: before the plan held, or above it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ledger.values import money
from projections.findings.case import Case
from projections.findings.groups import (
    LIMIT_WORDS,
    Flow,
    Group,
    Limit,
    begins,
    counting_to,
    groups_of,
    is_given,
    limit_on,
    paid_to,
    sent_to,
)
from projections.findings.holding import (
    Pair,
    Report,
    act_words,
    first_day,
    stands,
    writes_at,
)
from projections.findings.rule import Hit, Rule

FLOW_WORDS: dict[Flow, Pair] = {
    "paid": ("касові видатки", "paid"),
    "transfers": ("передано", "transferred"),
}

# -- paid before it was in force ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Payment:
    """One report of payments, or one transfer. amount: what it adds to the year, above zero.

    known: the reports that had told the rest of a year-to-date sum.
    """

    path: str
    flow: Flow
    day: str
    amount: Decimal
    entry: int
    known: tuple[Report, ...] = ()


def early(case: Case, measure: str) -> Iterator[Hit]:
    """A payment whose whole period, or whose day, lies before the plan or the appropriation holds.

    Where the year has no appropriation at all there is nothing to compare with.
    """
    for group in groups_of(case, measure):
        starts = _starts(case, group)
        for payment in _payments(group):
            late = {family: start for family, start in starts.items() if payment.day < start}
            if late:
                yield _early(case, group, payment, late)


def _starts(case: Case, group: Group) -> dict[str, str]:
    """From which day on there is a plan, and an appropriation, if there ever is one."""
    found = {name: begins(case, group.limits.get(name, [])) for name in ("financing", "appropriation")}
    return {name: start for name, start in found.items() if start is not None}


def _payments(group: Group) -> Iterator[_Payment]:
    for reports in group.paid.values():
        before, known = (
            Decimal(0),
            tuple[Report, ...](),
        )  # what is told of the year so far, and by which reports
        for one in sorted(reports, key=lambda one: (one.day, one.mode == "ytd")):
            is_sum = one.mode == "ytd"
            added = Decimal(one.value) - (before if is_sum else 0)
            if added > 0:
                yield _Payment(one.path, "paid", one.day, added, one.entry, known if is_sum else ())
            before += added
            known = (one,) if is_sum else (*known, one)
    for sent in group.transfers:
        yield _Payment(sent.path, "transfers", sent.day, sent.amount, sent.entry)


def _early(case: Case, group: Group, payment: _Payment, late: dict[str, str]) -> Hit:
    firsts = [_first_write(case, group.limits[family], start) for family, start in late.items()]
    words = {
        "flow": FLOW_WORDS[payment.flow],
        "measure": group.measure,
        "year": group.year,
        "source": group.source,
        "amount": money(payment.amount),
        "day": payment.day,
        "limits": [
            (f"{LIMIT_WORDS[family][0]} – з {start}", f"{LIMIT_WORDS[family][1]} – from {start}")
            for family, start in late.items()
        ],
        "acts": [act_words(case, act) for _, act, _ in firsts],
        "predecessor": _predecessor(case),
    }
    known = payment.known
    cells = (payment.path, *(one.path for one in known), *(path for path, _, _ in firsts))
    entries = tuple(
        sorted({payment.entry, *(one.entry for one in known), *(entry for _, _, entry in firsts)})
    )
    return Hit(payment.path, cells, entries, words=words, day=payment.day)


def _first_write(case: Case, paths: list[str], start: str) -> tuple[str, str | None, int]:
    """Path, act and entry of a write by which the lines begin to hold an amount."""
    return next(
        (path, placed.act, placed.entry)
        for path in paths
        for placed in writes_at(case, path)
        if is_given(path, placed.value) and first_day(case, placed) == start
    )


def _predecessor(case: Case) -> Pair:
    """The programme before it, as the paper names it: such a payment may have been its own."""
    title, number, day = (case.value(f"/predecessor/{name}") for name in ("title", "number", "date"))
    if not title:
        return ("не названо", "not named")
    of_act = "".join((f" № {number}" if number else "", f" ({day})" if day else ""))
    return (f"«{title}»{of_act}", f"“{title}”{of_act}")


# -- paid above the plan ----------------------------------------------------------------


def over(case: Case, measure: str) -> Iterator[Hit]:
    """Year-to-date above the plan of its source, on the last day of a period in which it grew.

    Each such day is a finding of its own: who accepts one excess has not accepted the next.
    """
    for group in groups_of(case, measure):
        yield from _over(case, group, "paid")
        yield from _over(case, group, "transfers")


def _over(case: Case, group: Group, flow: Flow) -> Iterator[Hit]:
    paths = group.limits.get("financing", [])
    before = Decimal(0)
    for day in _days(group, flow):
        total = _total(group, flow, day)
        grew, before = total > before, total
        if not grew:
            continue
        plan = limit_on(case, paths, day)
        if plan.amount is None and not _unplanned(case, group, day):
            continue
        excess = total - (plan.amount or Decimal(0))
        if excess > 0:
            yield _over_hit(group, flow, day, total, excess, plan)


def _days(group: Group, flow: Flow) -> list[str]:
    if flow == "transfers":
        return sorted({one.day for one in group.transfers})
    return sorted({one.day for reports in group.paid.values() for one in reports})


def _total(group: Group, flow: Flow, day: str) -> Decimal:
    """Money that came back is no longer out."""
    if flow == "transfers":
        return sent_to(group.transfers, day) - sent_to(group.returns, day)
    return paid_to(group.paid, day) or Decimal(0)


def _unplanned(case: Case, group: Group, day: str) -> bool:
    """Does no amount hold on the day because none was ever planned, or it was taken away?

    A plan that begins later makes the payment early; one that is suspended leaves it open; and the plan of a
    work may stand on its measure.
    """
    paths = group.limits.get("financing", [])
    start = begins(case, paths)
    if start is not None:
        return start <= day and any(case.answer(path, day) is not None for path in paths)
    if case.timeline.latest(f"/tree/{group.measure}/level") != "work":
        return True
    return begins(case, list(case.under(f"/financing/{group.measure}/{group.year}"))) is not None


def _over_hit(group: Group, flow: Flow, day: str, total: Decimal, excess: Decimal, plan: Limit) -> Hit:
    told = _told(group, flow, day)
    shown = stands(next(iter(plan.answers.values()), None)) if plan.amount is None else money(plan.amount)
    words = {
        "flow": FLOW_WORDS[flow],
        "measure": group.measure,
        "year": group.year,
        "source": group.source,
        "total": money(total),
        "plan": shown,
        "above": money(excess),
        "day": day,
    }
    cells = (*(path for path, _ in told), *plan.made_of)
    entries = tuple(sorted({*plan.entries, *(entry for _, entry in told)}))
    return Hit(f"{group.key}/{flow}/{day}", cells, entries, words=words, day=day)


def _told(group: Group, flow: Flow, day: str) -> list[tuple[str, int]]:
    """Path and entry of what makes the figure on the day; what does not count in it is not named."""
    if flow == "transfers":
        flows = (*group.transfers, *group.returns)
        return [(one.path, one.entry) for one in flows if one.day <= day]
    return [(one.path, one.entry) for one in counting_to(group.paid, day)]


RULES = (
    Rule(
        "FIN-EARLY",
        "ask",
        uk="Захід {measure}, {year} рік ({source}): {flow} {amount} до {day} включно, раніше, ніж набрало "
        "чинності: {limits} ({acts}). Попередня програма: {predecessor}",
        en="Measure {measure}, {year} ({source}): {flow} {amount} up to {day}, before it was in force: "
        "{limits} ({acts}). The programme before it: {predecessor}",
        check=early,
        topic="measure",
    ),
    Rule(
        "FIN-OVER",
        "ask",
        uk="Захід {measure}, {year} рік, джерело {source}: {flow} наростаючим підсумком на {day} – "
        "{total}, план на цей день – {plan}; більше на {above}",
        en="Measure {measure}, {year}, source {source}: {flow} year-to-date on {day} is {total}, the plan "
        "on that day is {plan}; above by {above}",
        check=over,
        topic="measure",
    ),
)
