"""The page of money: each figure the door's own, each with its story; doubts and gaps said as such."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.print.wording import amount
from tests.api.door import BASE, Door, open_door
from tests.api.test_money import tell
from tests.pages.looking import links_of, opened, part_of, text_of, twins_of
from tests.support.town import PROGRAMME_ID, TestLedger

DEMO = "/programmes/belz-digital-2025/money"
PAGE = f"/programmes/{PROGRAMME_ID}/money"
STEPS = ("need", "appropriation", "schedule", "commitment", "paid", "incurred", "payable", "returned")


@pytest.fixture(scope="module")
def rich(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A town with a budget, a payment and a treasury's extract that lacks one act; its tests only read."""
    path = tmp_path_factory.mktemp("rich")
    town = TestLedger.copy_of(model_town, path / "town")
    tell(town)
    town.close()
    with open_door(town, path / "open") as opened_door:
        yield opened_door


def rows_of(markup: str) -> list[str]:
    """The rows of the chain, its total last, as text."""
    table = part_of(markup, 'id="chain-c"', "</table>")
    return [text_of(row) for row in table.split("<tr ")[2:]]


def cells_of(row: str) -> list[str]:
    """A row's cells after its name, as text."""
    return [text_of(cell) for cell in row.split("<td ")[1:]]


def test_each_figure_stands_in_the_column_of_its_own_step(demo_site: TestClient) -> None:
    told = demo_site.get(f"/v1{DEMO}?year=2025").json()["items"][0]
    markup = opened(demo_site, f"{DEMO}?year=2025")
    row = part_of(markup, 'id="chain-c"', "</table>").split("<tr ")[2]
    cells = cells_of(row)
    steps = {one["step"]: one["amount"] for one in told["steps"]}
    order = [*STEPS[:3], None, *STEPS[3:]]  # what was transferred stands after the schedule
    assert len(cells) == len(order)
    for cell, step in zip(cells, order, strict=True):
        value = steps[step] if step else told["transferred"]["amount"]
        shown = plain(amount(value)) if value is not None else "не подано"
        assert cell.partition(">")[2].strip().startswith(shown), (step, cell)
    assert f"спершу {plain(amount(told['original']['amount']))}" in cells[0]


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


@pytest.mark.parametrize("query", ["", "by=source", "by=measure", "year=2025", "by=kpkvk&year=2025"])
def test_every_amount_and_difference_of_the_chain_is_the_doors(demo_site: TestClient, query: str) -> None:
    told = demo_site.get(f"/v1{DEMO}?{query}").json()
    rows = rows_of(opened(demo_site, f"{DEMO}?{query}"))
    assert len(rows) == len(told["items"]) + 1
    for row, item in zip(rows, told["items"], strict=False):
        for figure in (item["original"], item["transferred"], *item["steps"]):
            if figure["amount"] not in (None, "", "-", "removed"):
                assert plain(amount(figure["amount"])) in row
    total = told["totals"]["all"][0]
    for name in ("original", "amended", "appropriated", "paid", "returned"):
        assert plain(amount(total[name])) in rows[-1]


def test_the_deviation_of_a_step_stands_under_it_with_its_sign(demo_site: TestClient) -> None:
    (row, *_) = rows_of(opened(demo_site, f"{DEMO}?year=2025"))
    assert "різниця −5 000,00" in row
    assert "різниця −3 500,00" in row


def test_not_set_not_reported_and_blank_stay_apart(demo_site: TestClient) -> None:
    rows = rows_of(opened(demo_site, DEMO))
    bare = next(row for row in rows if "3.4.1" in row)
    assert bare.count("не встановлено") == 3  # at first, appropriation, schedule
    assert bare.count("не подано") == 6
    assert any("порожньо" in row for row in rows)


def test_every_figure_of_a_line_opens_its_story_and_names_its_entry(demo_site: TestClient) -> None:
    told = demo_site.get(f"/v1{DEMO}?year=2025").json()["items"][0]
    links = links_of(opened(demo_site, f"{DEMO}?year=2025"))
    for step in told["steps"]:
        for cell in step["cells"]:
            story = f"/programmes/belz-digital-2025/figure?path={cell.replace('/', '%2F')}"
            assert any(link.startswith(story) for link in links), cell
    assert f"/events/{told['steps'][1]['events'][0]}" in links


def test_a_sum_leads_to_the_list_of_all_its_cells(demo_site: TestClient) -> None:
    markup = opened(demo_site, f"{DEMO}?by=source")
    told = demo_site.get(f"/v1{DEMO}?by=source").json()["items"][0]["steps"][0]
    assert len(told["cells"]) > 1
    assert "#r1-need" in links_of(markup)
    listed = part_of(markup, '<dt id="r1-need">', "</dd>")
    assert listed.count("<li>") == len(told["cells"])


def test_each_of_the_three_tables_has_its_twins(demo_site: TestClient) -> None:
    twins = twins_of(opened(demo_site, f"{DEMO}?by=source&year=2025"))
    assert len(twins) == 6
    for twin in twins:
        assert demo_site.get(twin).status_code == 200, twin
    assert all("by=source" in twin and "year=2025" in twin for twin in twins[:2])


def test_what_the_treasury_lacks_is_explained_by_the_act_and_an_unmapped_line_is_told(rich: Door) -> None:
    told = rich.json(f"{BASE}/reconciliation?as_of=2025-08-31&year=2025")
    answer = rich.get(f"{PAGE}?as_of=2025-08-31&year=2025")
    said = text_of(part_of(answer.text, 'id="treasury-h"', "</main>"))
    compared = {one["name"]: one for one in told["items"][0]["comparisons"]}
    assert compared["amended"]["status"] == "explained"
    assert "+20,00" in said
    assert "пояснено актами" in said
    assert "враховано в обліку, казначейство ще без нього" in said
    assert "не розподілено" in said
    assert "Рядки програми, яким не відповідає жоден рядок казначейства" in said


def test_a_year_without_an_extract_says_so_and_claims_no_agreement(demo_site: TestClient) -> None:
    markup = opened(demo_site, f"{DEMO}?year=2026")
    said = text_of(part_of(markup, 'id="treasury-h"', "</section>"))
    assert "звіряти нема з чим" in said
    assert "збігається" not in said
    assert any("year=2025" in link for link in links_of(part_of(markup, 'id="treasury-h"', "</section>")))


def test_a_move_names_both_lines_its_act_and_the_doors_sums(rich: Door) -> None:
    answer = rich.get(f"{PAGE}?as_of=2025-08-31")
    said = text_of(part_of(answer.text, 'id="moves-h"', "</section>"))
    assert "Призначення: захід 1.1, 2025 рік" in said
    assert "→" in said
    assert "20,00" in said
    assert "Акт № 5 від 01.05.2025" in said
    found: Any = rich.json(
        f"{BASE}/moves?from_as_of=2025-01-01&from_known={rich.town.position}&to_as_of=2025-08-31"
    )
    moved = next(one for one in found["totals"] if one["of"] == "appropriation")
    assert plain(amount(moved["moved"])) in text_of(part_of(answer.text, 'id="moves-c"', "</table>"))


@pytest.mark.parametrize("query", ["by=weather", "year=soon"])
def test_a_wrong_word_is_refused_with_a_page(demo_site: TestClient, query: str) -> None:
    assert demo_site.get(f"{DEMO}?{query}").status_code == 400


def test_where_this_year_has_no_extract_yet_the_year_before_is_shown(demo_site: TestClient) -> None:
    assert not demo_site.get(f"/v1{DEMO.removesuffix('money')}reconciliation").json()["extract"]
    markup = opened(demo_site, DEMO)
    treasury = part_of(markup, 'id="treasury-h"', "</section>")
    assert "Звірка з казначейством за 2025 рік" in text_of(treasury)
    assert all("year=2025" in twin for twin in twins_of(treasury))
    assert f"{DEMO}?year=2026#treasury-h" in links_of(treasury)
    assert "за 2026 рік" in text_of(opened(demo_site, f"{DEMO}?year=2026"))
