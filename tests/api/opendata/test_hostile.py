"""Hostile words in titles and names: they stay words in every format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.door import Door, open_door
from tests.api.opendata.taking import Site, faults_of
from tests.support.town import (
    ACT_DATA,
    ADOPTED_FROM,
    COUNCIL_STREAM,
    PROGRAMME,
    PROGRAMME_DATA,
    TestLedger,
)

TITLE = '=HYPERLINK("http://evil.example";"так")'
SCRIPT = "</script><script>alert(1)</script>"
QUOTED = 'Захід "у лапках", із комою; @SUM(1)'
LONG = "+380 кожному"


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """A programme whose words would be code elsewhere."""
    town = TestLedger.opened(tmp_path / "model")
    town.submit("act.registered", COUNCIL_STREAM, ACT_DATA | {"title": SCRIPT, "number": "=1+1"})
    tree = [
        {"id": "1", "level": "task", "title": QUOTED},
        {"id": "1.1", "level": "measure", "parent": "1", "title": SCRIPT},
        {"id": "1.2", "level": "measure", "parent": "1", "title": LONG},
    ]
    said = PROGRAMME_DATA | {"title": TITLE, "tree": tree, "passport": {"executors": ["@виконавець"]}}
    town.submit("programme.adopted", PROGRAMME, said, effective=ADOPTED_FROM)
    town.close()
    with open_door(town, tmp_path / "town", public_url="https://town.example") as opened:
        yield opened


def test_no_field_of_any_table_begins_a_formula(door: Door) -> None:
    site = Site(door.client)
    tables = [f"/opendata/latest/{name}.csv" for name in site.json("/opendata/releases/latest")["tables"]]
    official = [f"/opendata/835/{name}.csv" for name in ("programs", "amendments", "reports")]
    fields = [value for path in (*tables, *official) for row in site.rows(path) for value in row.values()]
    assert [value for value in fields if value.startswith(("=", "+", "@", "\t", "\r"))] == []
    assert "'" + TITLE in fields
    assert SCRIPT in fields
    assert QUOTED in fields


def test_frictionless_reads_the_tables_all_the_same(door: Door, tmp_path: Path) -> None:
    site = Site(door.client)
    for profile in ("1", "2"):
        package = f"/opendata/datapackage.json?profile={profile}"
        assert faults_of(site.download(package, tmp_path / profile)) == []


def test_the_catalogue_and_ckan_hold_the_words_as_they_are(door: Door) -> None:
    site = Site(door.client)
    sets = site.json("/opendata/catalog.jsonld")["dcat:dataset"]
    assert sets[2]["dct:title"][0] == {"@value": TITLE, "@language": "uk"}
    assert site.json("/opendata/ckan/package.json")["items"][2]["title"] == TITLE


def test_the_page_shows_words_and_runs_none(door: Door) -> None:
    markup = door.get("/opendata").text
    assert "<script>alert" not in markup
    assert "=HYPERLINK(&#34;http://evil.example&#34;" in markup


@pytest.mark.parametrize(
    "name",
    [
        "../../log-key.pem",
        "..%2f..%2flog-key.pem",
        "%2e%2e/releases/x.json",
        "a" * 64 + ".pem",
        "a" * 63 + "/.csv",
        "A" * 64 + ".csv",
        "a" * 64 + ".csv%0a",
    ],
)
def test_nothing_but_files_of_releases_is_served(door: Door, name: str) -> None:
    Site(door.client).json("/opendata/releases/latest")
    for folder in ("/opendata/files/", "/opendata/programmes/x/files/"):
        assert door.get(folder + name).status_code in (400, 404)
    assert door.get(f"/opendata/releases/{name}").status_code in (400, 404)
