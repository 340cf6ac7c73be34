"""pledger opendata: a folder for any web server, what is wrong with one, and the publication to be signed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.client import Client, Unreachable
from api.opendata.fetching import fetch_release
from api.opendata.folder import check_release, latest_in
from api.opendata.shelf import Shelf
from api.settings import Settings
from tests.api.cli_runner import Prompt, prompt
from tests.api.door import Door, open_door
from tests.api.opendata.taking import Site, faults_of
from tests.api.running import running
from tests.support.town import PROGRAMME, PROGRAMME_ID, TestLedger, lines

__all__ = ["prompt"]


@pytest.fixture
def data(storied_town: TestLedger, tmp_path: Path) -> Path:
    """A closed ledger's directory."""
    town = TestLedger.copy_of(storied_town, tmp_path / "town")
    town.close()
    return town.path


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.sqlite
def test_a_folder_holds_everything_and_twice_is_the_same(prompt: Prompt, data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    first = prompt.ok("opendata", "publish", folder, "--data", data, "--url", "https://a.example", "--json")
    assert first.json["catalogue"] is True
    before = contents(folder)
    assert {"latest.json", "datapackage.json", "catalog.jsonld", "835/programs.csv"} <= set(before)
    assert faults_of(folder / "datapackage.json") == []
    assert faults_of(folder / "datapackage-1.json") == []
    assert faults_of(folder / "programmes" / PROGRAMME_ID / "datapackage.json") == []
    second = prompt.ok("opendata", "publish", folder, "--data", data, "--url", "https://a.example", "--json")
    assert second.json["written"] == 0
    assert contents(folder) == before
    assert "whole" in prompt.ok("opendata", "check", folder).out


@pytest.mark.sqlite
def test_a_changed_byte_and_a_lost_file_are_found(prompt: Prompt, data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    prompt.ok("opendata", "publish", folder, "--data", data)
    file = next(folder.glob("files/*.csv"))
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    (folder / "835" / "programs.csv").unlink()
    ran = prompt.run("opendata", "check", folder, "--json")
    assert ran.code == 1
    found = {one["file"]: one["why"] for one in ran.json["faults"]}
    assert found[f"files/{file.name}"] == "damaged"
    assert found["835/programs.csv"] == "missing"
    # What is there under its name is believed to be whole; a damaged file is removed by hand.
    file.unlink()
    prompt.ok("opendata", "publish", folder, "--data", data)
    prompt.ok("opendata", "check", folder)


@pytest.mark.sqlite
def test_a_folder_of_a_ledger_or_of_other_files_is_left_alone(
    prompt: Prompt, data: Path, tmp_path: Path
) -> None:
    before = sorted(path.name for path in data.iterdir())
    for folder in (data, data / "opendata-public", data.parent):
        ran = prompt.run("opendata", "publish", folder, "--data", data)
        assert ran.code == 1, folder
    assert sorted(path.name for path in data.iterdir()) == before
    other = tmp_path / "other"
    other.mkdir()
    (other / "notes.txt").write_text("mine", encoding="utf8")
    assert prompt.run("opendata", "publish", other, "--data", data).code == 1
    assert contents(other) == {"notes.txt": b"mine"}


@pytest.mark.sqlite
def test_a_folder_of_another_ledger_or_of_a_newer_state_is_not_written_over(
    prompt: Prompt, data: Path, tmp_path: Path, model_town: TestLedger
) -> None:
    folder = tmp_path / "public"
    prompt.ok("opendata", "publish", folder, "--data", data)
    before = contents(folder)
    older = TestLedger.copy_of(model_town, tmp_path / "older")
    older.close()
    ran = prompt.run("opendata", "publish", folder, "--data", older.path)
    assert ran.code == 3
    assert "newer" in ran.err
    shown = json.loads((folder / "latest.json").read_bytes())
    (folder / "latest.json").write_text(json.dumps(shown | {"genesis": "0" * 64}), encoding="utf8")
    assert prompt.run("opendata", "publish", folder, "--data", data).code == 3
    (folder / "latest.json").write_bytes(before["latest.json"])
    assert contents(folder) == before


@contextmanager
def mirrored(model: TestLedger, path: Path) -> Iterator[tuple[Door, Client]]:
    """A server, and a client of it in this process."""
    with open_door(model, path, opendata_seconds=0) as door:

        def answer(request: httpx.Request) -> httpx.Response:
            found = door.client.get(str(request.url.raw_path, "ascii"))
            return httpx.Response(found.status_code, headers=dict(found.headers), content=found.content)

        with Client("http://town.example", transport=httpx.MockTransport(answer)) as client:
            yield door, client


def test_a_servers_release_is_fetched_whole_and_only_what_is_missing(
    storied_town: TestLedger, tmp_path: Path
) -> None:
    with mirrored(storied_town, tmp_path / "town") as (door, client):
        folder, seen = tmp_path / "public", list[int]()
        first = fetch_release(client, Shelf(folder), lambda _: None, lambda done, total: seen.append(total))
        assert first == Site(door.client).json("/opendata/releases/latest")
        written = {path.name: path.stat().st_mtime_ns for path in (folder / "files").iterdir()}
        door.say("financing.changed", PROGRAMME, lines("777.00"), acknowledges=["later-decisions"])
        fetch_release(client, Shelf(folder), lambda _: None, lambda done, total: None)
        for name, moment in written.items():
            assert (folder / "files" / name).stat().st_mtime_ns == moment


@pytest.mark.parametrize(
    "change",
    [
        lambda release: release | {"release": "../../escape"},
        lambda release: release | {"programmes": {"../x": next(iter(release["programmes"].values()))}},
        lambda release: release | {"lacking": release["lacking"] | {"file": "../../../etc/passwd"}},
        lambda release: release | {"lacking": release["lacking"] | {"sha256": "0" * 64}},
        lambda release: release | {"format": "another/1"},
        lambda release: {"release": "x"},
    ],
)
def test_a_lying_manifest_leaves_nothing_behind(
    storied_town: TestLedger, tmp_path: Path, change: Any
) -> None:
    with mirrored(storied_town, tmp_path / "town") as (door, _):
        honest = Site(door.client).json("/opendata/releases/latest")

        def lie(request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, json=change(honest))

        with (
            Client("http://town.example", transport=httpx.MockTransport(lie)) as client,
            pytest.raises(Unreachable),
        ):
            fetch_release(client, Shelf(tmp_path / "public"), lambda _: None, lambda done, total: None)
    assert not (tmp_path / "public").exists()


def test_bytes_that_are_not_those_of_the_name_are_refused(storied_town: TestLedger, tmp_path: Path) -> None:
    with mirrored(storied_town, tmp_path / "town") as (door, _):
        for spoil in (lambda content: content[:-1] + b"!", lambda content: content + b"x" * 100_000):

            def lie(request: httpx.Request, spoil: Any = spoil) -> httpx.Response:
                found = door.client.get(str(request.url.raw_path, "ascii"))
                content = found.content if "/releases/" in request.url.path else spoil(found.content)
                kind = found.headers["content-type"]
                return httpx.Response(200, headers={"content-type": kind}, content=content)

            with (
                Client("http://town.example", transport=httpx.MockTransport(lie)) as client,
                pytest.raises(Unreachable),
            ):
                fetch_release(client, Shelf(tmp_path / "public"), lambda _: None, lambda done, total: None)
    assert latest_in(tmp_path / "public") is None
    assert [path for path in (tmp_path / "public").rglob("*") if path.is_file()] == []


def test_the_draft_names_the_releases_position_and_its_file(
    prompt: Prompt, storied_town: TestLedger, tmp_path: Path
) -> None:
    town = TestLedger.copy_of(storied_town, tmp_path / "town")
    town.close()
    with running(Settings(data=town.path)) as url:
        out = tmp_path / "payload.json"
        who = ("--programme", PROGRAMME_ID, "--office", "council-secretary", "--person", "p-secretary")
        prompt.ok("opendata", "draft", *who, "--server", url, "--out", out)
        data = json.loads(out.read_bytes())["data"]
        release = httpx.get(f"{url}/opendata/releases/latest").json()
        part = release["official"]["programs"]["official"]
        assert data == {
            "dataset": "programs-835",
            "position": release["position"],
            "url": f"{url}/opendata/files/{part['file']}",
            "sha256": part["sha256"],
        }
        folder = tmp_path / "public"
        prompt.ok("opendata", "publish", folder, "--server", url)
        manifest, faults = check_release(folder)
        assert (manifest["release"], faults) == (release["release"], [])
        assert prompt.run("opendata", "draft", *who, "--server", url, "--dataset", "no-835").code == 3
        other = ("--programme", "no-such", "--office", "council-secretary", "--person", "p-secretary")
        refused = prompt.run("opendata", "draft", *other, "--server", url)
        assert (refused.code, refused.out) == (3, ""), "nobody signs for what the release does not show"
