"""Pages of acts, offices, persons and keys, and the lists behind them."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.door import Door, problem_of
from tests.api.story import ACT_TWO, POSITIONS
from tests.support.people import COUNCIL, SECRETARY
from tests.support.town import ACT

LISTS = ("acts", "bodies", "registrars", "offices", "persons", "mandates", "keys", "policies", "observations")


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_the_same_as_csv(storied: Door, name: str) -> None:
    items = storied.json(f"/v1/{name}")["items"]
    answer = storied.get(f"/v1/{name}?format=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    # An id may begin as a formula does: a table has an apostrophe before it then.
    assert [(row["id"].removeprefix("'"), row["index"]) for row in rows_of(answer.text)] == [
        (item["id"], str(item["index"])) for item in items
    ]
    if items and name != "registrars":
        one = storied.get(f"/v1/{name}/{items[0]['id']}?format=csv")
        assert rows_of(one.text) == rows_of(answer.text)[:1]


def test_a_csv_page_leads_to_the_next(storied: Door) -> None:
    answer = storied.get("/v1/persons?limit=1&format=csv")
    assert len(rows_of(answer.text)) == 1
    assert "format=csv" in answer.headers["link"]
    assert int(answer.headers["pledger-position"]) > 0


def test_what_is_open_null_blank_and_withdrawn_stays_apart_in_csv(storied: Door) -> None:
    mandates = rows_of(storied.get("/v1/mandates?format=csv").text)
    assert {row["order"] for row in mandates} == {"blank"}
    assert "" in {row["end"] for row in mandates}


def test_acts_are_listed_newest_first_by_their_own_date(storied: Door) -> None:
    newest = storied.json("/v1/acts?order=newest")["items"]
    dates = [item["date"] for item in newest]
    assert dates == sorted(dates, reverse=True)
    assert [item["id"] for item in newest] == [ACT_TWO, ACT]
    assert [item["id"] for item in storied.json("/v1/acts?order=oldest")["items"]] == [ACT, ACT_TWO]
    problem_of(storied.get("/v1/acts?order=best"), 400, "bad-parameter")


@pytest.mark.parametrize("order", ["id", "newest", "oldest"])
def test_pages_of_acts_meet_in_every_order(storied: Door, order: str) -> None:
    whole = storied.json(f"/v1/acts?order={order}")
    found: list[Any] = []
    url: str | None = f"/v1/acts?order={order}&limit=1"
    while url is not None:
        part = storied.json(url)
        found += part["items"]
        url = part["next"]
    assert found == whole["items"]
    assert whole["total"] == len(found)


def test_acts_can_be_of_a_year_and_have_words(storied: Door) -> None:
    assert storied.json("/v1/acts?year=2025")["total"] == len(
        [one for one in storied.json("/v1/acts")["items"] if one["date"].startswith("2025")]
    )
    assert storied.json("/v1/acts?year=1999")["items"] == []
    assert [one["id"] for one in storied.json("/v1/acts?q=змінами програми")["items"]] == [ACT_TWO]
    assert storied.json("/v1/acts?q=немає")["total"] == 0
    problem_of(storied.get("/v1/acts?year=x"), 400, "bad-parameter")


def test_mandates_can_hold_on_a_day_and_be_of_an_office_or_a_person(storied: Door) -> None:
    every = storied.json("/v1/mandates?limit=500")["items"]
    start = min(one["start"] for one in every)
    assert storied.json(f"/v1/mandates?as_of={start}")["items"]
    assert storied.json("/v1/mandates?as_of=1999-01-01")["items"] == []
    mine = storied.json(f"/v1/mandates?person={SECRETARY.person}")["items"]
    assert mine == [one for one in every if one["person"] == SECRETARY.person]
    held = storied.json(f"/v1/mandates?office={SECRETARY.office}")["items"]
    assert held == [one for one in every if one["office"] == SECRETARY.office]


def test_a_mandate_holds_from_its_first_day_to_the_day_before_its_end(door: Door) -> None:
    (mandate,) = door.json(f"/v1/mandates?office={SECRETARY.office}")["items"]
    end = {"mandate": mandate["id"], "end": "2025-10-01"}
    door.town.submit("mandate.ended", f"body:{COUNCIL}", end)
    door.settle()

    def held(day: str) -> bool:
        return bool(door.json(f"/v1/mandates?office={SECRETARY.office}&as_of={day}")["items"])

    assert held(mandate["start"])
    assert held("2025-09-30")
    assert not held("2025-10-01")


def test_a_key_tells_its_life_in_order(storied: Door) -> None:
    key = storied.json(f"/v1/keys?person={SECRETARY.person}")["items"][0]
    life = storied.json(f"/v1/keys/{key['id']}")["life"]
    assert life[0]["status"] == "live"
    assert life[-1]["status"] == key["status"]
    assert [one["index"] for one in life] == sorted(one["index"] for one in life)


def test_the_page_of_acts_shows_what_its_twin_answers(storied: Door) -> None:
    html = storied.get("/acts").text
    assert html.index(f"/acts/{ACT_TWO}") < html.index(f"/acts/{ACT}")
    assert "10.03.2025–01.05.2025" in html
    assert "№ 2" in html
    assert storied.get("/acts?year=1999").text.count("Таких актів на записі немає") == 1
    assert f'/acts/{ACT_TWO}"' not in storied.get(f"/acts?known={POSITIONS['act'] - 1}").text


def test_the_page_of_an_act_shows_statuses_entries_and_where_to_go_on(storied: Door) -> None:
    html = storied.get(f"/acts/{ACT_TWO}").text
    assert "<h1>Рішення ради № 2 від 10" in html
    assert "зупинено" in html
    assert "не діє з 01.05.2025" in html
    assert f"/v1/acts/{ACT_TWO}/bundle" in html
    assert f"№\u00a0{POSITIONS['changed']}" in html
    assert f"№\u00a0{POSITIONS['suspended']}" in html
    assert "/findings" in html
    then = storied.get(f"/acts/{ACT_TWO}?known={POSITIONS['corrected']}").text
    assert "Статус акта не змінювали" in then


@pytest.mark.parametrize("path", ["/acts/none", "/offices/none", "/persons/none", "/keys/none"])
def test_what_is_not_on_the_record_is_a_page_that_says_so(storied: Door, path: str) -> None:
    answer = storied.get(path)
    assert answer.status_code == 404
    assert "text/html" in answer.headers["content-type"]


def test_the_page_of_offices_says_who_could_sign_what_on_a_day(demo_site: TestClient) -> None:
    html = demo_site.get("/offices?as_of=2025-06-01").text
    assert "Секретар ради" in html
    assert "Змінено обсяг фінансування" in html
    assert "financing.changed" not in html
    assert "01.06.2025" in html
    before = demo_site.get("/offices?as_of=2024-12-31").text
    assert "ніхто не обіймає на цей день" in before
    assert "з 01.01.2025" not in before
    answer = demo_site.get("/offices?as_of=01.06.2025")
    assert (answer.status_code, answer.headers["location"]) == (303, "/offices?as_of=2025-06-01")


def test_an_office_a_person_and_a_key_lead_to_each_other(demo_site: TestClient) -> None:
    office = demo_site.get("/offices/council-secretary").text
    person, key = (re.search(rf'href="(/{one}/[^"]+)"', office) for one in ("persons", "keys"))
    assert person is not None
    assert key is not None
    assert "/offices/council-secretary" in demo_site.get(person[1]).text
    page = demo_site.get(key[1]).text
    assert "чинний" in page
    assert "/history?office=council-secretary" in page
    assert person[1] in page


@pytest.mark.parametrize(
    "path",
    ["/acts", "/acts/belz-476-2025", "/offices", "/offices/council-secretary", "/persons/demo-secretary",
     "/keys", "/search?q=3.3.2"],
)  # fmt: skip
def test_pages_are_whole_in_english_too(demo_site: TestClient, path: str) -> None:
    html = demo_site.get(path + ("&" if "?" in path else "?") + "lang=en").text
    assert '<html lang="en">' in html
    for word in ("Посада", "Запис<", "Відібрати", "Діє", "чинний", "Знайдено"):
        assert word not in html, word


@pytest.mark.parametrize("path", ["/acts", "/offices", "/keys", "/search?q=3.3.2", "/acts/belz-476-2025"])
def test_a_page_is_light(demo_site: TestClient, path: str) -> None:
    answer = demo_site.get(path, headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) < 60_000
