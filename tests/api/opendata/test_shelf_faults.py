"""What became of files: nothing damaged goes into a new table, nothing old stays latest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from api.opendata import entries
from api.opendata.folder import write_folder
from api.opendata.shelf import Shelf
from tests.api.door import Door, open_door
from tests.api.opendata.taking import Site
from tests.api.opendata.test_releases import LATEST, made, place_of
from tests.support.town import COUNCIL_STREAM, PROGRAMME, TestLedger, lines


@pytest.fixture
def eager(model_town: TestLedger, tmp_path: Path) -> Iterator[Door]:
    with open_door(model_town, tmp_path / "town", opendata_seconds=0) as opened:
        yield opened


def amounts(site: Site) -> set[str]:
    return {row["value"] for row in site.table("budget") if row["phase"] == "amended" and row["value"]}


@pytest.mark.parametrize("spoil", [b"999.00", b"", None], ids=["another digit", "shorter", "gone"])
def test_a_damaged_file_of_a_programme_is_made_again_and_comes_into_no_table(
    eager: Door, spoil: bytes | None
) -> None:
    site = Site(eager.client)
    (part,) = site.json(LATEST)["programmes"]["town-digital-2025"]["tables"]["budget"]
    path = place_of(eager).opendata.shelf.files / part["file"]
    whole = path.read_bytes()
    path.unlink()
    if spoil is not None:
        path.write_bytes(whole.replace(b"100.00", spoil))
    eager.say("act.registered", COUNCIL_STREAM, {**OTHER})
    assert amounts(site) == {"100.00"}
    assert path.read_bytes() == whole


OTHER: dict[str, Any] = {
    "act": "town-9",
    "kind": "order",
    "number": "9",
    "date": "2025-08-20",
    "title": "Про інше",
}


def test_a_folder_shows_no_table_that_is_not_of_its_newest_release(eager: Door, tmp_path: Path) -> None:
    """A table that comes in parts, from some release on, leaves no file under its old name."""
    folder = tmp_path / "public"
    write_folder(folder, made(eager, folder), "https://town.example")
    assert (folder / "latest" / "events.csv").is_file()
    eager.say("financing.changed", PROGRAMME, lines("150.00"))
    with patch.object(entries, "PART_ENTRIES", 10):
        manifest = made(eager, folder)
    write_folder(folder, manifest, None)
    parts = manifest["tables"]["events"]
    names = {path.name for path in (folder / "latest").glob("events*")}
    assert names == {f"events-{number}.csv" for number in range(1, len(parts) + 1)}
    assert not (folder / "catalog.jsonld").exists(), "it would tell of an earlier release"
    assert not (folder / "ckan" / "package.json").exists()


def test_the_release_shown_is_one_of_the_settings_that_hold(model_town: TestLedger, tmp_path: Path) -> None:
    """Of several of one state: after the licence was changed, nobody is shown the old one."""
    with open_door(model_town, tmp_path / "town", opendata_seconds=3600) as door:
        place = place_of(door)
        publisher = place.opendata
        manifest = Site(door.client).json(LATEST)
        # As a release of other settings that sorts after it.
        other = manifest | {"release": manifest["release"][:-16] + "f" * 16, "licence": "CC0-1.0"}
        Shelf(publisher.shelf.folder).put_manifest(json.loads(json.dumps(other)))
        door.say("financing.changed", PROGRAMME, lines("150.00"))
        assert Site(door.client).json(LATEST)["licence"] == "CC-BY-4.0"
