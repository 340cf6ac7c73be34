"""Policies: dated settings, adopted on the record, by which events are judged.

`policy.set` states one; nothing here is ever retroactive: an event is judged by the policies
in force at its own place in the log. Where none says anything the answer is "not configured".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

from pydantic import Field

from ledger.values import Code, Day, Id, Money, Name, Strict

KindNames = Annotated[tuple[Annotated[str, Field(max_length=40)], ...], Field(min_length=1, max_length=64)]
Offices = Annotated[tuple[Id, ...], Field(min_length=1, max_length=32)]
Codes = Annotated[tuple[Code, ...], Field(max_length=32)]
Days = Annotated[tuple[Day, ...], Field(max_length=400)]
Shortfall = Literal["refuse", "acknowledge", "record"]
PERIODS = Literal["month", "quarter", "half", "year"]

# Every discrepancy that the door may find; api/texts/discrepancies.toml has words for each.
DISCREPANCIES = frozenset(
    {
        "changed-since-proposed",
        "changed-since-seen",
        "endorsements-missing",
        "later-decisions",
        "later-status",
        "lower-than-before",
        "mixed-script",
        "old-mismatch",
        "other-text",
        "over-appropriation",
        "override-short",
        "own-report",
        "programme-closed",
        "removals-differ",
        "returned-above-sent",
        "shares-above-one",
        "suspended-late",
        "totals-differ",
    }
)


class Endorsements(Strict):
    """needed of `offices` endorse; ordered: in the order in which they stand here.

    other_persons: persons are counted, each once, and no proposer among them.
    """

    offices: Offices
    needed: Annotated[int, Field(ge=1, le=32)]
    ordered: bool = False
    other_persons: bool = True
    shortfall: Shortfall


class Rule(Strict):
    """What some kinds of event are asked. offices: who may sign them; forbidden, silent: discrepancies."""

    kinds: KindNames
    offices: Offices | None = None
    endorsements: Endorsements | None = None
    forbidden: Codes = ()
    silent: Codes = ()


class Executor(Strict):
    """The office that reports about these indicators, and these rows of the tree with what is below.

    kinds: of report; absent for all.
    """

    items: Annotated[tuple[Id, ...], Field(max_length=400)] = ()
    indicators: Annotated[tuple[Id, ...], Field(max_length=400)] = ()
    kinds: KindNames | None = None
    office: Id

    def named(self, kind: str) -> Iterator[tuple[str, str]]:
        """("items" or "indicators", id): what it reports about in a kind; actuals alone are of indicators."""
        if self.kinds is not None and kind not in self.kinds:
            return
        yield from (("items", item) for item in self.items)
        if kind == "actual.reported":
            yield from (("indicators", one) for one in self.indicators)


class Deadline(Strict):
    """Reports of these kinds are due on day `day` of the `months`-th month after the period's end."""

    kinds: KindNames
    period: PERIODS
    months: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=31)]
    shift: Literal["none", "next", "previous"] = "none"


class WorkingDays(Strict):
    """Besides Saturdays and Sundays: days off, and days on which people work all the same."""

    holidays: Days = ()
    working: Days = ()


class Session(Strict):
    """Changes whose sum within `days` days is above `amount` go to the council's session."""

    amount: Money
    days: Annotated[int, Field(ge=1, le=3660)]


class Within(Strict):
    """How many days there are for it; working: only working days count."""

    days: Annotated[int, Field(ge=1, le=366)]
    working: bool = True


class Publication(Strict):
    """acts: from the day of an act; datasets: from the change that a set has to show."""

    acts: Within | None = None
    datasets: Within | None = None


class PolicySet(Strict):
    """start: first day in force. Without any setting it ends the policy.

    programme: only for it, known or not: a policy may precede the adoption that it is for.
    """

    policy: Id
    title: Name
    start: Day
    programme: Id | None = None
    rules: Annotated[tuple[Rule, ...], Field(max_length=64)] = ()
    lapse_days: Annotated[int, Field(ge=0, le=3660)] | None = None
    executors: Annotated[tuple[Executor, ...], Field(max_length=200)] = ()
    deadlines: Annotated[tuple[Deadline, ...], Field(max_length=64)] = ()
    calendar: WorkingDays | None = None
    session: Session | None = None
    publication: Publication | None = None

    @property
    def ends(self) -> bool:
        settings = (self.calendar, self.session, self.publication)
        lists = (self.rules, self.executors, self.deadlines)
        return not any((*lists, *settings)) and self.lapse_days is None

    def offices(self) -> Iterator[str]:
        """Every office that it speaks of."""
        for rule in self.rules:
            yield from rule.offices or ()
            yield from rule.endorsements.offices if rule.endorsements is not None else ()
        yield from (executor.office for executor in self.executors)


@dataclass(frozen=True, slots=True)
class Policy:
    """A stated policy: where, by which event, and at which leaf index."""

    stream: str
    event: str
    index: int
    said: PolicySet


def in_force(
    stated: Iterable[Policy], day: str, *, below: int, programme: str | None = None
) -> tuple[Policy, ...]:
    """Of each stream's policies the newest in force, as the entries below a leaf index say.

    programme: None for what is about no programme. Sorted by index.
    """
    newest: dict[tuple[str, str], Policy] = {}
    for policy in sorted(stated, key=lambda policy: policy.index):
        if policy.index < below and policy.said.start <= day:
            newest[policy.stream, policy.said.policy] = policy
    found = (p for p in newest.values() if not p.said.ends and p.said.programme in (None, programme))
    return tuple(sorted(found, key=lambda policy: policy.index))


def rules_of(policies: Iterable[Policy], kind: str) -> Iterator[tuple[Policy, Rule]]:
    """What the policies ask of a kind of event."""
    for policy in policies:
        for rule in policy.said.rules:
            if kind in rule.kinds:
                yield policy, rule


def lapse_of(policies: Iterable[Policy]) -> tuple[Policy, int] | None:
    """The shortest time in which a proposal lapses, and who says so."""
    found = [(policy, p) for policy in policies if (p := policy.said.lapse_days) is not None]
    return min(found, key=lambda pair: pair[1], default=None)


def publication_of(
    policies: Iterable[Policy], of: Literal["acts", "datasets"]
) -> tuple[Policy, Within] | None:
    """Within how many days acts, or data sets, are to be published: by the newest policy that says so."""
    found = None
    for policy in policies:
        said: Within | None = getattr(policy.said.publication, of, None)
        found = (policy, said) if said is not None else found
    return found


class Tree(Protocol):
    """Which row of a programme's tree stands above what, whether or not it counts yet."""

    def measure_of(self, indicator: str) -> str:
        """The row that an indicator belongs to; "" if none."""

    def upwards(self, item: str) -> Iterator[str]:
        """A row of the tree and those above it."""


def executor_of(
    policies: Sequence[Policy], programme: Tree, kind: str, item: str
) -> tuple[Policy, str] | None:
    """The office that reports about an indicator (actual.reported) or a row of the tree.

    The newest policy that says so. An indicator that no executor names belongs to its measure, a
    row to the nearest named one above.
    """
    named = [(policy, one) for policy, one in _executors(policies) if one.kinds is None or kind in one.kinds]
    if kind == "actual.reported":
        for policy, executor in named:
            if item in executor.indicators:
                return policy, executor.office
        item = programme.measure_of(item)
    for step in programme.upwards(item):
        for policy, executor in named:
            if step in executor.items:
                return policy, executor.office
    return None


def _executors(policies: Sequence[Policy]) -> Iterator[tuple[Policy, Executor]]:
    for policy in reversed(policies):
        for executor in policy.said.executors:
            yield policy, executor
