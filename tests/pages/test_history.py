"""Histories and their door: who, when, by which act; filtered and paged without losing an entry."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.routes import programmes
from tests.api.door import BASE, Door, problem_of
from tests.api.story import ACT_TWO, EVENTS, POSITIONS
from tests.support.demo import PROGRAMME

PAGE = BASE.removeprefix("/v1")
DEMO = f"/programmes/{PROGRAMME}/history"


def events(door: Door, path: str) -> list[str]:
    return [row["event"] for row in door.json(path)["items"]]


def told(*names: str) -> list[str]:
    return [EVENTS[name] for name in names]


# -- the door ---------------------------------------------------------------------------------


def test_a_history_can_be_narrowed_to_what_changed_amounts(storied: Door) -> None:
    found = events(storied, f"{BASE}/history?only=money")
    assert found[:3] == told("suspended", "corrected", "changed")
    assert EVENTS["reported"] not in found


def test_a_history_can_be_narrowed_to_corrections(storied: Door) -> None:
    assert events(storied, f"{BASE}/history?only=corrections") == told("corrected")


def test_a_history_of_an_act_has_what_is_about_it_and_what_cites_it(storied: Door) -> None:
    expected = told("suspended", "corrected", "changed", "act")
    assert events(storied, f"{BASE}/history?act={ACT_TWO}") == expected
    assert events(storied, f"/v1/history?act={ACT_TWO}") == expected


def test_a_history_of_a_row_of_the_programme_has_only_its_cells(storied: Door) -> None:
    assert events(storied, f"{BASE}/history?indicator=i-1")[:1] == told("reported")
    assert EVENTS["changed"] not in events(storied, f"{BASE}/history?indicator=i-1")
    assert events(storied, f"{BASE}/history?measure=1.1")[:3] == told("suspended", "corrected", "changed")
    assert EVENTS["changed"] not in events(storied, f"{BASE}/history?measure=1.2")


def test_a_history_of_an_office_has_every_entry_that_it_signed(storied: Door) -> None:
    every = storied.json("/v1/events?limit=500")["items"]
    offices = {signer["office"] for row in every for signer in row["signers"]}
    assert offices
    for office in offices:
        signed = [row["event"] for row in every if office in {one["office"] for one in row["signers"]}]
        assert events(storied, f"/v1/history?office={office}&limit=500") == signed[::-1]
    assert events(storied, "/v1/history?office=nobody") == []


def test_the_ledgers_history_is_its_feed_backwards(storied: Door) -> None:
    feed = events(storied, "/v1/events?limit=500")
    assert events(storied, "/v1/history?limit=500") == feed[::-1]
    earlier = storied.json(f"/v1/history?known={POSITIONS['changed']}&limit=1")
    assert earlier["items"][0]["event"] == EVENTS["changed"]
    assert earlier["known"]["position"] == POSITIONS["changed"]


def test_late_entries_are_those_recorded_more_than_so_many_days_after_their_day(storied: Door) -> None:
    """The change holds from 1 April 2025 and was recorded on 1 September, 153 days after it."""
    assert EVENTS["changed"] in events(storied, f"{BASE}/history?late=152")
    assert EVENTS["changed"] not in events(storied, f"{BASE}/history?late=153")


@pytest.mark.parametrize(
    "query", ["only=x", "late=-1", "late=x", "office=X", "act=X", "measure=X", "only=money&only=money"]
)
def test_a_filter_that_cannot_be_read_is_refused(storied: Door, query: str) -> None:
    assert storied.get(f"{BASE}/history?{query}").status_code == 400
    problem_of(storied.get("/v1/history?only=money"), 400, "unknown-parameter")


@pytest.mark.parametrize("path", [f"{BASE}/history", "/v1/history"])
@pytest.mark.parametrize("scanned", [1, 2, 3])
@pytest.mark.parametrize("query", ["", "&kind=financing.changed", "&office=council-secretary"])
def test_pages_lose_and_repeat_nothing_however_little_is_looked_at(
    storied: Door, monkeypatch: pytest.MonkeyPatch, path: str, scanned: int, query: str
) -> None:
    whole = events(storied, f"{path}?limit=500{query}")
    monkeypatch.setattr(programmes, "SCANNED_MAX", scanned)
    monkeypatch.setattr("api.routes.history.SCANNED_MAX", scanned)
    seen: list[str] = []
    url: str | None = f"{path}?limit=2{query}"
    while url is not None:
        page = storied.json(url)
        assert len(page["items"]) <= min(2, scanned)
        seen += [row["event"] for row in page["items"]]
        url = page["next"]
    assert seen == whole
    assert whole


@pytest.mark.parametrize("path", [f"{BASE}/history?only=money", "/v1/history?limit=3", "/v1/events?limit=3"])
def test_each_list_of_entries_has_a_table_of_the_same_rows(storied: Door, path: str) -> None:
    rows = storied.get(f"{path}&format=csv").text.split("\r\n")[1:-1]
    assert [row.split(",")[1] for row in rows] == events(storied, path)


# -- the pages --------------------------------------------------------------------------------


def page_of(site: TestClient, path: str) -> str:
    answer = site.get(path)
    assert answer.status_code == 200, (path, answer.text[:500])
    text: str = answer.text
    return text


def shown(text: str) -> list[int]:
    return [int(number) for number in re.findall(r'<li id="e([0-9]+)">', text)]


def twins(text: str) -> list[str]:
    return [html.unescape(url) for url in re.findall(r'href="([^"]+)" data-twin', text)]


def test_the_page_shows_the_doors_entries_and_leads_on_to_all_of_them(demo_site: TestClient) -> None:
    url: str | None = DEMO
    seen: list[int] = []
    while url is not None:
        text = page_of(demo_site, url)
        seen += shown(text)
        found = re.search(r'href="([^"]+)" rel="next"', text)
        url = html.unescape(found[1]) if found else None
    rows: list[int] = []
    door: str | None = f"/v1{DEMO}?limit=500"
    while door is not None:
        answer: Any = demo_site.get(door).json()
        rows += [row["index"] + 1 for row in answer["items"]]
        door = answer["next"]
    assert seen == rows
    assert len(seen) > 50


@pytest.mark.parametrize("query", ["", "?only=money", "?office=council-secretary&lang=en", "?late=5"])
def test_the_twins_of_a_history_carry_its_filters(demo_site: TestClient, query: str) -> None:
    text = page_of(demo_site, DEMO + query)
    json_twin, csv_twin = twins(text)
    assert [row["index"] + 1 for row in demo_site.get(json_twin).json()["items"]] == shown(text)
    table = demo_site.get(csv_twin)
    assert table.status_code == 200
    assert [
        int(row.split(",")[0]) + 1 for row in table.text.split("\r\n")[1:-1] if row[:1].isdigit()
    ] == shown(text)


def test_two_entries_can_be_chosen_without_scripts(demo_site: TestClient) -> None:
    text = page_of(demo_site, DEMO)
    numbers = len(shown(text))
    assert (
        text.count('type="radio" name="from_known"') == text.count('type="radio" name="to_known"') == numbers
    )
    assert f'action="/programmes/{PROGRAMME}/compare" method="get"' in text


def test_what_an_entry_of_a_batch_changed_is_compared_around_the_whole_batch(storied: Door) -> None:
    """The adoption's batch cannot be cut: the state after it is asked for by its moment."""
    text = html.unescape(storied.get(f"{PAGE}/history").text)
    links = re.findall(r'href="(/programmes/[^"]+/compare\?from_known=[^"]+)"', text)
    assert links
    for link in links:
        assert storied.get(link).status_code == 200
    (around,) = [link for link in links if f"from_known={POSITIONS['changed'] - 1}&" in link]
    assert "/figure?path=%2Ffinancing" in storied.get(f"{around}&to_as_of=2025-04-01").text


def test_the_state_before_an_entry_can_be_opened(storied: Door) -> None:
    text = html.unescape(storied.get(f"{PAGE}/history").text)
    links = re.findall(rf'href="({PAGE}\?known=[0-9]+)"', text)
    assert f"{PAGE}?known={POSITIONS['changed'] - 1}" in links
    for link in links:
        assert storied.get(link).status_code == 200


def test_an_entry_says_who_when_by_which_act_and_what_it_changed(storied: Door) -> None:
    text = html.unescape(storied.get(f"{PAGE}/history?only=corrections").text)
    assert shown(text) == [POSITIONS["corrected"]]
    assert "03.09.2025" in text
    assert "100,00" in text
    assert "155,00" in text
    assert f'href="/acts/{ACT_TWO}"' in text
    assert f'href="/events/{EVENTS["changed"]}"' in text


def test_words_of_a_history_are_in_both_languages(demo_site: TestClient) -> None:
    assert "Порівняти вибрані стани" in page_of(demo_site, DEMO)
    assert "Compare the chosen states" in page_of(demo_site, f"{DEMO}?lang=en")


def test_a_history_of_an_act_or_an_office_is_a_page_of_the_whole_ledger(storied: Door) -> None:
    text = storied.get(f"/history?act={ACT_TWO}").text
    assert shown(text) == [POSITIONS[name] for name in ("suspended", "corrected", "changed", "act")]
    assert storied.get("/history?office=council-secretary&lang=en").status_code == 200


def test_a_filter_that_cannot_be_read_is_said_on_a_page(storied: Door) -> None:
    answer = storied.get(f"{PAGE}/history?late=x")
    assert answer.status_code == 400
    assert "text/html" in answer.headers["content-type"]


@pytest.mark.parametrize("address", [DEMO, "/history"])
def test_an_entry_that_a_sentence_mentions_is_called_by_its_number(
    demo_site: TestClient, address: str
) -> None:
    sentences = re.findall(
        r'<p class="said">(.*?)</p>', page_of(demo_site, f"{address}?kind=change.endorsed")
    )
    assert sentences
    assert all(re.fullmatch("Погоджено зміну №\xa0[0-9]+.*", one) for one in sentences)


def test_the_service_of_the_ledger_is_told_in_words(demo_site: TestClient) -> None:
    text = page_of(demo_site, "/history?kind=ledger.opened")
    assert "<strong>Реєстратор</strong>" in text
    assert "<strong>registrar</strong>" not in text


def test_both_parts_of_an_adoption_name_the_programme(demo_site: TestClient) -> None:
    text = page_of(demo_site, f"{DEMO}?kind=programme.adopted")
    sentences = re.findall(r'<p class="said">(.*?)</p>', text)
    assert len(sentences) == 2
    assert all("Цифрова Белзщина" in one for one in sentences)
    assert not any(PROGRAMME in one for one in sentences)


def test_at_most_six_values_of_an_entry_stand_in_the_list(demo_site: TestClient) -> None:
    text = page_of(demo_site, f"{DEMO}?kind=programme.adopted")
    (first, *_) = re.findall(r'<ul class="cells">(.*?)</ul>', text, re.DOTALL)
    assert first.count("<li>") == 6
    assert re.search(r"ще [0-9]+ значен", text)
