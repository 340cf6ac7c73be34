"""Two states side by side: every change the door names, its sums, and the way to choose the states."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.pages import compare
from tests.api.door import BASE, Door
from tests.api.story import ACT_TWO, POSITIONS
from tests.support.demo import PROGRAMME

PAGE = BASE.removeprefix("/v1")
DEMO = f"/programmes/{PROGRAMME}"
SINCE = "from_as_of=2025-02-20"


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.text[:500]
    return html.unescape(answer.text).replace("\u00a0", " ")


def told_paths(text: str) -> list[str]:
    """The cells whose story the table of changes leads to."""
    table = text[text.index('id="diff-h"') :]
    found = re.findall(r'href="[^"]*/figure\?path=([^"&]+)', table)
    return [one.replace("%2F", "/").replace("%3A", ":") for one in found]


# -- the door's sums ----------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "end"), [("2025-02-20", "2025-12-31"), ("2026-03-01", "2025-03-01")])
def test_the_sums_of_a_difference_are_those_of_the_budget_at_both_points(
    demo_site: TestClient, start: str, end: str
) -> None:
    found = demo_site.get(f"/v1{DEMO}/diff?from_as_of={start}&to_as_of={end}").json()["totals"]["limits"]
    names = {"financing": "amended", "appropriation": "appropriated", "schedule": "scheduled"}
    for side, day in (("old", start), ("new", end)):
        years = demo_site.get(f"/v1{DEMO}/budget?as_of={day}").json()["totals"]["by_year"]
        expected = {
            (of, row["year"]): row[name]
            for row in years
            for of, name in names.items()
            if row[name] is not None
        }
        assert {(row["of"], row["year"]): row[side] for row in found if row[side] is not None} == expected
    for row in found:
        assert Decimal(row["delta"]) == Decimal(row["new"] or 0) - Decimal(row["old"] or 0)


def test_the_sums_add_up_to_what_the_moves_come_to(demo_site: TestClient) -> None:
    sums = demo_site.get(f"/v1{DEMO}/diff?{SINCE}").json()["totals"]["limits"]
    moves = demo_site.get(f"/v1{DEMO}/moves?{SINCE}").json()["totals"]
    for total in moves:
        deltas = [Decimal(row["delta"]) for row in sums if row["of"] == total["of"]]
        assert sum(deltas, Decimal(0)) == Decimal(total["net"])


def test_the_number_of_changes_is_of_all_pages(storied: Door) -> None:
    query = "from_as_of=2024-12-01&to_as_of=2025-04-01"
    whole = storied.json(f"{BASE}/diff?{query}")
    page = storied.json(f"{BASE}/diff?{query}&limit=2")
    assert len(page["changes"]) == 2
    assert page["totals"] == whole["totals"]
    assert whole["totals"]["changes"] == len(whole["changes"])


# -- the page -----------------------------------------------------------------------------------


def test_the_table_has_every_change_that_the_door_names(demo_site: TestClient) -> None:
    changes = demo_site.get(f"/v1{DEMO}/diff?{SINCE}").json()["changes"]
    found = told_paths(text_of(demo_site.get(f"{DEMO}/compare?{SINCE}")))
    assert sorted(found) == sorted(change["path"] for change in changes)


def test_a_long_table_is_paged_and_says_how_much_it_shows(
    demo_site: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = demo_site.get(f"/v1{DEMO}/diff?{SINCE}").json()["changes"]
    monkeypatch.setattr(compare, "CHANGES", 10)
    url: str | None = f"{DEMO}/compare?{SINCE}"
    seen: list[str] = []
    while url is not None:
        answer = demo_site.get(url)
        text = text_of(answer)
        assert f" із {len(changes)}." in text
        seen += told_paths(text)
        found = re.search(r'href="([^"]+)" rel="next"', answer.text)
        url = html.unescape(found[1]) if found else None
    assert sorted(seen) == sorted(change["path"] for change in changes)


def test_the_page_says_first_whether_the_total_moved(storied: Door) -> None:
    text = text_of(storied.get(f"{PAGE}/compare?from_as_of=2025-03-31&to_as_of=2025-04-01"))
    (lede,) = re.findall(r'<p class="lede">(.*?)</p>', text)
    assert "збільшився на 55,00 ₴" in lede
    back = text_of(storied.get(f"{PAGE}/compare?from_as_of=2025-04-01&to_as_of=2025-03-31"))
    assert "зменшився на 55,00 ₴" in back
    same = text_of(storied.get(f"{PAGE}/compare?from_as_of=2025-03-29&to_as_of=2025-03-30"))
    assert "Між цими станами нічого не змінилося" in same


def test_a_change_says_from_what_to_what_why_and_by_which_act(storied: Door) -> None:
    query = f"from_known={POSITIONS['act']}&to_known={POSITIONS['changed']}&to_as_of=2025-04-01"
    text = text_of(storied.get(f"{PAGE}/compare?{query}"))
    row = text[text.index("/figure?path=") :]
    for words in ("100,00", "150,00", "+50,00", "ухвалено", f"/acts/{ACT_TWO}", "«зростання цін»"):
        assert words in row
    assert f"№ {POSITIONS['changed']}<" in row


def test_both_states_and_the_frozen_link_name_resolved_points(storied: Door) -> None:
    text = text_of(storied.get(f"{PAGE}/compare?from_as_of=2025-03-31&to_as_of=2025-04-01"))
    head = storied.town.position
    (frozen,) = re.findall(r'id="frozen" href="([^"]+)"', text)
    for part in ("from_as_of=2025-03-31", f"from_known={head}", "to_as_of=2025-04-01", f"to_known={head}"):
        assert part in frozen
    assert f"(записи № 1–{head})" in text
    assert text_of(storied.get(frozen)).count("ухвалено") == text.count("ухвалено")


@pytest.mark.parametrize(
    ("query", "field", "status"),
    [
        ("from_as_of=x", "from_as_of", 400),
        ("from_as_of=2025-01-01&to_as_of=2025-13-01", "to_as_of", 400),
        ("from_known=99999", "from_known", 404),
        ("from_as_of=2025-01-01&to_known=2001-01-01", "to_known", 404),
    ],
)
def test_a_point_that_cannot_be_read_is_said_beside_its_field(
    storied: Door, query: str, field: str, status: int
) -> None:
    text = text_of(storied.get(f"{PAGE}/compare?{query}"), status)
    assert f'<a href="#{field}">' in text
    assert f'id="{field}-err"' in text
    (wrong,) = re.findall(r'<input id="(\w+)"[^>]*aria-invalid="true"', text)
    assert wrong == field


def test_without_points_the_form_offers_the_pairs_that_people_ask_for(demo_site: TestClient) -> None:
    text = text_of(demo_site.get(f"{DEMO}/compare"))
    presets = text[text.index('class="presets') :]
    links = re.findall(r'href="([^"]+)"', presets[: presets.index("</p>")])
    assert len(links) >= 4
    for link in links:
        assert demo_site.get(link).status_code == 200, link


def test_days_are_taken_as_people_write_them_and_numbers_as_they_stand_in_the_table(storied: Door) -> None:
    answer = storied.get(f"{PAGE}/compare?from_as_of=31.03.2025&to_as_of=01.04.2025")
    assert answer.status_code == 303
    assert "from_as_of=2025-03-31" in answer.headers["location"]
    numbered = storied.get(f"{PAGE}/compare?from_known=№ {POSITIONS['act']}&to_as_of=2025-04-01")
    assert f"№ 1–{POSITIONS['act']}" in text_of(numbered)


def test_the_tabs_bring_the_state_shown_as_the_second_point(storied: Door) -> None:
    answer = storied.get(f"{PAGE}/compare?as_of=2025-04-01&known={POSITIONS['changed']}")
    assert answer.status_code == 303
    location = answer.headers["location"]
    assert "to_as_of=2025-04-01" in location
    assert f"to_known={POSITIONS['changed']}" in location


def test_every_twin_and_print_of_a_comparison_is_there(demo_site: TestClient) -> None:
    text = text_of(demo_site.get(f"{DEMO}/compare?{SINCE}&to_as_of=2025-12-31"))
    twins = re.findall(r'href="([^"]+)" data-twin', text)
    assert len(twins) == 4
    for url in twins:
        assert demo_site.get(url).status_code == 200
    (xlsx,) = re.findall(r'href="(/v1/[^"]+format=xlsx)"', text)
    assert demo_site.get(xlsx).status_code == 200
    assert 'class="signs"' in text


def test_the_page_is_in_english_too(demo_site: TestClient) -> None:
    text = text_of(demo_site.get(f"{DEMO}/compare?{SINCE}&lang=en"))
    assert "Comparison table" in text
    assert "grew by ₴" in text


# -- since the session --------------------------------------------------------------------------


def test_a_deputy_sees_what_changed_since_the_session(demo_site: TestClient) -> None:
    text = text_of(demo_site.get(f"{DEMO}/since-session?session=2025-06-20"))
    assert "після сесії 20 червня 2025 р." in text
    assert 'id="moves-h"' in text
    assert f'href="{DEMO}/findings"' in text


def test_where_nothing_was_recorded_by_the_session_the_page_says_so(demo_site: TestClient) -> None:
    text = text_of(demo_site.get(f"{DEMO}/since-session?session=2025-06-20"))
    assert "ще нічого не було зареєстровано" in text


def test_a_session_that_is_no_day_is_refused(demo_site: TestClient) -> None:
    assert demo_site.get(f"{DEMO}/since-session?session=x").status_code == 400
