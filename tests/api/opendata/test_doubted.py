"""What rests on an entry in doubt says so in every table, and of those of No. 835 in their report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.budget import SUMMED
from tests.api.door import Door, open_door
from tests.api.doubtful_town import STOLEN, SUSPECT_FROM
from tests.api.opendata.taking import Site, faults_of
from tests.support.town import ACT, COUNCIL_STREAM, PROGRAMME, PROGRAMME_ID, TestLedger, lines, remember

AMENDING = {"act": "town-7", "kind": "decision", "number": "7", "title": "Про зміни", "date": "2025-08-20"}


@pytest.fixture
def door(model_town: TestLedger, tmp_path: Path) -> Iterator[Door]:
    """A stolen key amended the programme, and set aside the act that adopted it."""
    with open_door(model_town, tmp_path / "town", opendata_seconds=0) as door:
        town = door.town
        door.say("appropriation.set", PROGRAMME, lines("180.00"), act=ACT, effective="2025-02-01")
        town.clock.advance(days=1)
        remember(STOLEN.key)
        door.say("key.enrolled", COUNCIL_STREAM, town.key_data(STOLEN))
        town.clock.advance(days=3)
        door.say("act.registered", COUNCIL_STREAM, AMENDING | {"in_force": "2025-08-20"}, by=STOLEN)
        changed = {"act": "town-7", "effective": "2025-08-20", "by": STOLEN}
        door.say("financing.changed", PROGRAMME, lines("150.00"), **changed)
        quashed = {"act": ACT, "status": "quashed", "date": "2025-08-25", "start": "2025-08-25"}
        door.say("act.status_changed", COUNCIL_STREAM, quashed, by=STOLEN, acknowledges=["later-status"])
        revoked = {"kid": STOLEN.key.public.kid, "cause": "stolen", "suspect_from": SUSPECT_FROM}
        door.say("key.revoked", COUNCIL_STREAM, revoked)
        yield door


def test_acts_that_rest_on_a_doubted_entry_have_its_word(door: Door, tmp_path: Path) -> None:
    site = Site(door.client)
    listed = {one["id"]: one["doubt"] or "" for one in door.json("/v1/acts")["items"]}
    assert set(listed.values()) == {"suspect"}
    assert {row["id"]: row["doubt"] for row in site.table("acts")} == listed
    assert faults_of(site.download("/opendata/datapackage.json", tmp_path / "package")) == []


def test_an_amount_that_is_gone_by_a_doubted_entry_is_not_simply_absent(door: Door) -> None:
    (line,) = [
        one for one in door.json(f"/v1/programmes/{PROGRAMME_ID}/budget")["items"] if one["measure"] == "1.1"
    ]
    assert "amended" in line["doubtful"]
    shown = {
        row["phase"]: (row["value"], row["doubt"])
        for row in Site(door.client).table("budget")
        if row["measure"] == "1.1" and row["doubt"]
    }
    phases = set(SUMMED) & set(line["doubtful"])
    assert [name for name in phases if line[name] is None], line
    assert shown == {name: (line[name] or "", line["doubtful"][name]) for name in phases}


def test_the_official_tables_report_the_rows_that_stand_in_doubt(door: Door) -> None:
    site = Site(door.client)
    (row,) = site.rows("/opendata/835/programs.csv")
    assert row["status"] == "Скасована", "as the record says it, until it is settled"
    items = site.json("/opendata/835/lacking.json")["items"]
    doubted = {(one["table"], one["row"]) for one in items if "doubt" in one["why"]["en"]}
    assert doubted == {("programs", PROGRAMME_ID), ("amendments", f"town-7.{PROGRAMME_ID}")}
