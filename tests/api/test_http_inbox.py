"""GET /v1/inbox: each kind of task appears, and disappears when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.models.inbox import Inbox
from tests.api.door import Door, open_door, pointers, problem_of
from tests.support.people import SECRETARY
from tests.support.town import PROGRAMME, Payload
from tests.support.waiting import CHAIR, DEPUTY, EXECUTOR, LAWYER, asks, change, waiting_town

TODAY = "2025-09-01"
COUNCIL = "body:town-council"
OWES: Payload = {
    "policy": "reports",
    "title": "Звіти",
    "start": TODAY,
    "executors": [{"items": ["1"], "office": EXECUTOR.office}],
    "deadlines": [{"kinds": ["actual.reported"], "period": "month", "months": 1, "day": 5, "shift": "next"}],
    "calendar": {"holidays": ["2025-09-05"], "working": []},
}
CONSENT: Payload = {
    "policy": "consent",
    "title": "Погодження",
    "start": TODAY,
    "rules": [asks(LAWYER.office, CHAIR.office, ordered=True)],
    "lapse_days": 30,
}
ACTUAL = {"indicator": "i-1", "period": "2025-08", "accumulation": "period", "value": "3"}


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Door]:
    town = waiting_town(tmp_path / "model")
    town.close()
    with open_door(town, tmp_path / "town") as door:
        yield door


def inbox(door: Door, query: str) -> Any:
    answer = door.get(f"/v1/inbox?{query}")
    assert answer.status_code == 200, answer.text
    Inbox.model_validate_json(answer.content, strict=True)
    return answer.json()


def tasks(door: Door, office: str, more: str = "") -> list[str]:
    return [item["task"] for item in inbox(door, f"office={office}{more}")["items"]]


def test_each_task_appears_and_disappears_when_it_is_done(waiting: Door) -> None:
    say = waiting.say
    assert inbox(waiting, f"office={EXECUTOR.office}")["not_configured"] == [
        "endorsements",
        "executors",
        "deadlines",
    ]
    say("policy.set", COUNCIL, OWES)
    say("policy.set", COUNCIL, CONSENT)
    assert tasks(waiting, EXECUTOR.office) == ["report", "report"]
    report = say("actual.reported", PROGRAMME, ACTUAL, by=EXECUTOR)["event"]
    assert tasks(waiting, EXECUTOR.office) == ["report"]
    assert tasks(waiting, CHAIR.office) == ["accept"]
    returned = {"report": report, "note": "Додайте документи"}
    say("report.returned", PROGRAMME, returned, by=CHAIR, effective=TODAY)
    assert tasks(waiting, CHAIR.office) == []
    assert tasks(waiting, EXECUTOR.office) == ["report", "correct"]
    say("actual.reported", PROGRAMME, ACTUAL | {"value": "4"}, by=EXECUTOR, corrects=report)
    assert tasks(waiting, EXECUTOR.office) == ["report"]
    say("report.accepted", PROGRAMME, {"report": report}, by=CHAIR, effective=TODAY)
    assert tasks(waiting, CHAIR.office) == []

    proposal = say("change.proposed", PROGRAMME, {"change": change("150.00"), "note": ""})["event"]
    content = waiting.town.programme().proposals[proposal].content
    voice = {"proposal": proposal, "content": content}
    assert (tasks(waiting, LAWYER.office), tasks(waiting, CHAIR.office)) == (["endorse"], [])
    say("change.endorsed", PROGRAMME, voice, by=LAWYER)
    assert (tasks(waiting, LAWYER.office), tasks(waiting, CHAIR.office)) == ([], ["endorse"])
    say("change.refused", PROGRAMME, voice | {"reason": "ні"}, by=CHAIR)
    assert (tasks(waiting, CHAIR.office), tasks(waiting, SECRETARY.office)) == ([], ["withdraw"])
    say("change.endorsed", PROGRAMME, voice, by=CHAIR)
    assert tasks(waiting, SECRETARY.office) == ["enact"]
    enacts = {"relations": {"enacts": {"proposal": proposal}}, "effective": change("150.00")["effective"]}
    say("financing.changed", PROGRAMME, change("150.00")["data"], **enacts)
    assert tasks(waiting, SECRETARY.office) == []

    about = {"about": {"event": proposal}, "text": "чому?", "to": EXECUTOR.office, "due": "2025-09-03"}
    observation = say("observation.made", PROGRAMME, about, by=CHAIR)["event"]
    assert tasks(waiting, EXECUTOR.office) == ["answer", "report"]
    answer = {"observation": observation, "text": "так", "outcome": "explained"}
    answered = say("observation.answered", PROGRAMME, answer, by=EXECUTOR)["event"]
    assert tasks(waiting, EXECUTOR.office) == ["report"]

    stolen = {"kid": EXECUTOR.key.public.kid, "cause": "stolen", "suspect_from": TODAY, "note": ""}
    say("key.revoked", f"body:{EXECUTOR.body}", stolen)
    # The report is the executor's to re-affirm, as the policy says; the answer is anybody's who may answer.
    assert tasks(waiting, EXECUTOR.office, "&task=reaffirm") == ["reaffirm", "reaffirm"]
    assert tasks(waiting, SECRETARY.office, "&task=reaffirm") == ["reaffirm"]
    entries = [{"event": answered, "payload": waiting.town.statements[answered]}]
    say("entry.reaffirmed", PROGRAMME, {"entries": entries}, by=SECRETARY)
    assert tasks(waiting, SECRETARY.office, "&task=reaffirm") == []
    assert tasks(waiting, EXECUTOR.office, "&task=reaffirm") == ["reaffirm"]
    person = inbox(waiting, f"person={EXECUTOR.person}")
    assert sorted({item["task"] for item in person["items"]}) == ["key", "reaffirm", "report"]
    assert [one["live_key"] for one in person["offices"]] == [True, False]
    assert [one["office"] for one in person["offices"]] == [DEPUTY.office, EXECUTOR.office]


def test_the_due_day_is_a_working_day_and_is_overdue_after_it(waiting: Door) -> None:
    waiting.say("policy.set", COUNCIL, OWES)
    for day, late in (("2025-09-08", False), ("2025-09-09", True)):
        item = inbox(waiting, f"office={EXECUTOR.office}&as_of={day}")["items"][0]
        assert (item["due"], item["overdue"]) == ("2025-09-08", late)


def test_pages_follow_each_other_as_of_one_position(waiting: Door) -> None:
    waiting.say("policy.set", COUNCIL, OWES)
    query = f"office={EXECUTOR.office}&as_of=2025-12-31"
    whole = inbox(waiting, query)
    assert whole["total"] == len(whole["items"]) == 10  # August to December
    found: list[Any] = []
    url: str | None = f"/v1/inbox?{query}&limit=3"
    while url is not None:
        page = waiting.json(url)
        found += page["items"]
        url = page["next"]
        assert url is None or ("known=" in url and "as_of=2025-12-31" in url)
    assert found == whole["items"]
    days = [item["due"] for item in found]
    assert days == sorted(days)


def test_every_link_of_an_item_leads_somewhere(waiting: Door) -> None:
    waiting.say("policy.set", COUNCIL, OWES)
    waiting.say("policy.set", COUNCIL, CONSENT)
    waiting.say("actual.reported", PROGRAMME, ACTUAL, by=EXECUTOR)
    waiting.say("change.proposed", PROGRAMME, {"change": change("150.00"), "note": ""})
    about = {"about": {"cell": "/financing/1.1/2025/local"}, "text": "чому?"}
    waiting.say("observation.made", PROGRAMME, about, by=CHAIR)
    offices = (EXECUTOR.office, LAWYER.office, CHAIR.office, SECRETARY.office)
    items = [item for office in offices for item in inbox(waiting, f"office={office}")["items"]]
    assert {item["task"] for item in items} == {"report", "endorse", "accept", "answer"}
    for item in items:
        assert waiting.get(item["link"]).status_code == 200, item["link"]
        for event in (item["policy"], item["event"]):
            assert event is None or waiting.get(f"/v1/events/{event}").status_code == 200


@pytest.mark.parametrize(
    ("query", "status", "code", "pointer"),
    [
        ("", 400, "missing-parameter", "/query/office"),
        ("office=executor&person=p-executor", 400, "missing-parameter", "/query/office"),
        ("office=no-office", 404, "no-such-office", "/query/office"),
        ("person=no-person", 404, "no-such-person", "/query/person"),
        ("office=X", 400, "bad-parameter", "/query/office"),
        ("office=executor&task=sleep", 400, "bad-parameter", "/query/task"),
        ("office=executor&after=-1", 400, "bad-parameter", "/query/after"),
        ("office=executor&known=999", 404, "position-ahead", "/query/known"),
    ],
)
def test_a_question_without_an_answer_says_why(
    waiting: Door, query: str, status: int, code: str, pointer: str
) -> None:
    document = problem_of(waiting.get(f"/v1/inbox?{query}"), status, code)
    assert pointers(document) == [pointer]


def test_what_the_door_will_ask_to_acknowledge_is_told_beforehand(waiting: Door) -> None:
    recorded = CONSENT | {"rules": [asks(LAWYER.office, CHAIR.office, shortfall="record")]}
    waiting.say("policy.set", COUNCIL, recorded)
    waiting.say("change.proposed", PROGRAMME, {"change": change("150.00"), "note": ""})
    (item,) = inbox(waiting, f"office={LAWYER.office}")["items"]
    assert (item["task"], item["acknowledge"]) == ("endorse", [])
    other = {"lines": [{"measure": "1.1", "year": 2025, "source": "local", "op": "set", "amount": "170.00"}]}
    waiting.say("financing.changed", PROGRAMME, other)
    (item,) = inbox(waiting, f"office={LAWYER.office}")["items"]
    assert (item["task"], item["acknowledge"]) == ("endorse", ["changed-since-proposed"])
