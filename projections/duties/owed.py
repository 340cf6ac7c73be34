"""Which periods are to be reported, and by which day, as dated policies say it together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ledger.calendar import Calendar, CalendarError
from ledger.deadlines import Due, due_day, periods
from ledger.policy import Deadline, Policy
from ledger.values import period_end
from projections.duties.duty import is_near

Key = tuple[str, str]  # kind of report, period


@dataclass(frozen=True, slots=True)
class Owed:
    """day: the last day on which it is on time; policy: the event that says so."""

    day: str
    policy: str


def calendar_of(policies: Iterable[Policy]) -> Calendar:
    """The days off, and the days of work, that all policies in force name."""
    said = [policy.said.calendar for policy in policies if policy.said.calendar is not None]
    holidays = frozenset(day for one in said for day in one.holidays)
    return Calendar(holidays, frozenset(day for one in said for day in one.working))


def owed(
    stated: Sequence[Policy], programme: str, calendar: Calendar, years: tuple[int, int], today: str
) -> dict[Key, Owed]:
    """Of what is asked what is shown today: the period is over, or its due day is at most a week away."""
    found = asked(stated, programme, calendar, years, today)
    return {key: one for key, one in found.items() if period_end(key[1]) < today or is_near(one.day, today)}


def asked(
    stated: Sequence[Policy], programme: str, calendar: Calendar, years: tuple[int, int], today: str
) -> dict[Key, Owed]:
    """What the years are asked for by a policy that is in force today with a deadline; the earliest day.

    stated: all that was ever stated for the programme. No policy asks for what was due before it began,
    and a policy that is stated anew leaves what had come due before as it was.
    """
    found: dict[Key, Owed] = {}
    begun = [policy for policy in stated if policy.said.start <= today]
    begun.sort(key=lambda policy: (policy.stream, policy.said.policy, policy.said.start, policy.index))
    for _, statements in groupby(begun, key=lambda policy: (policy.stream, policy.said.policy)):
        for key, one in _of_policy(_in_turn(statements), programme, calendar, years).items():
            _take(found, key, one)
    return found


def _in_turn(statements: Iterable[Policy]) -> list[Policy]:
    """Of one policy's statements, by their first days, those that are in force on some day.

    The newest that has begun is in force: one that a newer, which began no later, replaced never is.
    """
    found: list[Policy] = []
    for policy in statements:
        if found and policy.index < found[-1].index:
            continue
        if found and policy.said.start == found[-1].said.start:
            found.pop()
        found.append(policy)
    return found


def _of_policy(
    statements: Sequence[Policy], programme: str, calendar: Calendar, years: tuple[int, int]
) -> dict[Key, Owed]:
    """statements: of one policy, oldest first; the last is in force."""
    found: dict[Key, Owed] = {}
    if not _deadlines(statements[-1], programme):
        return found
    for policy in statements:
        start = policy.said.start
        pending = {key for key, one in found.items() if one.day >= start}
        found = {key: one for key, one in found.items() if key not in pending}
        for deadline in _deadlines(policy, programme):
            for due in _dues(deadline, calendar, years):
                for kind in deadline.kinds:
                    key = (kind, due.period)
                    if due.day >= start or key in pending:
                        _take(found, key, Owed(due.day, policy.event))
    return found


def _take(found: dict[Key, Owed], key: Key, one: Owed) -> None:
    """Of several deadlines for a period the earliest: so what an older statement asked for stays."""
    known = found.get(key)
    if known is None or one.day < known.day:
        found[key] = one


def _deadlines(policy: Policy, programme: str) -> tuple[Deadline, ...]:
    return policy.said.deadlines if policy.said.programme in (None, programme) else ()


def _dues(deadline: Deadline, calendar: Calendar, years: tuple[int, int]) -> Iterator[Due]:
    """Without the shift where the calendar has no working day within a year: nothing may go unasked."""
    plain = deadline.model_copy(update={"shift": "none"})
    for period in periods(deadline.period, *years):
        try:
            day = due_day(period, deadline, calendar)
        except CalendarError:
            day = due_day(period, plain, calendar)
        yield Due(period, day)


def period_start(period: str) -> str:
    """The first day of `2025`, `2025-Q2`, `2025-H2` or `2025-03`."""
    year, part = period[:4], period[5:]
    if part[:1] == "Q":
        return f"{year}-{3 * int(part[1]) - 2:02}-01"
    if part[:1] == "H":
        return f"{year}-{6 * int(part[1]) - 5:02}-01"
    return f"{year}-{part or '01'}-01"
