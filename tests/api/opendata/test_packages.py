"""Data packages: what frictionless says of them, and that their sums are those of the budget."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from projections.budget import SUMMED, is_amount
from tests.api.door import BASE, Door, open_door
from tests.api.opendata.taking import Site, faults_of, rows_of
from tests.support.town import PROGRAMME_ID, TestLedger

WHOLE = "/opendata/datapackage.json"
OF_ONE = f"/opendata/programmes/{PROGRAMME_ID}/datapackage.json"


@pytest.fixture(scope="module")
def told(storied_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The story behind a door whose readers know its address."""
    path = tmp_path_factory.mktemp("opendata") / "town"
    with open_door(storied_town, path, public_url="https://town.example/") as opened:
        yield opened


@pytest.fixture(scope="module")
def site(told: Door) -> Site:
    return Site(told.client)


@pytest.mark.parametrize("profile", ["1", "2"])
@pytest.mark.parametrize("package", [WHOLE, OF_ONE])
def test_frictionless_finds_every_package_valid(
    site: Site, tmp_path: Path, package: str, profile: str
) -> None:
    assert faults_of(site.download(f"{package}?profile={profile}", tmp_path / "package")) == []


def test_the_check_of_packages_finds_a_number_that_is_none(site: Site, tmp_path: Path) -> None:
    place = site.download(WHOLE, tmp_path / "package")
    budget = next(one for one in site.json(WHOLE)["resources"] if one["name"] == "budget")
    file = place.parent / budget["path"]
    file.write_bytes(file.read_bytes().replace(b",100.00,", b",many,"))
    assert {row[2] for row in faults_of(place)} >= {"type-error"}


def test_each_version_of_the_standard_is_named_in_its_own_way(site: Site) -> None:
    new, old = site.json(WHOLE), site.json(f"{WHOLE}?profile=1")
    assert new["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert all(one["type"] == "table" for one in new["resources"])
    assert new["contributors"][0]["roles"] == ["publisher"]
    assert "$schema" not in old
    assert old["profile"] == "tabular-data-package"
    assert {one["profile"] for one in old["resources"]} == {"tabular-data-resource"}
    assert new["licenses"][0]["name"] == "CC-BY-4.0"
    assert new["homepage"] == "https://town.example/opendata"


def test_the_budget_has_the_column_types_of_a_fiscal_data_package(site: Site) -> None:
    (budget,) = [one for one in site.json(WHOLE)["resources"] if one["name"] == "budget"]
    types = {one["name"]: one.get("columnType") for one in budget["schema"]["fields"]}
    assert types["value"] == "value"
    assert types["phase"] == "phase:id"
    assert types["year"] == "date:fiscal-year"
    assert types["source"] == "fin-source:generic:code"
    assert types["programme"] == "activity:generic:program:code"
    assert types["measure"] == "activity:generic:project:code"
    assert types["unit"] == "administrator:generic:id"
    assert budget["schema"]["foreignKeys"][0]["reference"]["resource"] == "programmes"


def sums(rows: list[dict[str, str]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for row in rows:
        if row["value"]:
            found[row["phase"]] = found.get(row["phase"], Decimal(0)) + Decimal(row["value"])
    return found


def test_the_sums_of_the_long_budget_are_the_totals_of_the_budget(site: Site) -> None:
    release = site.json("/opendata/releases/latest")
    point = f"as_of={release['as_of']}&known={release['position']}"
    (total,) = site.json(f"{BASE}/budget?{point}")["totals"]["all"]
    expected = {name: Decimal(total[name]) for name in SUMMED if is_amount(total[name])}
    assert sums(site.table("budget")) == expected
    assert expected["original"] == Decimal("100.00")


def test_a_dash_has_a_row_without_a_value_and_what_nobody_stated_has_none(site: Site) -> None:
    rows = {(row["measure"], row["phase"]): row for row in site.table("budget")}
    dash = rows["1.2", "amended"]
    assert (dash["value"], dash["stated"]) == ("", "dash")
    assert ("1.2", "paid") not in rows
    assert rows["1.1", "original"]["stated"] == "amount"


def test_an_amount_names_the_entries_that_it_rests_on(site: Site) -> None:
    shown = {row["phase"]: row["entries"] for row in site.table("budget") if row["measure"] == "1.1"}
    (row,) = [one for one in site.json(f"{BASE}/budget?measure=1.1")["items"] if one["year"] == 2025]
    for phase, entries in shown.items():
        assert entries == "; ".join(map(str, row["evidence"][phase]["entries"])), phase


def test_indicators_have_a_row_for_each_year_of_the_door(site: Site) -> None:
    answered: list[Any] = site.json(f"{BASE}/indicators?limit=500")["items"]
    shown = site.table("indicators")
    assert [(row["indicator"], row["year"]) for row in shown] == [
        (row["indicator"], str(row["year"] or "")) for row in answered
    ]
    assert [row["actual"] for row in shown] == [row["actual"] or "" for row in answered]


def test_the_events_of_the_log_stand_in_order_and_name_no_person(site: Site) -> None:
    rows = site.table("events")
    assert [int(row["index"]) for row in rows] == list(range(len(rows)))
    assert len(rows) == site.json("/opendata/releases/latest")["position"]
    names = {one["name"] for one in site.json("/v1/persons?limit=500")["items"]}
    text = site.bytes("/opendata/latest/events.csv").decode()
    assert names
    assert [name for name in names if name in text] == []


def test_a_programmes_own_tables_are_its_rows_of_the_whole(site: Site) -> None:
    release = site.json("/opendata/releases/latest")
    own = release["programmes"][PROGRAMME_ID]["tables"]
    for name in ("measures", "indicators", "budget"):
        part = rows_of(site.bytes(f"/opendata/files/{own[name][0]['file']}"))
        assert part == [row for row in site.table(name) if row["programme"] == PROGRAMME_ID]
        assert part
