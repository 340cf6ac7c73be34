"""GET /v1/programmes/{id}/obligations: who owes which report by when, as JSON, CSV and a calendar."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from api.models.obligations import Obligations
from api.tables_duties import OBLIGATIONS
from tests.api.door import BASE, Door, open_door, pointers, problem_of
from tests.support.town import ORIGIN, PROGRAMME, PROGRAMME_ID, Payload
from tests.support.waiting import CHAIR, EXECUTOR, waiting_town

TODAY = "2025-09-01"
COUNCIL = "body:town-council"
ACTUAL: Payload = {"indicator": "i-1", "period": "2025-08", "accumulation": "period", "value": "3"}
OWES: Payload = {
    "policy": "reports",
    "title": "Звіти",
    "start": TODAY,
    "executors": [{"indicators": ["i-1"], "office": EXECUTOR.office}],
    "deadlines": [{"kinds": ["actual.reported"], "period": "month", "months": 1, "day": 5, "shift": "next"}],
}


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Door]:
    town = waiting_town(tmp_path / "model")
    town.close()
    with open_door(town, tmp_path / "town") as door:
        yield door


def obligations(door: Door, query: str = "") -> Any:
    answer = door.get(f"{BASE}/obligations?{query}")
    assert answer.status_code == 200, answer.text
    Obligations.model_validate_json(answer.content, strict=True)
    return answer.json()


def first(door: Door, query: str = "") -> Any:
    """Of i-1 in August."""
    (found,) = [
        one
        for one in obligations(door, query)["items"]
        if (one["indicator"], one["period"]) == ("i-1", "2025-08")
    ]
    return found


def test_without_a_policy_the_answer_is_that_nothing_is_configured(waiting: Door) -> None:
    found = obligations(waiting)
    assert (found["configured"], found["items"], found["total"]) == (False, [], 0)
    assert found["not_configured"] == ["deadlines", "executors"]
    assert found["totals"] is None  # unknown, and no zeros
    assert found["years"] == [
        {"year": year, "configured": False, "totals": None} for year in (2025, 2026, 2027)
    ]


def test_each_report_says_who_owes_it_by_when_and_by_which_policy(waiting: Door) -> None:
    policy = waiting.say("policy.set", COUNCIL, OWES)["event"]
    one = first(waiting)
    assert (one["due"], one["status"], one["reminder"], one["policy"]) == (
        "2025-09-05",
        "due",
        "week",
        policy,
    )
    assert (one["office"], one["body"], one["persons"]) == (EXECUTOR.office, EXECUTOR.body, [EXECUTOR.person])
    found = obligations(waiting)
    assert (found["configured"], found["not_configured"]) == (True, [])
    # From August 2025 to the end of the programme's years, of two indicators; nobody is named for i-2.
    assert found["total"] == 2 * (5 + 12 + 12)
    assert {(one["indicator"], one["office"], one["body"]) for one in found["items"]} == {
        ("i-1", EXECUTOR.office, EXECUTOR.body),
        ("i-2", None, None),
    }


def test_each_year_says_whether_a_deadline_asks_about_it(waiting: Door) -> None:
    """A policy that begins in 2026 asks for nothing of 2025: not configured, and no zeros."""
    waiting.town.clock.advance(days=300)  # 28 June 2026
    waiting.say("policy.set", COUNCIL, OWES | {"start": "2026-06-28"})
    found = obligations(waiting)
    years = {one["year"]: one for one in found["years"]}
    assert (years[2025]["configured"], years[2025]["totals"]) == (False, None)
    assert years[2026]["configured"] is True
    assert years[2026]["totals"]["due"] == 2 * 7  # June to December, of two indicators
    assert found["totals"]["due"] == sum(one["totals"]["due"] for one in years.values() if one["totals"])


def test_a_report_is_on_time_by_its_first_statement_and_a_later_correction_changes_nothing(
    waiting: Door,
) -> None:
    waiting.say("policy.set", COUNCIL, OWES)
    report = waiting.say("actual.reported", PROGRAMME, ACTUAL, by=EXECUTOR)["event"]
    waiting.town.clock.advance(days=14)
    corrected = waiting.say(
        "actual.reported", PROGRAMME, ACTUAL | {"value": "4"}, by=EXECUTOR, corrects=report, reason="помилка"
    )["event"]
    one = first(waiting)
    assert (one["status"], one["on_time"], one["event"], one["day"]) == ("on_time", True, report, TODAY)
    assert (one["corrected"]["event"], one["corrected"]["day"]) == (corrected, "2025-09-15")
    assert one["cells"] == ["/actuals/i-1/2025-08/period"]
    rows = waiting.json(one["link"])["items"]
    assert [row["event"] for row in rows] == [report, corrected]


def test_late_missing_returned_and_known_then(waiting: Door) -> None:
    waiting.say("policy.set", COUNCIL, OWES)
    waiting.town.clock.advance(days=5)  # 6 September
    before = first(waiting)
    assert (before["status"], before["reminder"], before["on_time"]) == ("missing", "overdue", None)
    report = waiting.say("actual.reported", PROGRAMME, ACTUAL, by=EXECUTOR)
    assert (first(waiting)["status"], first(waiting)["reminder"]) == ("late", None)
    data = {"report": report["event"], "note": "Додайте документи"}
    returned = waiting.say("report.returned", PROGRAMME, data, by=CHAIR, effective="2025-09-06")["event"]
    one = first(waiting)
    assert (one["status"], one["review"], one["on_time"]) == ("returned", "returned", False)
    assert one["reviewed"]["event"] == returned
    assert first(waiting, f"known={waiting.town.position - 2}")["status"] == "missing"
    assert obligations(waiting, "status=returned")["total"] == 1
    assert obligations(waiting, f"office={EXECUTOR.office}&status=missing")["total"] == 0


def test_what_is_due_later_is_judged_as_known_now(waiting: Door) -> None:
    waiting.say("policy.set", COUNCIL, OWES)
    later = obligations(waiting, "as_of=2025-12-06")
    assert later["totals"]["missing"] == 2 * 4  # August to November; December is due in January
    assert later["items"][0]["status"] == "missing"


def test_pages_follow_each_other_as_of_one_position(waiting: Door) -> None:
    waiting.say("policy.set", COUNCIL, OWES)
    whole, found = obligations(waiting), list[Any]()
    url: str | None = f"{BASE}/obligations?limit=25"
    while url is not None:
        page = waiting.json(url)
        found += page["items"]
        assert page["total"] == len(whole["items"])
        url = page["next"]
        assert url is None or "known=" in url
    assert found == whole["items"]


def test_the_table_has_every_row_and_says_the_same(waiting: Door) -> None:
    waiting.say("policy.set", COUNCIL, OWES)
    answer = waiting.get(f"{BASE}/obligations?format=csv&limit=1")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf8"), newline="")))
    assert list(rows[0]) == list(OBLIGATIONS)
    items = obligations(waiting)["items"]
    assert [(row["due"], row["status"], row["indicator"], row["period"]) for row in rows] == [
        (one["due"], one["status"], one["indicator"], one["period"]) for one in items
    ]


# -- the calendar -------------------------------------------------------------------------------------


def events(door: Door, query: str = "") -> list[Any]:
    answer = door.get(f"{BASE}/obligations?format=ics&{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/calendar")
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_the_calendar_has_an_all_day_event_for_each_report_that_waits(waiting: Door) -> None:
    waiting.say("policy.set", COUNCIL, OWES)
    waiting.say("actual.reported", PROGRAMME, ACTUAL, by=EXECUTOR)
    found = events(waiting)
    waits = [one for one in obligations(waiting)["items"] if one["status"] == "due"]
    assert len(found) == len(waits) == 2 * 29 - 1
    for event, one in zip(found, waits, strict=True):
        assert event.decoded("dtstart") == date.fromisoformat(one["due"])
        assert event["dtstart"].params["VALUE"] == "DATE"
        assert str(event["summary"]) == f"Подати звіт: {one['title']['uk']}"
        assert str(event["url"]) == f"http://testserver{one['link']}"
        assert waiting.get(one["link"]).status_code == 200
    names = [str(event["uid"]) for event in found]
    assert names[0] == f"{PROGRAMME_ID}-actual.reported-i-2-2025-08@{ORIGIN}"
    assert len(set(names)) == len(names)


def test_the_calendars_links_begin_with_the_address_that_readers_know(tmp_path: Path) -> None:
    town = waiting_town(tmp_path / "model")
    town.close()
    with open_door(town, tmp_path / "town", public_url="https://council.example/ledger/") as door:
        door.say("policy.set", COUNCIL, OWES)
        rows = obligations(door)["items"]
        found = [str(one["url"]) for one in events(door)]
        assert found == [f"https://council.example/ledger{row['link']}" for row in rows]


def test_each_event_reminds_a_week_before_and_on_the_day(waiting: Door) -> None:
    waiting.say("policy.set", COUNCIL, OWES)
    for event in events(waiting):
        alarms = event.walk("VALARM")
        assert [str(one["action"]) for one in alarms] == ["DISPLAY"] * 2
        assert {one.decoded("trigger") for one in alarms} == {
            timedelta(days=-7, hours=9),
            timedelta(hours=9),
        }


def test_the_calendar_is_the_same_to_the_byte_and_its_lines_are_folded_between_letters(
    waiting: Door,
) -> None:
    waiting.say("policy.set", COUNCIL, OWES)
    path = f"{BASE}/obligations?format=ics&known={waiting.town.position}&as_of={TODAY}"
    raw = waiting.get(path).content
    waiting.town.clock.advance(days=3)
    waiting.say("actual.reported", PROGRAMME, ACTUAL, by=EXECUTOR)
    assert waiting.get(path).content == raw
    assert raw.startswith(b"BEGIN:VCALENDAR\r\n")
    assert raw.endswith(b"END:VCALENDAR\r\n")
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) == 75  # octets, as RFC 5545 §3.1 asks
    for line in lines:
        line.decode("utf8")  # no letter is cut in two
    recorded = waiting.json(f"{BASE}/obligations?known={waiting.town.position - 1}")["known"]["recorded_at"]
    stamp = recorded[:19].replace("-", "").replace(":", "") + "Z"
    assert {line for line in lines if line.startswith(b"DTSTAMP")} == {f"DTSTAMP:{stamp}".encode()}


def test_the_calendar_speaks_english_too(waiting: Door) -> None:
    waiting.say("policy.set", COUNCIL, OWES)
    found = events(waiting, "lang=en")
    assert str(found[0]["summary"]).startswith("Report: 2025-08, indicator i-")
    assert "By: undetermined" in {str(one["description"]) for one in found if "i-2" in one["uid"]}.pop()


@pytest.mark.parametrize("query", ["format=xml", "status=owed", "lang=de", "after=-1"])
def test_what_it_does_not_know_is_refused(waiting: Door, query: str) -> None:
    problem = problem_of(waiting.get(f"{BASE}/obligations?{query}"), 400, "bad-parameter")
    assert pointers(problem) == [f"/query/{query.partition('=')[0]}"]


def test_the_inbox_reminds_and_shows_only_what_is_asked_for(waiting: Door) -> None:
    waiting.say("policy.set", COUNCIL, OWES)
    path = f"/v1/inbox?office={EXECUTOR.office}"
    for day, reminder in (("2025-09-04", "week"), ("2025-09-05", "today"), ("2025-09-06", "overdue")):
        (item,) = waiting.json(f"{path}&as_of={day}")["items"]
        assert item["reminder"] == reminder
        assert len(waiting.json(f"{path}&as_of={day}&reminder={reminder}")["items"]) == 1
        others = {"week", "today", "overdue"} - {reminder}
        assert [waiting.json(f"{path}&as_of={day}&reminder={one}")["items"] for one in others] == [[], []]
    # A week before 6 October (a Monday) September's report is shown, though September is not over.
    periods = [
        [one["about"]["period"] for one in waiting.json(f"{path}&as_of={day}")["items"]]
        for day in ("2025-09-28", "2025-09-29")
    ]
    assert periods == [["2025-08"], ["2025-08", "2025-09"]]
    problem_of(waiting.get(f"{path}&reminder=month"), 400, "bad-parameter")
