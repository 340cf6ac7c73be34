"""Obligations as a pure function of a Case: inbox, findings and evaluation rest on the same rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args
from weakref import WeakKeyDictionary

from ledger.kinds import REPORTS
from ledger.policy import Executor, executor_of
from projections.duties.duty import Pair
from projections.duties.items import Naming, about_words, asked_of, items_of
from projections.duties.owed import Key, Owed, asked_by
from projections.findings.case import Case
from projections.obligations.plan import CasePlan
from projections.obligations.told import Told, told_of

Status = Literal["due", "on_time", "late", "missing", "returned"]
STATUSES: tuple[Status, ...] = get_args(Status)
WAITING: frozenset[Status] = frozenset({"due", "missing", "returned"})  # somebody has to do something


@dataclass(frozen=True, slots=True)
class Obligation:
    """A report that dated policies ask for. item: an indicator, or a row of the tree.

    due: the last day on which it is on time; policy: the event that says so; office: who reports, None
    where no policy says («не визначено»). told: what was reported, None if nothing. what: its words.
    """

    kind: str
    item: str
    period: str
    due: str
    policy: str
    office: str | None
    status: Status
    told: Told | None
    what: Pair

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.item}/{self.period}"

    @property
    def on_time(self) -> bool | None:
        """Was the first statement recorded on or before the due day? None while there is none."""
        return _is_on_time(self.told, self.due) if self.told is not None else None

    @property
    def entries(self) -> tuple[int, ...]:
        """Leaf indexes: what was reported, corrected and judged, oldest first."""
        told = self.told
        if told is None:
            return ()
        corrected = told.corrected.index if told.corrected is not None else None
        return tuple(sorted({one for one in (told.first.index, corrected, told.reviewed) if one is not None}))


class Asking:
    """What is asked of a programme at a Case's day and position; looked up once for all items.

    It does not hold the case: what is kept for a case goes when it goes.
    """

    def __init__(self, case: Case) -> None:
        self.plan = CasePlan(case)
        self.policies = case.policies()
        self.executors: tuple[Executor, ...] = tuple(
            one for policy in self.policies for one in policy.said.executors
        )
        self._stated, self._today = case.stated_policies(), case.day
        self.naming = Naming(self._stated, self.plan.programme, case.day)

    @property
    def configured(self) -> bool:
        """Does a policy in force ask for reports, or did one that ended ask for some that had come due?"""
        return bool(self.asked) or any(policy.said.deadlines for policy in self.policies)

    @cached_property
    def asked(self) -> dict[Key, Owed]:
        """Empty while the programme is not in force: nobody knows its years."""
        plan = self.plan
        if plan.years is None:
            return {}
        return asked_by(self._stated, plan.programme, plan.years, self._today)

    def asks_about(self, year: int) -> bool:
        """Does any deadline ask for a report about the year? One that began too late asks for none."""
        return any(period[:4] == str(year) for _, period in self.asked)

    def entry_of(self, policy: str) -> int:
        """The leaf index of a policy's event."""
        return next(one.index for one in self._stated if one.event == policy)

    @cached_property
    def items(self) -> dict[str, dict[str, None]]:
        """Kind → the indicators or rows of which it is asked, in their order."""
        return {kind: dict.fromkeys(items_of(self.plan, kind, self.naming.executors())) for kind in REPORTS}


def asking_of(case: Case) -> Asking:
    found = _ASKING.get(case)
    if found is None:
        found = _ASKING[case] = Asking(case)
    return found


def obligations(case: Case) -> Iterator[Obligation]:
    """All of a programme's years, also those to come, in no order."""
    for kind in REPORTS:
        for item in asking_of(case).items[kind]:
            yield from obligations_of(case, kind, item)


def obligations_of(case: Case, kind: str, item: str) -> Iterator[Obligation]:
    """Of one kind of report and one indicator or row, by period."""
    asking = asking_of(case)
    if item not in asking.items[kind]:
        return
    executor = executor_of(asking.policies, asking.plan, kind, item)
    office = executor[1] if executor is not None else None
    for period, one in asked_of(asking.plan, kind, item, asking.asked, asking.naming):
        told = told_of(case, kind, item, period)
        status = _status(told, one.day, case.day)
        what = about_words(asking.plan, kind, [item], period)
        yield Obligation(kind, item, period, one.day, one.policy, office, status, told, what)


def _status(told: Told | None, due: str, today: str) -> Status:
    if told is None:
        return "missing" if due < today else "due"
    if told.review == "returned":
        return "returned"
    return "on_time" if _is_on_time(told, due) else "late"


def _is_on_time(told: Told, due: str) -> bool:
    """By the first statement: a correction is no lateness."""
    return told.first.day <= due


_ASKING: WeakKeyDictionary[Case, Asking] = WeakKeyDictionary()
