"""The inbox of the waiting town, computed from the log's raw events, one loop per task.

It knows nothing of tables and cells: only the events, in their order, and the town as it stands in
tests/support/waiting.py (one programme of the council, whose departments report and endorse).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from ledger.doubt import doubts_of
from ledger.kinds import KINDS
from ledger.statements import slots_of
from ledger.streams import load_stream
from ledger.world import World
from tests.support.people import FOREIGN
from tests.support.town import ZONE, TestLedger

Found = tuple[str, str, str | None, str | None, str | None]  # office, task, event or item, period, due
REPORTS = ("actual.reported", "progress.reported", "spending.reported")
FUNDED = {("1.1", "2025")}


@dataclass(frozen=True)
class Event:
    index: int
    day: str
    members: dict[str, Any]

    @property
    def kind(self) -> str:
        return str(self.members["kind"])

    @property
    def data(self) -> Any:
        return self.members["data"]

    @property
    def id(self) -> str:
        return str(self.members["id"])

    @property
    def slot(self) -> str:
        corrects = self.members.get("relations", {}).get("corrects")
        return str(corrects["event"]) if corrects else self.id

    @property
    def signers(self) -> list[dict[str, str]]:
        return list(self.members["signers"])


class Naive:
    """The town as of a position, on a day."""

    def __init__(self, town: TestLedger, position: int, today: str) -> None:
        self.today, self.position = today, position
        self.events = [_event(entry) for entry in town.ledger.reader.entries(0, position)]
        self._reader = town.ledger.reader.at_position(position)
        self.offices = {
            one.data["office"]: (one.members["subject"].partition(":")[2], one.data["kinds"])
            for one in self.of("office.created")
        }
        self.doubted = {one.index: one for one in self._doubted()}

    def of(self, *kinds: str) -> list[Event]:
        return [one for one in self.events if one.kind in kinds]

    def standing(self, *kinds: str) -> dict[str, Event]:
        """Slot → the statement in force, with the void ones left out."""
        newest = {one.slot: one for one in self.of(*kinds)}
        return {slot: one for slot, one in newest.items() if one.data is not None}

    def index_of(self, event: str) -> int:
        return next(one.index for one in self.events if one.id == event)

    def inbox(self) -> set[Found]:
        return {*self.consent(), *self.missing(), *self.judging(), *self.answering(), *self.doubting()}

    # -- who ----------------------------------------------------------------------

    def may(self, office: str, kind: str) -> bool:
        body, kinds = self.offices[office]
        allowed = [r["offices"] for p in self.policies() for r in p["rules"] if kind in r["kinds"]]
        asked = all(offices is None or office in offices for offices in allowed)
        return kind in kinds and body != FOREIGN and asked

    def holds(self, person: str, office: str) -> bool:
        ended = {one.data["mandate"]: one.data["end"] for one in self.of("mandate.ended")}
        return any(
            (one.data["person"], one.data["office"]) == (person, office)
            and one.data["start"] <= self.today < ended.get(one.id, "9")
            for one in self.of("mandate.granted")
        )

    def policies(self, day: str | None = None, below: int | None = None) -> list[dict[str, Any]]:
        """In force today, or on an earlier day at an earlier place; with their settings filled in."""
        day, below = day or self.today, self.position if below is None else below
        newest: dict[Any, tuple[Any, Any]] = {}
        for one in self.of("policy.set"):
            rank = (one.data["start"], one.index)
            key = (one.members["subject"], one.data["policy"])
            if one.index < below and rank[0] <= day and (key not in newest or rank > newest[key][0]):
                newest[key] = (rank, one)
        said = sorted((one for _, one in newest.values()), key=lambda one: one.index)
        blank: dict[str, Any] = {"rules": [], "executors": [], "deadlines": []}
        blank |= {"lapse_days": None, "calendar": None}
        rule = {"offices": None, "endorsements": None}
        found = [{**blank, **one.data, "event": one.id} for one in said]
        return [p | {"rules": [{**rule, **one} for one in p["rules"]]} for p in found]

    # -- consent --------------------------------------------------------------------

    def consent(self) -> Iterator[Found]:
        for one in self.of("change.proposed"):
            last = self.last_day(one)
            if self.closed(one) or (last is not None and self.today > last):
                continue
            asked = [
                rule["endorsements"] | {"other_persons": rule["endorsements"].get("other_persons", True)}
                for policy in self.policies()
                for rule in policy["rules"]
                if rule["endorsements"] and one.data["change"]["kind"] in rule["kinds"]
            ]
            yield from self.speaking(one, asked, last)
            yield from self.concluding(one, asked, last)

    def last_day(self, proposal: Event) -> str | None:
        """The shortest lapse that was in force when it was recorded."""
        before = self.policies(proposal.day, proposal.index)
        days = [p["lapse_days"] for p in before if p["lapse_days"] is not None]
        return str(date.fromisoformat(proposal.day) + timedelta(days=min(days))) if days else None

    def closed(self, proposal: Event) -> bool:
        enacted = [one.members.get("relations", {}).get("enacts") for one in self.events]
        withdrawn = [one.data["proposal"] for one in self.of("change.withdrawn")]
        return proposal.id in [*(one["proposal"] for one in enacted if one), *withdrawn]

    def voices(self, proposal: Event) -> dict[str, tuple[bool, str, int, str]]:
        """Office → does it endorse, who, where, with which key: the newest."""
        return {
            signer["office"]: (one.kind == "change.endorsed", signer["person"], one.index, signer["kid"])
            for one in self.of("change.endorsed", "change.refused")
            for signer in one.signers
            if one.data["proposal"] == proposal.id
        }

    def counts(self, proposal: Event, asked: dict[str, Any]) -> list[str]:
        """The offices whose endorsement counts, in the policy's order."""
        voices, found = self.voices(proposal), list[str]()
        proposers = {signer["person"] for signer in proposal.signers}
        revoked = {one.data["kid"] for one in self.of("key.revoked")}
        for office in asked["offices"]:
            endorses, person, index, kid = voices.get(office, (False, "", 0, ""))
            counted = [voices[name] for name in found]
            good = endorses and self.holds(person, office) and kid not in revoked
            good = good and index not in self.doubted
            if asked["other_persons"]:
                good = good and person not in proposers and person not in [one[1] for one in counted]
            if good:
                found.append(office)
        return found

    def speaking(self, proposal: Event, asked: list[dict[str, Any]], last: str | None) -> Iterator[Found]:
        voices = self.voices(proposal)
        for office in self.offices:
            mine = [one for one in asked if office in one["offices"]]
            waits = False
            for one in mine:
                counted = self.counts(proposal, one)
                has_refused = office in voices and not voices[office][0]
                open_still = len(counted) < one["needed"]
                waits = waits or (open_still and office not in counted and not has_refused)
            agreed = {name for name, voice in voices.items() if voice[0]}
            turn = all(
                not one.get("ordered") or {*one["offices"][: one["offices"].index(office)]} <= agreed
                for one in mine
            )
            if waits and turn and self.may(office, "change.endorsed"):
                yield office, "endorse", proposal.id, None, last

    def concluding(self, proposal: Event, asked: list[dict[str, Any]], last: str | None) -> Iterator[Found]:
        voices = self.voices(proposal)
        refusing = {office for office, voice in voices.items() if not voice[0]}
        met = [len(self.counts(proposal, one)) >= one["needed"] for one in asked]
        hopeless = False
        for one, is_met in zip(asked, met, strict=True):
            able = [office for office in one["offices"] if office not in refusing]
            if one.get("ordered"):
                places = [n for n, office in enumerate(one["offices"]) if office in refusing]
                able = one["offices"][: min(places, default=len(one["offices"]))]
            hopeless = hopeless or (not is_met and len(able) < one["needed"])
        task = "withdraw" if hopeless or (refusing and not asked) else "enact" if all(met) else None
        whose = {signer["office"] for signer in proposal.signers}
        if task == "enact":
            kind = proposal.data["change"]["kind"]
            allowed = {office for office in self.offices if self.may(office, kind)}
            whose = whose & allowed or allowed
        if task is not None:
            for office in whose:
                yield office, task, proposal.id, None, last

    # -- reports --------------------------------------------------------------------

    def executors(self, kind: str, item: str) -> str | None:
        """Of the newest policy: the indicator's own, else its measure's, else the task's."""
        measure = {"i-1": "1.1", "i-2": "1.2"}.get(item, item)
        named = [one for policy in reversed(self.policies()) for one in policy["executors"]]
        named = [one for one in named if kind in (one.get("kinds") or [kind])]
        for member, name in (("indicators", item), ("items", measure), ("items", "1")):
            for one in named:
                if name in one.get(member, ()):
                    return str(one["office"])
        return None

    def missing(self) -> Iterator[Found]:
        told = {fact for one in self.standing(*REPORTS).values() for fact in _facts(one)}
        for (kind, period), due in self.dues().items():
            for item in ("i-1", "i-2") if kind == "actual.reported" else ("1.1", "1.2"):
                office = self.executors(kind, item)
                if office is None or not self.may(office, kind) or (kind, item, period) in told:
                    continue
                if kind != "spending.reported" or (item, period[:4]) in FUNDED:
                    yield office, "report", f"{kind} {item}", period, due

    def dues(self) -> dict[tuple[str, str], str]:
        """(kind, period) → the earliest due day under a policy, of what is over or due within a week."""
        found: dict[tuple[str, str], str] = {}
        week = str(date.fromisoformat(self.today) + timedelta(days=7))
        for policy in self.policies():
            for deadline in policy["deadlines"]:
                for period, end in _periods(deadline["period"]):
                    due = self.came_due(end, deadline, policy["start"])
                    if due is not None and (end < self.today or due <= week):
                        for kind in deadline["kinds"]:
                            found[kind, period] = min(due, found.get((kind, period), "9"))
        return found

    def came_due(self, end: str, deadline: dict[str, Any], start: str) -> str | None:
        """By the calendar of the time: one that changes moves what is to come, and only forward of its day.

        No policy with a deadline is stated twice, or ended, in the stories that are told of this town.
        """
        due: str | None = None
        for day in sorted({start, *(one.data["start"] for one in self.of("policy.set"))}):
            if not start <= day <= self.today or (due is not None and due < day):
                continue
            moved = self.due(end, deadline, day)
            due = moved if moved >= day else due
        return due

    def due(self, end: str, deadline: dict[str, Any], on: str) -> str:
        calendars = [p["calendar"] for p in self.policies(on) if p["calendar"]]
        holidays = {day for one in calendars for day in one["holidays"]}
        first = (date.fromisoformat(end) + timedelta(days=1)).replace(day=1)
        for _ in range(deadline["months"] - 1):
            first = (first + timedelta(days=31)).replace(day=1)
        month = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        day = min(first + timedelta(days=deadline["day"] - 1), month)
        step = {"none": 0, "next": 1, "previous": -1}[deadline.get("shift", "none")]
        while step and (day.weekday() > 4 or str(day) in holidays):
            day += timedelta(days=step)
        return str(day)

    def judging(self) -> Iterator[Found]:
        """Reports to accept, and those to correct."""
        reports = self.standing(*REPORTS)
        holder: dict[Any, str] = {}  # cell → the slot that stands in it: the one that began last
        for slot, one in sorted(reports.items(), key=lambda pair: self.index_of(pair[0])):
            holder |= {(fact, one.data.get("accumulation")): slot for fact in _facts(one)}
        for slot in {*holder.values()}:
            yield from self.judged(slot, reports[slot])

    def judged(self, slot: str, report: Event) -> Iterator[Found]:
        about = [
            (one.members["effective"], self.index_of(name), one)
            for name, one in self.standing("report.accepted", "report.returned").items()
            if one.data["report"] == slot
        ]
        last = max(about, key=lambda one: one[:2])[2] if about else None
        period = report.data["period"]
        if last is None or last.index < report.index:
            for office in self.offices:
                if self.may(office, "report.accepted"):
                    yield office, "accept", slot, period, None
        elif last.kind == "report.returned":
            items = [fact[1] for fact in _facts(report)]
            named = {found for item in items if (found := self.executors(report.kind, item))}
            for office in named or {signer["office"] for signer in report.signers}:
                if self.may(office, report.kind):
                    yield office, "correct", slot, period, None

    # -- oversight ------------------------------------------------------------------

    def answering(self) -> Iterator[Found]:
        answered = {one.data["observation"] for one in self.standing("observation.answered").values()}
        for slot, one in self.standing("observation.made").items():
            if slot in answered:
                continue
            to = one.data.get("to")
            able = [office for office in self.offices if self.may(office, "observation.answered")]
            for office in [to] if to else able:
                yield office, "answer", slot, None, one.data.get("due")

    def doubting(self) -> Iterator[Found]:
        for one in self.doubted.values():
            if self.lifted_by(one) == "ended-late":
                continue
            own = one.kind.startswith("change.")  # what was said on a proposal is its offices' own word
            said_by = {signer["office"] for signer in one.signers}
            for office in said_by if own else self.offices:
                if one.kind in self.offices[office][1] and self.may_reaffirm(office, one):
                    yield office, "reaffirm", one.slot, None, None

    def may_reaffirm(self, office: str, one: Event) -> bool:
        """No re-affirmation of a re-affirmation here. A report's executor alone re-affirms it."""
        items = [fact[1] for fact in _facts(one)] if one.kind in REPORTS and one.data else []
        named = {found for item in items if (found := self.executors(one.kind, item))}
        return self.may(office, one.kind) and named <= {office}

    def lifted_by(self, one: Event) -> str:
        """The worst of what stands against it."""
        names = {doubt.doubt for doubt in self._judged(one)}
        return next(name for name in ("suspect", "undetermined", "ended-late") if name in names)

    def _world(self) -> World:
        world = replace(World(), position=self.position)
        for stream in dict.fromkeys(one.members["subject"] for one in self.events):
            world = load_stream(world, stream, self._reader)
        return replace(world, names=world.names.update(self._reader.names(_names(self.events))))

    def _judged(self, one: Event) -> Any:
        """What stands against it by the door's own judgement; nothing if it was corrected."""
        stream = one.members["subject"]
        statement = slots_of(self._all, stream)[one.slot]
        return doubts_of(self._all, stream, statement) if statement.event == one.id else ()

    def _doubted(self) -> Iterator[Event]:
        """What officials stated, of the programme or of bodies, and stands in doubt."""
        self._all = self._world()
        return (one for one in self.events if KINDS[one.kind].by_office and self._judged(one))


def _names(events: list[Event]) -> list[str]:
    return [f"office:{signer['office']}" for one in events for signer in one.signers]


def _event(entry: Any) -> Event:
    moment = datetime.fromisoformat(entry.recorded_at).replace(tzinfo=UTC)
    return Event(entry.index, str(moment.astimezone(ZoneInfo(ZONE)).date()), orjson.loads(entry.payload))


def _facts(one: Event) -> list[tuple[str, str, str]]:
    data = one.data
    items = [data.get("indicator") or data.get("measure")] if "lines" not in data else []
    items += [line["measure"] for line in data.get("lines", ())]
    return [(one.kind, str(item), data["period"]) for item in items]


def _periods(kind: str) -> Iterator[tuple[str, str]]:
    """The periods of the programme's years, each with its last day."""
    months = {"month": 1, "quarter": 3, "half": 6, "year": 12}[kind]
    for year in (2025, 2026, 2027):
        for number in range(1, 12 // months + 1):
            after = date(year + number * months // 12, number * months % 12 + 1, 1)
            part = {"month": f"-{number:02}", "quarter": f"-Q{number}", "half": f"-H{number}", "year": ""}
            yield f"{year}{part[kind]}", str(after - timedelta(days=1))
