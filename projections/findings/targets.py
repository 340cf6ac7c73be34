"""What indicators were to reach and what they reached: targets, actuals, and which of them came first.

More is taken to be better, and Так better than Ні: nothing in the papers says of an indicator that it should
fall. A value that is no number is compared with nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from ledger.periods import counted, flow_year, last_of
from ledger.timeline import Placed
from projections.findings.case import Case
from projections.findings.holding import Report, first_day, writes_at
from projections.indicators import number, plain

YES_NO = {"так": Decimal(1), "ні": Decimal(0)}


def worth(value: object) -> Decimal | None:
    """A printed value as a number that can be compared; None if it is none."""
    if not isinstance(value, str):
        return None
    known = YES_NO.get(value.strip().casefold())
    return known if known is not None else number(value)


def _kind(case: Case, indicator: str) -> str | None:
    """How its years add up; a removed indicator still adds up as it did."""
    row = writes_at(case, f"/indicators/{indicator}/kind")
    said = [placed.value for placed in row if placed.op == "set" and first_day(case, placed) is not None]
    return said[-1] if said else None


class Reached(NamedTuple):
    """What a year reached: its last report, the value that its reports make, and those that count in it."""

    last: Report
    value: str
    made_of: tuple[Report, ...]


def reached_by(case: Case, indicator: str, reports: list[Report]) -> Reached | None:
    """reports: of one year. A flow adds up, a stock and a yes or no stand as last reported."""
    by_key = {one.key: one for one in reports}
    last = last_of(by_key)
    if last is None:
        return None
    amounts = {key: value for key, one in by_key.items() if (value := number(one.value)) is not None}
    if _kind(case, indicator) == "flow" and len(amounts) == len(by_key):
        total = flow_year(amounts)
        said = plain(total) if total is not None else by_key[last].value
        return Reached(by_key[last], said, tuple(by_key[key] for key in counted(by_key)))
    return Reached(by_key[last], by_key[last].value, (by_key[last],))


def by_year(reports: list[Report]) -> dict[str, list[Report]]:
    found: dict[str, list[Report]] = {}
    for one in reports:
        found.setdefault(one.period[:4], []).append(one)
    return found


def is_below(value: object, other: object) -> bool:
    one, another = worth(value), worth(other)
    return one is not None and another is not None and one < another


def statements_of(case: Case, path: str, slot: str) -> Iterator[tuple[str | None, int]]:
    """What each statement of a slot said of a cell, with its leaf index; oldest first."""
    for said in case.statements(slot):
        values = [write.value for write in said.writes if write.path == path]
        yield (values[-1] if values else None), said.index


def made_at(case: Case, path: str, placed: Placed) -> int:
    """The leaf index of the statement since which the slot says what it says now."""
    made = placed.entry
    for value, index in reversed(list(statements_of(case, path, placed.slot))):
        if value != placed.value:
            break
        made = index
    return made


def is_after(case: Case, placed: Placed, made: int, fact: Report) -> bool:
    """made: where the lower target was first stated. A correction is made when it is recorded."""
    decided = decided_on(case, placed) if made == placed.rank[3] else case.said(made).day
    if case.is_onboarding(decided):
        return decided > fact.day
    return made > fact.index and decided > min(fact.day, case.said(fact.index).day)


def decided_on(case: Case, placed: Placed) -> str:
    """The day of the act; without one that of the recording."""
    return case.timeline.acts[placed.act].date if placed.act is not None else case.said(placed.entry).day


def stood(case: Case, path: str, held: list[Placed], facts: list[Report]) -> list[Placed]:
    """The numeric targets since the fact, newest first, and the one that stood when it was recorded.

    held: the writes that count, in the order of ranks. What was taken away before the fact did not stand.
    """
    found = []
    for placed in reversed(held):
        if placed.op == "set" and worth(placed.value) is not None:
            found.append(placed)
        made = made_at(case, path, placed)
        if not any(is_after(case, placed, made, fact) for fact in facts):
            break
    return found


def largest(stood: list[Placed]) -> Placed:
    """stood: not empty."""
    return max(stood, key=lambda one: worth(one.value) or Decimal(0))
