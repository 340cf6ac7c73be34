"""What several questions look at: years, statements in force, who signed, and what a cell holds in words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ledger.timeline import Answer as Held
from ledger.values import is_money, money
from projections.findings.case import Case
from projections.findings.dossier import Said
from projections.recording import Doc, signers_of

REPORTS = ("actual.reported", "spending.reported", "progress.reported")


def term_of(case: Case) -> tuple[int, int]:
    """First and last year of the programme; the year of D where it names none."""
    year = int(case.day[:4])
    return case.plan.term() or (year, year)


def closed_year(case: Case) -> int:
    """The last year of the programme that is over on D; without one its first year."""
    first, last = term_of(case)
    return max(first, min(last, int(case.day[:4]) - 1))


def in_force(case: Case, *kinds: str) -> Iterator[Said]:
    """The newest statement of each slot of these kinds, but for voided ones; oldest slot first."""
    for kind in kinds:
        for slot in case.slots_of(kind):
            said = case.statements(slot)
            if said and said[-1].stated.event.data is not None:
                yield said[-1]


def holding(case: Case, *kinds: str) -> Iterator[Said]:
    """Those that say something of D or of a day before: a report holds from its period's end."""
    for said in in_force(case, *kinds):
        if any(write.since <= case.day for write in said.writes):
            yield said


def own_entries(case: Case) -> list[Said]:
    """Every entry of the programme's own stream, in order."""
    said = case.dossier.said
    return [one for index in sorted(said) if (one := said[index]).own and one.index < case.position]


def signers(said: Said) -> list[Doc]:
    return signers_of(said.stated)


def names(said: Said) -> str:
    """Who signed: persons with their offices."""
    return ", ".join(f"{one.person} ({one.office})" for one in said.stated.event.signers)


def shown(held: Held | None) -> Any:
    """What a cell holds: null for none, "removed", else the value as it is: a dash and a blank too."""
    if held is None:
        return None
    return "removed" if held.removed else held.value


def total(amounts: list[Decimal]) -> str | None:
    """None of nothing: a sum of no amounts is no zero."""
    return money(sum(amounts, Decimal(0))) if amounts else None


def amount(value: Any) -> Decimal | None:
    return Decimal(value) if is_money(value) else None
