"""Splitting: many small changes of one line by one person that together would have gone to the session.

Where no policy says from which amount on a change goes there, nothing is found: that is "not configured".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ledger.policy import Session
from ledger.timeline import Placed
from ledger.values import money
from projections.findings.case import Case
from projections.findings.groups import LIMIT_WORDS, LIMITS
from projections.findings.holding import Pair, amount, first_day, writes_at
from projections.findings.rule import Hit, Rule

DIRECTIONS: dict[str, Pair] = {"up": ("збільшення", "increases"), "down": ("зменшення", "decreases")}


@dataclass(frozen=True, slots=True)
class _Change:
    """size: above zero; day: of the act, or of the recording where there is none; index: of the slot."""

    day: str
    size: Decimal
    direction: str
    slot: str
    index: int
    entry: int
    act: str | None
    people: tuple[str, ...]


@dataclass(slots=True)
class _Cluster:
    """Changes of windows that overlap. most: the largest sum of one window, reached on `reached`."""

    changes: list[_Change]
    most: Decimal
    reached: str
    session: Session


def splitting(case: Case, line: str) -> Iterator[Hit]:
    """Of each person: the changes one way within the policy's days, each at or below its amount."""
    if not any(policy.said.session is not None for policy in case.stated_policies()):
        return
    for family in LIMITS:
        path = f"/{family}/{line}"
        changes = list(_changes(case, path))
        for person in sorted({one for change in changes for one in change.people}):
            for direction in DIRECTIONS:
                own = [one for one in changes if person in one.people and one.direction == direction]
                for cluster in _clusters(case, own):
                    yield _hit(family, line, person, direction, cluster)


def _changes(case: Case, path: str) -> Iterator[_Change]:
    """What each counting write adds to what stood before it, in the order of days."""
    found: list[_Change] = []
    before = Decimal(0)
    for placed in writes_at(case, path):
        if first_day(case, placed) is None:
            continue
        value = amount(placed.value) or Decimal(0)
        after = before + value if placed.op == "add" else value
        found.extend(_change(case, placed, after - before))
        before = after
    yield from sorted(found, key=lambda one: (one.day, one.index))


def _change(case: Case, placed: Placed, delta: Decimal) -> Iterator[_Change]:
    if not delta:
        return
    slot = case.slot(placed.slot)
    said = case.statements(placed.slot)[0]
    day = case.timeline.acts[placed.act].date if placed.act is not None else said.day
    people = tuple(dict.fromkeys(signer.person for signer in slot.signers))
    direction = "up" if delta > 0 else "down"
    yield _Change(day, abs(delta), direction, slot.id, slot.index, placed.entry, placed.act, people)


def _clusters(case: Case, changes: list[_Change]) -> list[_Cluster]:
    """changes: of one line, person and direction. Those of acts that name a session went there."""
    found = _joined(case, changes)
    if found:
        found = _joined(case, [one for one in changes if not _of_session(case, one)])
    return found


def _of_session(case: Case, change: _Change) -> bool:
    return change.act is not None and bool(case.act(change.act).get("session"))


def _joined(case: Case, changes: list[_Change]) -> list[_Cluster]:
    found: list[_Cluster] = []
    # A threshold judges nothing that was recorded before there was one.
    changes = [one for one in changes if _sessions(case, one)]
    for place, last in enumerate(changes):
        for session in _sessions(case, last):
            limit = Decimal(session.amount)
            start = (date.fromisoformat(last.day) - timedelta(days=session.days - 1)).isoformat()
            first = bisect_left(changes, start, hi=place, key=lambda one: one.day)
            window = [one for one in changes[first : place + 1] if one.size <= limit]
            total = sum((one.size for one in window), Decimal(0))
            if total > limit and last in window:
                _join(found, _Cluster(window, total, last.day, session))
    return found


def _join(found: list[_Cluster], new: _Cluster) -> None:
    last = found[-1] if found else None
    if last is None or not any(one in last.changes for one in new.changes):
        found.append(new)
        return
    last.changes.extend(one for one in new.changes if one not in last.changes)
    last.most = max(last.most, new.most)


def _sessions(case: Case, change: _Change) -> list[Session]:
    """As the policies said at the change's own place in the log."""
    said = (policy.said.session for policy in case.policies_at(change.index))
    return [session for session in said if session is not None]


def _hit(family: str, line: str, person: str, direction: str, cluster: _Cluster) -> Hit:
    path, first = f"/{family}/{line}", cluster.changes[0]
    words = {
        "what": LIMIT_WORDS[family],
        "line": line,
        "person": person,
        "direction": DIRECTIONS[direction],
        "count": str(len(cluster.changes)),
        "first": first.day,
        "last": max(one.day for one in cluster.changes),
        "sum": money(cluster.most),
        "days": str(cluster.session.days),
        "threshold": cluster.session.amount,
    }
    entries = tuple(sorted({one.entry for one in cluster.changes}))
    return Hit(f"{path}/{person}/{first.slot}", (path,), entries, words=words, day=cluster.reached)


RULES = (
    Rule(
        "FIN-SPLIT",
        "ask",
        uk="Рядок {line}, {what}: {person}, {direction} по частинах – {count} з {first} до {last}; за "
        "{days} дн. разом {sum} за порога сесії {threshold}, кожна окремо не більша за нього",
        en="Line {line}, {what}: {person}, {direction} in parts, {count} from {first} to {last}; within "
        "{days} days {sum} in all against the session's threshold of {threshold}, none of them above it "
        "alone",
        check=splitting,
        topic="line",
    ),
)
