"""The tables of resolution No. 835: names to the byte, and nothing that the record does not say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.opendata.listed import status_of
from api.opendata.official import DIALECTS, OFFICIAL, header
from tests.api.door import Door, open_door
from tests.api.opendata.taking import Site, header_of
from tests.conftest import NO_VECTORS, vectors_folder
from tests.support.people import BODIES, COUNCIL
from tests.support.town import ACT, ACT_DATA, COUNCIL_STREAM, PROGRAMME, PROGRAMME_ID, TestLedger, lines

BODY_NAME = next(name for body, name, _ in BODIES if body == COUNCIL)
AMENDING = ACT_DATA | {"act": "town-2", "number": "2", "date": "2025-08-20", "in_force": "2025-08-20"}


@pytest.fixture
def door(model_town: TestLedger, tmp_path: Path) -> Iterator[Door]:
    with open_door(model_town, tmp_path / "town", opendata_seconds=0) as opened:
        yield opened


@pytest.fixture
def site(door: Door) -> Site:
    return Site(door.client)


def official_names(table: str) -> list[str]:
    """Out of the published schema."""
    path = vectors_folder().parent / "standards" / "835" / f"a62_{table}.json"
    if not path.is_file():
        pytest.skip(NO_VECTORS)
    columns = json.loads(path.read_bytes())["tableSchema"]["columns"]
    return [column["name"] for column in columns]


def lacks(site: Site) -> set[tuple[str, str, str]]:
    return {
        (one["table"], one["row"], one["column"]) for one in site.json("/opendata/835/lacking.json")["items"]
    }


@pytest.mark.parametrize("table", OFFICIAL)
def test_the_columns_are_the_official_ones_byte_for_byte(site: Site, table: str) -> None:
    names = official_names(table)
    assert header_of(site.bytes(f"/opendata/835/{table}.csv")) == ",".join(names).encode()
    described = site.json(f"/opendata/835/{table}.csv-metadata.json")["tableSchema"]["columns"]
    assert [column["name"] for column in described] == names


@pytest.mark.parametrize("table", OFFICIAL)
def test_a_dialect_renames_columns_and_moves_none(site: Site, table: str) -> None:
    rows = [list(row.values()) for row in site.rows(f"/opendata/835/{table}.csv")]
    for dialect in DIALECTS:
        other = site.rows(f"/opendata/835/{table}.csv?dialect={dialect}")
        assert [list(row.values()) for row in other] == rows
        assert [list(row) for row in other] == [list(header(table, dialect))] * len(rows)  # type: ignore[arg-type]  # one of OFFICIAL


def test_the_dialects_have_the_names_that_are_known_of_them(site: Site) -> None:
    shown = {
        dialect: header_of(site.bytes(f"/opendata/835/programs.csv?dialect={dialect}")).decode().split(",")
        for dialect in DIALECTS
    }
    assert shown["2020"][0] == "identifier"
    assert shown["lutsk"][:3] == ["programId", "programTitle", "validFrom"]
    reports = header_of(site.bytes("/opendata/835/reports.csv?dialect=2020")).decode().split(",")
    assert {"identifier", "programmeIdentifier"} <= set(reports)


def test_a_programme_stands_under_the_number_and_date_of_its_act(site: Site) -> None:
    (row,) = site.rows("/opendata/835/programs.csv")
    assert row == {
        "uid": "1-2024-12-20",
        "title": "Програма інформатизації",
        "validFrom": "2025",
        "validThrough": "2027",
        "status": "Чинна",
        "executantName": "",
        "executantId": "",
        "programUrl": "",
        "legalActType": "Рішення",
        "legalActTitle": "Про програму",
        "legalActAccepted": "2024-12-20",
        "legalActNumber": "1",
        "legalActUrl": "",
        "publisherName": BODY_NAME,
        "publisherId": "",
    }


def test_every_field_that_is_empty_is_reported_and_no_other(site: Site) -> None:
    (row,) = site.rows("/opendata/835/programs.csv")
    empty = {("programs", PROGRAMME_ID, name) for name, value in row.items() if not value}
    assert lacks(site) == empty
    assert all(
        one["why"]["uk"] and one["why"]["en"] for one in site.json("/opendata/835/lacking.json")["items"]
    )


def test_a_code_of_the_body_is_taken_from_the_register(door: Door, site: Site) -> None:
    (opened,) = [one for one in door.town.recorded.values() if b'"body":"town-council","name"' in one.payload]
    event = json.loads(opened.payload)
    door.say("body.opened", "root", event["data"] | {"edrpou": "12345678"}, corrects=event["id"])
    (row,) = site.rows("/opendata/835/programs.csv")
    assert row["publisherId"] == "12345678"
    assert ("programs", PROGRAMME_ID, "publisherId") not in lacks(site)


def amend(door: Door, **act: Any) -> None:
    door.say("act.registered", COUNCIL_STREAM, AMENDING | act)
    change = {"act": (AMENDING | act)["act"], "effective": "2025-08-20"}
    door.say("financing.changed", PROGRAMME, lines("150.00"), **change)


def test_an_act_that_changes_the_programme_is_an_amendment(door: Door, site: Site) -> None:
    assert site.rows("/opendata/835/amendments.csv") == []
    amend(door)
    (row,) = site.rows("/opendata/835/amendments.csv")
    assert (row["uid"], row["programId"]) == ("2-2025-08-20", "1-2024-12-20")
    assert row["programTitle"] == "Програма інформатизації"


def test_a_budgets_appropriation_is_no_amendment_of_the_programme(door: Door, site: Site) -> None:
    door.say("act.registered", COUNCIL_STREAM, AMENDING)
    door.say("appropriation.set", PROGRAMME, lines("150.00"), act="town-2", effective="2025-08-20")
    assert site.rows("/opendata/835/amendments.csv") == []


def test_an_amendment_that_was_suspended_is_left_out_and_reported(door: Door, site: Site) -> None:
    amend(door)
    status = {"act": "town-2", "status": "suspended", "date": "2025-08-25", "start": "2025-08-25"}
    door.say("act.status_changed", COUNCIL_STREAM, status)
    assert site.rows("/opendata/835/amendments.csv") == []
    assert ("amendments", f"town-2.{PROGRAMME_ID}", "uid") in lacks(site)


def test_an_amendment_whose_statement_was_taken_back_is_none(door: Door, site: Site) -> None:
    door.say("act.registered", COUNCIL_STREAM, AMENDING)
    change = door.say("financing.changed", PROGRAMME, lines("150.00"), act="town-2", effective="2025-08-20")
    door.say("financing.changed", PROGRAMME, None, act="town-2", corrects=change["event"])
    assert site.rows("/opendata/835/amendments.csv") == []


def test_two_acts_with_one_number_and_date_stand_under_ids_of_our_own(door: Door, site: Site) -> None:
    amend(door)
    amend(door, act="town-3", kind="order")
    rows = site.rows("/opendata/835/amendments.csv")
    assert [row["uid"] for row in rows] == [f"town-2.{PROGRAMME_ID}", f"town-3.{PROGRAMME_ID}"]
    assert {("amendments", row["uid"], "uid") for row in rows} <= lacks(site)


def test_a_programme_whose_act_was_quashed_is_cancelled_and_keeps_its_title(door: Door, site: Site) -> None:
    status = {"act": ACT, "status": "quashed", "date": "2025-08-25", "start": "2025-08-25"}
    said = {"by": "court"} | status
    door.say("act.status_changed", COUNCIL_STREAM, said, acknowledges=["later-status"])
    (row,) = site.rows("/opendata/835/programs.csv")
    assert (row["status"], row["title"], row["validThrough"]) == (
        "Скасована",
        "Програма інформатизації",
        "2027",
    )


def said(status: str, day: str, index: int = 1, **more: Any) -> dict[str, Any]:
    return {"status": status, "date": day, "start": day, "index": index, **more}


STRETCH = [{"from": "2025-01-01", "to": None}]
CUT = [{"from": "2025-01-01", "to": "2025-06-01"}]


@pytest.mark.parametrize(
    ("statuses", "counts", "day", "closed", "expected"),
    [
        ([], STRETCH, "2025-05-01", False, "Чинна"),
        ([], STRETCH, "2027-12-31", False, "Чинна"),
        ([], STRETCH, "2028-01-01", False, "Завершена"),
        ([], STRETCH, "2025-05-01", True, "Завершена"),
        ([said("repealed", "2025-06-01")], STRETCH, "2025-05-31", False, "Чинна"),
        ([said("repealed", "2025-06-01")], STRETCH, "2025-06-01", False, "Скасована"),
        ([said("quashed", "2025-06-01")], CUT, "2025-07-01", False, "Скасована"),
        (
            [said("quashed", "2025-06-01"), said("restored", "2025-08-01", 2)],
            [*CUT, {"from": "2025-08-01", "to": None}],
            "2025-09-01",
            False,
            "Чинна",
        ),
        ([said("suspended", "2025-06-01")], CUT, "2025-07-01", False, ""),
        ([], [], "2025-07-01", False, ""),
        ([said("adopted", "2024-12-20")], [{"from": "2026-01-01", "to": None}], "2025-07-01", False, ""),
    ],
)
def test_a_status_is_one_of_three_or_stays_empty(
    statuses: list[Any], counts: list[Any], day: str, closed: bool, expected: str
) -> None:
    found, why = status_of({"statuses": statuses, "counts": counts}, day, 2027, closed=closed)
    assert found == expected
    assert (why is None) == bool(expected)
