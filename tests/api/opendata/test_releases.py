"""Releases: frozen, complete or not there, one at a time, and never changed under their name."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from api.opendata import entries
from api.opendata.making import Manifest, Unwanted, make
from api.opendata.publisher import Publisher, point_of
from api.opendata.shelf import Shelf, files_of
from ledger.errors import StorageError
from tests.api.door import Door, open_door
from tests.api.opendata.taking import Site
from tests.support.town import COUNCIL_STREAM, PROGRAMME, TestLedger, lines

LATEST = "/opendata/releases/latest"


@pytest.fixture
def eager(model_town: TestLedger, tmp_path: Path) -> Iterator[Door]:
    """A town whose server makes a release whenever the state is another one."""
    with open_door(model_town, tmp_path / "town", opendata_seconds=0) as opened:
        yield opened


def place_of(door: Door) -> Any:
    return door.client.app.state.context  # type: ignore[attr-defined]  # the test client hides the type


def made(door: Door, folder: Path, **more: Any) -> Manifest:
    context = place_of(door)
    point = point_of(context, licence="CC-BY-4.0", public=None)
    assert point is not None
    return make(Shelf(folder), context.follower, point, **more)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_point_gives_the_same_bytes(eager: Door, tmp_path: Path) -> None:
    first = made(eager, tmp_path / "one")
    second = made(eager, tmp_path / "two")
    assert first == second
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")


def test_a_release_made_from_an_earlier_one_is_the_one_made_from_nothing(eager: Door, tmp_path: Path) -> None:
    before = made(eager, tmp_path / "grown")
    eager.say("financing.changed", PROGRAMME, lines("150.00"))
    made(eager, tmp_path / "grown", before=before)
    made(eager, tmp_path / "fresh")
    grown, fresh = bytes_of(tmp_path / "grown"), bytes_of(tmp_path / "fresh")
    assert {name: grown[name] for name in fresh} == fresh


def test_every_file_is_named_by_its_hash_and_none_lies_about(eager: Door) -> None:
    release = Site(eager.client).json(LATEST)
    folder = place_of(eager).opendata.shelf.files
    assert {path.name for path in folder.iterdir()} == set(files_of(release))
    for path in folder.iterdir():
        assert path.stem == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_change_makes_new_files_and_leaves_the_old_ones_as_they_were(eager: Door) -> None:
    site = Site(eager.client)
    old = site.json(LATEST)
    kept = {name: site.bytes(f"/opendata/files/{name}") for name in files_of(old)}
    eager.say("financing.changed", PROGRAMME, lines("150.00"))
    new = site.json(LATEST)
    assert new["tables"]["budget"] != old["tables"]["budget"]
    assert new["tables"]["indicators"] == old["tables"]["indicators"], "what did not change keeps its file"
    assert {name: site.bytes(f"/opendata/files/{name}") for name in kept} == kept
    assert [one["position"] for one in site.json("/opendata/releases")["items"]] == [
        new["position"],
        old["position"],
    ]


def test_what_a_file_answers_may_be_kept_for_ever_and_latest_may_not(eager: Door) -> None:
    answer = eager.get("/opendata/latest/budget.csv")
    assert (answer.status_code, answer.headers["cache-control"]) == (307, "no-cache")
    file = eager.get(answer.headers["location"])
    assert "immutable" in file.headers["cache-control"]
    assert eager.get(answer.headers["location"], if_none_match=file.headers["etag"]).status_code == 304


def test_a_new_day_is_a_new_release_of_the_same_entries(eager: Door) -> None:
    """An amount that holds from tomorrow is in tomorrow's table."""
    site = Site(eager.client)
    eager.town.clock.advance(days=1)
    tomorrow = place_of(eager).today()
    eager.town.clock.advance(days=-1)
    eager.say("financing.changed", PROGRAMME, lines("150.00"), effective=tomorrow)
    amended = {row["value"] for row in site.table("budget") if row["phase"] == "amended" and row["value"]}
    assert amended == {"100.00"}
    eager.town.clock.advance(days=1)
    amended = {row["value"] for row in site.table("budget") if row["phase"] == "amended" and row["value"]}
    assert amended == {"150.00"}
    release = site.json(LATEST)
    assert release["as_of"] == tomorrow
    assert release["modified"] == "2025-09-01T21:00:00.000000Z", "midnight in Kyiv: no entry came since"


def test_a_crash_before_the_manifest_leaves_the_old_release_whole(eager: Door) -> None:
    site = Site(eager.client)
    old = site.json(LATEST)
    eager.say("financing.changed", PROGRAMME, lines("150.00"))
    with patch.object(Shelf, "put_manifest", side_effect=StorageError("the disk is full")):
        shown = site.json(LATEST)
    assert shown == old
    for name in files_of(old):
        assert hashlib.sha256(site.bytes(f"/opendata/files/{name}")).hexdigest() == name[:64]
    assert site.json(LATEST)["position"] == old["position"] + 1, "the next one is made"


def test_a_half_written_file_is_no_file(eager: Door, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")

    def rows() -> Iterator[dict[str, str]]:
        yield {"a": "1", "b": "2"}
        raise RuntimeError("power cut")

    def write() -> None:
        with shelf.sheet(("a", "b")) as sheet:
            for row in rows():
                sheet.put(row)
            sheet.keep()

    with pytest.raises(RuntimeError):
        write()
    assert bytes_of(tmp_path / "shelf") == {}


def test_many_that_ask_at_once_get_one_release(eager: Door) -> None:
    publisher: Publisher = place_of(eager).opendata
    started, found = threading.Barrier(8), list[Any]()
    with patch("api.opendata.making.make", side_effect=make) as making:

        def ask() -> None:
            started.wait()
            found.append(publisher.latest())

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert making.call_count == 1
    assert len(found) == 8
    assert {one["release"] for one in found} == {publisher.shelf.names()[-1]}


def test_no_more_than_one_release_is_made_in_a_while(model_town: TestLedger, tmp_path: Path) -> None:
    with open_door(model_town, tmp_path / "town", opendata_seconds=300) as door:
        site, now = Site(door.client), [1000.0]
        place_of(door).opendata._clock = lambda: now[0]
        first = site.json(LATEST)
        door.say("financing.changed", PROGRAMME, lines("150.00"))
        now[0] += 299
        assert site.json(LATEST) == first
        now[0] += 1
        assert site.json(LATEST)["position"] == first["position"] + 1


def test_a_release_is_there_after_a_restart(eager: Door, tmp_path: Path) -> None:
    first = Site(eager.client).json(LATEST)
    shelf = Shelf(place_of(eager).opendata.shelf.folder)
    assert shelf.names() == [first["release"]]
    assert shelf.manifest(first["release"]) == first


def test_a_release_of_another_past_is_not_shown(eager: Door, model_town: TestLedger, tmp_path: Path) -> None:
    """A backup was restored, and other things were said since."""
    eager.say("financing.changed", PROGRAMME, lines("999.00"))
    other = Site(eager.client).json(LATEST)
    with open_door(model_town, tmp_path / "restored", opendata_seconds=0) as door:
        shelf: Shelf = place_of(door).opendata.shelf
        shelf.put_manifest(other)
        door.say("financing.changed", PROGRAMME, lines("150.00"))
        found = Site(door.client).json(LATEST)
        assert found["position"] == other["position"]
        assert found["last"] != other["last"]
        assert "999.00" not in {row["value"] for row in Site(door.client).table("budget")}
        assert [one["release"] for one in Site(door.client).json("/opendata/releases")["items"]] == [
            found["release"]
        ]


def test_full_parts_of_the_events_are_taken_over_and_never_written_again(eager: Door, tmp_path: Path) -> None:
    with patch.object(entries, "PART_ENTRIES", 10):
        first = made(eager, tmp_path / "shelf")
        eager.say("financing.changed", PROGRAMME, lines("150.00"))
        with patch.object(entries, "part_rows", side_effect=entries.part_rows) as read:
            second = made(eager, tmp_path / "shelf", before=first)
    parts = [part["rows"] for part in second["tables"]["events"]]
    assert parts == [10] * (second["position"] // 10) + [second["position"] % 10]
    full = first["position"] // 10
    assert second["tables"]["events"][:full] == first["tables"]["events"][:full]
    assert [call.args[1] for call in read.call_args_list] == [full * 10]


def test_a_release_that_is_not_wanted_any_more_ends_and_leaves_no_manifest(
    eager: Door, tmp_path: Path
) -> None:
    with pytest.raises(Unwanted):
        made(eager, tmp_path / "shelf", go_on=lambda: False)
    assert Shelf(tmp_path / "shelf").names() == []


def test_old_releases_go_but_those_that_were_signed_for_stay(model_town: TestLedger, tmp_path: Path) -> None:
    with open_door(model_town, tmp_path / "town", opendata_seconds=0, opendata_keep=2) as door:
        site = Site(door.client)
        signed = site.json(LATEST)
        data = {"dataset": "programs-835", "position": signed["position"], "url": "https://d.example/x"}
        door.say("dataset.published", PROGRAMME, data, effective=place_of(door).today())
        shown = [signed["position"]]
        for amount in ("150.00", "160.00", "170.00"):
            door.say("financing.changed", PROGRAMME, lines(amount))
            shown.append(site.json(LATEST)["position"])
        place_of(door).opendata.close()
        kept = [one["position"] for one in site.json("/opendata/releases")["items"]]
        assert kept == [shown[-1], shown[-2], signed["position"]]
        for name in files_of(signed):
            assert site.bytes(f"/opendata/files/{name}")


def test_another_address_of_the_server_makes_another_release(model_town: TestLedger, tmp_path: Path) -> None:
    with open_door(model_town, tmp_path / "one") as door:
        assert Site(door.client).json(LATEST)["public_url"] is None
    with open_door(model_town, tmp_path / "two", public_url="https://town.example/") as door:
        release = Site(door.client).json(LATEST)
        assert release["public_url"] == "https://town.example"
        (row,) = Site(door.client).rows("/opendata/835/programs.csv")
        assert row["programUrl"].startswith("https://town.example/programmes/")


def test_an_acts_number_that_becomes_known_is_an_alias(eager: Door) -> None:
    """Also of the uid under which its amendment stood in the tables of No. 835."""
    site, day = Site(eager.client), {"date": "2025-08-20", "in_force": "2025-08-20"}
    act = {"act": "town-7", "kind": "decision", "number": "", "title": "Про зміни", **day}
    said = eager.say("act.registered", COUNCIL_STREAM, act)["event"]
    eager.say("financing.changed", PROGRAMME, lines("150.00"), act="town-7", effective="2025-08-20")
    assert site.table("aliases") == []
    (before,) = site.rows("/opendata/835/amendments.csv")
    fixed = eager.say("act.registered", COUNCIL_STREAM, act | {"number": "7"}, corrects=said)
    (after,) = site.rows("/opendata/835/amendments.csv")
    rows = site.table("aliases")
    assert [(row["kind"], row["old"], row["id"]) for row in rows] == [
        ("act", "town-7", "7-2025-08-20"),
        ("amendment", before["uid"], after["uid"]),
    ]
    assert {row["event"] for row in rows} == {fixed["event"]}
    assert {row["since"] for row in rows} == {place_of(eager).today()}
