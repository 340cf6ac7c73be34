"""Questions about payments: before anything was in force, and above the plan of a source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ledger.values import money
from projections.findings.case import Case
from projections.findings.groups import Group, begins, groups_of, limit_on
from projections.questions.looking import amount
from projections.questions.question import Answer, Asked, Item, Missing, Question, lacks, nothing

LIMITS = ("financing", "appropriation")


@dataclass(frozen=True, slots=True)
class Payment:
    """One report of payments, or one transfer, that counts by D. day: its period's last, or its own."""

    path: str
    day: str
    amount: str
    entry: int


def groups(case: Case) -> list[tuple[Group, list[Payment]]]:
    """Every measure, year and source with payments by D."""
    found = []
    for measure in sorted(case.keys("measure")):
        for group in groups_of(case, measure):
            payments = [one for one in _payments(group) if one.day <= case.day]
            if payments:
                found.append((group, payments))
    return found


def _payments(group: Group) -> Iterator[Payment]:
    for reports in group.paid.values():
        yield from (Payment(one.path, one.day, one.value, one.entry) for one in reports)
    for sent in group.transfers:
        yield Payment(sent.path, sent.day, money(sent.amount), sent.entry)


def _none() -> Answer:
    uk, en = "ні касових видатків, ні передач не записано", "neither payments nor transfers are on record"
    return nothing("spending.reported", uk, en)


# -- 11 ---------------------------------------------------------------------------------


def paid_early(asked: Asked) -> Answer:
    """Each payment's day against the first days of the plan and the appropriation of its source."""
    case = asked.case
    found = groups(case)
    if not found:
        return _none()
    rows = {cell["path"]: row["id"] for row in asked.found("FIN-EARLY") for cell in row["cells"][:1]}
    items = [item for group, payments in found for item in _dated(case, group, payments, rows)]
    early = [item for item in items if item.finding is not None]
    open_ones = [
        item for item in items if item.values["in_force"]["appropriation"] is None and item not in early
    ]
    items.sort(key=lambda item: (item.finding is None, item.values["day"], item.cells))
    figures: dict[str, Any] = {
        "payments": len(items),
        "early": len(early),
        "without_appropriation": len(open_ones),
        "predecessor": _predecessor(case),
    }
    before = figures["predecessor"]["title"]
    named = (before or "не названо", before or "not named")
    missing = tuple(dict.fromkeys(_no_appropriation(item) for item in open_ones))
    if early:
        words = (
            (
                f"Так: раніше, ніж набрало чинності, – {len(early)} з {len(items)} платежів; попередня "
                f"програма: {named[0]}"
            ),
            (
                f"Yes: {len(early)} of {len(items)} payments before it was in force; the programme before "
                f"it: {named[1]}"
            ),
        )
        return Answer("yes", words, tuple(items), missing, figures)
    if open_ones:
        uk = f"для {len(open_ones)} з {len(items)} платежів бюджетного призначення не записано"
        en = f"for {len(open_ones)} of {len(items)} payments no appropriation is on record"
        words = (f"Не визначено: {uk}", f"Undetermined: {en}")
        return Answer("undetermined", words, tuple(items), missing, figures)
    words = (
        f"Ні: платежі зроблено, коли план і призначення вже були чинні (платежів: {len(items)})",
        f"No: plan and appropriation were in force when it was paid (payments: {len(items)})",
    )
    return Answer("no", words, tuple(items), figures=figures)


@dataclass(frozen=True, slots=True)
class _Limits:
    """Of one group: the first day of each limit (None if never), its cells, what set them, and their acts."""

    starts: dict[str, str | None]
    cells: tuple[str, ...]
    entries: frozenset[int]
    acts: tuple[str, ...]


def _limits(case: Case, group: Group) -> _Limits:
    cells = tuple(path for name in LIMITS for path in group.limits.get(name, []))
    held = [answer.last for path in cells if (answer := case.answer(path)) is not None]
    return _Limits(
        {name: begins(case, group.limits.get(name, [])) for name in LIMITS},
        cells,
        frozenset(one.entry for one in held),
        tuple(sorted({one.act for one in held if one.act is not None})),
    )


def _dated(case: Case, group: Group, payments: list[Payment], rows: dict[str, str]) -> Iterator[Item]:
    limits = _limits(case, group)
    yield from (_payment(case, group, limits, one, rows) for one in payments)


def _payment(case: Case, group: Group, limits: _Limits, one: Payment, rows: dict[str, str]) -> Item:
    values = {
        "measure": group.measure,
        "year": group.year,
        "source": group.source,
        "amount": one.amount,
        "day": one.day,
        "in_force": limits.starts,
        "acts": [{"id": act, "in_force": case.timeline.acts[act].in_force} for act in limits.acts],
    }
    plan, limit = (limits.starts[name] or "–" for name in LIMITS)
    sentence = (
        (
            f"{group.measure}, {group.year} рік ({group.source}): {one.amount} до {one.day}; план чинний "
            f"з {plan}, призначення з {limit}"
        ),
        (
            f"{group.measure}, {group.year} ({group.source}): {one.amount} up to {one.day}; the plan is "
            f"in force from {plan}, the appropriation from {limit}"
        ),
    )
    entries = tuple(sorted({one.entry, *limits.entries}))
    act = limits.acts[0] if limits.acts else None
    return Item(sentence, (one.path, *limits.cells), entries, act, rows.get(one.path), values=values)


def _no_appropriation(item: Item) -> Missing:
    where = f"{item.values['measure']}/{item.values['year']}/{item.values['source']}"
    return lacks(
        "appropriation.set", f"призначення для {where} немає", f"there is no appropriation for {where}"
    )


def _predecessor(case: Case) -> dict[str, Any]:
    return {name: case.value(f"/predecessor/{name}") for name in ("title", "number", "date")}


# -- 12 ---------------------------------------------------------------------------------


def above_plan(asked: Asked) -> Answer:
    """By source: the plan in force on the payment's day, and the year to date, though the total may fit."""
    case = asked.case
    found = groups(case)
    if not found:
        return _none()
    items = asked.items("FIN-OVER")
    named = {"/".join(str(item.values[name]) for name in ("measure", "year", "source")) for item in items}
    unplanned = [
        group for group, payments in found if group.key not in named and _is_unplanned(case, group, payments)
    ]
    figures = {"sources": len(found), "above": len(items), "without_plan": len(unplanned)}
    missing = tuple(_no_plan(group) for group in unplanned)
    if items:
        words = (
            (
                f"Більші за план: {len(items)} (джерел за заходами й роками {len(found)}); наростаючим "
                "підсумком на день платежу, хоча загальна сума може вміщатися"
            ),
            (
                f"Above the plan: {len(items)} (of {len(found)} sources by measure and year); "
                "year-to-date on the payment's day, though the total may fit"
            ),
        )
        return Answer("yes", words, items, missing, figures)
    if unplanned:
        uk = f"для {len(unplanned)} з {len(found)} джерел суми плану на день платежу немає"
        en = f"for {len(unplanned)} of {len(found)} sources the plan states no amount on the payment's day"
        words = (f"Не визначено: {uk}", f"Undetermined: {en}")
        return Answer("undetermined", words, (), missing, figures)
    words = (
        f"Ніде: видатки в межах плану за всіма {len(found)} джерелами, на день кожного платежу",
        f"Nowhere: spending is within the plan of all {len(found)} sources, on the day of each payment",
    )
    return Answer("no", words, figures=figures)


def _is_unplanned(case: Case, group: Group, payments: list[Payment]) -> bool:
    """Was anything paid on a day on which the source's plan holds no amount?"""
    paths = group.limits.get("financing", [])
    paid = [one for one in payments if amount(one.amount)]
    return any(limit_on(case, paths, one.day).amount is None for one in paid)


def _no_plan(group: Group) -> Missing:
    return lacks("financing.changed", f"плану для {group.key} немає", f"there is no plan for {group.key}")


QUESTIONS = (
    Question(
        11,
        "Чи платили до набрання чинності?",
        "Was anything paid before it was in force?",
        ("FIN-EARLY",),
        paid_early,
    ),
    Question(
        12,
        "Де видатки за джерелом більші за план?",
        "Where is spending by source above the plan?",
        ("FIN-OVER",),
        above_plan,
    ),
)
