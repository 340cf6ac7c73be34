"""Reports: without evidence, twice about one thing, overlapping in one year, corrected after the deadline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from projections.duties.owed import asked_by, period_start
from projections.findings.case import Case
from projections.findings.dossier import Said
from projections.findings.holding import Pair, Report, persons, reports_under, writes_at
from projections.findings.rule import Hit, Rule

PHASE_WORDS: dict[str, Pair] = {
    "actuals": ("факт", "actual"),
    "commitment": ("зобов'язання", "commitments"),
    "paid": ("касові видатки", "paid"),
    "incurred": ("фактичні видатки", "incurred"),
    "payable": ("кредиторська заборгованість", "payable"),
}
PHASES = ("commitment", "paid", "incurred", "payable")
FLOWS = ("commitment", "paid", "incurred")  # a balance of payables is not added up
MODE_WORDS: dict[str, Pair] = {
    "period": ("за період", "in the period"),
    "ytd": ("наростаючим підсумком", "year-to-date"),
}
KINDS: dict[str, Pair] = {
    "actual.reported": ("фактичне значення", "actual"),
    "spending.reported": ("видатки", "spending"),
    "progress.reported": ("стан виконання", "progress"),
}


def unproved(case: Case, indicator: str) -> Iterator[Hit]:
    """An actual in force whose statement names no document, restricted ones included."""
    for one in reports_under(case, f"/actuals/{indicator}"):
        if not case.said(one.entry).stated.event.files:
            words = {
                "indicator": indicator,
                "period": one.period,
                "mode": MODE_WORDS[one.mode],
                "value": one.value,
            }
            yield Hit(one.path, (one.path,), (one.entry,), words=words, day=one.day)


# -- twice about one thing -------------------------------------------------------------------


def twice_about_indicator(case: Case, indicator: str) -> Iterator[Hit]:
    return _twice(case, f"/actuals/{indicator}")


def twice_about_line(case: Case, line: str) -> Iterator[Hit]:
    for phase in PHASES:
        yield from _twice(case, f"/{phase}/{line}")


def _twice(case: Case, prefix: str) -> Iterator[Hit]:
    """Cells that two statements assert which do not correct each other; the last one is current."""
    for one in reports_under(case, prefix):
        row = writes_at(case, one.path)
        slots = dict.fromkeys(placed.slot for placed in row)
        if len(slots) > 1:
            entries = sorted({placed.entry for placed in row})
            values = [str(placed.value) for placed in row]
            words = {
                "what": PHASE_WORDS[one.path.split("/")[1]],
                "about": "/".join(one.path.split("/")[2:-2]),
                "period": one.period,
                "mode": MODE_WORDS[one.mode],
                "values": values,
                "agree": _agree(values),
                "persons": persons(case, entries),
                "current": one.value,
            }
            yield Hit(one.path, (one.path,), tuple(entries), words=words, day=one.day)


def _agree(values: list[str]) -> Pair:
    if len(set(values)) > 1:
        return ("значення різні", "the values differ")
    return ("значення однакові", "the values are the same")


# -- overlapping in one year -------------------------------------------------------------------


def overlapping_actuals(case: Case, indicator: str) -> Iterator[Hit]:
    """Of flows alone: a stock and a yes or no are not added up."""
    if case.plan.indicator_kind(indicator) == "flow":
        yield from _overlapping(case, f"/actuals/{indicator}")


def overlapping_spending(case: Case, line: str) -> Iterator[Hit]:
    for phase in FLOWS:
        yield from _overlapping(case, f"/{phase}/{line}")


def _overlapping(case: Case, prefix: str) -> Iterator[Hit]:
    """Of each year: by period and year-to-date together, or two periods that share days."""
    years: dict[str, list[Report]] = {}
    for one in reports_under(case, prefix):
        years.setdefault(one.period[:4], []).append(one)
    for year, reports in sorted(years.items()):
        found = [one for one in reports if any(_clash(one, other) for other in reports)]
        if not found:
            continue
        days = min(max(one.day, other.day) for one, other in combinations(found, 2) if _clash(one, other))
        family, about = prefix.split("/")[1:3]
        words = {
            "what": PHASE_WORDS[family],
            "about": about if family == "actuals" else "/".join(prefix.split("/")[2:]),
            "year": year,
            "reports": [_told(one) for one in found],
        }
        cells = tuple(one.path for one in found)
        entries = tuple(sorted({one.entry for one in found}))
        key = prefix if family != "actuals" else f"{prefix}/{year}"
        yield Hit(key, cells, entries, words=words, day=days)


def _clash(one: Report, other: Report) -> bool:
    """Would both together count some days twice, or is one of them left out of the year?"""
    if one is other or (one.mode, other.mode) == ("ytd", "ytd"):
        return False
    if one.mode != other.mode:
        return True
    return period_start(one.period) <= other.day and period_start(other.period) <= one.day


def _told(one: Report) -> Pair:
    uk, en = MODE_WORDS[one.mode]
    return (f"{one.period} {uk}: {one.value}", f"{one.period} {en}: {one.value}")


# -- corrected after the deadline ----------------------------------------------------------------


def corrected(case: Case, slot: str) -> Iterator[Hit]:
    """By the policies in force on the day of the correction; without a deadline there is no finding."""
    statements = case.statements(slot)
    if len(statements) < 2 or statements[0].kind not in KINDS:
        return
    first = statements[0]
    for said in statements[1:]:
        due = _due(case, first, said.day)
        if due is not None and said.day > due:
            words = {
                "kind": KINDS[first.kind],
                "period": first.stated.event.data.period,
                "due": due,
                "first": first.day,
                "corrected": said.day,
                "persons": persons(case, [said.index]),
                "reason": said.stated.event.reason,
            }
            cells = tuple(dict.fromkeys(write.path for write in (*first.writes, *said.writes)))
            key = f"{slot}/{said.stated.event.id}"
            yield Hit(key, cells, (first.index, said.index), words=words, day=said.day)


def _due(case: Case, first: Said, day: str) -> str | None:
    period = first.stated.event.data.period
    year = int(period[:4])
    found = asked_by(case.stated_policies(), case.programme, (year, year), day)
    one = found.get((first.kind, period))
    return one.day if one is not None else None


EVIDENCE = Rule(
    "REP-EVIDENCE",
    "ask",
    uk="Індикатор {indicator}, {period} ({mode}): факт {value} без підтвердних документів, не підтверджено",
    en="Indicator {indicator}, {period} ({mode}): the actual of {value} has no evidence and is unconfirmed",
    check=unproved,
    topic="indicator",
)
DUPLICATE = Rule(
    "REP-DUPLICATE",
    "ask",
    uk="Подано кілька разів: {what} {about}, {period} ({mode}) – {values}, {agree}; подали: {persons}; за "
    "правилом чинне {current}",
    en="Reported more than once: {what} {about}, {period} ({mode}) – {values}, {agree}; by {persons}; the "
    "rule names {current} as current",
    check=twice_about_indicator,
    topic="indicator",
)
OVERLAP = Rule(
    "REP-OVERLAP",
    "ask",
    uk="Звіти за {year} рік накладаються: {what} {about} – {reports}; сума порахувала б двічі",
    en="Reports for {year} overlap: {what} {about} – {reports}; a sum would count twice",
    check=overlapping_actuals,
    topic="indicator",
)
CORRECTED = Rule(
    "REP-CORRECTED",
    "note",
    uk="Звіт ({kind}, {period}) виправлено {corrected}, після граничної дати {due}; подано {first}. "
    "Виправлення не є запізненням. Виправили: {persons}; причина: {reason}",
    en="A report ({kind}, {period}) was corrected on {corrected}, after its deadline of {due}; submitted "
    "on {first}. A correction is not lateness. Corrected by {persons}; reason: {reason}",
    check=corrected,
    topic="slot",
)

# What is said of a line is said in the same words as what is said of an indicator.
RULES = (
    EVIDENCE,
    DUPLICATE,
    replace(DUPLICATE, check=twice_about_line, topic="line"),
    OVERLAP,
    replace(OVERLAP, check=overlapping_spending, topic="line"),
    CORRECTED,
)
