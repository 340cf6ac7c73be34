"""The waiting town's obligations from the log's raw events, written from the documents alone.

For every policy and period it asks: which statements and calendars were in force when the report came due,
and what had been said of the period, day by day. It knows nothing of cells, timelines and dossiers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson

from tests.support.town import ZONE, TestLedger

REPORTS = ("actual.reported", "progress.reported", "spending.reported")
MEASURES = {"i-1": "1.1", "i-2": "1.2"}
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


class Expected(NamedTuple):
    kind: str
    item: str
    period: str
    due: str
    office: str | None
    status: str
    first: str | None
    corrected: str | None
    review: str | None


@dataclass(frozen=True)
class Entry:
    index: int
    day: str
    members: dict[str, Any]

    @property
    def slot(self) -> str:
        corrects = (self.members.get("relations") or {}).get("corrects")
        return str(corrects["event"] if corrects else self.members["id"])


def naive(town: TestLedger, position: int, today: str) -> set[Expected]:
    entries = [_entry(raw) for raw in town.ledger.reader.entries(0, position)]
    return set(_Town(entries, today).all())


def _entry(raw: Any) -> Entry:
    day = datetime.fromisoformat(raw.recorded_at).astimezone(ZoneInfo(ZONE)).date()
    return Entry(raw.index, str(day), orjson.loads(raw.payload))


class _Town:
    def __init__(self, entries: list[Entry], today: str) -> None:
        self.entries, self.today = entries, today
        starts = {one.members["data"]["start"] for one in self.of("policy.set")}
        # Each day on which what is in force changes → stream and name → the statement in force from it on.
        self.changes = {day: self.ruling(day) for day in sorted(starts) if day <= today}
        self.in_force = sorted(self.ruling(today).values(), key=lambda one: one.index)

    def ruling(self, day: str) -> dict[tuple[str, str], Entry]:
        """Of each policy the newest statement that has begun, perhaps one that ends it."""
        begun = [one for one in self.of("policy.set") if one.members["data"]["start"] <= day]
        return {(one.members["subject"], one.members["data"]["policy"]): one for one in begun}

    def of(self, *kinds: str) -> list[Entry]:
        return [one for one in self.entries if one.members["kind"] in kinds]

    def all(self) -> Iterator[Expected]:
        for kind in REPORTS:
            items = MEASURES if kind == "actual.reported" else MEASURES.values()
            for period in self.periods():
                due = self.due(kind, period)
                for item in items if due is not None else ():
                    if kind != "spending.reported" or (item, period[:4]) == ("1.1", "2025"):
                        assert due is not None
                        yield self.one(kind, item, period, due)

    def one(self, kind: str, item: str, period: str, due: str) -> Expected:
        office = self.executor(kind, item)
        first, corrected, reports = self.told(kind, item, period)
        if first is None:
            status = "missing" if self.today > due else "due"
            return Expected(kind, item, period, due, office, status, None, None, None)
        words = [self.review(slot) for slot in reports]
        review = next((one for one in ("returned", "submitted") if one in words), "accepted")
        status = "returned" if review == "returned" else "on_time" if first <= due else "late"
        return Expected(kind, item, period, due, office, status, first, corrected, review)

    # -- what is asked --------------------------------------------------------------

    def periods(self) -> list[str]:
        found = []
        for year in (2025, 2026, 2027):
            found += [str(year), f"{year}-H1", f"{year}-H2", *(f"{year}-Q{n}" for n in (1, 2, 3, 4))]
            found += [f"{year}-{n:02}" for n in range(1, 13)]
        return found

    def due(self, kind: str, period: str) -> str | None:
        """The earliest day of all policies that ask, or asked when it came due; None if none did."""
        names = {name for ruling in self.changes.values() for name in ruling}
        days = [self.due_of(name, kind, period) for name in names]
        return min((day for day in days if day is not None), default=None)

    def due_of(self, name: tuple[str, str], kind: str, period: str) -> str | None:
        """What had come due stays. What had not moves with the policy and the calendar, but never to a day
        that is past when they change: there it stays too. Nothing is asked from before a policy.
        """
        known: str | None = None
        for change, ruling in self.changes.items():
            if known is not None and known < change:
                return known
            said = ruling[name].members["data"] if name in ruling else {}
            days = [
                self.day(period, deadline, list(ruling.values()))
                for deadline in said.get("deadlines", ())
                if kind in deadline["kinds"] and _length(period) == MONTHS[deadline["period"]]
            ]
            ahead = [day for day in days if day >= change]
            if known is not None and len(ahead) < len(days):
                ahead.append(known)
            known = min(ahead, default=None)
        return known

    def day(self, period: str, deadline: dict[str, Any], ruling: list[Entry]) -> str:
        calendars = [one.members["data"].get("calendar") or {} for one in ruling]
        off = {day for one in calendars for day in one.get("holidays", ())}
        on = {day for one in calendars for day in one.get("working", ())}
        first = _end(period) + timedelta(days=1)
        for _ in range(deadline["months"] - 1):
            first = (first + timedelta(days=31)).replace(day=1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        day = min(first.replace(day=1) + timedelta(days=deadline["day"] - 1), last)
        step = {"none": 0, "next": 1, "previous": -1}[deadline.get("shift", "none")]
        while step and str(day) not in on and (day.weekday() > 4 or str(day) in off):
            day += timedelta(days=step)
        return str(day)

    def executor(self, kind: str, item: str) -> str | None:
        """The newest policy that names the indicator; else its measure; else the task above it."""
        named = [one for said in reversed(self.in_force) for one in said.members["data"].get("executors", ())]
        named = [one for one in named if kind in (one.get("kinds") or REPORTS)]
        steps = [("indicators", item)] if kind == "actual.reported" else []
        for member, name in (*steps, ("items", MEASURES.get(item, item)), ("items", "1")):
            for one in named:
                if name in one.get(member, ()):
                    return str(one["office"])
        return None

    # -- what was said ----------------------------------------------------------------

    def told(self, kind: str, item: str, period: str) -> tuple[str | None, str | None, list[str]]:
        """Day of the first statement, day of the newest correction, and the reports that count."""
        by_slot: dict[str, list[Entry]] = {}
        for one in self.of(kind):
            by_slot.setdefault(one.slot, []).append(one)
        starts, corrections, counts = [], [], dict[Any, str]()
        for slot, said in by_slot.items():
            since: int | None = None
            for one in said:
                speaks = bool(_cells(one, item, period))
                if not speaks:
                    since = None
                elif since is None:
                    since = one.index
            if since is None:
                continue
            spoken = [one for one in said if one.index >= since]
            starts.append((since, spoken[0].day))
            corrections += [(one.index, one.day) for one in spoken[1:]]
            counts |= dict.fromkeys(_cells(said[-1], item, period), slot)  # slots come by their first event
        first = min(starts)[1] if starts else None
        return first, max(corrections)[1] if corrections else None, sorted(set(counts.values()))

    def review(self, slot: str) -> str:
        newest = max(one.index for one in self.entries if one.slot == slot)
        judged = {one.slot: one for one in self.of("report.accepted", "report.returned")}
        said = [
            one for one in judged.values() if one.members["data"] and one.members["data"]["report"] == slot
        ]
        if not said:
            return "submitted"
        last = max(said, key=lambda one: (one.members["effective"], one.index))
        if last.index < newest:
            return "submitted"
        return "accepted" if last.members["kind"] == "report.accepted" else "returned"


def _cells(one: Entry, item: str, period: str) -> list[tuple[Any, ...]]:
    """What a statement fills in of an item's period."""
    data = one.members["data"]
    if data is None or data["period"] != period:
        return []
    if "lines" in data:
        mine = [line for line in data["lines"] if line["measure"] == item]
        return [(data["phase"], data["accumulation"], line["source"], line.get("kekv")) for line in mine]
    return [(data.get("accumulation"),)] if item in (data.get("indicator"), data.get("measure")) else []


def _length(period: str) -> int:
    part = period[5:]
    return {"": 12, "Q": 3, "H": 6}.get(part[:1], 1)


def _end(period: str) -> date:
    year, part = int(period[:4]), period[5:]
    month = 12 if not part else int(part.strip("QH")) * _length(period)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
