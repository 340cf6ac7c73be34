"""Questions about payments: before anything was in force, and above the plan of a source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from projections.findings.case import Case
from projections.findings.groups import LIMIT_WORDS, Group, begins, groups_of, limit_on
from projections.questions.in_force import Days, Payment, gaps, held, payments_of
from projections.questions.looking import amount
from projections.questions.question import Answer, Asked, Item, Missing, Pair, Question, lacks, nothing

LIMITS = ("financing", "appropriation")
ORDER = ("no", "partly", "unknown", "yes")  # how a payment's limits held, the worst first


def groups(case: Case) -> list[tuple[Group, list[Payment]]]:
    """Every measure, year and source with payments by D."""
    found = []
    for measure in sorted(case.keys("measure")):
        for group in groups_of(case, measure):
            payments = [one for one in payments_of(group) if one.day <= case.day]
            if payments:
                found.append((group, payments))
    return found


def _none() -> Answer:
    uk, en = "ні касових видатків, ні передач не записано", "neither payments nor transfers are on record"
    return nothing("spending.reported", uk, en)


# -- 11 ---------------------------------------------------------------------------------


def paid_early(asked: Asked) -> Answer:
    """Each payment's days against those on which the plan and the appropriation of its source hold."""
    case = asked.case
    found = groups(case)
    if not found:
        return _none()
    rows = {cell["path"]: row["id"] for row in asked.found("FIN-EARLY") for cell in row["cells"][:1]}
    items = [item for group, payments in found for item in _dated(case, group, payments, rows)]
    items.sort(key=lambda item: (ORDER.index(item.values["held"]), item.values["day"], item.cells))
    held_so = [item.values["held"] for item in items]
    before = _predecessor(case)
    figures: dict[str, Any] = {
        "payments": len(items),
        "early": sum(item.finding is not None for item in items),
        "not_in_force": held_so.count("no"),
        "partly_in_force": held_so.count("partly"),
        "without_appropriation": _unknown(items, "appropriation"),
        "without_plan": _unknown(items, "financing"),
        "predecessor": before,
    }
    missing = tuple(dict.fromkeys(one for item in items for one in _lacking(item)))
    rest, gone = _rest(figures), figures["not_in_force"]
    if gone:
        named = (before["title"] or "не названо", before["title"] or "not named")
        words = (
            (
                f"Так: у дні, коли план або призначення не діяли, – {gone} з {len(items)} платежів, з них до "
                f"набрання чинності {figures['early']}; {rest[0]}; попередня програма: {named[0]}"
            ),
            (
                f"Yes: {gone} of {len(items)} payments on days on which plan or appropriation was not in "
                f"force, {figures['early']} of them before it began; {rest[1]}; the programme before it: "
                f"{named[1]}"
            ),
        )
        return Answer("yes", words, tuple(items), missing, figures)
    if missing:
        words = (f"Не визначено: {rest[0]}", f"Undetermined: {rest[1]}")
        return Answer("undetermined", words, tuple(items), missing, figures)
    words = (
        f"Ні: платежі зроблено, коли план і призначення вже були чинні (платежів: {len(items)})",
        f"No: plan and appropriation were in force when it was paid (payments: {len(items)})",
    )
    return Answer("no", words, tuple(items), figures=figures)


def _unknown(items: list[Item], name: str) -> int:
    return sum(item.values["by_limit"][name] == "unknown" for item in items)


def _rest(figures: dict[str, Any]) -> Pair:
    """What stays open, of all payments."""
    counts = [
        figures[name] for name in ("payments", "partly_in_force", "without_appropriation", "without_plan")
    ]
    uk = "платежів {}; діяли лише частину періоду: {}; призначення не записано: {}; плану не записано: {}"
    en = "{} payments; in force in a part of the period alone: {}; without an appropriation: {}; plan: {}"
    return uk.format(*counts), en.format(*counts)


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
    known = {name: limits.starts[name] is not None for name in LIMITS}
    without = {
        name: gaps(case, group.limits[name], one) if known[name] and one.adds else [] for name in LIMITS
    }
    by_limit = {name: held(one, without[name], is_known=known[name]) for name in LIMITS}
    finding = rows.get(one.path)
    values = {
        "measure": group.measure,
        "year": group.year,
        "source": group.source,
        "amount": one.amount,
        "start": one.start,
        "day": one.day,
        "in_force": limits.starts,
        "held": "no" if finding else min(by_limit.values(), key=ORDER.index),
        "by_limit": by_limit,
        "not_in_force": {
            name: [{"from": first, "to": last} for first, last in days] for name, days in without.items()
        },
        "acts": [{"id": act, "in_force": case.timeline.acts[act].in_force} for act in limits.acts],
    }
    plan, limit = (limits.starts[name] or "–" for name in LIMITS)
    days = one.day if one.start == one.day else f"{one.start} – {one.day}"
    gone = [_gone(without, side) for side in (0, 1)]
    sentence = (
        (
            f"{group.measure}, {group.year} рік ({group.source}): {one.amount}, {days}; план уперше чинний "
            f"з {plan}, призначення з {limit}{gone[0]}"
        ),
        (
            f"{group.measure}, {group.year} ({group.source}): {one.amount}, {days}; the plan is first in "
            f"force from {plan}, the appropriation from {limit}{gone[1]}"
        ),
    )
    entries = tuple(sorted({one.entry, *limits.entries}))
    act = limits.acts[0] if limits.acts else None
    return Item(sentence, (one.path, *limits.cells), entries, act, finding, values=values)


def _gone(without: dict[str, list[Days]], side: int) -> str:
    """The stretches on which a limit did not hold, in words."""
    head = ("не діяло", "not in force")[side]
    found = [
        f"{LIMIT_WORDS[name][side]} {first} – {last}"
        for name, days in without.items()
        for first, last in days
    ]
    return f"; {head}: {', '.join(found)}" if found else ""


def _lacking(item: Item) -> Iterator[Missing]:
    """What would tell of one payment whether the limits held."""
    where = f"{item.values['measure']}/{item.values['year']}/{item.values['source']}"
    by_limit = item.values["by_limit"]
    if by_limit["appropriation"] == "unknown":
        uk, en = f"призначення для {where} немає", f"there is no appropriation for {where}"
        yield lacks("appropriation.set", uk, en)
    if by_limit["financing"] == "unknown":
        yield lacks("financing.changed", f"плану для {where} немає", f"there is no plan for {where}")
    if item.values["held"] == "partly":
        uk = f"у який день періоду платили, не сказано: {item.sentence[0]}"
        en = f"nobody says on which day of the period it was paid: {item.sentence[1]}"
        yield lacks("spending.reported", uk, en)


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
