"""The story of a figure: its value, who set it, and all that was there before; and what cells are called."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.pages.wording import money
from api.texts.cells import cell_words
from tests.api.door import BASE, Door
from tests.api.story import POSITIONS
from tests.pages.looking import part_of, text_of
from tests.support.town import PROGRAMME_ID

DEMO = "/programmes/belz-digital-2025"
TWIN = "/v1/programmes/belz-digital-2025"
LINE = "/financing/3.3.2/2025/local"
CELL = "/financing/1.1/2025/local"
PAGE = f"/programmes/{PROGRAMME_ID}/figure"
SOURCES = {"local": "місцевий бюджет"}


def get(client: TestClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.text[:500]
    return str(answer.text)


def plain(markup: str) -> str:
    return text_of(markup).replace("\xa0", " ").strip()


def test_the_story_tells_the_value_who_signed_and_every_write(demo_site: TestClient) -> None:
    blame = demo_site.get(f"{TWIN}/blame", params={"path": LINE}).json()
    html = get(demo_site, f"{DEMO}/figure?path={LINE}")
    lede = plain(part_of(html, '<p class="lede">', "</p>"))
    assert f"{money(blame['value']['value'])} ₴".replace("\xa0", " ") in lede
    rows = part_of(html, 'id="story-c"', "</table>").split('<tr role="row">')[2:]
    assert len(rows) == len(blame["items"])
    for row, told in zip(rows, blame["items"], strict=True):
        assert f"/events/{told['event']}" in row
        assert f"№ {told['index'] + 1}" in plain(row)
        assert money(told["value"]).replace("\xa0", " ") in plain(row)
        assert (money(told["old"]) if told["old"] else "не встановлено").replace("\xa0", " ") in plain(row)
        assert told["reason"] in unescape(row)
        assert f"/acts/{told['act']['id']}" in row
        assert f"/persons/{told['signers'][0]['person']}" in row
        assert f"/offices/{told['signers'][0]['office']}" in row
        assert "навчальний" in row


def test_the_heading_names_the_cell_in_words(demo_site: TestClient) -> None:
    html = get(demo_site, f"{DEMO}/figure?path={LINE}")
    assert "<h1>Фінансування заходу 3.3.2 на 2025 рік, місцевий бюджет</h1>" in html
    english = get(demo_site, f"{DEMO}/figure?path={LINE}&lang=en")
    assert "<h1>Financing of measure 3.3.2 for 2025, місцевий бюджет</h1>" in english


def test_what_never_had_a_value_is_said_to_be_no_zero(demo_site: TestClient) -> None:
    html = get(demo_site, f"{DEMO}/figure?path=/financing/3.3.4/2027/local")
    assert "тут ніколи не було значення" in plain(part_of(html, '<p class="lede">', "</p>"))
    assert "0,00" not in part_of(html, "<main", "</main>")


def test_the_story_is_of_the_state_that_was_asked_for(storied: Door) -> None:
    def lede(query: str) -> str:
        html = storied.get(f"{PAGE}?path={CELL}&as_of=2025-04-15{query}").text
        return plain(part_of(html, '<p class="lede">', "</p>"))

    known = POSITIONS["changed"]
    for query in ("", f"&known={known}"):
        value = storied.json(f"{BASE}/blame?path={CELL}&as_of=2025-04-15{query}")["value"]["value"]
        assert money(value) in lede(query)
    assert lede("") != lede(f"&known={known}")


def test_a_long_story_goes_on_at_the_same_state(demo_site: TestClient) -> None:
    blame = demo_site.get(f"{TWIN}/blame", params={"path": LINE, "limit": 1}).json()
    after = re.search(r"after=([^&]+)", blame["next"])
    assert after is not None
    html = get(demo_site, f"{DEMO}/figure?path={LINE}&after={after[1]}")
    assert f"/events/{blame['items'][0]['event']}" not in part_of(html, 'id="story-c"', "</table>")
    assert "На початок" in html
    assert "Ким і коли встановлено" not in html


def test_a_missing_or_strange_path_is_refused_as_a_page(demo_site: TestClient) -> None:
    for query in ("", "?path=x"):
        html = get(demo_site, f"{DEMO}/figure{query}", 400)
        assert "<h1>" in html


def test_the_twins_of_a_story_hold_the_same_rows(demo_site: TestClient) -> None:
    table = part_of(get(demo_site, f"{DEMO}/figure?path={LINE}&as_of=2025-12-31"), 'class="twins"', "</p>")
    address = {
        kind: unescape(url) for url, kind in re.findall(r'href="([^"]+)" data-twin="(json|csv)"', table)
    }
    rows = demo_site.get(address["json"]).json()["items"]
    lines = demo_site.get(address["csv"]).text.splitlines()
    assert len(lines) == len(rows) + 1
    assert "as_of=2025-12-31" in address["csv"]
    for row, line in zip(rows, lines[1:], strict=True):
        assert row["event"] in line
        assert row["value"] in line


def test_a_removal_is_no_blank_in_the_csv_of_a_story(demo_site: TestClient) -> None:
    state = demo_site.get(TWIN).json()
    removed = [path for path, one in _sides(demo_site, state["gone"])]
    for path in removed[:3]:
        text = demo_site.get(f"{TWIN}/blame", params={"path": path, "format": "csv"}).text
        assert ",removed," in text.splitlines()[1]


def _sides(client: TestClient, gone: list[Any]) -> list[tuple[str, Any]]:
    found = []
    for one in gone:
        path = one["path"] if isinstance(one, dict) else one
        blame = client.get(f"{TWIN}/blame", params={"path": path}).json()
        if blame["value"] is not None and blame["value"]["removed"]:
            found.append((path, blame))
    return found


def test_every_cell_of_the_real_programme_has_a_name_in_both_languages(demo_site: TestClient) -> None:
    for path in demo_site.get(TWIN).json()["cells"]:
        for language in ("uk", "en"):
            assert "/" not in cell_words(path, language, SOURCES), path
        assert not re.search("[a-z]{4}", cell_words(path, "uk", SOURCES).replace("programs", "")) or any(
            word in path for word in ("/sources/", "/printed_totals/source:")
        ), path


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/closed", "Завершення програми"),
        (
            "/paid/3.3.2/2025/local/2025-Q3/ytd",
            "Касові видатки заходу 3.3.2, місцевий бюджет, 3 квартал 2025 року, наростаючим підсумком",
        ),
        (
            "/appropriation/1.1/2025/local.0117530.2620.general._",
            (
                "Бюджетні призначення заходу 1.1 на 2025 рік, місцевий бюджет, КПКВК 0117530, "
                "КЕКВ 2620, загальний фонд"
            ),
        ),
        (
            "/schedule/1.1/2025/local._._._.a.b",
            "Розпис заходу 1.1 на 2025 рік, місцевий бюджет, розпорядник a.b",
        ),
        (
            "/actuals/1.1.2/2025-03/period",
            "Фактичне значення індикатора 1.1.2, березень 2025 року, за період",
        ),
        ("/indicators/3.1.1/targets/2026", "Ціль індикатора 3.1.1 на 2026 рік"),
        ("/tree/3.3.2", "Рядок 3.3.2 завдань і заходів"),
        ("/nothing/known", "/nothing/known"),
        ("", ""),
    ],
)
def test_a_cell_is_called_as_people_call_it(path: str, words: str) -> None:
    assert cell_words(path, "uk", SOURCES) == words


def test_a_source_without_a_name_is_called_by_its_id() -> None:
    assert cell_words(LINE, "en") == "Financing of measure 3.3.2 for 2025, local"
