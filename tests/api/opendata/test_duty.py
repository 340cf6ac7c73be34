"""The duty to publish: due days counted by hand, and what is on the record told from what the server made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.door import Door, open_door
from tests.api.opendata.taking import Site
from tests.support.clock import utc
from tests.support.town import COUNCIL_STREAM, PROGRAMME, PROGRAMME_ID, TestLedger, lines


@pytest.fixture
def door(model_town: TestLedger, tmp_path: Path) -> Iterator[Door]:
    with open_door(model_town, tmp_path / "town", opendata_seconds=0) as opened:
        yield opened


def on(door: Door, day: str) -> None:
    door.town.clock.set(utc(f"{day}T09:00:00"))


def publish(door: Door, day: str) -> Any:
    on(door, day)
    data = {"dataset": "programs-835", "position": door.town.position, "url": "https://d.example/p.csv"}
    return door.say("dataset.published", PROGRAMME, data, effective=day)


def duty(door: Door) -> Any:
    (row,) = Site(door.client).json("/v1/opendata/duty")["items"]
    return row


def test_what_was_never_published_says_so_whatever_the_server_made(door: Door) -> None:
    assert Site(door.client).json("/opendata/releases/latest")
    row = duty(door)
    assert (row["status"], row["dataset"], row["published"]) == ("never-published", None, None)
    # The ledger was told on Monday 1 September 2025: Tuesday, Wednesday, Thursday.
    assert (row["changed"]["day"], row["due"]) == ("2025-09-01", "2025-09-04")


def test_a_publication_that_shows_everything_is_fresh(door: Door) -> None:
    said = publish(door, "2025-09-10")
    row = duty(door)
    assert (row["status"], row["changed"], row["due"]) == ("fresh", None, None)
    assert row["published"] == {
        "event": said["event"],
        "index": said["index"],
        "day": "2025-09-10",
        "position": said["index"],
        "doubt": None,
    }


@pytest.mark.parametrize(
    ("holidays", "due", "late"),
    [
        ([], "2025-09-16", "2025-09-17"),  # Thu 11 → Fri 12, Mon 15, Tue 16
        (["2025-09-12"], "2025-09-17", "2025-09-18"),  # Friday is off: Mon 15, Tue 16, Wed 17
    ],
)
def test_three_working_days_leave_out_the_weekend_and_holidays(
    door: Door, holidays: list[str], due: str, late: str
) -> None:
    if holidays:
        policy = {
            "policy": "c",
            "title": "Календар",
            "start": "2025-09-01",
            "calendar": {"holidays": holidays},
        }
        door.say("policy.set", COUNCIL_STREAM, policy)
    publish(door, "2025-09-10")
    on(door, "2025-09-11")
    change = door.say("financing.changed", PROGRAMME, lines("150.00"))
    row = duty(door)
    assert (row["status"], row["due"]) == ("due", due)
    assert row["changed"] == {"event": change["event"], "index": change["index"], "day": "2025-09-11"}
    on(door, due)
    assert duty(door)["status"] == "due", "the last day is in time"
    on(door, late)
    assert duty(door)["status"] == "overdue"
    publish(door, late)
    assert duty(door)["status"] == "fresh"


def test_a_policy_of_the_council_sets_another_time_and_is_named(door: Door) -> None:
    said = {"policy": "p", "title": "Строк", "start": "2025-09-01", "publication": {"datasets": {"days": 1}}}
    policy = door.say("policy.set", COUNCIL_STREAM, said)
    publish(door, "2025-09-10")
    on(door, "2025-09-11")
    door.say("financing.changed", PROGRAMME, lines("150.00"))
    row = duty(door)
    assert (row["due"], row["policy"]) == ("2025-09-12", policy["event"])


def test_the_duty_agrees_with_the_finding(door: Door) -> None:
    publish(door, "2025-09-10")
    on(door, "2025-09-11")
    door.say("financing.changed", PROGRAMME, lines("150.00"))
    for day, expected in (("2025-09-16", 0), ("2025-09-17", 1)):
        on(door, day)
        found = Site(door.client).json(f"/v1/programmes/{PROGRAMME_ID}/findings")["items"]
        assert len([one for one in found if one["code"] == "OPEN-STALE"]) == expected
        assert (duty(door)["status"] == "overdue") == bool(expected)


def test_the_duty_as_it_was_known_before_a_change(door: Door) -> None:
    publish(door, "2025-09-10")
    before = door.town.position
    on(door, "2025-09-11")
    door.say("financing.changed", PROGRAMME, lines("150.00"))
    (row,) = Site(door.client).json(f"/v1/opendata/duty?known={before}")["items"]
    assert row["status"] == "fresh"


def test_the_table_has_the_rows_of_the_answer(door: Door) -> None:
    publish(door, "2025-09-10")
    (row,) = Site(door.client).rows("/v1/opendata/duty?format=csv")
    answered = duty(door)
    assert row["status"] == answered["status"]
    assert row["published_event"] == answered["published"]["event"]
    assert row["published_position"] == str(answered["published"]["position"])
