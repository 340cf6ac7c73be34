"""What waits for an office, or for a person in all the offices that the person holds.

Read from records and cells as known at a position, never by scanning the log (but see duties/doubts.py).
Cost: the proposals, observations, policies and bodies ever stated, and for each programme that the
office reaches the cells of its tree, indicators and reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from projections.doubtful import mark_entries
from projections.duties.consent import consenting
from projections.duties.desk import Desk, Office, Owned
from projections.duties.doubts import doubting
from projections.duties.duty import REMINDERS, TASKS, About, Duty, Reminder, Task, reminder
from projections.duties.observations import observing
from projections.duties.reports import reporting
from projections.reading import Reading
from projections.recording import Doc
from projections.records import read_record

_THEMES = (consenting, reporting, observing, doubting)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which duties are shown: those of a task, and those of which a reminder is due today; None for all."""

    task: Task | None = None
    reminder: Reminder | None = None

    def fits(self, duty: Duty, today: str) -> bool:
        return self.task in (None, duty.task) and self.reminder in (None, reminder(duty.due, today))


ALL = Wanted()


def read_office_inbox(reading: Reading, today: str, office: str, wanted: Wanted = ALL) -> Doc | None:
    """{"offices", "items", "not_configured"}; None if there is no such office."""
    desk = Desk(reading, today)
    found = desk.office(office)
    if found is None:
        return None
    duties = _duties(desk, found)
    return _inbox(desk, [_shown(desk, found, None)], [found], duties, wanted)


def read_person_inbox(reading: Reading, today: str, person: str, wanted: Wanted = ALL) -> Doc | None:
    """The union over the offices held today, without what the door would refuse this person.

    What any of several offices may do stands there once. None if there is no such person.
    """
    if read_record(reading, "person", person) is None:
        return None
    desk = Desk(reading, today)
    offices = desk.offices_of(person)
    duties: dict[object, Duty] = {}
    for office in offices:
        if not desk.has_live_key(person, office):
            duties[office.id] = _without_key(office)
        for duty in _duties(desk, office):
            if person not in duty.barred:
                key = (duty.task, duty.about, duty.programme, "" if duty.shared else office.id)
                duties.setdefault(key, duty)
    return _inbox(desk, [_shown(desk, one, person) for one in offices], offices, duties.values(), wanted)


def _duties(desk: Desk, office: Office) -> Iterator[Duty]:
    for theme in _THEMES:
        yield from theme(desk, office)


def _without_key(office: Office) -> Duty:
    """The person holds the office, and cannot sign for it."""
    name = f"{office.id} («{office.name}»)"
    return Duty("key", office.id, About(kind="key.enrolled"), (name, name), f"/v1/keys?body={office.body}")


def _inbox(
    desk: Desk, shown: list[Doc], offices: Sequence[Office], duties: Iterable[Duty], wanted: Wanted
) -> Doc:
    fitting = sorted((one for one in duties if wanted.fits(one, desk.today)), key=lambda duty: duty.order)
    return {
        "offices": shown,
        "items": mark_entries(desk.reading, [one.shown(desk.today) for one in fitting]),
        "not_configured": _not_configured(desk, offices),
    }


def _shown(desk: Desk, office: Office, person: str | None) -> Doc:
    """holders: who holds it today; live_key: can the person sign for it?"""
    return {
        "office": office.id,
        "name": office.name,
        "body": office.body,
        "holders": desk.holders(office),
        "live_key": desk.has_live_key(person, office) if person is not None else None,
    }


def _not_configured(desk: Desk, offices: Sequence[Office]) -> list[str]:
    """The settings by which duties arise, as far as no policy in force for these offices says them."""
    reached = {one.stream: one for office in offices for one in _governed(desk, office)}
    policies = [policy.said for one in reached.values() for policy in desk.policies(one)]
    there = {
        "endorsements": any(rule.endorsements for said in policies for rule in said.rules),
        "executors": any(said.executors for said in policies),
        "deadlines": any(said.deadlines for said in policies),
    }
    return [name for name, is_there in there.items() if not is_there]


def _governed(desk: Desk, office: Office) -> Iterator[Owned]:
    yield desk.owned[f"body:{office.body}"]
    yield from desk.reached(office)


__all__ = ["REMINDERS", "TASKS", "Reminder", "Task", "Wanted", "read_office_inbox", "read_person_inbox"]
