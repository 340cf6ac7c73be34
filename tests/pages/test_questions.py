"""The twenty questions as pages: the door's verdicts and sentences, and everything that they rest on."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from api.pages.questions import GROUPS, mark
from tests.pages.looking import links_of, opened, part_of, text_of, twins_of

PAGE = "/programmes/belz-digital-2025/questions"
DOOR = f"/v1{PAGE}"
WORDS = {
    "yes": "Так",
    "no": "Ні",
    "shown": "Показано",
    "undetermined": "Не визначено",
    "not-configured": "Не налаштовано",
}


def told(site: TestClient, number: int | None = None, query: str = "") -> Any:
    return site.get(f"{DOOR}{'' if number is None else f'/{number}'}?{query}").json()


def test_each_of_the_twenty_stands_in_one_group() -> None:
    assert sorted(number for _, numbers in GROUPS for number in numbers) == list(range(1, 21))


def test_each_question_has_its_title_its_verdict_and_a_link(demo_site: TestClient) -> None:
    markup = opened(demo_site, PAGE)
    for row in told(demo_site)["items"]:
        item = text_of(part_of(markup, f'id="q{row["question"]}">', "</li>"))
        assert f"{row['question']}. {row['title']['uk']}" in item
        assert item.strip().startswith(WORDS[row["verdict"]])
    assert {f"{PAGE}/{number}" for number in range(1, 21)} <= set(links_of(markup))


@pytest.mark.parametrize("number", range(1, 21))
def test_an_answer_shows_its_verdict_every_item_and_what_is_lacking(
    demo_site: TestClient, number: int
) -> None:
    found, markup = told(demo_site, number), opened(demo_site, f"{PAGE}/{number}")
    links, said = links_of(markup), text_of(markup)
    assert WORDS[found["verdict"]] in said
    for item in found["items"]:
        for event in item["events"]:
            assert f"/events/{event['event']}" in links
    answer = part_of(markup, 'id="answer-h"', "</section>")
    assert answer.count("<li>\n  <p>") + answer.count('<li class="change">') == len(found["items"])
    assert ("Чого бракує для відповіді" in said) == bool(found["missing"])
    for twin in twins_of(markup):
        assert demo_site.get(twin).status_code == 200


def test_undetermined_is_said_as_an_answer_and_never_as_no(demo_site: TestClient) -> None:
    assert told(demo_site, 17)["verdict"] == "undetermined"
    said = text_of(part_of(opened(demo_site, f"{PAGE}/17"), "<h1>", 'class="tabs"'))
    assert "Не визначено" in said
    assert "це не 0" in said


def test_the_year_of_a_question_is_in_the_address_in_the_field_and_in_the_twins(
    demo_site: TestClient,
) -> None:
    markup = opened(demo_site, f"{PAGE}/17?year=2025")
    assert 'name="year"' in markup
    assert 'value="2025"' in markup
    assert all("year=2025" in twin for twin in twins_of(markup))
    assert told(demo_site, 17, "year=2025")["figures"]["year"] == 2025
    assert 'name="year"' not in opened(demo_site, f"{PAGE}/16")


def test_the_earlier_point_may_be_written_as_people_write_days(demo_site: TestClient) -> None:
    led = demo_site.get(f"{PAGE}/2?from_as_of=01.06.2025&from_known=")
    assert led.status_code == 303
    assert led.headers["location"] == f"{PAGE}/2?from_as_of=2025-06-01"
    markup = opened(demo_site, led.headers["location"])
    assert 'value="01.06.2025"' in markup
    assert all("from_as_of=2025-06-01" in twin for twin in twins_of(markup))


def test_a_parameter_that_a_question_does_not_take_is_refused(demo_site: TestClient) -> None:
    assert demo_site.get(f"{PAGE}/16?year=2025").status_code == 400
    assert demo_site.get(f"{PAGE}/21").status_code in (400, 404)


@pytest.mark.parametrize(
    ("question", "verdict", "shape"),
    [
        (10, "yes", "ask"),
        (10, "no", "good"),
        (20, "yes", "good"),
        (14, "no", "ask"),
        (16, "yes", "good"),
        (17, "yes", "none"),
        (17, "no", "none"),
        (5, "undetermined", "none"),
        (2, "shown", "none"),
    ],
)
def test_yes_looks_well_only_where_the_question_asks_whether_all_is_well(
    question: int, verdict: str, shape: str
) -> None:
    assert mark(question, verdict) == shape


def test_what_changed_since_is_told_by_kind_money_first_and_without_codes(demo_site: TestClient) -> None:
    markup = opened(demo_site, f"{PAGE}/2")
    said = text_of(part_of(markup, 'id="answer-h"', "</section>"))
    assert said.index("Обсяг фінансування") < said.index("Надруковане в документі")
    assert "частково ефективна" in said
    codes = ("partly", "boolean", "inferred", "placeholder", "['")
    assert not [code for code in codes if code in said]


def test_no_to_a_question_whether_all_is_well_does_not_say_that_there_is_nothing(
    demo_site: TestClient,
) -> None:
    assert told(demo_site, 14)["verdict"] == "no"
    said = text_of(part_of(opened(demo_site, f"{PAGE}/14"), "<h1>", 'class="tabs"'))
    assert "випадки показано" in said
    assert "цього немає" not in said


def test_an_entry_beside_a_figure_is_not_listed_again(demo_site: TestClient) -> None:
    item = told(demo_site, 10)["items"][0]
    assert [one["event"] for one in item["cells"]] == [one["event"] for one in item["events"]]
    assert "аписи:" not in text_of(part_of(opened(demo_site, f"{PAGE}/10"), 'id="answer-h"', "</section>"))
