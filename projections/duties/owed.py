"""Which periods are to be reported, and by which day, as dated policies say it together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ledger.calendar import Calendar, CalendarError
from ledger.deadlines import Due, due_day, periods
from ledger.policy import Deadline, Policy, in_force
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


def owed(stated: Sequence[Policy], programme: str, years: tuple[int, int], today: str) -> dict[Key, Owed]:
    """Of what is asked what is shown today: the period is over, or its due day is at most a week away."""
    found = asked_by(stated, programme, years, today)
    return {key: one for key, one in found.items() if period_end(key[1]) < today or is_near(one.day, today)}


def asked_by(stated: Sequence[Policy], programme: str, years: tuple[int, int], today: str) -> dict[Key, Owed]:
    """What of the years policies have asked for by today: what had come due, and what is still to come.

    stated: all that was ever stated for the programme; calendars too. No policy reaches back: from the day
    on which one begins, is stated anew or ends, and on which days of rest change, what had come due stays as
    it was. Of several policies the earliest day counts.
    """
    found: dict[Key, Owed] = {}
    for one in _by_policy(stated, programme, years, today).values():
        for key, owes in one.items():
            _take(found, key, owes)
    return found


def _by_policy(
    stated: Sequence[Policy], programme: str, years: tuple[int, int], today: str
) -> dict[tuple[str, str], dict[Key, Owed]]:
    """Of each policy that has begun, by its stream and name: gone through from change to change."""
    below = max((policy.index for policy in stated), default=0) + 1
    found: dict[tuple[str, str], dict[Key, Owed]] = {}
    seen: dict[tuple[str, str], tuple[str | None, Calendar]] = {}
    for day in sorted({policy.said.start for policy in stated if policy.said.start <= today}):
        ruling = in_force(stated, day, below=below, programme=programme)
        calendar = calendar_of(ruling)
        now = {(policy.stream, policy.said.policy): policy for policy in ruling}
        for name in dict.fromkeys((*found, *now)):
            policy = now.get(name)
            rules = (policy.event if policy is not None else None, calendar)
            if seen.get(name) != rules:
                found[name] = _from(day, found.get(name, {}), policy, calendar, years)
                seen[name] = rules
    return found


def _from(
    day: str,
    known: Mapping[Key, Owed],
    policy: Policy | None,
    calendar: Calendar,
    years: tuple[int, int],
) -> dict[Key, Owed]:
    """What one policy asks for from a day on. known: what it asked for until then; policy: None if it ended.

    What was to come is reckoned anew; where that would put it before the day it stays where it was.
    """
    found = {key: one for key, one in known.items() if one.day < day}
    if policy is None:
        return found
    for deadline in policy.said.deadlines:
        for due in _dues(deadline, calendar, years):
            for kind in deadline.kinds:
                key = (kind, due.period)
                if due.day >= day:
                    _take(found, key, Owed(due.day, policy.event))
                elif key in known:
                    _take(found, key, known[key])
    return found


def _take(found: dict[Key, Owed], key: Key, one: Owed) -> None:
    """Of several deadlines for a period the earliest: so what an older statement asked for stays."""
    known = found.get(key)
    if known is None or one.day < known.day:
        found[key] = one


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
