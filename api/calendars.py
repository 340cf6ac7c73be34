"""Obligations as a calendar: one all-day event for each that waits. Source: RFC 5545."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Alarm, Calendar, Event

from api.texts.language import Language

MEDIA_TYPE = "text/calendar; charset=utf-8"
# From the start of the day: at nine in the morning a week before, and on the day itself.
REMINDERS = (timedelta(days=-7, hours=9), timedelta(hours=9))

_SUMMARY = {
    "report": {"uk": "Подати звіт: {what}", "en": "Report: {what}"},
    "correct": {"uk": "Виправити повернутий звіт: {what}", "en": "Correct the returned report: {what}"},
}
_DESCRIPTION = {
    "uk": "Програма {programme}. Строк: до {due}. Хто: {office}. За даними, зареєстрованими до № {position}.",
    "en": "Programme {programme}. Due: {due}. By: {office}. As known up to № {position}.",
}
_NAME = {"uk": "Що подати: {programme}", "en": "What is due: {programme}"}
_NOBODY = {"uk": "не визначено", "en": "undetermined"}


@dataclass(frozen=True, slots=True)
class Shown:
    """For which ledger and programme, as known at a position; address: of the server, to link to."""

    origin: str
    programme: str
    position: int
    recorded_at: str
    address: str
    language: Language


def calendar_of(rows: Iterable[Mapping[str, Any]], shown: Shown) -> bytes:
    """rows: as read_obligations gives them; what is fulfilled is left out. The same rows, the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//Pledger//obligations//UK")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", _NAME[shown.language].format(programme=shown.programme))
    for row in rows:
        if row["status"] in ("due", "missing", "returned"):
            calendar.add_component(_event(row, shown))
    written: bytes = calendar.to_ical()
    return written


def _event(row: Mapping[str, Any], shown: Shown) -> Event:
    event, summary = Event(), _summary(row, shown.language)
    item = row["indicator"] or row["measure"]
    event.add("uid", f"{shown.programme}-{row['kind']}-{item}-{row['period']}@{shown.origin}")
    event.add("dtstamp", datetime.fromisoformat(shown.recorded_at).replace(microsecond=0))
    event.add("dtstart", date.fromisoformat(row["due"]))
    event.add("summary", summary)
    event.add("description", _description(row, shown))
    event.add("transp", "TRANSPARENT")  # nobody is busy all day with it
    event.add("url", f"{shown.address}{row['link']}")
    for before in REMINDERS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary)
        alarm.add("trigger", before)
        event.add_component(alarm)
    return event


def _summary(row: Mapping[str, Any], language: Language) -> str:
    form = _SUMMARY["correct" if row["status"] == "returned" else "report"][language]
    return form.format(what=row["title"][language])


def _description(row: Mapping[str, Any], shown: Shown) -> str:
    office = row["office"] or _NOBODY[shown.language]
    if row["office_name"]:
        office = f"{row['office_name']} ({office})"
    return _DESCRIPTION[shown.language].format(
        programme=shown.programme, due=row["due"], office=office, position=shown.position
    )
