"""The page of findings: whole, in groups, never a verdict, and each with what it rests on."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from tests.pages.looking import ids_of, links_of, opened, part_of, text_of, twins_of

PAGE = "/programmes/belz-digital-2025/findings"
DOOR = f"/v1{PAGE}"


def told(site: TestClient, query: str = "") -> Any:
    return site.get(f"{DOOR}?{query}").json()


@pytest.mark.parametrize("query", ["", "lang=en"])
def test_every_finding_of_the_door_stands_on_the_page_once_under_its_own_anchor(
    demo_site: TestClient, query: str
) -> None:
    ids = ids_of(opened(demo_site, f"{PAGE}?{query}"))
    found = ["-".join(row["id"].split()) for row in told(demo_site)["items"]]
    assert found
    assert [one for one in ids if one in set(found)] == found
    assert len(ids) == len(set(ids))


def test_the_page_says_first_that_people_judge_and_calls_nothing_a_breach(demo_site: TestClient) -> None:
    said = text_of(opened(demo_site, PAGE))
    notice = "Це не висновок про порушення: оцінюють люди."
    assert said.index(notice) < said.index("Перешкоджає")
    assert "порушен" not in said.replace(notice, "").casefold()


def test_the_counts_are_the_doors(demo_site: TestClient) -> None:
    counts, said = told(demo_site)["counts"], text_of(opened(demo_site, PAGE))
    by = counts["by_severity"]
    assert f"{counts['all']} місць" in said or f"{counts['all']} місц" in said
    for word, name in (("Перешкоджає", "blocks"), ("Потрібне уточнення", "ask"), ("До відома", "note")):
        assert f"{word} · {by[name]}" in said


def test_a_finding_shows_its_quotation_its_cells_and_its_entries(demo_site: TestClient) -> None:
    row = next(one for one in told(demo_site, "code=FIN-ABOVE")["items"] if one["cells"])
    markup = opened(demo_site, f"{PAGE}?code=FIN-ABOVE")
    links = links_of(markup)
    for cell in row["cells"]:
        story = f"/programmes/belz-digital-2025/figure?path={quote(cell['path'], safe='')}"
        assert any(link.startswith(story) for link in links)
        assert f"/events/{cell['event']}" in links
    for event in row["events"]:
        assert f"/events/{event['event']}" in links
    period = told(demo_site, "code=DOC-PERIOD")["items"][0]
    said = text_of(opened(demo_site, f"{PAGE}?code=DOC-PERIOD"))
    for one in period["quotes"]:
        assert one["text"] in said
        assert one["at"] in said


def test_an_accepted_finding_says_why_and_by_whom(demo_site: TestClient) -> None:
    row = told(demo_site, "status=accepted")["items"][0]
    markup = opened(demo_site, f"{PAGE}?status=accepted")
    assert row["acceptance"]["reason"] in text_of(markup)
    assert "прийнято до відома" in text_of(markup)
    signer = row["acceptance"]["signers"][0]
    assert f"/persons/{signer['person']}" in links_of(markup)
    assert signer["person"] not in text_of(markup), "a person is called by name"


def test_an_answered_finding_shows_the_question_and_leads_to_the_answer(demo_site: TestClient) -> None:
    row = told(demo_site, "status=answered")["items"][0]
    markup = opened(demo_site, f"{PAGE}?status=answered")
    asked = row["observations"][0]
    assert asked["text"] in text_of(markup)
    assert f"/events/{asked['answers'][0]}" in links_of(markup)


def test_a_resolved_finding_names_the_entry_that_ended_it(demo_site: TestClient) -> None:
    answer = told(demo_site, "status=resolved")
    markup = opened(demo_site, f"{PAGE}?status=resolved")
    assert answer["items"]
    for row in answer["items"]:
        ended = row["resolved"]["event"]
        assert ended is None or f"/events/{ended}" in links_of(markup)
    assert f"№ {answer['looked_since']}" in text_of(markup)


@pytest.mark.parametrize(
    "query", ["severity=blocks", "theme=money", "status=open&theme=document", "code=DOC-TERM"]
)
def test_a_filter_is_readable_in_the_address_and_kept_by_the_twins(demo_site: TestClient, query: str) -> None:
    markup = opened(demo_site, f"{PAGE}?{query}")
    shown = {"-".join(row["id"].split()) for row in told(demo_site, query)["items"]}
    every = {"-".join(row["id"].split()) for row in told(demo_site)["items"]}
    assert {one for one in ids_of(markup) if one in every} == shown
    json_twin, csv_twin = twins_of(markup)
    assert [row["id"] for row in demo_site.get(json_twin).json()["items"]] == [
        row["id"] for row in told(demo_site, query)["items"]
    ]
    assert demo_site.get(csv_twin).status_code == 200
    assert all(part in json_twin and part in csv_twin for part in query.split("&"))


def test_a_page_that_begins_further_down_leads_back_to_the_start(demo_site: TestClient) -> None:
    rows = told(demo_site)["items"]
    after = quote(rows[2]["id"])
    markup = opened(demo_site, f"{PAGE}?after={after}")
    shown = ids_of(markup)
    assert "-".join(rows[2]["id"].split()) not in shown
    assert "-".join(rows[3]["id"].split()) in shown
    assert "На початок" in text_of(markup)


def test_amounts_days_and_names_in_a_sentence_are_written_for_people(demo_site: TestClient) -> None:
    said = text_of(opened(demo_site, f"{PAGE}?theme=money"))
    assert "план 50 000,00 більший за бюджетні призначення 45 000,00 на 5 000,00" in said
    assert "50000.00" not in said
    assert "27.03.2025" in said
    assert "demo-secretary" not in said


def test_an_unknown_word_is_refused_with_a_page(demo_site: TestClient) -> None:
    answer = demo_site.get(f"{PAGE}?severity=worst")
    assert answer.status_code == 400
    assert "blocks, ask, note" in text_of(answer.text)


def test_before_the_adoption_the_page_says_so_and_finds_nothing(demo_site: TestClient) -> None:
    markup = opened(demo_site, f"{PAGE}?as_of=2024-06-01")
    assert "програму ще не було затверджено" in text_of(part_of(markup, "<main", "</main>"))


def test_a_question_about_a_finding_begins_with_the_office_that_asks(demo_site: TestClient) -> None:
    markup = opened(demo_site, f"{PAGE}?code=DOC-TERM")
    form = part_of(markup, 'action="/work/observe"', "</form>")
    assert 'name="finding" value="DOC-TERM:p1"' in form
    offices = {row["id"]: row for row in demo_site.get("/v1/offices?limit=500").json()["items"]}
    offered = re.findall(r'<option value="([^"]+)"', form)
    assert offered
    assert all("observation.made" in offices[one]["kinds"] for one in offered)
