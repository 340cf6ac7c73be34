"""Ids of No. 835 as other rows come and acts get their numbers: the aliases say what the tables show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.ids import programme_stream
from tests.api.door import Door, open_door
from tests.api.opendata.taking import Site, faults_of
from tests.support.town import (
    ACT_DATA,
    ADOPTED_FROM,
    COUNCIL_STREAM,
    PROGRAMME,
    PROGRAMME_DATA,
    PROGRAMME_ID,
    TestLedger,
    lines,
)

OTHER = "town-roads-2025"
ACT = {
    "act": "town-7",
    "kind": "decision",
    "title": "Про зміни",
    "date": "2025-08-20",
    "in_force": "2025-08-20",
}
CHANGE = {"act": "town-7", "effective": "2025-08-20"}


@pytest.fixture
def door(model_town: TestLedger, tmp_path: Path) -> Iterator[Door]:
    with open_door(model_town, tmp_path / "town", opendata_seconds=0) as opened:
        yield opened


def adopt(door: Door, programme: str, **common: Any) -> None:
    said = PROGRAMME_DATA | {"programme": programme}
    door.say("programme.adopted", programme_stream(programme), said, effective=ADOPTED_FROM, **common)


def uids(site: Site, table: str) -> list[str]:
    return sorted(row["uid"] for row in site.rows(f"/opendata/835/{table}.csv"))


def aliases(site: Site) -> list[tuple[str, str, str]]:
    return [(row["kind"], row["old"], row["id"]) for row in site.table("aliases")]


def test_a_second_programme_of_one_act_takes_the_uid_from_the_first_and_the_alias_says_so(door: Door) -> None:
    site = Site(door.client)
    assert uids(site, "programs") == ["1-2024-12-20"]
    adopt(door, OTHER)
    assert uids(site, "programs") == [PROGRAMME_ID, OTHER]
    assert aliases(site) == [("program", "1-2024-12-20", PROGRAMME_ID)]


def test_the_number_of_an_act_of_two_programmes_is_the_uid_of_neither(door: Door, tmp_path: Path) -> None:
    site = Site(door.client)
    adopt(door, OTHER)
    said = door.say("act.registered", COUNCIL_STREAM, ACT | {"number": ""})["event"]
    for stream in (PROGRAMME, programme_stream(OTHER)):
        door.say("financing.changed", stream, lines("150.00"), **CHANGE)
    before = uids(site, "amendments")
    for number in ("7", "8"):
        door.say("act.registered", COUNCIL_STREAM, ACT | {"number": number}, corrects=said)
    assert uids(site, "amendments") == before
    assert [row for row in aliases(site) if row[0] == "amendment"] == []
    assert faults_of(site.download("/opendata/datapackage.json", tmp_path / "package")) == []


def test_an_act_that_only_appropriates_is_no_amendment_under_another_name(door: Door) -> None:
    site = Site(door.client)
    said = door.say("act.registered", COUNCIL_STREAM, ACT | {"number": ""})["event"]
    door.say("appropriation.set", PROGRAMME, lines("50.00"), **CHANGE)
    door.say("act.registered", COUNCIL_STREAM, ACT | {"number": "7"}, corrects=said)
    assert uids(site, "amendments") == []
    assert aliases(site) == [("act", "town-7", "7-2025-08-20")]


def test_a_suspended_amendment_keeps_its_number_from_another_of_the_same(door: Door) -> None:
    """An id does not move to and fro with the days on which a neighbour counts."""
    site = Site(door.client)
    for act in ("town-7", "town-8"):
        door.say("act.registered", COUNCIL_STREAM, ACT | {"act": act, "number": "7"})
        door.say("financing.changed", PROGRAMME, lines("150.00"), **CHANGE | {"act": act})
    both = [f"town-7.{PROGRAMME_ID}", f"town-8.{PROGRAMME_ID}"]
    assert uids(site, "amendments") == both
    status = {"act": "town-8", "status": "suspended", "date": "2025-08-25", "start": "2025-08-25"}
    door.say("act.status_changed", COUNCIL_STREAM, status)
    assert uids(site, "amendments") == both[:1]
    assert aliases(site) == [("amendment", "7-2025-08-20", both[0])]


def test_an_id_of_our_own_that_looks_like_a_number_and_date_is_given_once(door: Door, tmp_path: Path) -> None:
    site = Site(door.client)
    door.say("act.registered", COUNCIL_STREAM, ACT_DATA | {"act": "town-9", "number": ""})
    adopt(door, "1-2024-12-20", act="town-9")
    assert uids(site, "programs") == ["1-2024-12-20", PROGRAMME_ID]
    assert faults_of(site.download("/opendata/datapackage.json", tmp_path / "package")) == []
