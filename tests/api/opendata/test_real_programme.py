"""The real programme's open data: rows compared by hand with its document, and its page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from tests.api.opendata.taking import Site, faults_of
from tests.pages.looking import links_of, opened, text_of
from tests.support.demo import PROGRAMME, demo_copy, demo_model

__all__ = ["demo_model"]
TITLE = "Місцева програма інформатизації «Цифрова Белзщина» на 2025 – 2027 роки"
COUNCIL = "Белзька міська рада Львівської області"


@pytest.fixture(scope="module")
def client(demo_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    data = demo_copy(demo_model, tmp_path_factory.mktemp("demo") / "data")
    settings = Settings(data=data, demo=True, public_url="https://belz.example")
    with TestClient(create_app(settings), follow_redirects=False) as opened_client:
        yield opened_client


@pytest.fixture(scope="module")
def site(client: TestClient) -> Site:
    return Site(client)


@pytest.mark.parametrize("profile", ["1", "2"])
def test_the_packages_of_the_real_programme_are_valid(site: Site, tmp_path: Path, profile: str) -> None:
    for name, package in (("all", ""), ("one", f"/programmes/{PROGRAMME}")):
        place = site.download(f"/opendata{package}/datapackage.json?profile={profile}", tmp_path / name)
        assert faults_of(place) == []


def test_the_programme_in_the_official_list(site: Site) -> None:
    """Source: the decision's text. Its number is blank, so that the ledger's own id stands as uid."""
    (row,) = site.rows("/opendata/835/programs.csv")
    assert row == {
        "uid": PROGRAMME,
        "title": TITLE,
        "validFrom": "2025",
        "validThrough": "2027",
        "status": "Чинна",
        "executantName": (
            "Фінансовий відділ виконавчого комітету Белзької міської ради Львівської області; "
            "Виконавчий комітет Белзької міської ради Львівської області"
        ),
        "executantId": "",
        "programUrl": f"https://belz.example/programmes/{PROGRAMME}",
        "legalActType": "Рішення",
        "legalActTitle": (
            "Про затвердження Місцевої програми інформатизації «Цифрова Белзщина» на 2025 – 2027 роки"
        ),
        "legalActAccepted": "2025-02-20",
        "legalActNumber": "",
        "legalActUrl": "",
        "publisherName": COUNCIL,
        "publisherId": "",
    }
    lacking = {
        one["column"]: one["why"]["uk"]
        for one in site.json("/opendata/835/lacking.json")["items"]
        if one["table"] == "programs"
    }
    assert set(lacking) == {"uid", "executantId", "legalActNumber", "legalActUrl", "publisherId"}
    assert "номер акта в документі не заповнено" in lacking["uid"]


def test_the_first_amounts_of_the_document_stand_in_the_long_budget(site: Site) -> None:
    """Annex 2 and 3: 30 000 hryvnias of the local budget in 2025 for measure 3.3.2, and nothing else."""
    original = [row for row in site.table("budget") if row["phase"] == "original"]
    (row,) = [row for row in original if row["stated"] == "amount"]
    shown = (row["measure"], row["year"], row["source"], row["value"], row["currency"])
    assert shown == ("3.3.2", "2025", "local", "30000.00", "UAH")


def test_the_tree_and_the_indicators_are_those_of_the_document(site: Site) -> None:
    levels = [row["level"] for row in site.table("measures")]
    assert {level: levels.count(level) for level in set(levels)} == {"priority": 4, "task": 11, "measure": 25}
    indicators = site.table("indicators")
    assert len({row["indicator"] for row in indicators}) == 21
    (row,) = [row for row in indicators if (row["indicator"], row["year"]) == ("1.1.2", "2025")]
    assert (row["base"], row["target_then"]) == ("0", "2")


def test_the_evaluation_that_was_concluded_is_a_report(site: Site) -> None:
    (row,) = site.rows("/opendata/835/reports.csv")
    assert (row["uid"], row["programId"]) == (f"{PROGRAMME}.2025", PROGRAMME)
    assert (row["periodStartDate"], row["periodEndDate"]) == ("2025-01-01", "2025-12-31")


@pytest.mark.parametrize(("lang", "heading"), [("", "Відкриті дані"), ("?lang=en", "Open data")])
def test_the_page_leads_to_every_file_and_names_its_hash(client: TestClient, lang: str, heading: str) -> None:
    site, markup = Site(client), opened(client, f"/opendata{lang}")
    assert re.search(rf"<h1>{heading}</h1>", markup)
    release = site.json("/opendata/releases/latest")
    links, text = links_of(markup), text_of(markup)
    for name, (part,) in release["tables"].items():
        assert f"/opendata/latest/{name}.csv" in links
        assert f"/opendata/files/{part['file']}" in links
        assert part["sha256"] in text
    for name in ("programs", "amendments", "reports"):
        assert f"/opendata/835/{name}.csv?dialect=lutsk" in links
    assert {"/opendata/catalog.jsonld", "/opendata/ckan/package.json", "/opendata/releases"} <= set(links)


def test_the_page_says_what_is_lacking_and_what_is_due(client: TestClient) -> None:
    site, text = Site(client), text_of(opened(client, "/opendata"))
    for one in site.json("/opendata/835/lacking.json")["items"]:
        assert one["why"]["uk"] in text
    (duty,) = site.json("/v1/opendata/duty")["items"]
    year, month, day = duty["due"].split("-")
    assert f"{day}.{month}.{year}" in text
    assert "його ніхто не підписував" in text, "a release of the server is no publication"
