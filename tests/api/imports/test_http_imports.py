"""Files of rows over HTTP: every wrong cell named, drafts completed and judged, nothing stored."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import TypeAdapter

from api.importers.table import ROWS_MAX
from api.models.imports import FileProblemDocument, Imported
from tests.api.door import Answer, Door, problem_of
from tests.support.people import SECRETARY
from tests.support.town import ACT, ACT_DATA, COUNCIL_STREAM, PROGRAMME, PROGRAMME_ID

OCTETS = {"Content-Type": "application/octet-stream"}
ACTUALS = "Індикатор;Період;Як рахується;Значення;Примітка\n"
WHO = {"person": SECRETARY.person, "office": SECRETARY.office}


def send(door: Door, shape: str, text: str | bytes, **asked: str) -> Answer:
    body = text if isinstance(text, bytes) else text.encode()
    return door.client.post(f"/v1/imports/{shape}?{urlencode(asked)}", content=body, headers=OCTETS)


def good(door: Door, shape: str, text: str | bytes, **asked: str) -> Any:
    answer = send(door, shape, text, **asked)
    assert answer.status_code == 200, answer.text
    TypeAdapter(Imported).validate_json(answer.content, strict=True)
    return answer.json()


def wrong(door: Door, shape: str, text: str | bytes, **asked: str) -> list[tuple[int, str, str]]:
    """(line, place, code) of every problem of the file."""
    answer = send(door, shape, text, **asked)
    document = problem_of(answer, 422, "import-file-invalid")
    TypeAdapter(FileProblemDocument).validate_json(answer.content, strict=True)
    assert len(document["errors"]) == len(document["problems"])
    return [(one["line"], one["place"], one["code"]) for one in document["problems"]]


def record(door: Door, *items: dict[str, Any]) -> None:
    """Sign and submit drafts just as the door completed them, as one batch."""
    answer = door.post(*(door.town.signed(item["payload"]) for item in items))
    assert answer.status_code == 201, answer.text
    door.settle()


def test_a_table_of_actuals_comes_back_as_drafts_that_the_door_records(door: Door) -> None:
    text = ACTUALS + "i-1;I квартал 2025;за період;1 234,5;акт № 3\ni-2;2024-12;за період;;\n"
    found = good(door, "actuals", text.encode("cp1251"), programme=PROGRAMME_ID, **WHO)
    assert (found["outcome"], found["problems"]) == ("recorded", [])
    assert found["summary"] == {"rows": 1, "skipped": 1, "events": 1, "replaces": 0, "totals": []}
    (item,) = found["items"]
    assert item["payload"]["data"] == {
        "indicator": "i-1", "period": "2025-Q1", "accumulation": "period", "value": "1234.5",
        "note": "акт № 3",
    }  # fmt: skip
    record(door, item)
    assert door.town.value("/actuals/i-1/2025-Q1/period", "2025-03-31") == "1234.5"


def test_nothing_is_stored_by_asking(door: Door) -> None:
    before = door.town.head
    good(door, "actuals", ACTUALS + "i-1;2025-Q1;ytd;1;\n", programme=PROGRAMME_ID, **WHO)
    wrong(door, "actuals", ACTUALS + "i-1;2025-Q1;ytd;x;\n", programme=PROGRAMME_ID, **WHO)
    assert door.town.head == before


def test_every_wrong_cell_is_named_at_once_with_what_the_programme_has(shared_door: Door) -> None:
    rows = [
        "i-9;2025-Q1;за період;1;",  # no such indicator
        "i-1;2025-Q1;за період;Так;",  # a number is asked
        "i-2;2025-Q2;за період;5;",  # yes or no is asked
        "i-1;2025-Q9;за період;1;",
        "i-1;2099;за період;1;",
        "i-1;2024;за період;1.000;",  # before the term; one or a thousand
        "i-2;2025-Q1;за період;Ні;",
        "i-2;I квартал 2025;period;Ні;",  # the same again
    ]
    assert wrong(shared_door, "actuals", ACTUALS + "\n".join(rows), programme=PROGRAMME_ID) == [
        (2, "/2/indicator", "unknown-indicator"),
        (3, "/3/value", "value-of-other-kind"),
        (4, "/4/value", "value-of-other-kind"),
        (5, "/5/period", "no-such-period"),
        (6, "/6/period", "period-not-over"),
        (6, "/6/period", "year-outside-term"),
        (7, "/7/period", "year-outside-term"),
        (7, "/7/value", "not-a-decimal"),
        (9, "/9", "duplicate-row"),
    ]


def test_a_file_sent_twice_is_asked_about_by_the_door_and_its_row_is_named(door: Door) -> None:
    text = "Захід;Джерело;Сума\n1.1;local;90,00\n1.2;local;20,00\n"
    asked = {"programme": PROGRAMME_ID, "period": "2025-Q1", "accumulation": "period", "phase": "paid", **WHO}
    first = good(door, "spending", text, **asked)
    assert first["outcome"] == "recorded"
    record(door, first["items"][0])
    again = good(door, "spending", text, **asked)
    assert (first["summary"]["replaces"], again["summary"]["replaces"]) == (0, 2)


def test_a_certificate_that_is_on_the_record_is_not_added_once_more(door: Door) -> None:
    text = "Номер довідки;Дата довідки;Захід;Рік;Джерело;Зміна\n15;01.03.2025;1.1;2025;local;10\n"
    first = good(door, "schedule", text, programme=PROGRAMME_ID, **WHO)
    record(door, *first["items"])
    more = text + "16;01.03.2025;1.1;2025;local;5\n"
    assert wrong(door, "schedule", more, programme=PROGRAMME_ID, **WHO) == [
        (2, "/2/number", "certificate-recorded")
    ]
    assert door.town.value("/schedule/1.1/2025/local", "2025-03-01") == "10.00"
    corrects = {"event": first["items"][0]["payload"]["id"], "payload": first["items"][0]["hash"]}
    said = {"relations": {"corrects": corrects}, "effective": "2025-03-01", "reason": "помилково"}
    door.say("schedule.changed", PROGRAMME, None, **said)
    assert good(door, "schedule", more, programme=PROGRAMME_ID, **WHO)["outcome"] == "recorded"


def test_what_the_door_would_refuse_is_said_of_the_file(shared_door: Door) -> None:
    found = good(shared_door, "actuals", ACTUALS + "i-1;2025-Q1;ytd;1;\n", programme=PROGRAMME_ID,
                 person="nobody", office=SECRETARY.office)  # fmt: skip
    assert found["outcome"] == "refused"
    assert [(one["line"], one["code"]) for one in found["problems"]] == [(0, "no-key")]


SCHEDULE = "Номер довідки;Дата довідки;Захід;Рік;Джерело;Було;Зміна;Стало\n"


def test_certificates_of_the_schedule_add_up_as_printed(door: Door) -> None:
    text = (
        SCHEDULE
        + "15;01.03.2025;1.1;2025;local;;;80,00\n15;01.03.2025;1.2;2025;local;;;5,5\n"
        + "16;02.03.2025;1.1;2025;local;80,00;-10,25;69,75\n16;02.03.2025;1.2;2025;local;;0,00;\n"
        + "Разом;;;;;;-10,25;\n"
    )
    found = good(door, "schedule", text, programme=PROGRAMME_ID, **WHO)
    assert (found["outcome"], found["summary"]["events"]) == ("recorded", 2)
    assert found["summary"]["totals"] == [
        {"name": "Разом", "printed": "-10.25", "counted": "-10.25", "agrees": True}
    ]
    record(door, *found["items"])
    assert door.town.value("/schedule/1.1/2025/local", "2025-03-01") == "80.00"
    assert door.town.value("/schedule/1.1/2025/local", "2025-03-02") == "69.75"
    assert door.town.value("/schedule/1.2/2025/local", "2025-03-02") == "5.50"


def test_an_old_amount_that_is_not_in_force_is_asked_about_and_acknowledged_by_its_code(door: Door) -> None:
    text = SCHEDULE + "15;01.03.2025;1.1;2025;local;;;80,00\n"
    record(door, good(door, "schedule", text, programme=PROGRAMME_ID, **WHO)["items"][0])
    other = SCHEDULE + "16;02.03.2025;1.1;2025;local;81,00;-1,00;80,00\n"
    asked = good(door, "schedule", other, programme=PROGRAMME_ID, **WHO)
    assert asked["outcome"] == "needs-acknowledgement"
    assert [one["code"] for one in asked["items"][0]["discrepancies"]] == ["old-mismatch"]
    agreed = good(door, "schedule", other, programme=PROGRAMME_ID, acknowledge="old-mismatch,x", **WHO)
    assert (agreed["outcome"], agreed["items"][0]["payload"]["acknowledges"]) == (
        "recorded",
        ["old-mismatch"],
    )


def test_votes_correct_the_registration_in_force_and_leave_the_rest_of_it(door: Door) -> None:
    text = "Депутат;Голос\nОсоба Перша;За\nОсоба Друга;Утрималась\nЗа;1\nПроти;2\n"
    found = good(door, "votes", text, act=ACT, **WHO)
    assert found["outcome"] == "recorded"
    assert [(one["name"], one["agrees"]) for one in found["summary"]["totals"]] == [
        ("За", True), ("Проти", False), ("abstained", True),
    ]  # fmt: skip
    (item,) = found["items"]
    votes = [{"name": "Особа Перша", "vote": "for"}, {"name": "Особа Друга", "vote": "abstained"}]
    assert item["payload"]["data"] == {**ACT_DATA, "votes": votes}
    assert item["payload"]["subject"] == COUNCIL_STREAM
    record(door, item)
    again = good(door, "votes", text.replace("За\nОсоба", "Проти\nОсоба"), act=ACT, **WHO)
    assert again["outcome"] == "recorded"
    assert again["items"][0]["payload"]["relations"]["corrects"]["event"] != item["payload"]["id"]
    assert again["items"][0]["payload"]["data"]["votes"][0]["vote"] == "against"


def test_an_extract_of_the_treasury_is_read_with_its_funds(door: Door) -> None:
    text = (
        "КПКВК;Фонд;ZAT_AMT;PLANS_AMT;FAKT_AMT\n0217520;Z;70,00;70,5;1 234,5\n0217520;T;70,00;70,5;1 234,5\n"
    )
    asked = {"programme": PROGRAMME_ID, "day": "2025-06-30", "fund": "Z:general,T:skip", "name": "x.csv"}
    found = good(door, "treasury", text, **asked, **WHO)
    assert (found["outcome"], found["summary"]["skipped"]) == ("recorded", 1)
    assert found["items"][0]["payload"]["data"]["source"] == "x.csv"
    record(door, found["items"][0])
    assert door.town.value("/treasury/2025/0217520._.general._/paid", "2025-06-30") == "1234.50"


@pytest.mark.parametrize(
    ("asked", "code", "pointer"),
    [
        ({}, "missing-parameter", "/query/programme"),
        ({"programme": PROGRAMME_ID, "act": "a"}, "unknown-parameter", "/query/act"),
        ({"programme": PROGRAMME_ID, "period": "2025-Q7"}, "bad-parameter", "/query/period"),
        ({"programme": PROGRAMME_ID, "accumulation": "all"}, "bad-parameter", "/query/accumulation"),
    ],
)
def test_what_is_asked_beside_the_file_is_checked_first(
    shared_door: Door, asked: dict[str, str], code: str, pointer: str
) -> None:
    document = problem_of(send(shared_door, "actuals", b"", **asked), 400, code)
    assert document["errors"][0]["pointer"] == pointer


def test_a_fund_that_means_nothing_is_a_bad_parameter(shared_door: Door) -> None:
    answer = send(shared_door, "treasury", b"x", programme=PROGRAMME_ID, day="2025-06-30", fund="Z:all")
    problem_of(answer, 400, "bad-parameter")


def test_a_programme_or_act_that_is_not_there_and_an_unknown_shape(shared_door: Door) -> None:
    problem_of(send(shared_door, "actuals", ACTUALS, programme="no"), 404, "no-such-programme")
    problem_of(send(shared_door, "votes", "Депутат;Голос\nА;За\n", act="no"), 404, "no-such-record")
    document = problem_of(send(shared_door, "pictures", b""), 400, "bad-parameter")
    assert document["errors"][0]["pointer"] == "/path/shape"


def test_only_bytes_and_not_too_many_of_them(shared_door: Door) -> None:
    path = f"/v1/imports/actuals?programme={PROGRAMME_ID}"
    problem_of(shared_door.client.post(path, json={}), 415, "wrong-media-type")
    large = b"x" * (8 * 1024 * 1024 + 1)
    problem_of(send(shared_door, "actuals", large, programme=PROGRAMME_ID), 413, "body-too-large")


def test_more_events_than_are_recorded_together_are_refused(shared_door: Door) -> None:
    rows = "".join(f"i-1;{month:02}.2025;{how};1;\n" for month in range(1, 8) for how in ("period", "ytd"))
    assert good(shared_door, "actuals", ACTUALS + rows, programme=PROGRAMME_ID)["summary"]["events"] == 14
    heads = "Номер довідки;Дата довідки;Захід;Рік;Джерело;Зміна\n"
    many = "".join(f"{n};01.03.2025;1.1;2025;local;1\n" for n in range(257))
    document = problem_of(
        send(shared_door, "schedule", heads + many, programme=PROGRAMME_ID), 422, "import-too-many-events"
    )
    assert document["details"]["most"] == 256


def test_a_row_too_many_ends_the_reading(shared_door: Door) -> None:
    rows = "i-1;2025-Q1;ytd;;\n" * (ROWS_MAX + 1)
    found = wrong(shared_door, "actuals", ACTUALS + rows, programme=PROGRAMME_ID)
    assert found == [(ROWS_MAX + 2, "", "too-many-rows")]


def test_a_third_file_at_once_waits_outside(door: Door) -> None:
    context = door.client.app.state.context  # type: ignore[attr-defined]  # the test client hides the type
    slots = context.imports
    context.imports = asyncio.Semaphore(0)
    problem_of(send(door, "actuals", ACTUALS, programme=PROGRAMME_ID), 503, "busy")
    context.imports = slots
    good(door, "actuals", ACTUALS + "i-1;2025-Q1;ytd;1;\n", programme=PROGRAMME_ID)
