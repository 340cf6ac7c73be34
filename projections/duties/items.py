"""Of what reports are asked: the indicators, the measures, and the periods in which they were there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from ledger.policy import Executor, Policy, Tree, in_force
from ledger.values import period_end
from projections.duties.duty import NAME_MAX, Pair, shorten
from projections.duties.owed import Key, Owed, period_start

INDICATORS = "actual.reported"  # the kind of report that is about indicators; all others are about measures
MONEY = "spending.reported"

_WORDS: dict[str, Pair] = {
    INDICATORS: ("індикатор", "indicator"),
    "progress.reported": ("стан виконання, захід", "progress of measure"),
    MONEY: ("видатки, захід", "spending on measure"),
}


class Plan(Tree, Protocol):
    """A programme's rows, its indicators and its money on any day, as known at a position.

    years: first and last, None while the programme is not in force; closed: the day from which it is
    closed, FOREVER if it is not; indicators, rows: id → name, of all that there ever were.
    """

    @property
    def programme(self) -> str: ...
    @property
    def years(self) -> tuple[int, int] | None: ...
    @property
    def closed(self) -> str: ...
    @property
    def indicators(self) -> Mapping[str, str]: ...
    @property
    def rows(self) -> Mapping[str, str]: ...
    def level(self, item: str) -> str: ...
    def is_there(self, family: str, item: str, day: str) -> bool: ...
    def is_funded(self, item: str, year: str, day: str) -> bool: ...


def items_of(plan: Plan, kind: str, executors: Iterable[Executor]) -> Iterator[str]:
    """The indicators; or the measures, and of the works below them those that a policy names, or named."""
    if kind == INDICATORS:
        yield from plan.indicators
        return
    named = {item for one in executors for item in one.items}
    for item in plan.rows:
        if plan.level(item) == "measure" or (plan.level(item) == "work" and item in named):
            yield item


class Naming:
    """Which rows the executors of policies named when a report came due, or name today if it is to come.

    stated: all that was ever stated for the programme.
    """

    def __init__(self, stated: Sequence[Policy], programme: str, today: str) -> None:
        self._stated = [policy for policy in stated if policy.said.start <= today]
        self._programme, self._today = programme, today
        self._named: dict[str, frozenset[str]] = {}

    def executors(self) -> Iterator[Executor]:
        """Of all policies that have begun, in force still or not."""
        for policy in self._stated:
            if policy.said.programme in (None, self._programme):
                yield from policy.said.executors

    def names(self, item: str, due: str) -> bool:
        day = min(due, self._today)
        if day not in self._named:
            below = max((policy.index for policy in self._stated), default=0) + 1
            ruling = in_force(self._stated, day, below=below, programme=self._programme)
            said = (one for policy in ruling for one in policy.said.executors)
            self._named[day] = frozenset(item for one in said for item in one.items)
        return item in self._named[day]


def asked_of(
    plan: Plan, kind: str, item: str, asked: Mapping[Key, Owed], naming: Naming
) -> Iterator[tuple[str, Owed]]:
    """The periods that are asked of an item, in their order: of those that the programme began.

    Of a work only what came due while a policy named it.
    """
    named_only = kind != INDICATORS and plan.level(item) != "measure"
    for (name, period), one in sorted(asked.items()):
        if name != kind or (named_only and not naming.names(item, one.day)):
            continue
        if period_start(period) < plan.closed and _was_there(plan, kind, item, period):
            yield period, one


def _was_there(plan: Plan, kind: str, item: str, period: str) -> bool:
    """Did the programme have it on the period's last day? Spending is asked of rows with money."""
    day = period_end(period)
    if kind == INDICATORS:
        return plan.is_there("/indicators", item, day)
    if not plan.is_there("/tree", item, day):
        return False
    return kind != MONEY or plan.is_funded(item, period[:4], day)


def about_words(plan: Plan, kind: str, items: list[str], period: str, said: str = "") -> Pair:
    """What a report is about, and what somebody said of it."""
    names = plan.indicators if kind == INDICATORS else plan.rows
    name = f" «{shorten(names[items[0]], NAME_MAX)}»" if len(items) == 1 and items[0] in names else ""
    uk, en = _WORDS[kind]
    what, more = (
        ", ".join(items[:5]) + (", …" if len(items) > 5 else "") + name,
        f": {shorten(said)}" if said else "",
    )
    return f"{period}, {uk} {what}{more}", f"{period}, {en} {what}{more}"
