"""The programme's page: what it says first, which state it shows, and every figure the door's own."""

from __future__ import annotations

import gzip
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from api.pages import budget_table
from api.pages.wording import money, signed
from tests.api.door import BASE, Door, problem_of
from tests.api.story import POSITIONS
from tests.pages.looking import part_of, text_of
from tests.support.town import PROGRAMME_ID

DEMO = "/programmes/belz-digital-2025"
TWIN = "/v1/programmes/belz-digital-2025"
PAGE = f"/programmes/{PROGRAMME_ID}"
BY = ("year", "source", "measure", "priority", "kpkvk")
COLUMNS = ("original", "amended", "appropriated", "paid", "variance")
SUM_ROW = re.compile(r'<tr role="row" class="(?:part|sum)">.*?</tr>', re.DOTALL)
CELLS = re.compile(r'<td role="cell" class="n".*?</td>', re.DOTALL)
FIGURE = re.compile(r'href="([^"]*/figure\?[^"]*)">(.*?)</a>', re.DOTALL)


def get(client: TestClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.text[:500]
    return str(answer.text)


def plain(markup: str) -> str:
    return text_of(markup).replace("\xa0", " ").strip()


def said(column: str, value: str | None) -> str:
    """A sum as the table writes it."""
    if value is None:
        return {"paid": "не подано", "variance": "не обчислюється"}.get(column, "не встановлено")
    return (signed(value) if column == "variance" else money(value)).replace("\xa0", " ")


def budget(client: TestClient, query: str = "") -> Any:
    answer = client.get(f"{TWIN}/budget{query}")
    assert answer.status_code == 200
    return answer.json()


def test_the_first_sentence_says_how_much_now_at_first_and_paid(demo_site: TestClient) -> None:
    lede = plain(part_of(get(demo_site, f"{DEMO}?as_of=2025-12-31"), '<p class="lede">', "</p>"))
    sums = next(
        row for row in budget(demo_site, "?as_of=2025-12-31")["totals"]["by_year"] if row["year"] == 2025
    )
    for column in ("amended", "original", "paid"):
        assert f"{said(column, sums[column])} ₴" in lede
    assert "На 2025 рік програмі встановлено" in lede
    assert "На 2027 рік сум не встановлено" in lede


@pytest.mark.parametrize("by", BY)
def test_every_sum_is_the_doors_own_however_the_lines_are_grouped(demo_site: TestClient, by: str) -> None:
    totals = budget(demo_site)["totals"]
    rows = [*totals[f"by_{by}"], *(totals["all"] if len(totals[f"by_{by}"]) > 1 else [])]
    expected = sorted([said(column, row[column]) for column in COLUMNS] for row in rows)
    table = part_of(get(demo_site, f"{DEMO}?by={by}"), 'id="money-c"', "</table>")
    found = sorted([plain(cell) for cell in CELLS.findall(row)] for row in SUM_ROW.findall(table))
    assert found == expected


def test_every_line_has_its_figures_each_with_its_story_and_entries(demo_site: TestClient) -> None:
    table = part_of(get(demo_site, DEMO), 'id="money-c"', "</table>")
    for row in budget(demo_site)["items"]:
        for column, behind in row["evidence"].items():
            if column in COLUMNS:
                address = re.escape(f"/figure?path={behind['cells'][-1].replace('/', '%2F')}")
                assert re.search(address, unescape(table)), (column, behind)
                assert all(f'/entries/{index + 1}"' in table for index in behind["entries"][-4:])


def test_each_story_of_a_figure_shows_the_same_figure(demo_site: TestClient) -> None:
    """On the page's own day; the original volume is told among the earlier values."""
    table = part_of(get(demo_site, DEMO), 'id="money-c"', "</table>")
    for address, shown in FIGURE.findall(table):
        assert plain(shown).replace(" ", "") in plain(get(demo_site, unescape(address))).replace(" ", "")


def test_the_four_empties_stay_apart(demo_site: TestClient) -> None:
    html = get(demo_site, DEMO)
    table = plain(part_of(html, 'id="money-c"', "</table>"))
    rows = budget(demo_site)["items"]
    assert any(row["amended"] == "" for row in rows)
    assert "порожньо" in table
    assert "не встановлено" in table
    assert "не подано" in table
    blank = next(row for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL) if "nil blank" in row)
    assert "0,00" not in blank


def test_both_dates_can_be_written_as_people_write_them(demo_site: TestClient) -> None:
    answer = demo_site.get(f"{DEMO}?as_of=31.12.2025&known=", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{DEMO}?as_of=2025-12-31")
    assert 'value="31.12.2025"' in get(demo_site, f"{DEMO}?as_of=2025-12-31")


@pytest.mark.parametrize(
    ("query", "field", "status"),
    [
        ("as_of=2025-99-99", "as_of", 400),
        ("known=abc", "known", 400),
        ("known=99999", "known", 404),
        ("known=3", "known", 404),
        ("as_of=x&known=57", "as_of", 400),
    ],
)
def test_a_bad_point_shows_the_form_again_with_what_is_wrong(
    demo_site: TestClient, query: str, field: str, status: int
) -> None:
    for lang in ("uk", "en"):
        html = get(demo_site, f"{DEMO}?{query}&lang={lang}" if lang == "en" else f"{DEMO}?{query}", status)
        assert f'href="#{field}"' in part_of(html, 'class="errors"', "</div>")
        sent = part_of(html, f'<input id="{field}"', ">")
        assert 'aria-invalid="true"' in sent
        assert f"{field}-err" in sent
        assert f'id="{field}-err"' in html
        assert 'id="money"' in html
    typed = query.partition("=")[2].partition("&")[0]
    assert f'value="{"99.99.2025" if typed == "2025-99-99" else typed}"' in sent


def test_a_programme_that_is_not_there_is_a_refusal_and_no_form(demo_site: TestClient) -> None:
    assert "<form action" not in part_of(get(demo_site, "/programmes/nowhere", 404), "<main", "</main>")
    assert "<form action" not in part_of(
        get(demo_site, "/programmes/nowhere?known=3", 404), "<main", "</main>"
    )


def test_presets_lead_to_the_states_that_they_name(demo_site: TestClient) -> None:
    timeline = demo_site.get(f"{TWIN}/timeline").json()
    presets = unescape(part_of(get(demo_site, DEMO), 'class="presets', "</p>"))
    adopted = timeline["adopted"]
    assert f'{DEMO}?as_of={adopted["effective"]}"' in presets
    assert f'{DEMO}?as_of={timeline["sessions"][0]["date"]}"' in presets
    for day in timeline["years"]:
        assert f'{DEMO}?as_of={day}"' in presets
    assert re.search(r'aria-current="true"><strong>сьогодні', presets)
    at_first = get(demo_site, f"{DEMO}?as_of={adopted['effective']}")
    assert "як затверджено" in part_of(at_first, 'aria-current="true"><strong>', "</strong>")
    assert "30 000,00 ₴" in plain(part_of(at_first, '<p class="lede">', "</p>"))


def test_a_step_back_leads_to_the_entry_before(demo_site: TestClient) -> None:
    numbers = [row["index"] + 1 for row in demo_site.get(f"{TWIN}/timeline").json()["items"]]
    step = unescape(part_of(get(demo_site, f"{DEMO}?known={numbers[3]}"), '<form class="step', "</form>"))
    assert f'{DEMO}?known={numbers[4]}" rel="prev"' in step
    assert f'data-entries="{" ".join(map(str, reversed(numbers[3:])))}"' in step
    assert 'name="known" type="range"' in step


def test_the_frozen_link_says_the_same_after_later_entries(storied_town: Any, tmp_path: Any) -> None:
    from tests.api.door import open_door
    from tests.support.town import PROGRAMME, lines

    with open_door(storied_town, tmp_path / "town") as door:
        link = unescape(part_of(door.get(PAGE).text, '<a id="frozen"', "</a>"))
        address = re.search(r'href="([^"]+)"', link)
        assert address is not None
        assert set(parse_qs(urlsplit(address[1]).query)) == {"as_of", "known"}

        def figures() -> str:
            return part_of(door.get(address[1]).text, 'id="money-c"', "</table>")

        before = figures()
        door.say(
            "financing.changed", PROGRAMME, lines("999.00"), act="town-2-2025-03-10", effective="2025-04-01"
        )
        assert figures() == before
        assert "999,00" not in before


def test_the_state_shown_is_pinned_in_every_question(storied: Door) -> None:
    """150 before the correction, 155 after it, the plan of the adoption while the act is suspended."""
    known = POSITIONS["changed"]
    early = part_of(storied.get(f"{PAGE}?as_of=2025-04-15&known={known}").text, 'id="money-c"', "</table>")
    late = part_of(storied.get(f"{PAGE}?as_of=2025-04-15").text, 'id="money-c"', "</table>")
    assert "150,00" in early
    assert "155,00" not in early
    assert "155,00" in late


def test_many_lines_are_opened_group_by_group_and_that_is_said(
    demo_site: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget_table, "LINES_MAX", 2)
    html = get(demo_site, DEMO)
    table = part_of(html, 'id="money-c"', "</table>")
    assert "/figure?" not in table
    assert "Показано рядків: 0 з 5" in plain(part_of(html, '<section id="money"', "</section>"))
    opened = get(demo_site, f"{DEMO}?only=2025&by=year")
    assert "Показано рядків: 3 з 5" in plain(part_of(opened, '<section id="money"', "</section>"))
    assert FIGURE.findall(part_of(opened, 'id="money-c"', "</table>"))


def test_a_day_before_the_adoption_says_so(demo_site: TestClient) -> None:
    html = get(demo_site, f"{DEMO}?as_of=2024-01-01")
    assert "програму ще не було затверджено" in html


def test_before_its_adoption_a_programme_is_called_as_it_will_be(demo_site: TestClient) -> None:
    html = get(demo_site, f"{DEMO}?as_of=2025-01-01")
    (heading,) = re.findall(r"<h1>(.*?)</h1>", html)
    assert "Цифрова Белзщина" in heading
    assert '<span class="axis">місцевий бюджет</span>' in html


def test_the_page_is_small_and_whole_in_english(demo_site: TestClient) -> None:
    html = get(demo_site, f"{DEMO}?lang=en")
    assert len(gzip.compress(html.encode())) < 60_000
    main = plain(part_of(html, 'class="asof"', "</section>"))
    assert not re.search("[а-яіїєґ]", main)


def test_a_group_that_there_is_not_is_refused(demo_site: TestClient) -> None:
    get(demo_site, f"{DEMO}?by=colour", 400)


def test_the_door_tells_when_entries_count_and_were_recorded(storied: Door) -> None:
    answer = storied.json(f"{BASE}/timeline")
    assert answer["total"] == len(answer["items"])
    history = storied.json(f"{BASE}/history?limit=500")["items"]
    assert [row["index"] for row in answer["items"]] == [row["index"] for row in history]
    for row, told in zip(answer["items"], history, strict=True):
        assert {name: row[name] for name in ("effective", "recorded_at", "kind", "example")} == {
            name: told[name] for name in ("effective", "recorded_at", "kind", "example")
        }
    assert [one["date"] for one in answer["sessions"]] == sorted(
        (one["date"] for one in answer["sessions"]), reverse=True
    )
    assert "2025-03-10" in [one["date"] for one in answer["sessions"]]


def test_the_newest_entries_are_told_as_people_write(storied: Door) -> None:
    said = text_of(storied.client.get(f"/programmes/{PROGRAMME_ID}").text)
    assert "(місцевий бюджет): 100,00 → 155,00" in said
    assert "Акт № 2: зупинено з 01.05.2025" in said


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_that_there_are_can_be_shown(storied: Door, day: str) -> None:
    for rest in ("", "/questions"):
        assert storied.client.get(f"/programmes/{PROGRAMME_ID}{rest}?as_of={day}").status_code == 200
    lanes = storied.client.get(f"/programmes/{PROGRAMME_ID}?as_of={day}").text
    # Few enough to be read beside one another, on lanes of ten thousand years too.
    assert 1 <= len(re.findall(r">01\.[0-9]{4}<", lanes)) <= 24


def test_the_timeline_is_paged_without_losing_an_entry(storied: Door) -> None:
    whole = [row["index"] for row in storied.json(f"{BASE}/timeline")["items"]]
    found: list[int] = []
    address: str | None = f"{BASE}/timeline?limit=2"
    while address is not None:
        page = storied.json(address)
        assert page["total"] == len(whole)
        found += [row["index"] for row in page["items"]]
        address = page["next"]
    assert found == whole
    problem_of(storied.get(f"{BASE}/timeline?limit=501"), 400, "bad-parameter")


def test_the_timeline_knows_only_what_was_known(storied: Door) -> None:
    known = POSITIONS["changed"]
    answer = storied.json(f"{BASE}/timeline?known={known}")
    assert all(row["index"] < known for row in answer["items"])
    assert answer["known"]["position"] == known


def test_the_timeline_has_a_twin_in_csv(storied: Door) -> None:
    answer = storied.json(f"{BASE}/timeline")
    lines = storied.get(f"{BASE}/timeline?format=csv").text.splitlines()
    parts = [line.split(",")[0] for line in lines[1:]]
    assert parts.count("entry") == len(answer["items"])
    assert parts.count("session") == len(answer["sessions"])
    assert parts.count("year") == len(answer["years"])
    assert parts.count("adopted") == 1


def test_priorities_hold_all_the_money_once(demo_site: TestClient) -> None:
    totals = budget(demo_site)["totals"]
    assert [row["priority"] for row in totals["by_priority"]] == ["3"]
    for column in COLUMNS:
        assert totals["by_priority"][0][column] == totals["all"][0][column]
    assert totals["all"][0]["variance"] == "-80500.00"
