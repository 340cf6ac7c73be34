"""The search page and its door: one box, and what names one thing leads to it."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from tests.api.door import Door, problem_of
from tests.api.story import ACT_TWO, EVENTS, EVIDENCE, POSITIONS
from tests.support.people import SECRETARY


def search(door: Door, question: str, **more: object) -> Any:
    query = "".join(f"&{name}={value}" for name, value in more.items())
    return door.json(f"/v1/search?q={quote(question, safe='')}{query}")


def page(door: Door, question: str) -> Any:
    return door.client.get(f"/search?q={quote(question, safe='')}", follow_redirects=False)


@pytest.mark.parametrize("question", ["№ {}", " №{} ", "#{}"])
def test_an_entry_number_leads_to_the_entry(storied: Door, question: str) -> None:
    answer = page(storied, question.format(POSITIONS["changed"]))
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/events/{EVENTS['changed']}"


def test_an_id_a_hash_a_key_and_an_act_lead_to_their_pages(storied: Door) -> None:
    event = storied.json(f"/v1/events/{EVENTS['changed']}")
    kid = SECRETARY.key.public.kid
    keys = [item["id"] for item in storied.json("/v1/keys?limit=500")["items"] if item["kid"] == kid]
    for question, address in {
        event["event"]: f"/events/{event['event']}",
        event["payload"]: f"/events/{event['event']}",
        event["payload"][:16]: f"/events/{event['event']}",
        EVIDENCE["sha256"]: f"/events/{EVENTS['reported']}",
        "2 від 10.03.2025": f"/acts/{ACT_TWO}",
    }.items():
        answer = page(storied, question)
        assert (answer.status_code, answer.headers.get("location")) == (303, address), question
    found = {item["id"] for item in search(storied, kid[:12])["items"] if item["what"] == "key"}
    assert found == set(keys)


def test_a_page_beyond_the_last_thing_found_is_empty_and_leads_nowhere(storied: Door) -> None:
    answer = storied.client.get("/search", params={"q": "№ 5", "after": "99"}, follow_redirects=False)
    assert answer.status_code == 200


def test_words_of_reasons_titles_and_file_names_are_found(storied: Door) -> None:
    for question, event in {
        "зростання цін": "corrected",
        "ЗРОСТАННЯ": "corrected",
        "зміни програми": "act",
        "квартал": "reported",
    }.items():
        events = [item["event"] for item in search(storied, question)["items"]]
        assert EVENTS[event] in events, question


def test_an_answer_is_as_known_then(storied: Door) -> None:
    before = POSITIONS["act"] - 1
    assert search(storied, "зростання")["total"] > 0
    assert search(storied, "зростання", known=before)["total"] == 0
    assert search(storied, EVENTS["changed"], known=before)["total"] == 0
    assert [item["index"] for item in search(storied, "зростання", known=POSITIONS["changed"])["items"]] == [
        POSITIONS["changed"] - 1
    ]


def test_pages_meet_without_gap_and_csv_says_the_same(storied: Door) -> None:
    whole = search(storied, "програма", limit=500)
    found: list[Any] = []
    url: str | None = f"/v1/search?q={quote('програма')}&limit=2"
    while url is not None:
        part = storied.json(url)
        found += part["items"]
        url = part["next"]
    assert found == whole["items"]
    assert whole["total"] == len(found)
    text = storied.get(f"/v1/search?q={quote('програма')}&limit=500&format=csv").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["what"], row["id"], row["event"]) for row in rows] == [
        (item["what"], item["id"], item["event"] or "") for item in found
    ]


def test_a_question_of_two_hundred_characters_is_the_longest(storied: Door) -> None:
    assert search(storied, "а" * 200)["total"] == 0
    problem_of(storied.get("/v1/search?q=" + quote("а" * 201)), 400, "bad-parameter")
    assert page(storied, "а" * 201).status_code == 400


def test_nothing_found_says_what_can_be_searched(storied: Door) -> None:
    for address in ("/search", "/search?q=" + quote("такого немає ніде"), "/search?q=%22%20OR%20"):
        html = storied.get(address).text
        assert "Що можна шукати" in html
        assert "№ 35" in html
    assert "Нічого не знайдено" in storied.get("/search?q=" + quote("такого немає ніде")).text


def test_a_question_is_shown_as_text(storied: Door) -> None:
    html = storied.get("/search?q=" + quote("<script>alert(1)</script>")).text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_the_real_programme_is_found_by_words_and_codes(demo_site: TestClient) -> None:
    def items(question: str) -> list[Any]:
        found: list[Any] = demo_site.get("/v1/search", params={"q": question}).json()["items"]
        return found

    for question in ("документообіг", "ДОКУМЕНТООБІГУ", "е-документообіг"):
        assert ("measure", "3.3.2") in [(one["what"], one["id"]) for one in items(question)], question
    assert {one["what"] for one in items("3.3.2") if one["exact"]} == {"measure", "indicator"}
    assert [one["id"] for one in items("№ 10-н") if one["what"] == "act"] == ["demo-10-2025-06-20"]
    assert any(one["what"] == "entry" for one in items("0117530"))
    assert any(one["what"] == "entry" for one in items("45 000,00"))
    assert [one["id"] for one in items("секретар ради") if one["what"] == "office"] == ["council-secretary"]
    for one in items("3.3.2"):
        assert one["doubt"] is None or isinstance(one["doubt"], str)
